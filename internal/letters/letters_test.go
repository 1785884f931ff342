package letters_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"meshkey/internal/letters"
)

// The rows of the first share of the Mesh guide's escrow example, and a short
// second row.
func TestExamples(t *testing.T) {
	for _, row := range []struct {
		number      int
		text, check string
	}{
		{1, "SAQCYE5RBE3C37IFAG43", "BXU6"},
		{2, "SGNT3NLPVURLYWEHFTBE", "2ZGI"},
		{3, "J755IN6FZPXRN6O53AVQ", "Y64Q"},
		{2, "3E5CNT44Y", "SEW4"},
	} {
		got, err := letters.Check(row.number, row.text)
		if err != nil || got != row.check {
			t.Errorf("row %d: check letters %q, %v; want %q", row.number, got, err, row.check)
		}
	}
}

// One wrong letter changes all four check letters; so does another row number.
// Two rows of one number that differ in 1 to 4 letters never share all four:
// the code's distance is 5.
func TestDistance(t *testing.T) {
	const text = "SAQCYE5RBE3C37IFAG43"
	right, _ := letters.Check(1, text)
	differing := func(a, b string) (n int) {
		for i := range len(a) {
			if a[i] != b[i] {
				n++
			}
		}
		return n
	}
	for i := range len(text) {
		for _, letter := range letters.Alphabet {
			if byte(letter) == text[i] {
				continue
			}
			got, err := letters.Check(1, text[:i]+string(letter)+text[i+1:])
			if err != nil {
				t.Fatal(err)
			}
			if n := differing(got, right); n != letters.PerCheck {
				t.Errorf("%c as letter %d changes %d of the check letters", letter, i+1, n)
			}
		}
	}
	for row := 2; row <= letters.MaxRow; row++ {
		if got, _ := letters.Check(row, text); differing(got, right) != letters.PerCheck {
			t.Errorf("row %d has check letters %s, row 1 %s", row, got, right)
		}
	}
}

func TestWrongLetter(t *testing.T) {
	for _, text := range []string{"SAQc", "SAQ1", "SAQ-", "SAQÄ"} {
		_, err := letters.Check(1, text)
		var wrong *letters.LetterError
		if !errors.As(err, &wrong) || wrong.Letter != 4 {
			t.Errorf("error %v, want one at letter 4", err)
		}
		if err != nil && strings.Contains(err.Error(), "SAQ") {
			t.Errorf("error shows the text: %v", err)
		}
	}
}

func TestPanics(t *testing.T) {
	for _, c := range []struct {
		row  int
		text string
	}{{0, "A"}, {32, "A"}, {1, ""}, {1, strings.Repeat("A", 21)}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("no panic for %d letters in row %d", len(c.text), c.row)
				}
			}()
			_, _ = letters.Check(c.row, c.text)
		}()
	}
}

func ExampleCheck() {
	check, err := letters.Check(1, "SAQCYE5RBE3C37IFAG43")
	if err != nil {
		panic(err)
	}
	fmt.Println("1: SAQC-YE5R-BE3C-37IF-AG43 /", check)
	// Output: 1: SAQC-YE5R-BE3C-37IF-AG43 / BXU6
}
