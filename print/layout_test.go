package print

import (
	"slices"
	"testing"

	"meshkey/internal/qr"
)

// Every sheet that can be asked for fits its paper: nothing lies in the margin
// that printers cut, no text runs into another or into a line, each code has the
// size that the format of sheets asks and a quiet zone for itself, and all sheets
// of a set are set in the same sizes of type.
func TestLayout(t *testing.T) {
	everywhere(t, kinds, func(t *testing.T, v variant, sheets []*Sheet) {
		for _, s := range sheets {
			var codes []mark
			for _, p := range s.pages {
				codes = append(codes, checkPage(t, p)...)
			}
			switch public := v.kit.CertificateText != ""; {
			case public && (len(codes) != 2 || codes[1].w < 60), !public && len(codes) != 1, codes[0].w < 50:
				t.Errorf("the codes are %v", codes)
			}
			if got, want := sizes(s), sizes(sheets[0]); !slices.Equal(got, want) {
				t.Errorf("sheet %d is set in %v, the first in %v", s.Index(), got, want)
			}
		}
		aloud, err := sheets[0].dictation()
		if err != nil {
			t.Fatal(err)
		}
		checkPage(t, aloud)
	})
}

// checkPage checks a page alone and returns its codes.
func checkPage(t *testing.T, p *page) (codes []mark) {
	for i, m := range p.marks {
		if m.kind == symbolMark {
			codes = append(codes, m)
		}
		if x0, y0, x1, y1 := m.extent(); x0 < 12 || y0 < 12 || x1 > p.width-12 || y1 > p.height-12 {
			t.Errorf("in the margin: %v", m)
		}
		for _, n := range p.marks[:i] {
			if touches(m, n) || touches(n, m) {
				t.Errorf("one upon the other:\n%v\n%v", n, m)
			}
		}
	}
	return codes
}

// extent is the rectangle that a mark blackens at most.
func (m mark) extent() (x0, y0, x1, y1 float64) {
	if m.kind == textMark {
		em := m.size * point
		return m.x, m.y - 0.75*em, m.x + m.w, m.y + 0.22*em
	}
	return m.x, m.y, m.x + m.w, m.y + m.h
}

// touches tells whether m hides something of n, or disturbs it.
func touches(m, n mark) bool {
	margin := 0.0
	switch {
	case n.kind == symbolMark:
		margin = qr.QuietZone * n.w / float64(n.symbol.Size)
	case n.kind != textMark || m.kind == symbolMark:
		return false
	case n.shade == white && m.kind == boxMark:
		return false // a light word on a dark bar
	case n.shade == pale, m.shade == pale, n.shade == veil && m.shade == veil:
		return false // what lies behind words
	}
	mx0, my0, mx1, my1 := m.extent()
	nx0, ny0, nx1, ny1 := n.extent()
	return mx0 < nx1+margin && nx0 < mx1+margin && my0 < ny1+margin && ny0 < my1+margin
}

// sizes are the sizes of type of a sheet.
func sizes(s *Sheet) (all []float64) {
	for _, p := range s.pages {
		for _, m := range p.marks {
			if m.kind == textMark {
				all = append(all, m.size)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
