package qr

import "math"

// point in a picture, in pixels: (0.5, 0.5) is the middle of the first one.
type point struct{ x, y float64 }

// corners of a symbol in a picture: of its first row, then of its last row
// backwards.
type corners [4]point

// warp is the projective map of the unit square onto four corners.
type warp struct{ a, b, c, d, e, f, g, h float32 }

// warp follows Heckbert, Fundamentals of Texture Mapping (1989), Section 2.2.3.
func (q *corners) warp() warp {
	dx1, dx2, dx3 := q[1].x-q[2].x, q[3].x-q[2].x, q[0].x-q[1].x+q[2].x-q[3].x
	dy1, dy2, dy3 := q[1].y-q[2].y, q[3].y-q[2].y, q[0].y-q[1].y+q[2].y-q[3].y
	area := dx1*dy2 - dx2*dy1
	if area == 0 {
		area = math.SmallestNonzeroFloat32
	}
	g, h := (dx3*dy2-dx2*dy3)/area, (dx1*dy3-dx3*dy1)/area
	return warp{
		float32(q[1].x - q[0].x + g*q[1].x), float32(q[3].x - q[0].x + h*q[3].x), float32(q[0].x),
		float32(q[1].y - q[0].y + g*q[1].y), float32(q[3].y - q[0].y + h*q[3].y), float32(q[0].y),
		float32(g), float32(h),
	}
}

func (w *warp) at(u, v float32) (x, y float32) {
	d := 1 / (w.g*u + w.h*v + 1)
	return (w.a*u + w.b*v + w.c) * d, (w.d*u + w.e*v + w.f) * d
}

// at mixes the four pixels nearest to a point; beyond the picture its edge
// goes on.
func (p plane) at(x, y float32) float32 {
	x, y = x-0.5, y-0.5
	// Written so that no number at all is beyond the picture too.
	if !(x >= 0 && y >= 0 && x < float32(p.w-1) && y < float32(p.h-1)) {
		return float32(p.pix[clamp(y, p.h)*p.stride+clamp(x, p.w)])
	}
	i, j := int(x), int(y)
	u, v := x-float32(i), y-float32(j)
	a := p.pix[j*p.stride+i:]
	b := p.pix[(j+1)*p.stride+i:]
	_, _ = a[1], b[1]
	upper := float32(a[0])*(1-u) + float32(a[1])*u
	lower := float32(b[0])*(1-u) + float32(b[1])*u
	return upper*(1-v) + lower*v
}

func clamp(x float32, n int) int {
	if !(x > 0) {
		return 0
	}
	if x >= float32(n-1) {
		return n - 1
	}
	return int(x)
}

// agreement is the correlation of the picture with the modules of known colour:
// 1 for a clean symbol, about 0 where there is none.
func (s *soft) agreement(p plane, q corners, probes []probe) float32 {
	s.budget -= len(probes)
	w := q.warp()
	var sum, signs, mean, square float32
	for _, k := range probes {
		x, y := w.at(k.u, k.v)
		v := p.at(x, y)
		a := max(k.sign, -k.sign)
		sum += k.sign * v
		signs += k.sign
		mean += a * v
		square += a * v * v
	}
	n := float32(len(probes))
	mean /= n
	deviation := float32(math.Sqrt(float64(max(square/n-mean*mean, 1))))
	return (sum - mean*signs) / (n * deviation)
}

// spread moves the corner that has no finder pattern over a grid, reach modules
// each way, and returns the best place: a parallelogram is only a guess.
func (s *soft) spread(p plane, q corners, probes []probe, module, reach, step float64) (corners, float32) {
	start, best := q[2], s.agreement(p, q, probes)
	for dy := -reach; dy <= reach; dy += step {
		for dx := -reach; dx <= reach; dx += step {
			t := q
			t[2] = point{start.x + dx*module, start.y + dy*module}
			if a := s.agreement(p, t, probes); a > best {
				best, q = a, t
			}
		}
	}
	return q, best
}

// refine moves the corners by ever smaller steps to where they fit best.
func (s *soft) refine(p plane, q corners, probes []probe, module float64, best float32) (corners, float32) {
	for step := 0.6 * module; step > 0.04*module; step *= 0.6 {
		for range 3 {
			moved := false
			for i := range q {
				for _, d := range [4]point{{step, 0}, {-step, 0}, {0, step}, {0, -step}} {
					t := q
					t[i] = point{q[i].x + d.x, q[i].y + d.y}
					if a := s.agreement(p, t, probes); a > best {
						best, q, moved = a, t, true
					}
				}
			}
			if !moved {
				break
			}
		}
	}
	return q, best
}
