package qr

import "math"

// A straightened symbol has so many pixels a module, and so many modules of
// its surroundings on each side.
const (
	grain = 6
	apron = QuietZone
)

// flat is a symbol straightened: w by w pixels, 0 black to 255 white.
type flat struct {
	size int // modules on a side, without the apron
	w    int
	pix  []float32
}

// straighten samples the symbol at q; bend, if any, says by how many modules
// each place of it is displaced.
func straighten(p plane, q corners, size int, bend *mesh) *flat {
	w := q.warp()
	f := &flat{size: size, w: (size + 2*apron) * grain}
	f.pix = make([]float32, f.w*f.w)
	// Where the picture is finer, pixels are averaged.
	side := math.Hypot(q[1].x-q[0].x, q[1].y-q[0].y) / float64(size*grain)
	k := min(max(1, int(math.Round(side))), 4)
	n, fine := float32(size), float32(k)
	for y := range f.w {
		for x := range f.w {
			var du, dv, sum float32
			u0, v0 := float32(x)/grain-apron, float32(y)/grain-apron
			if bend != nil {
				du, dv = bend.at(u0, v0)
			}
			for j := range k {
				for i := range k {
					u := u0 + (float32(i)+0.5)/(fine*grain) + du
					v := v0 + (float32(j)+0.5)/(fine*grain) + dv
					sum += p.at(w.at(u/n, v/n))
				}
			}
			f.pix[y*f.w+x] = sum / (fine * fine)
		}
	}
	return f
}

// middle is the mean over the middle of module (x, y) displaced by (du, dv)
// modules.
func (f *flat) middle(x, y int, du, dv float32) float32 {
	at := f.index(x, y, du, dv)
	return (f.pix[at-f.w-1] + f.pix[at-f.w] + f.pix[at-1] + f.pix[at]) / 4
}

// index is the pixel right and below of the middle of a displaced module, never
// one at the edge.
func (f *flat) index(x, y int, du, dv float32) int {
	i := int((float32(x+apron)+0.5+du)*grain + 0.5)
	j := int((float32(y+apron)+0.5+dv)*grain + 0.5)
	return min(max(j, 1), f.w-1)*f.w + min(max(i, 1), f.w-1)
}

// mean over squares around each pixel, radius modules each way.
func (f *flat) mean(radius float64) []float32 { return box(f.pix, f.w, int(radius*grain)) }

// deviation is the standard deviation in such squares.
func (f *flat) deviation(radius float64) []float32 {
	squares := make([]float32, len(f.pix))
	for i, v := range f.pix {
		squares[i] = v * v
	}
	out, mean := box(squares, f.w, int(radius*grain)), f.mean(radius)
	for i, m := range mean {
		out[i] = float32(math.Sqrt(float64(max(out[i]-m*m, 0))))
	}
	return out
}

// box averages over squares of r pixels each way; at the edge over what there
// is.
func box(pix []float32, w, r int) []float32 {
	across, out := make([]float32, w*w), make([]float32, w*w)
	line := func(from, to []float32, at, step int) {
		var sum float64
		n := 0
		for i := range min(r, w) {
			sum += float64(from[at+i*step])
			n++
		}
		for i := range w {
			if i+r < w {
				sum += float64(from[at+(i+r)*step])
				n++
			}
			to[at+i*step] = float32(sum / float64(n))
			if i >= r {
				sum -= float64(from[at+(i-r)*step])
				n--
			}
		}
	}
	for y := range w {
		line(pix, across, y*w, 1)
	}
	for x := range w {
		line(across, out, x, w)
	}
	return out
}
