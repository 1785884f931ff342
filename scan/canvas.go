package scan

import (
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// matrix maps x, y to m[0]·x + m[2]·y + m[4], m[1]·x + m[3]·y + m[5].
type matrix [6]float64

// then is the matrix that does m first and n after it.
func (m matrix) then(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

func (m matrix) apply(x, y float64) point {
	return point{m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]}
}

// inverse tells whether there is one.
func (m matrix) inverse() (matrix, bool) {
	det := m[0]*m[3] - m[1]*m[2]
	if !(math.Abs(det) > 1e-12) || math.IsInf(det, 0) {
		return matrix{}, false
	}
	return matrix{
		m[3] / det, -m[1] / det, -m[2] / det, m[0] / det,
		(m[2]*m[5] - m[3]*m[4]) / det, (m[1]*m[4] - m[0]*m[5]) / det,
	}, true
}

type point struct{ x, y float64 }

// box is a rectangle; the zero value is empty.
type box struct{ left, top, right, bottom float64 }

// around is the smallest box that holds all points.
func around(points ...point) box {
	b := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range points {
		b.left, b.top = min(b.left, p.x), min(b.top, p.y)
		b.right, b.bottom = max(b.right, p.x), max(b.bottom, p.y)
	}
	return b
}

func (b box) and(c box) box {
	return box{max(b.left, c.left), max(b.top, c.top), min(b.right, c.right), min(b.bottom, c.bottom)}
}

// pixels are those that b touches.
func (b box) pixels(within image.Rectangle) image.Rectangle {
	b = b.and(box{float64(within.Min.X), float64(within.Min.Y), float64(within.Max.X), float64(within.Max.Y)})
	if !(b.left < b.right && b.top < b.bottom) {
		return image.Rectangle{}
	}
	return image.Rect(int(b.left), int(b.top), int(math.Ceil(b.right)), int(math.Ceil(b.bottom)))
}

// canvas is a page being drawn.
type canvas struct {
	img    *image.Gray
	raster vector.Rasterizer
	mask   image.Alpha
	budget int64 // pixels that may still be painted
	blank  bool  // nothing was painted
}

// paintings is how often every pixel of a page may be painted over, on average.
const paintings = 20

func newCanvas(w, h int) *canvas {
	c := &canvas{img: image.NewGray(image.Rect(0, 0, w, h)), budget: paintings * int64(w) * int64(h), blank: true}
	for i := range c.img.Pix {
		c.img.Pix[i] = 255
	}
	return c
}

// spend tells whether n more pixels may be painted.
func (c *canvas) spend(n int) bool {
	c.budget -= int64(n)
	c.blank = false
	return c.budget >= 0
}

// fill paints the area of p, as far as it is in clip, with a grey. The rule of
// winding is the non-zero one as long as overlapping outlines run the same way.
func (c *canvas) fill(p *path, level byte, opacity float64, clip box) {
	r := around(p.points...).and(clip).pixels(c.img.Rect)
	if r.Empty() || !c.spend(r.Dx()*r.Dy()+p.rows(r.Dy())) {
		return
	}
	c.raster.Reset(r.Dx(), r.Dy())
	c.raster.DrawOp = draw.Src
	c.trace(p, r)
	if n := r.Dx() * r.Dy(); cap(c.mask.Pix) < n {
		c.mask.Pix = make([]byte, n)
	}
	c.mask.Pix = c.mask.Pix[:r.Dx()*r.Dy()]
	c.mask.Stride, c.mask.Rect = r.Dx(), image.Rect(0, 0, r.Dx(), r.Dy())
	c.raster.Draw(&c.mask, c.mask.Rect, image.Opaque, image.Point{})
	for y := range r.Dy() {
		row := c.img.Pix[c.img.PixOffset(r.Min.X, r.Min.Y+y):]
		for x, cover := range c.mask.Pix[y*c.mask.Stride:][:r.Dx()] {
			if cover != 0 {
				row[x] = mix(row[x], level, float64(cover)*opacity)
			}
		}
	}
}

// trace hands p to the rasterizer, whose corner is that of r. Points far away
// are drawn nearer: the rasterizer walks every row of a line.
func (c *canvas) trace(p *path, r image.Rectangle) {
	w, h := float64(r.Dx()), float64(r.Dy())
	near := func(q point) (float32, float32) {
		return float32(min(max(q.x-float64(r.Min.X), -w-8), 2*w+8)), float32(min(max(q.y-float64(r.Min.Y), -h-8), 2*h+8))
	}
	points, open := p.points, false
	for _, v := range p.verbs {
		switch v {
		case 'm':
			if open {
				c.raster.ClosePath()
			}
			c.raster.MoveTo(near(points[0]))
			points, open = points[1:], true
		case 'l':
			c.raster.LineTo(near(points[0]))
			points = points[1:]
		case 'c':
			ax, ay := near(points[0])
			bx, by := near(points[1])
			x, y := near(points[2])
			c.raster.CubeTo(ax, ay, bx, by, x, y)
			points = points[3:]
		case 'h':
			c.raster.ClosePath()
		}
	}
	if open {
		c.raster.ClosePath()
	}
}

// mix lays over on under; cover is 0 to 255.
func mix(under, over byte, cover float64) byte {
	return byte(float64(under) + (float64(over)-float64(under))*cover/255 + 0.5)
}

// image paints p onto the unit square that m maps to pixels. Where several of
// its pixels fall on one, they are averaged.
func (c *canvas) image(p *picture, m matrix, level byte, opacity float64, clip box) {
	r := around(m.apply(0, 0), m.apply(1, 0), m.apply(0, 1), m.apply(1, 1)).and(clip).pixels(c.img.Rect)
	back, ok := m.inverse()
	if r.Empty() || !ok {
		return
	}
	of := p.grey
	if of == nil {
		of = p.alpha
	}
	w, h := float64(of.Rect.Dx()), float64(of.Rect.Dy())
	dense := max(math.Hypot(back[0]*w, back[1]*h), math.Hypot(back[2]*w, back[3]*h))
	n := int(min(max(math.Round(dense), 1), 8)) // samples a pixel each way
	if !c.spend(r.Dx() * r.Dy() * n * n) {
		return
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := c.img.Pix[c.img.PixOffset(0, y):]
		for x := r.Min.X; x < r.Max.X; x++ {
			var paint, cover float64
			for i := range n * n {
				q := back.apply(float64(x)+(float64(i%n)+0.5)/float64(n), float64(y)+(float64(i/n)+0.5)/float64(n))
				if q.x < 0 || q.x >= 1 || q.y <= 0 || q.y > 1 {
					continue
				}
				a, v := opacity, float64(level)
				if p.alpha != nil {
					a *= float64(at(p.alpha, q)) / 255
				}
				if p.grey != nil {
					v = float64(at(p.grey, q))
				}
				paint += a * v
				cover += a
			}
			if cover > 0 {
				row[x] = byte((paint + (float64(n*n)-cover)*float64(row[x]) + 0.5) / float64(n*n))
			}
		}
	}
}

// at is the pixel of img at a point of the unit square, whose y points upwards.
func at(img *image.Gray, q point) byte {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	x, y := min(int(q.x*float64(w)), w-1), min(int((1-q.y)*float64(h)), h-1)
	return img.Pix[y*img.Stride+x]
}
