package print

import (
	"image"
	"math"
)

// view is a secret code as a scanner sees it on new paper: dark grey on nearly
// white, 150 dots to the inch, with the quiet zone and some of what stands
// around. fine is the same at 300 dots.
type view struct {
	*image.Gray
	fine   *image.Gray
	code   image.Rectangle // the symbol, without its quiet zone
	module float64         // in pixels
}

const (
	viewDPI    = 150
	viewMargin = 10.0 // around the code, in millimetres
	viewInk    = 18
	viewPaper  = 246
)

// view draws the surroundings of the sheet's secret code.
func (s *Sheet) view() *view {
	var code mark
	var on *page
	for _, p := range s.pages {
		for _, m := range p.marks {
			if m.kind == symbolMark && m.symbol == s.content.secretCode {
				code, on = m, p
			}
		}
	}
	left, top := code.x-viewMargin, code.y-viewMargin
	part := &page{width: code.w + 2*viewMargin, height: code.h + 2*viewMargin}
	for _, m := range on.marks {
		m.x, m.y = m.x-left, m.y-top
		part.marks = append(part.marks, m)
	}
	fine, err := part.image(2 * viewDPI)
	if err != nil {
		panic(err) // the resolution is in bounds
	}
	for i, v := range fine.Pix {
		fine.Pix[i] = uint8(viewInk + int(v)*(viewPaper-viewInk)/255)
	}
	v := &view{fine: fine, Gray: shrink(fine, 2)}
	const scale = viewDPI / 25.4
	v.code = pixels(viewMargin, viewMargin, code.w, code.h, scale)
	v.module = code.w / float64(code.symbol.Size) * scale
	return v
}

// each makes a picture of the view, pixel by pixel.
func (v *view) each(f func(x, y, shade int) int) *image.Gray {
	out := image.NewGray(v.Rect)
	for y := range v.Rect.Dy() {
		for x := range v.Rect.Dx() {
			i := y*v.Stride + x
			out.Pix[i] = uint8(min(max(f(x, y, int(v.Pix[i])), 0), 255))
		}
	}
	return out
}

// coarse is the view at dpi dots to the inch.
func (v *view) coarse(dpi float64) *image.Gray { return shrink(v.fine, 2*viewDPI/dpi) }

// shrink averages over squares of step pixels, step ≥ 1.
func shrink(img *image.Gray, step float64) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, int(float64(img.Rect.Dx())/step), int(float64(img.Rect.Dy())/step)))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			sum, n := 0, 0
			for j := int(float64(y) * step); j < int(float64(y+1)*step); j++ {
				for i := int(float64(x) * step); i < int(float64(x+1)*step); i++ {
					sum += int(img.Pix[j*img.Stride+i])
					n++
				}
			}
			out.Pix[y*out.Stride+x] = uint8(sum / n)
		}
	}
	return out
}

// blur is the view out of focus: a Gaussian of sigma modules.
func (v *view) blur(sigma float64) *image.Gray {
	sigma *= v.module
	kernel := make([]int, 2*int(math.Ceil(3*sigma))+1)
	for i := range kernel {
		d := float64(i-len(kernel)/2) / sigma
		kernel[i] = int(4096 * math.Exp(-d*d/2))
	}
	across := convolve(v.Gray, kernel, 1, 0)
	return convolve(across, kernel, 0, 1)
}

// convolve weighs each pixel's neighbours along (dx, dy); the picture goes on
// beyond its edges as it ends.
func convolve(img *image.Gray, kernel []int, dx, dy int) *image.Gray {
	out := image.NewGray(img.Rect)
	w, h, sum := img.Rect.Dx(), img.Rect.Dy(), 0
	for _, k := range kernel {
		sum += k
	}
	for y := range h {
		for x := range w {
			total := 0
			for i, k := range kernel {
				d := i - len(kernel)/2
				at := min(max(y+d*dy, 0), h-1)*img.Stride + min(max(x+d*dx, 0), w-1)
				total += k * int(img.Pix[at])
			}
			out.Pix[y*out.Stride+x] = uint8(total / sum)
		}
	}
	return out
}

// noise adds grain; percent of the contrast is its standard deviation.
func (v *view) noise(percent float64) *image.Gray {
	random := chance(0x9e3779b97f4a7c15)
	sigma := percent / 100 * (viewPaper - viewInk)
	return v.each(func(_, _, shade int) int { return shade + int(math.Round(sigma*random.normal())) })
}

// fold is a crease through the code, so many modules wide, from which the toner
// has come off; below it lies a shadow.
func (v *view) fold(modules float64) *image.Gray {
	top := v.code.Min.Y + v.code.Dy()*45/100
	bottom := top + int(math.Round(modules*v.module))
	return v.each(func(_, y, shade int) int {
		switch {
		case y < top:
			return shade
		case y < bottom:
			return viewPaper
		default:
			return shade * 85 / 100
		}
	})
}

// stain is a dark round spot on the code, under which the ink is hardly seen; its
// diameter is percent of the code's width.
func (v *view) stain(percent float64) *image.Gray {
	cx, cy := v.code.Min.X+v.code.Dx()*55/100, v.code.Min.Y+v.code.Dy()*55/100
	radius := int(percent / 200 * float64(v.code.Dx()))
	return v.each(func(x, y, shade int) int {
		if dx, dy := x-cx, y-cy; dx*dx+dy*dy < radius*radius {
			return viewInk + shade/10
		}
		return shade
	})
}

// corner is the view without the corner of the code that has no eye: it is torn
// off along a line that cuts percent of both sides.
func (v *view) corner(percent float64) *image.Gray {
	cut := int(percent / 100 * float64(v.code.Dx()))
	return v.each(func(x, y, shade int) int {
		if v.code.Max.X-x+v.code.Max.Y-y < cut {
			return viewPaper
		}
		return shade
	})
}

// chance is a small random generator (Marsaglia's xorshift), so that a sheet is
// damaged alike each time. It keeps no secret.
type chance uint64

func (c *chance) next() uint64 {
	*c ^= *c << 13
	*c ^= *c >> 7
	*c ^= *c << 17
	return uint64(*c)
}

// normal is nearly of the normal distribution: the sum of four that are even.
func (c *chance) normal() float64 {
	n := c.next()
	sum := n&0xffff + n>>16&0xffff + n>>32&0xffff + n>>48
	return (float64(sum)/0xffff - 2) * math.Sqrt(3)
}
