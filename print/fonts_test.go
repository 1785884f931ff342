package print

import (
	"image"
	"testing"

	"golang.org/x/image/font/sfnt"
)

func TestUnitsPerEm(t *testing.T) {
	for f := range typefaces() {
		if got := typefaces()[f].font.UnitsPerEm(); got != sfnt.Units(unitsPerEm) {
			t.Errorf("%v has %d units", face(f), got)
		}
	}
}

// Letters of a share, and signs that a reader might take for them, differ by at
// least a third of a square millimetre of ink as they are printed.
func TestLookAlikes(t *testing.T) {
	const enlarged = 10 // pixels to the millimetre
	draw := func(m mark) *image.Gray {
		img := image.NewGray(image.Rect(0, 0, 60, 80))
		fillGray(img, img.Rect, white)
		m.x, m.y, m.shade = 1, 6, black
		drawText(img, m, enlarged)
		return img
	}
	for _, as := range []mark{{face: monoBold, size: 16.5}, {face: mono, size: 13.5}} {
		for _, pair := range []string{"OQ", "B8", "I1", "Z2", "O0", "S5", "G6", "VU", "VY", "DO", "EF", "IJ", "IT", "CG", "MN", "PR", "KX", "UJ", "A4", "Z7", "T7", "35"} {
			a, b := as, as
			a.text, b.text = pair[:1], pair[1:]
			inkA, inkB := draw(a), draw(b)
			ink := 0
			for i := range inkA.Pix {
				pa, pb := int(inkA.Pix[i]), int(inkB.Pix[i])
				ink += max(pa-pb, pb-pa)
			}
			if area := float64(ink) / 255 / enlarged / enlarged; area < 0.33 {
				t.Errorf("%v: %s differ by %.2f mm²", as.face, pair, area)
			}
		}
	}
}

// The faces have the letters of people's names.
func TestLetters(t *testing.T) {
	for _, name := range []string{
		"Jürgen Weiß", "Zoë Çelik", "François Œuvrard", "Núñez Íñigo", "Åsa Øystein", "Łukasz Żądło",
		"Ștefan Țurcanu", "Jiří Dvořák", "Őry Ágnes", "Þórður Ðævar", "Ζωή Παπαδοπούλου", "Наталья Щёлокова", "O’Brien-Müller",
	} {
		if err := checkName("name", 0, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
