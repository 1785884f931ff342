package scan

import (
	"bytes"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"

	"meshkey/internal/qr"
)

// share is the first share of the published example escrow-ex18.
const share = "SAQC-YE5R-BE3C-37IF-AG43-SGNT-3NLP-VURL-YWEH-FTBE-J755-IN6F-ZPXR-N6O5-3AVQ"

// code draws a text as a symbol with its quiet zone, so many pixels a module.
func code(t testing.TB, text string, module int) *image.Gray {
	t.Helper()
	s, err := qr.Encode(text, qr.High)
	if err != nil {
		t.Fatal(err)
	}
	side := (s.Size + 2*qr.QuietZone) * module
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			img.SetGray(x, y, color.Gray{Y: 255})
			if s.Dark(x/module-qr.QuietZone, y/module-qr.QuietZone) {
				img.SetGray(x, y, color.Gray{})
			}
		}
	}
	return img
}

// repaint gives each pixel of img a colour of another kind of picture.
func repaint(img *image.Gray, on interface {
	image.Image
	Set(x, y int, c color.Color)
}, dark, light color.Color) image.Image {
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			c := light
			if img.GrayAt(x, y).Y < 128 {
				c = dark
			}
			on.Set(x, y, c)
		}
	}
	return on
}

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wantShare checks that file holds the share once, on page 1, as a code.
func wantShare(t *testing.T, file []byte) {
	t.Helper()
	texts, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Error(err)
		return
	}
	if len(texts) != 1 || !isShare(texts[0], 1) {
		t.Errorf("%d texts, want the share alone", len(texts))
	}
}

// isShare tells whether a text is the share, from a code on a page that was
// easy to read.
func isShare(t Text, page int) bool {
	easy := t.Margin > 0.5
	t.Margin = 0
	return easy && t == Text{Text: share, Page: page, Code: true}
}
