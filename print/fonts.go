package print

import (
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// face is one of the typefaces of a sheet: the Go fonts, whose letters are
// drawn apart where others look alike (O 0 Q, I 1 l, B 8, Z 2), and which have
// the letters of all languages of Europe, Greek and Cyrillic among them.
type face int

const (
	regular face = iota
	bold
	mono
	monoBold
)

var faceNames = [...]string{regular: "regular", bold: "bold", mono: "mono", monoBold: "mono-bold"}

func (f face) String() string { return faceNames[f] }

var faceData = [...][]byte{regular: goregular.TTF, bold: gobold.TTF, mono: gomono.TTF, monoBold: gomonobold.TTF}

// unitsPerEm is the grid of all the faces; a test compares.
const unitsPerEm = 2048

// typeface is a parsed font. Its outlines are read through a buffer of the
// caller's, so that sheets can be written at the same time.
type typeface struct {
	font     *sfnt.Font
	advances []float64 // by glyph, in em
}

var typefaces = sync.OnceValue(func() []typeface {
	all := make([]typeface, len(faceData))
	for f, data := range faceData {
		parsed, err := sfnt.Parse(data)
		if err != nil {
			panic("print: a built-in font does not parse: " + err.Error())
		}
		t := typeface{parsed, make([]float64, parsed.NumGlyphs())}
		var b sfnt.Buffer
		for g := range t.advances {
			units, err := parsed.GlyphAdvance(&b, sfnt.GlyphIndex(g), fixed.I(unitsPerEm), font.HintingNone)
			if err != nil {
				panic("print: a built-in font has no widths: " + err.Error())
			}
			// PDF counts in whole thousandths of an em, and the library that
			// writes it rounds them down: so do we, and every format puts every
			// letter at the same place.
			t.advances[g] = float64(units.Floor()*1000/unitsPerEm) / 1000
		}
		all[f] = t
	}
	return all
})

// glyph is the number of r's picture in the font, and whether it has one.
func (t *typeface) glyph(b *sfnt.Buffer, r rune) (sfnt.GlyphIndex, bool) {
	g, err := t.font.GlyphIndex(b, r)
	return g, err == nil && g != 0
}

// outline is a glyph's contours in units of the font, y downwards.
func (t *typeface) outline(b *sfnt.Buffer, g sfnt.GlyphIndex) sfnt.Segments {
	segments, err := t.font.LoadGlyph(b, g, fixed.I(unitsPerEm), nil)
	if err != nil {
		panic("print: a built-in font lacks an outline: " + err.Error())
	}
	return segments
}

// measure is the width of text in em: times the size in points it is points.
func measure(f face, text string) float64 {
	t := &typefaces()[f]
	var b sfnt.Buffer
	var width float64
	for _, r := range text {
		g, _ := t.glyph(&b, r)
		width += t.advances[g]
	}
	return width
}

// drawable tells whether every face can draw r.
func drawable(r rune) bool {
	var b sfnt.Buffer
	all := typefaces()
	for f := range all {
		if _, ok := all[f].glyph(&b, r); !ok {
			return false
		}
	}
	return true
}
