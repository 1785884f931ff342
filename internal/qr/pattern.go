package qr

import (
	"cmp"
	"math"
	"slices"
)

// Bounds of the search for finder patterns in one picture.
const (
	maxCrosses  = 20_000 // places that are checked upwards and across
	maxPatterns = 300    // different ones
	keptOf      = 24     // of these, the ones seen most often
)

// pattern is what looks like a finder pattern, and its middle in pixels.
type pattern struct {
	x, y   float64
	module float64 // pixels
	seen   int     // in how many rows; 0 if it is only supposed
}

// ink is a picture in black and white: 1 is dark.
type ink struct {
	w, h int
	pix  []byte
}

// inkOf compares each pixel with the mean of a square around it, radius pixels
// each way; dark ones are darker by more than bias. Unlike the thresholds the
// library's finder is given, it follows stains and shadows at any scale.
func inkOf(p plane, radius, bias int) ink {
	b := ink{p.w, p.h, make([]byte, p.w*p.h)}
	columns := make([]int32, p.w)
	slide := func(y int, sign int32) {
		if y < 0 || y >= p.h {
			return
		}
		for x, v := range p.row(y) {
			columns[x] += sign * int32(v)
		}
	}
	for y := range min(radius, p.h) {
		slide(y, 1)
	}
	for y := range p.h {
		slide(y+radius, 1)
		rows := int32(min(y+radius, p.h-1) - max(y-radius, 0) + 1)
		var sum, n int32
		for x := range min(radius, p.w) {
			sum += columns[x]
			n += rows
		}
		out := b.pix[y*p.w:][:p.w]
		for x, v := range p.row(y) {
			if x+radius < p.w {
				sum += columns[x+radius]
				n += rows
			}
			if (int64(v)+int64(bias))*int64(n) < int64(sum) {
				out[x] = 1
			}
			if x-radius >= 0 {
				sum -= columns[x-radius]
				n -= rows
			}
		}
		slide(y-radius, -1)
	}
	return b
}

// widths are five runs of dark and light pixels in turn.
type widths [5]int

// module is the width of a module if the runs are about 1:1:3:1:1, by a slack
// in modules.
func (r widths) module(slack float64) (float64, bool) {
	total := r[0] + r[1] + r[2] + r[3] + r[4]
	m := float64(total) / 7
	off := max(m*slack, 1)
	for i, n := range r {
		want, off := m, off
		if i == 2 {
			want, off = 3*m, 3*off
		}
		if math.Abs(float64(n)-want) >= off {
			return 0, false
		}
	}
	return m, total >= 7
}

// patterns looks for finder patterns in every so many rows and adds them to
// those found before. ISO/IEC 18004, Section 6.3.3.
func (b ink) patterns(found []pattern, step int) []pattern {
	runs := make([]int, 0, 256)
	crosses := 0
	for y := step / 2; y < b.h && crosses < maxCrosses; y += step {
		runs = runs[:0]
		from, last := 0, byte(0)
		for x, v := range b.pix[y*b.w:][:b.w] {
			if v != last {
				runs = append(runs, x-from)
				from, last = x, v
			}
		}
		runs = append(runs, b.w-from)
		x := runs[0]
		for i := 1; i+4 < len(runs); i += 2 {
			r := widths(runs[i : i+5])
			if _, ok := r.module(0.6); ok {
				crosses++
				if p, ok := b.confirm(x+r[0]+r[1]+r[2]/2, y, r); ok {
					found = add(found, p)
				}
			}
			x += r[0] + r[1]
		}
	}
	return found
}

// add averages p into the pattern at its place, or appends it.
func add(found []pattern, p pattern) []pattern {
	for i := range found {
		o := &found[i]
		if math.Abs(o.x-p.x) < 1.5*o.module && math.Abs(o.y-p.y) < 1.5*o.module && p.module < 1.6*o.module && o.module < 1.6*p.module {
			n := float64(o.seen)
			o.x, o.y, o.module = (o.x*n+p.x)/(n+1), (o.y*n+p.y)/(n+1), (o.module*n+p.module)/(n+1)
			o.seen++
			return found
		}
	}
	if len(found) == maxPatterns {
		return found
	}
	return append(found, p)
}

// confirm looks upwards, across and diagonally.
func (b ink) confirm(x, y int, r widths) (pattern, bool) {
	limit := 6 * (r[0] + r[1] + r[2] + r[3] + r[4]) / 7
	down, dy, ok := b.cross(x, y, 0, 1, limit)
	tall, fits := down.module(0.75)
	if !ok || !fits {
		return pattern{}, false
	}
	y += int(math.Round(dy))
	across, dx, ok := b.cross(x, y, 1, 0, limit)
	wide, fits := across.module(0.75)
	if !ok || !fits || max(tall, wide) > 1.8*min(tall, wide) {
		return pattern{}, false
	}
	slant, _, ok := b.cross(x+int(math.Round(dx)), y, 1, 1, limit)
	if _, fits = slant.module(0.9); !ok || !fits {
		return pattern{}, false
	}
	return pattern{float64(x) + dx + 0.5, float64(y) + 0.5, (tall + wide) / 2, 1}, true
}

// cross measures five runs through a dark pixel, in steps of (dx, dy), and how
// many steps off their middle is.
func (b ink) cross(x, y, dx, dy, limit int) (r widths, middle float64, ok bool) {
	// run counts pixels of a colour from step k on.
	run := func(k, sign int, dark byte) int {
		for n := range limit {
			u, v := x+(k+sign*n)*dx, y+(k+sign*n)*dy
			if u < 0 || v < 0 || u >= b.w || v >= b.h || b.pix[v*b.w+u] != dark {
				return n
			}
		}
		return limit
	}
	before, after := run(0, -1, 1), run(0, 1, 1)
	if before == 0 {
		return r, 0, false
	}
	r[2] = before + after - 1
	r[1] = run(-before, -1, 0)
	r[0] = run(-before-r[1], -1, 1)
	r[3] = run(after, 1, 0)
	r[4] = run(after+r[3], 1, 1)
	return r, float64(after-before) / 2, r[0] > 0 && r[1] > 0 && r[3] > 0 && r[4] > 0
}

// findPatterns tries several thresholds.
func findPatterns(p plane) []pattern {
	var found []pattern
	step := max(1, p.long()/1200)
	for _, part := range []int{20, 60, 150} {
		for _, bias := range []int{1, 6} {
			found = inkOf(p, max(p.long()/part, 4), bias).patterns(found, step)
		}
	}
	slices.SortStableFunc(found, func(a, b pattern) int { return cmp.Compare(b.seen, a.seen) })
	return found[:min(len(found), keptOf)]
}
