package print

import (
	"bufio"
	"fmt"
	"io"
	"strconv"

	"golang.org/x/image/font/sfnt"
)

// writeSVG draws the page as an SVG 1.1 picture in millimetres. Letters are
// drawn as outlines, each defined once and placed where it stands: the picture
// needs no font and looks alike everywhere.
func (p *page) writeSVG(out io.Writer, title string) error {
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" width="%smm" height="%smm" viewBox="0 0 %s %s">`+"\n",
		number(p.width), number(p.height), number(p.width), number(p.height))
	fmt.Fprintf(w, "<title>%s</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n<defs>\n", title)
	p.defineGlyphs(w)
	fmt.Fprint(w, "</defs>\n")
	for _, m := range p.marks {
		switch m.kind {
		case textMark:
			writeGlyphs(w, m)
		case boxMark:
			fmt.Fprintf(w, `<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>`+"\n",
				number(m.x), number(m.y), number(m.w), number(m.h), colour(m.shade))
		case symbolMark:
			fmt.Fprintf(w, `<path transform="translate(%s %s) scale(%s)" d="`,
				number(m.x), number(m.y), strconv.FormatFloat(m.w/float64(m.symbol.Size), 'f', 6, 64))
			for _, r := range runs(m.symbol) {
				fmt.Fprintf(w, "M%d %dh%dv%dh-%dz", r.x, r.y, r.w, r.h, r.w)
			}
			fmt.Fprint(w, "\"/>\n")
		}
	}
	fmt.Fprint(w, "</svg>\n")
	return w.Flush()
}

// number writes millimetres to the micrometre.
func number(mm float64) string {
	return strconv.FormatFloat(float64(pixel(mm*1000))/1000, 'f', -1, 64)
}

func colour(shade uint8) string { return fmt.Sprintf("#%02x%02x%02x", shade, shade, shade) }

// defineGlyphs writes each letter that the page uses once, in units of its font.
func (p *page) defineGlyphs(w io.Writer) {
	var b sfnt.Buffer
	done := map[string]bool{}
	for _, m := range p.marks {
		t := &typefaces()[m.face]
		for _, r := range m.text {
			g, _ := t.glyph(&b, r)
			id := glyphID(m.face, g)
			if done[id] {
				continue
			}
			done[id] = true
			fmt.Fprintf(w, `<path id="%s" d="`, id)
			open := false
			for _, s := range t.outline(&b, g) {
				at := func(i int) (float64, float64) { return float64(s.Args[i].X) / 64, float64(s.Args[i].Y) / 64 }
				ax, ay := at(0)
				bx, by := at(1)
				switch s.Op {
				case sfnt.SegmentOpMoveTo:
					if open {
						fmt.Fprint(w, "z")
					}
					open = true
					fmt.Fprintf(w, "M%g %g", ax, ay)
				case sfnt.SegmentOpLineTo:
					fmt.Fprintf(w, "L%g %g", ax, ay)
				case sfnt.SegmentOpQuadTo:
					fmt.Fprintf(w, "Q%g %g %g %g", ax, ay, bx, by)
				}
			}
			if open {
				fmt.Fprint(w, "z")
			}
			fmt.Fprint(w, "\"/>\n")
		}
	}
}

// writeGlyphs places the letters of a text.
func writeGlyphs(w io.Writer, m mark) {
	var b sfnt.Buffer
	t := &typefaces()[m.face]
	fmt.Fprintf(w, `<g transform="translate(%s %s) scale(%s)" fill="%s">`, number(m.x), number(m.y),
		strconv.FormatFloat(m.size*point/unitsPerEm, 'f', 9, 64), colour(m.shade))
	x := 0.0
	for _, r := range m.text {
		g, _ := t.glyph(&b, r)
		if r != ' ' && r != '\u00a0' {
			fmt.Fprintf(w, `<use xlink:href="#%s" x="%s"/>`, glyphID(m.face, g), number(x))
		}
		x += t.advances[g] * unitsPerEm
	}
	fmt.Fprint(w, "</g>\n")
}

func glyphID(f face, g sfnt.GlyphIndex) string { return string("rbmo"[f]) + strconv.Itoa(int(g)) }
