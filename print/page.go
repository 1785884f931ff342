package print

import (
	"fmt"
	"slices"
	"strings"

	"meshkey/internal/qr"
)

// point is the size of a typographic point in millimetres.
const point = 25.4 / 72

// page is what one sheet looks like: marks in the order they are made, on white
// paper. Lengths are in millimetres; x grows to the right and y downwards from
// the paper's top left corner. Each writer draws a page in its own format.
type page struct {
	paper         Paper
	width, height float64
	marks         []mark
}

func newPage(p Paper) *page {
	return &page{paper: p, width: papers[p].width * point, height: papers[p].height * point}
}

// stacked is one tall page of pages, the first at the top, for the formats that
// know of one only.
func stacked(pages []*page) *page {
	all := *pages[0]
	for _, p := range pages[1:] {
		marks := slices.Clone(all.marks)
		for _, m := range p.marks {
			m.y += all.height
			marks = append(marks, m)
		}
		all.marks = marks
		all.height += p.height
	}
	return &all
}

// mark is a text, a box or a symbol.
type mark struct {
	kind kind
	// x, y is the top left corner, of a text the start of its baseline.
	x, y float64
	// w, h is the size; of a text w is its width and h is 0; a symbol has no
	// quiet zone here.
	w, h float64
	// shade is from 0, black, to 255, white.
	shade uint8

	text string
	face face
	size float64 // of the type, in points

	symbol *qr.Symbol
}

type kind int

const (
	textMark kind = iota
	boxMark
	symbolMark
)

const (
	black uint8 = 0
	dark  uint8 = 0x50 // for words that are not the first to be read
	veil  uint8 = 0x70 // for what hides what lies behind the paper
	pale  uint8 = 0xe4 // for what lies behind words
	white uint8 = 0xff
)

// String describes a mark in a line, for tests. It holds secret text.
func (m mark) String() string {
	place := fmt.Sprintf("%7.2f %7.2f %6.2f %6.2f %3d", m.x, m.y, m.w, m.h, m.shade)
	switch m.kind {
	case textMark:
		return fmt.Sprintf("text   %s %s %g %q", place, m.face, m.size, m.text)
	case boxMark:
		return "box    " + place
	default:
		return fmt.Sprintf("symbol %s %d modules", place, m.symbol.Size)
	}
}

// dump describes the page, for tests. It holds secret text.
func (p *page) dump() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %.2f × %.2f\n", p.paper, p.width, p.height)
	for _, m := range p.marks {
		fmt.Fprintln(&b, m)
	}
	return b.String()
}

// run is a stretch of dark modules, in modules.
type run struct{ x, y, w, h int }

// runs covers the dark modules of a symbol with stretches: every stretch of a
// row, and every stretch of a column, of two and more, and single modules. So
// each module meets its neighbours inside a stretch, and a viewer that smooths
// edges shows no seam between them.
func runs(s *qr.Symbol) []run {
	var out []run
	across := func(dark func(i, j int) bool, make func(i, j, n int) run) {
		for j := range s.Size {
			for i := 0; i < s.Size; {
				n := 0
				for dark(i+n, j) {
					n++
				}
				if n >= 2 {
					out = append(out, make(i, j, n))
				}
				i += n + 1
			}
		}
	}
	across(s.Dark, func(i, j, n int) run { return run{i, j, n, 1} })
	across(func(i, j int) bool { return s.Dark(j, i) }, func(i, j, n int) run { return run{j, i, 1, n} })
	for y := range s.Size {
		for x := range s.Size {
			if s.Dark(x, y) && !s.Dark(x-1, y) && !s.Dark(x+1, y) && !s.Dark(x, y-1) && !s.Dark(x, y+1) {
				out = append(out, run{x, y, 1, 1})
			}
		}
	}
	return out
}
