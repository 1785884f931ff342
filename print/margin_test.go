package print

import (
	"context"
	"errors"
	"image"
	"slices"
	"testing"

	"meshkey/internal/qr"
)

// look is the program's own reader of symbols.
func look(img *image.Gray) (texts []string) {
	for _, found := range qr.Decode(context.Background(), img, nil) {
		texts = append(texts, found.Text)
	}
	return texts
}

// Every sheet survives the least damage, and more of most kinds.
func TestMeasure(t *testing.T) {
	sheets, err := Sheets(exampleKit(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	full, err := Measure(sheets[:1], look, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(full)
	more := 0
	for i, m := range full {
		if m.Damage != damages[i].name || m.Survived != damages[i].steps[0] {
			more++
		}
	}
	if more < 4 {
		t.Errorf("the margins are %v", full)
	}
	for _, d := range damages {
		one, two := d.apply(sheets[0].view(), d.steps[1]), d.apply(sheets[0].view(), d.steps[1])
		if !slices.Equal(one.Pix, two.Pix) {
			t.Errorf("%s differs from time to time", d.name)
		}
	}
}

// A reader that reads less makes the margin smaller, and at last the sheets are
// not released.
func TestMarginError(t *testing.T) {
	sheets, err := Sheets(exampleKit(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for fails := range damages {
		calls := 0
		_, err := Measure(sheets, func(*image.Gray) []string {
			if calls++; calls > fails*len(sheets)+1 {
				return nil
			}
			return exampleShares
		}, false)
		var weak *MarginError
		if !errors.As(err, &weak) || weak.Sheet != 2 || weak.Margin.Damage != damages[fails].name {
			t.Errorf("%d: %v", fails, err)
		}
	}
	// A text that is not the share's is no reading.
	if _, err := Measure(sheets[:1], func(*image.Gray) []string { return exampleShares[1:] }, false); err == nil {
		t.Error("the code of another sheet is taken")
	}
}

func BenchmarkMeasure(b *testing.B) {
	sheets, err := Sheets(exampleKit(b), Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, full := range []bool{false, true} {
		name := map[bool]string{false: "floor", true: "full"}[full]
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Measure(sheets[:1], look, full); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
