package print

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"meshkey/internal/secret/secrettest"
	"meshkey/shamir"
)

// Another date, holder, set, or share gives another sheet.
func TestDiffers(t *testing.T) {
	sheet := func(o Options, change func(sheets []*Sheet) *Sheet) string {
		sheets, err := Sheets(exampleKit(t), o)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := change(sheets).WritePDF(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	first := func(s []*Sheet) *Sheet { return s[0] }
	second := func(s []*Sheet) *Sheet { return s[1] }
	all := map[string]bool{}
	for _, s := range []string{
		sheet(Options{}, first), sheet(Options{}, second), sheet(Options{Holders: []string{"A"}}, first),
		sheet(Options{NotReal: true}, first), sheet(Options{Paper: Letter}, first), sheet(Options{Language: "fr"}, first),
	} {
		all[s] = true
	}
	if len(all) != 6 {
		t.Errorf("only %d of 6 sheets differ", len(all))
	}
}

// The name of a file and the metadata of a PDF and a picture say nothing of the
// share, the account or people.
func TestMetadata(t *testing.T) {
	k := exampleKit(t)
	sheets, err := Sheets(k, Options{Holders: []string{"Sadie Example"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := sheets[2].Name(); got != "sheet-3of3-AAAQ" {
		t.Errorf("the name is %q", got)
	}
	bare, err := Sheets(bareKit(t, shamir.Quorum{Need: 2, Of: 3}, 16), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := bare[0].Name(); got != "sheet-1of3" {
		t.Errorf("the name is %q", got)
	}
	var b bytes.Buffer
	if err := sheets[0].WritePDF(&b); err != nil {
		t.Fatal(err)
	}
	info := regexp.MustCompile(`(?s)/Info <<(.*?)>>\n`).FindStringSubmatch(b.String())
	if info == nil {
		t.Fatal("the PDF has no metadata")
	}
	for entry := range strings.SplitSeq(strings.TrimSpace(info[1]), "\n") {
		if m := regexp.MustCompile(`^/(\w+) <FEFF(\w+)>$`).FindStringSubmatch(entry); m != nil {
			text, err := hex.DecodeString(m[2])
			if err != nil {
				t.Fatal(err)
			}
			entry = "/" + m[1] + " " + strings.ReplaceAll(string(text), "\x00", "")
		}
		switch entry {
		case "/Title Recovery sheet", "/Creator Meshkey", "/Producer Meshkey", "/CreationDate(D:20261122000000+00'00')", "":
		default:
			t.Errorf("unexpected metadata %q", entry)
		}
	}
	// A kit without a date says nothing of when it was printed.
	b.Reset()
	if err := bare[0].WritePDF(&b); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b.Bytes(), []byte("/CreationDate")) {
		t.Error("a kit without a date has one in its PDF")
	}
	b.Reset()
	if err := sheets[0].WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"SAQC", "alice", "Sadie", "MARP"} {
		if strings.Contains(b.String(), text) {
			t.Errorf("the SVG holds %q", text)
		}
	}
}

func TestHidden(t *testing.T) {
	sheets, err := Sheets(exampleKit(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	letters := []byte(strings.ReplaceAll(exampleShares[0], "-", ""))
	secrettest.CheckHidden(t, sheets[0], letters)
	secrettest.CheckHidden(t, *sheets[0], letters)
	secrettest.CheckHidden(t, sheets, []byte(exampleShares[0]))
	if got := fmt.Sprint(sheets[1]); got != "[secret sheet 2 of 3]" {
		t.Errorf("a sheet prints as %s", got)
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct {
		name     string
		position int
	}{
		{"李小龍", 1}, {"Zoe\u0308", 4}, {"Eve 😀", 5}, {"a\tb", 2}, {"a\nb", 2}, {"a\u202eb", 2}, {"a\x00b", 2}, {"a\xffb", 2}, {"so\u00adft", 3}, {"מרים", 1},
	} {
		for what, sheets := range map[string]func() ([]*Sheet, error){
			"holder's name": func() ([]*Sheet, error) {
				return Sheets(exampleKit(t), Options{Holders: []string{"Alice", c.name}})
			},
			"address": func() ([]*Sheet, error) {
				k := exampleKit(t)
				k.Address = c.name
				return Sheets(k, Options{})
			},
			"service": func() ([]*Sheet, error) {
				k := exampleKit(t)
				k.Service = c.name
				return Sheets(k, Options{})
			},
		} {
			_, err := sheets()
			var wrong *CharacterError
			if !errors.As(err, &wrong) || wrong.Position != c.position || wrong.What != what || (wrong.Sheet == 2) != (what == "holder's name") {
				t.Errorf("%s %q: %v", what, c.name, err)
			}
		}
	}
	for _, name := range []string{strings.Repeat("Wolfeschlegelsteinhausen ", 9), strings.Repeat("x", 1e6)} {
		_, err := Sheets(exampleKit(t), Options{Holders: []string{name}})
		var long *FitError
		if !errors.As(err, &long) || long.What != "holder's name" {
			t.Errorf("a name of %d letters: %v", len(name), err)
		}
	}
	if _, err := Sheets(exampleKit(t), Options{Holders: make([]string, 4)}); err == nil {
		t.Error("four holders of three shares pass")
	}
}

func TestKits(t *testing.T) {
	k := exampleKit(t)
	k.Shares = nil
	if _, err := Sheets(k, Options{}); err == nil {
		t.Error("a kit without shares passes")
	}
	k = exampleKit(t)
	k.Quorum.Need = 3
	if _, err := Sheets(k, Options{}); err == nil {
		t.Error("a kit whose shares need fewer passes")
	}
	k.Quorum = shamir.Quorum{Need: 4, Of: 3}
	if _, err := Sheets(k, Options{}); err == nil {
		t.Error("a kit with an impossible quorum passes")
	}
	k = exampleKit(t)
	k.SetName = "../A"
	if _, err := Sheets(k, Options{}); err == nil {
		t.Error("a set may be named like a path")
	}
	k = exampleKit(t)
	k.Date = time.Time{}
	if _, err := Sheets(k, Options{}); err != nil {
		t.Errorf("a kit without a date: %v", err)
	}
}

// The sizes of a picture are those of the paper, and the file says so.
func TestPNG(t *testing.T) {
	sheets, err := Sheets(exampleKit(t), Options{Paper: Letter})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := sheets[0].WritePNG(&b, 200); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b.Bytes(), []byte("pHYs\x00\x00\x1e\xc2\x00\x00\x1e\xc2\x01")) { // 7874 to the metre
		t.Error("the picture does not say how large it is")
	}
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds().Size(); size.X != 1700 || size.Y != 2200 || img.ColorModel() != color.GrayModel {
		t.Errorf("the picture is %v", size)
	}
	for _, dpi := range []int{-1, 0, MinDPI - 1, MaxDPI + 1} {
		if err := sheets[0].WritePNG(io.Discard, dpi); err == nil {
			t.Errorf("%d dpi pass", dpi)
		}
	}
}

// Sheets can be written at the same time.
func TestConcurrent(t *testing.T) {
	sheets, err := Sheets(exampleKit(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for _, w := range writers {
				if err := w.write(sheets[i%3], io.Discard); err != nil {
					t.Errorf("%s: %v", w.format, err)
				}
			}
		})
	}
	wait.Wait()
}
