package qr

// mesh is a field of displacements over a symbol on crumpled paper, in modules:
// linear between its nodes.
type mesh struct {
	size   int // modules
	k      int // nodes a side
	du, dv []float32
}

func (m *mesh) at(u, v float32) (du, dv float32) {
	t := float32(m.k-1) / float32(m.size)
	x, y := min(max(u*t, 0), float32(m.k-1)), min(max(v*t, 0), float32(m.k-1))
	i, j := min(int(x), m.k-2), min(int(y), m.k-2)
	x, y = x-float32(i), y-float32(j)
	at := j*m.k + i
	mix := func(d []float32) float32 {
		return (d[at]*(1-x)+d[at+1]*x)*(1-y) + (d[at+m.k]*(1-x)+d[at+m.k+1]*x)*y
	}
	return mix(m.du), mix(m.dv)
}

// modulesApart is how far apart the nodes of a mesh are, about.
const modulesApart = 5

// relax finds, node by node from the finder patterns on, the displacement under
// which the modules around are most decidedly dark or light, no further than
// reach modules from what the neighbours say.
func (f *flat) relax(l *layout, reach float32) *mesh {
	k := l.size/modulesApart + 2
	m := &mesh{l.size, k, make([]float32, k*k), make([]float32, k*k)}
	mean := f.mean(2.5)
	done, queued := make([]bool, k*k), make([]bool, k*k)
	queue := []int{0, k - 1, (k - 1) * k}
	for _, i := range queue {
		queued[i] = true
	}
	for ; len(queue) > 0; queue = queue[1:] {
		i := queue[0]
		m.settle(f, l, mean, i, done, reach)
		done[i] = true
		x, y := i%k, i/k
		for _, d := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
			u, v := x+d[0], y+d[1]
			if u >= 0 && v >= 0 && u < k && v < k && !queued[v*k+u] {
				queued[v*k+u] = true
				queue = append(queue, v*k+u)
			}
		}
	}
	return m
}

// settle displaces node i, starting from the mean of its neighbours that are
// done.
func (m *mesh) settle(f *flat, l *layout, mean []float32, i int, done []bool, reach float32) {
	x, y := i%m.k, i/m.k
	var du, dv, n float32
	for v := max(y-1, 0); v <= min(y+1, m.k-1); v++ {
		for u := max(x-1, 0); u <= min(x+1, m.k-1); u++ {
			if at := v*m.k + u; done[at] {
				du, dv, n = du+m.du[at], dv+m.dv[at], n+1
			}
		}
	}
	if n > 0 {
		du, dv = du/n, dv/n
	}
	cx, cy := x*l.size/(m.k-1), y*l.size/(m.k-1)
	bestU, bestV, best := du, dv, 1.02*f.opening(l, mean, cx, cy, du, dv)
	for step := reach / 2; step >= 1.0/grain; step /= 2 {
		u0, v0 := bestU, bestV
		for a := -2; a <= 2; a++ {
			for b := -2; b <= 2; b++ {
				u, v := u0+float32(a)*step, v0+float32(b)*step
				if max(u-du, du-u, v-dv, dv-v) > reach {
					continue
				}
				if s := f.opening(l, mean, cx, cy, u, v); s > best {
					best, bestU, bestV = s, u, v
				}
			}
		}
	}
	m.du[i], m.dv[i] = bestU, bestV
}

// opening is how decidedly the modules around (cx, cy) are dark or light when
// displaced by (du, dv); those of known colour must be of that.
func (f *flat) opening(l *layout, mean []float32, cx, cy int, du, dv float32) float32 {
	const r, sure = modulesApart - 1, 1.5
	var sum float32
	for y := max(cy-r, -1); y <= min(cy+r, l.size); y++ {
		for x := max(cx-r, -1); x <= min(cx+r, l.size); x++ {
			d := f.middle(x, y, du, dv) - mean[f.index(x, y, du, dv)]
			known := byte(isLight)
			if x >= 0 && y >= 0 && x < l.size && y < l.size {
				known = l.kind[y*l.size+x]
			}
			switch known {
			case isLight:
				sum += sure * d
			case isDark:
				sum -= sure * d
			default:
				sum += max(d, -d)
			}
		}
	}
	return sum
}
