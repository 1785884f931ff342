package qr

import (
	"math"

	"github.com/makiuchi-d/gozxing"
)

// modules are the modules of a symbol as they were seen: 1 is surely dark, -1
// surely light, and 0 either.
type modules struct {
	size int
	dark []float32 // row by row
}

// modulesOf is a symbol in black and white.
func modulesOf(bits *gozxing.BitMatrix) modules {
	n := bits.GetWidth()
	m := modules{n, make([]float32, n*n)}
	for i := range m.dark {
		m.dark[i] = -1
		if bits.Get(i%n, i/n) {
			m.dark[i] = 1
		}
	}
	return m
}

// transposed exchanges rows and columns, which undoes a mirror.
func (m modules) transposed() modules {
	t := modules{m.size, make([]float32, len(m.dark))}
	for y := range m.size {
		for x := range m.size {
			t.dark[x*m.size+y] = m.dark[y*m.size+x]
		}
	}
	return t
}

// modules judges each module by how light and how dark its neighbours are, and
// leaves those open that lie in patches without any structure.
func (f *flat) modules(l *layout) modules {
	n := l.size
	grey, black := make([]float32, n*n), make([]float32, n*n)
	mean := f.mean(2.5)
	var contrast float32
	for i := range grey {
		grey[i] = f.middle(i%n, i/n, 0, 0)
		black[i] = mean[f.index(i%n, i/n, 0, 0)]
		contrast += max(grey[i]-black[i], black[i]-grey[i])
	}
	contrast /= float32(n * n)
	half := make([]float32, n*n)
	for range 3 {
		black = l.thresholds(grey, black, half)
	}
	out := modules{n, make([]float32, n*n)}
	for i := range out.dark {
		// Small differences count for little even where there is nothing else.
		out.dark[i] = min(max((black[i]-grey[i])/max(half[i], 0.35*contrast, 4), -1), 1)
	}
	f.forget(out, contrast)
	return out
}

// near is how far neighbours count, in modules, for the light.
const near = 4

// nearness is the weight of a neighbour.
var nearness = func() (w [near + 1][near + 1]float32) {
	for y := range w {
		for x := range w[y] {
			w[y][x] = float32(math.Exp(-float64(x*x+y*y) / 10))
		}
	}
	return w
}()

// thresholds puts the black point of each module between the mean of the dark
// and of the light neighbours, as the last thresholds have them; half is set to
// half the difference.
func (l *layout) thresholds(grey, last, half []float32) []float32 {
	n := l.size
	next := make([]float32, n*n)
	for y := range n {
		for x := range n {
			var dark, darks, light, lights float32
			for v := max(y-near, 0); v <= min(y+near, n-1); v++ {
				for u := max(x-near, 0); u <= min(x+near, n-1); u++ {
					i := v*n + u
					w := nearness[max(v-y, y-v)][max(u-x, x-u)]
					is := grey[i] < last[i]
					if k := l.kind[i]; k == isLight || k == isDark {
						is, w = k == isDark, 1.5*w
					}
					if is {
						dark, darks = dark+w*grey[i], darks+w
					} else {
						light, lights = light+w*grey[i], lights+w
					}
				}
			}
			i := y*n + x
			next[i], half[i] = last[i], 0
			if min(darks, lights) > 0.3 {
				next[i], half[i] = (dark/darks+light/lights)/2, (light/lights-dark/darks)/2
			}
		}
	}
	return next
}

// forget sets modules to 0 that lie in even patches of at least four, as where
// something covers the symbol, and halves the ones beside them.
func (f *flat) forget(m modules, contrast float32) {
	n := m.size
	deviation := f.deviation(1.1)
	even := make([]bool, n*n)
	for i := range even {
		even[i] = deviation[f.index(i%n, i/n, 0, 0)] < 0.3*contrast
	}
	for _, patch := range patches(even, n) {
		if len(patch) < 4 {
			continue
		}
		for _, i := range patch {
			for y := max(i/n-1, 0); y <= min(i/n+1, n-1); y++ {
				for x := max(i%n-1, 0); x <= min(i%n+1, n-1); x++ {
					m.dark[y*n+x] *= 0.5
				}
			}
		}
		for _, i := range patch {
			m.dark[i] = 0
		}
	}
}

// patches lists the connected sets of true modules.
func patches(in []bool, n int) [][]int {
	seen := make([]bool, len(in))
	var out [][]int
	for i := range in {
		if !in[i] || seen[i] {
			continue
		}
		patch := []int{i}
		seen[i] = true
		for k := 0; k < len(patch); k++ {
			x, y := patch[k]%n, patch[k]/n
			for _, d := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
				u, v := x+d[0], y+d[1]
				if u >= 0 && v >= 0 && u < n && v < n && in[v*n+u] && !seen[v*n+u] {
					seen[v*n+u] = true
					patch = append(patch, v*n+u)
				}
			}
		}
		out = append(out, patch)
	}
	return out
}
