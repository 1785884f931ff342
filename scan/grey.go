package scan

import (
	"image"
	"image/color"
)

// greyOf turns a decoded picture into grey on white. It uses the pixels of img
// again where it can: img is not to be used afterwards.
func greyOf(img image.Image) *image.Gray {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	switch p := img.(type) {
	case *image.Gray:
		return p
	case *image.YCbCr:
		return &image.Gray{Pix: p.Y[p.YOffset(b.Min.X, b.Min.Y):], Stride: p.YStride, Rect: image.Rect(0, 0, w, h)}
	case *image.NYCbCrA:
		return squeeze(w, h, func(x, y int) byte {
			return onWhite(p.Y[p.YOffset(b.Min.X+x, b.Min.Y+y)], p.A[p.AOffset(b.Min.X+x, b.Min.Y+y)])
		}, nil)
	case *image.Gray16:
		return squeeze(w, h, func(x, y int) byte { return p.Pix[y*p.Stride+2*x] }, p.Pix)
	case *image.Paletted:
		var levels [256]byte
		for i, c := range p.Palette {
			levels[i] = levelOf(c)
		}
		return squeeze(w, h, func(x, y int) byte { return levels[p.Pix[y*p.Stride+x]] }, p.Pix)
	case *image.RGBA: // premultiplied
		return squeeze(w, h, func(x, y int) byte {
			c := p.Pix[y*p.Stride+4*x:][:4]
			return luma(c[0], c[1], c[2]) + 255 - c[3]
		}, p.Pix)
	case *image.NRGBA:
		return squeeze(w, h, func(x, y int) byte {
			c := p.Pix[y*p.Stride+4*x:][:4]
			return onWhite(luma(c[0], c[1], c[2]), c[3])
		}, p.Pix)
	case *image.RGBA64: // the high octets are enough
		return squeeze(w, h, func(x, y int) byte {
			c := p.Pix[y*p.Stride+8*x:][:8]
			return luma(c[0], c[2], c[4]) + 255 - c[6]
		}, p.Pix)
	case *image.NRGBA64:
		return squeeze(w, h, func(x, y int) byte {
			c := p.Pix[y*p.Stride+8*x:][:8]
			return onWhite(luma(c[0], c[2], c[4]), c[6])
		}, p.Pix)
	case *image.CMYK:
		return squeeze(w, h, func(x, y int) byte {
			c := p.Pix[y*p.Stride+4*x:][:4]
			return inked(c[0], c[1], c[2], c[3])
		}, p.Pix)
	}
	return squeeze(w, h, func(x, y int) byte { return levelOf(img.At(b.Min.X+x, b.Min.Y+y)) }, nil)
}

// squeeze makes a grey picture of at(x, y), asked row by row. It is written
// over pix, which must have an octet or more for each pixel and rows in order:
// what is overwritten was read before. nil asks for new memory.
func squeeze(w, h int, at func(x, y int) byte, pix []byte) *image.Gray {
	if pix == nil {
		pix = make([]byte, w*h)
	}
	i := 0
	for y := range h {
		for x := range w {
			pix[i] = at(x, y)
			i++
		}
	}
	return &image.Gray{Pix: pix[:i:i], Stride: w, Rect: image.Rect(0, 0, w, h)}
}

// luma weighs the colours as JPEG does.
func luma(r, g, b byte) byte {
	return byte((19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b) + 1<<15) >> 16)
}

// onWhite lays a grey with some opacity on white paper.
func onWhite(level, opacity byte) byte {
	return byte(255 - (255-uint32(level))*uint32(opacity)/255)
}

// inked is the grey of four inks on white paper.
func inked(c, m, y, k byte) byte {
	level := 255 - uint32(luma(c, m, y))
	return byte(level * (255 - uint32(k)) / 255)
}

func levelOf(c color.Color) byte {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return onWhite(luma(n.R, n.G, n.B), n.A)
}
