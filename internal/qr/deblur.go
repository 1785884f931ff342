package qr

import (
	"math"
	"slices"
)

// An optical system that is out of focus mixes a module with its neighbours so
// much that no threshold tells them apart. But it is known what was printed:
// squares of two colours, many of them given. So the modules are sought whose
// blurred picture is the one seen.
const (
	ring  = 2 // modules of the quiet zone taken along
	fine  = 3 // samples a module
	steps = 200
)

// blur is a Gaussian blur along a line of squares.
type blur struct {
	n    int       // squares
	wide int       // squares that count each way
	k    []float32 // of each sample within a square, what each square adds
}

func newBlur(n int, sigma float64) *blur {
	b := &blur{n: n, wide: int(math.Ceil(2 * sigma))}
	part := func(x float64) float64 { return math.Erf(x/(sigma*math.Sqrt2)) / 2 }
	for j := range fine {
		at := (float64(j) + 0.5) / fine
		for i := -b.wide; i <= b.wide; i++ {
			b.k = append(b.k, float32(part(float64(i+1)-at)-part(float64(i)-at)))
		}
	}
	return b
}

// rows blurs each row of h rows of squares and returns the samples transposed.
func (b *blur) rows(x []float32, h int) []float32 {
	out := make([]float32, b.n*fine*h)
	row := make([]float32, b.n+2*b.wide) // the last square goes on
	for y := range h {
		copy(row[b.wide:], x[y*b.n:][:b.n])
		for i := range b.wide {
			row[i], row[len(row)-1-i] = x[y*b.n], x[(y+1)*b.n-1]
		}
		for i := range b.n {
			around := row[i:][:2*b.wide+1]
			for j := range fine {
				var sum float32
				for d, w := range b.k[j*len(around):][:len(around)] {
					sum += w * around[d]
				}
				out[(i*fine+j)*h+y] = sum
			}
		}
	}
	return out
}

// back is the adjoint of rows: from samples of squares, transposed.
func (b *blur) back(y []float32, h int) []float32 {
	out := make([]float32, b.n*h)
	for i := range b.n {
		for j := range fine {
			from := y[(i*fine+j)*h:][:h]
			for d, w := range b.k[j*(2*b.wide+1):][:2*b.wide+1] {
				to := min(max(i+d-b.wide, 0), b.n-1)
				for r, v := range from {
					out[r*b.n+to] += w * v
				}
			}
		}
	}
	return out
}

// deblur finds the modules behind a blur of sigma modules: least squares within
// -1 and 1, by projected gradients with Nesterov's momentum (1983).
func (f *flat) deblur(l *layout, sigma float64) modules {
	n := l.size + 2*ring
	b := newBlur(n, sigma)
	seen := f.samples(n)
	x := make([]float32, n*n)
	known := make([]float32, n*n) // 0 is unknown
	for i := range known {
		known[i] = -1
		if u, v := i%n-ring, i/n-ring; u >= 0 && v >= 0 && u < l.size && v < l.size {
			known[i] = [...]float32{forData: 0, isLight: -1, isDark: 1, forOther: 0}[l.kind[v*l.size+u]]
		}
		x[i] = known[i]
	}
	last, t := append([]float32(nil), x...), float32(1)
	ahead := append([]float32(nil), x...)
	rest := make([]float32, len(seen))
	for step := range steps {
		blurred := b.rows(b.rows(ahead, n), n*fine)
		gain, bias := float32(1), float32(0)
		if step%10 == 9 {
			gain, bias = fitLight(seen, blurred)
		}
		for i := range rest {
			seen[i] = (seen[i] - bias) / gain
			rest[i] = seen[i] - blurred[i]
		}
		slope := b.back(b.back(rest, n*fine), n)
		x, last = last, x
		for i := range x {
			x[i] = min(max(ahead[i]+slope[i]/(fine*fine), -1), 1)
			if known[i] != 0 {
				x[i] = known[i]
			}
		}
		next := (1 + float32(math.Sqrt(float64(1+4*t*t)))) / 2
		for i := range x {
			ahead[i] = x[i] + (t-1)/next*(x[i]-last[i])
		}
		t = next
	}
	out := modules{l.size, make([]float32, 0, l.size*l.size)}
	for y := range l.size {
		out.dark = append(out.dark, x[(y+ring)*n+ring:][:l.size]...)
	}
	return out
}

// samples is what was seen of a symbol and its ring, fine samples a module each
// way: about 1 for black and -1 for white.
func (f *flat) samples(n int) []float32 {
	const k = grain / fine
	out := make([]float32, 0, n*n*fine*fine)
	for y := range n * fine {
		for x := range n * fine {
			at := ((apron-ring)*grain+y*k)*f.w + (apron-ring)*grain + x*k
			var sum float32
			for j := range k {
				for i := range k {
					sum += f.pix[at+j*f.w+i]
				}
			}
			out = append(out, sum/(k*k))
		}
	}
	sorted := slices.Clone(out)
	slices.Sort(sorted)
	black, white := sorted[len(sorted)/50], sorted[len(sorted)*19/20]
	for i, v := range out {
		out[i] = (black + white - 2*v) / max(white-black, 1)
	}
	return out
}

// fitLight returns the gain and bias by which blurred becomes most like seen.
func fitLight(seen, blurred []float32) (gain, bias float32) {
	var s, b, ss, sb float64
	for i, v := range seen {
		w := float64(blurred[i])
		s += float64(v)
		b += w
		ss += w * w
		sb += w * float64(v)
	}
	n := float64(len(seen))
	g := (n*sb - s*b) / max(n*ss-b*b, 1)
	g = min(max(g, 0.3), 3)
	return float32(g), float32((s - g*b) / n)
}
