package qr

import (
	"cmp"
	"math"
	"slices"
)

// trio is three finder patterns as they stand in a symbol that is not
// mirrored: at the corner, and from there along the first row and the first
// column.
type trio struct {
	corner, right, below pattern
	fault                float64 // how far from half a square
}

// trios puts patterns together, the likeliest first.
func trios(all []pattern) []trio {
	var out []trio
	for i, a := range all { // a is at the corner
		for j, b := range all {
			for k := j + 1; k < len(all); k++ {
				if i == j || i == k {
					continue
				}
				if t, ok := newTrio(a, b, all[k]); ok {
					out = append(out, t)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(s, t trio) int { return cmp.Compare(s.fault, t.fault) })
	return out
}

func newTrio(a, b, c pattern) (trio, bool) {
	low, high := min(a.module, b.module, c.module), max(a.module, b.module, c.module)
	if high > 1.9*low {
		return trio{}, false
	}
	ux, uy, vx, vy := b.x-a.x, b.y-a.y, c.x-a.x, c.y-a.y
	u, v := math.Hypot(ux, uy), math.Hypot(vx, vy)
	m := (a.module + b.module + c.module) / 3
	if min(u, v) < 10*m || max(u, v) > 180*m {
		return trio{}, false
	}
	cos, skew := math.Abs(ux*vx+uy*vy)/(u*v), math.Abs(math.Log(u/v))
	if cos > 0.65 || skew > 0.9 {
		return trio{}, false
	}
	if ux*vy < uy*vx {
		b, c = c, b
	}
	seldom := 0.3 / float64(min(a.seen, b.seen, c.seen))
	return trio{a, b, c, cos + skew + math.Log(high/low)/2 + seldom}, true
}

// pairs puts two patterns together with one that is only supposed, because it
// may be covered.
func pairs(all []pattern) []trio {
	var out []trio
	for i, a := range all {
		for j, b := range all {
			seen := min(a.seen, b.seen)
			low, high := min(a.module, b.module), max(a.module, b.module)
			if i == j || high > 1.4*low || seen < 2 {
				continue
			}
			m := (a.module + b.module) / 2
			ux, uy := b.x-a.x, b.y-a.y
			suppose := func(side float64, corner, right, below pattern) {
				// Sides are of 14 + 4·version modules between middles.
				v := (side/m - 10) / 4
				if v > 0.7 && v < 12 {
					fault := 0.3*math.Abs(v-math.Round(v)) + math.Log(high/low) + 1/float64(seen)
					out = append(out, trio{corner, right, below, fault})
				}
			}
			side := math.Hypot(ux, uy)
			suppose(side, a, b, pattern{a.x - uy, a.y + ux, m, 0})
			suppose(side, b, pattern{b.x - uy, b.y + ux, m, 0}, a)
			suppose(side/math.Sqrt2, pattern{(a.x + b.x + uy) / 2, (a.y + b.y - ux) / 2, m, 0}, b, a)
		}
	}
	slices.SortStableFunc(out, func(s, t trio) int { return cmp.Compare(s.fault, t.fault) })
	return out
}

// module is the size of a module in pixels.
func (t *trio) module() float64 {
	return (t.corner.module + t.right.module + t.below.module) / 3
}

// versions is the range of versions that the patterns' size and distance speak
// for.
func (t *trio) versions() (from, to int) {
	side := (math.Hypot(t.right.x-t.corner.x, t.right.y-t.corner.y) + math.Hypot(t.below.x-t.corner.x, t.below.y-t.corner.y)) / 2
	v := (side/t.module() - 10) / 4
	return max(1, int(math.Floor(0.8*v-1))), min(40, int(math.Ceil(1.25*v+1)))
}

// corners of a symbol of n modules, seen without perspective.
func (t *trio) corners(n int) corners {
	k := 1 / float64(n-7)
	ux, uy := (t.right.x-t.corner.x)*k, (t.right.y-t.corner.y)*k
	vx, vy := (t.below.x-t.corner.x)*k, (t.below.y-t.corner.y)*k
	at := func(u, v float64) point {
		return point{t.corner.x + (u-3.5)*ux + (v-3.5)*vx, t.corner.y + (u-3.5)*uy + (v-3.5)*vy}
	}
	f := float64(n)
	return corners{at(0, 0), at(f, 0), at(f, f), at(0, f)}
}

// place of t in a picture of w by h pixels.
func (t *trio) place(w, h float64) place {
	x, y := t.corner.x, t.corner.y
	return place{x / w, y / h, (t.right.x - x) / w, (t.right.y - y) / h, (t.below.x - x) / w, (t.below.y - y) / h, t.module() / w, Reading{}}
}
