package qr

import (
	"cmp"
	"math"
	mathbits "math/bits"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// Bounds of the work on one picture in black and white, against pictures made
// to take for ever. A page of four codes has 12 marks and some tens of false
// ones.
const (
	maxProbes = 20_000 // places where a row looks like the middle of a mark
	maxMarks  = 100    // marks that are put together in threes
	maxTries  = 60     // threes that are read
)

// mark is a finder pattern, one of the three square eyes of a symbol, or what
// looks like one.
type mark struct {
	*detector.FinderPattern
	used bool // it belongs to a symbol that was read
}

// rowsApart is how far apart the rows are that are looked at: a mark's middle
// is three modules high.
const rowsApart = 3

// findMarks looks for runs of 1:1:3:1:1 modules in rows and lets the library
// check them upwards, across and diagonally.
func findMarks(m *gozxing.BitMatrix) []*mark {
	f := detector.NewFinderPatternFinder(m, nil)
	probes := 0
	var line *gozxing.BitArray
	runs := make([]int, 5)
	for y := rowsApart - 1; y < m.GetHeight() && probes < maxProbes; y += rowsApart {
		line = m.GetRow(y, line)
		clear(runs)
		dark, from := false, 0
		edge := func(x int) {
			n := x - from
			from = x
			copy(runs, runs[1:])
			runs[4] = n
			if dark && detector.FinderPatternFinder_foundPatternCross(runs) {
				probes++
				if f.HandlePossibleCenter(runs, y, x) {
					clear(runs)
				}
			}
			dark = !dark
		}
		edges(line.GetBitArray(), m.GetWidth(), edge)
	}
	var out []*mark
	for _, c := range f.GetPossibleCenters() {
		out = append(out, &mark{FinderPattern: c})
	}
	slices.SortStableFunc(out, func(a, b *mark) int { return cmp.Compare(b.GetCount(), a.GetCount()) })
	return out[:min(len(out), maxMarks)]
}

// edges calls f with each x from 0 to w at which the colour changes; what lies
// left of the row is light and what lies right of it ends the last run.
func edges(words []uint32, w int, f func(x int)) {
	var last uint32 // the bit before, in bit 31
	for i, word := range words {
		for change := word ^ (word<<1 | last>>31); change != 0; change &= change - 1 {
			if x := 32*i + mathbits.TrailingZeros32(change); x < w {
				f(x)
			}
		}
		last = word
	}
	f(w)
}

// three marks that may be the eyes of one symbol.
type three struct {
	marks [3]*mark
	skew  float64 // 0 for a square seen from above
}

// threes puts marks together whose sizes and places fit, the squarest first.
// The bounds allow for a page tilted by 50 degrees both ways; if there are no
// more marks than three, anything is worth a try.
func threes(marks []*mark) []three {
	if len(marks) == 3 {
		t := three{marks: [3]*mark(marks)}
		t.fits()
		return []three{t}
	}
	marks = slices.Clone(marks)
	slices.SortStableFunc(marks, func(a, b *mark) int {
		return cmp.Compare(a.GetEstimatedModuleSize(), b.GetEstimatedModuleSize())
	})
	var out []three
	for i, a := range marks {
		for j := i + 1; j < len(marks) && alike(a, marks[j]); j++ {
			for k := j + 1; k < len(marks) && alike(a, marks[k]); k++ {
				t := three{marks: [3]*mark{a, marks[j], marks[k]}}
				if t.fits() {
					out = append(out, t)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(s, t three) int { return cmp.Compare(s.skew, t.skew) })
	return out
}

// alike tells whether b, not smaller than a, may be of the same symbol.
func alike(a, b *mark) bool {
	return b.GetEstimatedModuleSize() <= 1.4*a.GetEstimatedModuleSize()+0.5
}

// fits sets t.skew and tells whether the marks are the corners of something
// like half a square, of 14 to 170 modules on a side.
func (t *three) fits() bool {
	a, b, c := away(t.marks[0], t.marks[1]), away(t.marks[1], t.marks[2]), away(t.marks[0], t.marks[2])
	if a > b {
		a, b = b, a
	}
	if b > c {
		b, c = c, b
	}
	if a > b {
		a, b = b, a
	}
	module := t.module()
	if a < 9*module || a > 180*module {
		return false
	}
	// c² = a² + b² for a right angle; a = b for a square.
	t.skew = math.Abs(c*c-2*a*a)/(c*c) + math.Abs(c*c-2*b*b)/(c*c)
	return b <= 2.5*a && math.Abs(c*c-a*a-b*b) < 0.85*2*a*b
}

// module is the size of a module in pixels.
func (t *three) module() float64 {
	return (t.marks[0].GetEstimatedModuleSize() + t.marks[1].GetEstimatedModuleSize() + t.marks[2].GetEstimatedModuleSize()) / 3
}

func away(a, b *mark) float64 { return math.Hypot(a.GetX()-b.GetX(), a.GetY()-b.GetY()) }

// used tells whether a mark of t belongs to a symbol that was read.
func (t *three) used() bool { return t.marks[0].used || t.marks[1].used || t.marks[2].used }

// sure tells whether each mark was seen in at least two rows, so that a symbol
// is likely to be there.
func (t *three) sure() bool {
	return t.marks[0].GetCount() > 1 && t.marks[1].GetCount() > 1 && t.marks[2].GetCount() > 1
}

// eyes orders the marks as the library wants them.
func (t *three) eyes() *detector.FinderPatternInfo {
	bl, tl, tr := gozxing.ResultPoint_OrderBestPatterns(t.marks[0].FinderPattern, t.marks[1].FinderPattern, t.marks[2].FinderPattern)
	return detector.NewFinderPatternInfo(bl.(*detector.FinderPattern), tl.(*detector.FinderPattern), tr.(*detector.FinderPattern))
}

// place is where a symbol was read, in parts of the picture's width and
// height, so that it holds for every size of the picture.
type place struct {
	x, y   float64 // the eye at the corner
	ux, uy float64 // from there to the second
	vx, vy float64 // and to the third
	module float64 // in parts of the width
	Reading
}

// place of t in a picture of w by h pixels.
func (t *three) place(w, h float64) place {
	e := t.eyes()
	x, y := e.GetTopLeft().GetX(), e.GetTopLeft().GetY()
	return place{x / w, y / h,
		(e.GetTopRight().GetX() - x) / w, (e.GetTopRight().GetY() - y) / h,
		(e.GetBottomLeft().GetX() - x) / w, (e.GetBottomLeft().GetY() - y) / h,
		t.module() / w, Reading{}}
}

// middle is how far down the symbol's middle is.
func (p place) middle() float64 { return p.y + (p.uy+p.vy)/2 }

// claim notes that marks inside the symbol at p belong to no other.
func (p place) claim(marks []*mark, w, h float64) {
	for _, m := range marks {
		m.used = m.used || p.holds(m.GetX()/w, m.GetY()/h)
	}
}

// holds tells whether a point lies in the symbol.
func (p place) holds(x, y float64) bool {
	const around = 0.1 // half an eye, and what a tilted page bulges
	area := p.ux*p.vy - p.uy*p.vx
	dx, dy := x-p.x, y-p.y
	u, v := (dx*p.vy-dy*p.vx)/area, (p.ux*dy-p.uy*dx)/area
	return u > -around && u < 1+around && v > -around && v < 1+around
}
