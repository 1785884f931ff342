package print

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/draw"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/vector"
)

// MinDPI and MaxDPI bound the resolution of a picture: below, codes are not
// read; above, a page is a hundred million pixels.
const (
	MinDPI = 75
	MaxDPI = 1200
)

// image draws the page in greys, dpi pixels to the inch. Edges of boxes and
// modules lie on whole pixels, so that codes are sharp.
func (p *page) image(dpi int) (*image.Gray, error) {
	if dpi < MinDPI || dpi > MaxDPI {
		return nil, fmt.Errorf("print: %d dpi is not between %d and %d", dpi, MinDPI, MaxDPI)
	}
	scale := float64(dpi) / 25.4
	img := image.NewGray(image.Rect(0, 0, pixel(p.width*scale), pixel(p.height*scale)))
	fillGray(img, img.Rect, white)
	for _, m := range p.marks {
		switch m.kind {
		case textMark:
			drawText(img, m, scale)
		case boxMark:
			fillGray(img, pixels(m.x, m.y, m.w, m.h, scale), m.shade)
		case symbolMark:
			module := m.w / float64(m.symbol.Size)
			for _, r := range runs(m.symbol) {
				fillGray(img, pixels(m.x+float64(r.x)*module, m.y+float64(r.y)*module,
					float64(r.w)*module, float64(r.h)*module, scale), m.shade)
			}
		}
	}
	return img, nil
}

func pixel(v float64) int { return int(math.Round(v)) }

// pixels is the rectangle of whole pixels nearest to one in millimetres, at
// least one pixel wide and high.
func pixels(x, y, w, h, scale float64) image.Rectangle {
	r := image.Rect(pixel(x*scale), pixel(y*scale), pixel((x+w)*scale), pixel((y+h)*scale))
	r.Max.X = max(r.Max.X, r.Min.X+1)
	r.Max.Y = max(r.Max.Y, r.Min.Y+1)
	return r
}

func fillGray(img *image.Gray, r image.Rectangle, shade uint8) {
	r = r.Intersect(img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		line := img.Pix[img.PixOffset(r.Min.X, y):img.PixOffset(r.Max.X, y)]
		for i := range line {
			line[i] = shade
		}
	}
}

// drawText fills the outlines of a text, smoothed.
func drawText(img *image.Gray, m mark, scale float64) {
	em := m.size * point * scale
	// The box around the line, whatever its letters: no letter of the faces is
	// more than an em above or half an em below the baseline, or beyond its
	// advance by as much.
	box := image.Rect(int(m.x*scale-em/2), int(m.y*scale-1.2*em), int((m.x+m.w)*scale+em/2)+1, int(m.y*scale+em/2)+1)
	box = box.Intersect(img.Rect)
	if box.Empty() {
		return
	}
	pen := vector.NewRasterizer(box.Dx(), box.Dy())
	t := &typefaces()[m.face]
	var b sfnt.Buffer
	x, y := m.x*scale-float64(box.Min.X), m.y*scale-float64(box.Min.Y)
	unit := em / unitsPerEm / 64 // outlines come in 64ths
	for _, r := range m.text {
		g, _ := t.glyph(&b, r)
		at := func(s sfnt.Segment, i int) (float32, float32) {
			return float32(x + float64(s.Args[i].X)*unit), float32(y + float64(s.Args[i].Y)*unit)
		}
		for _, s := range t.outline(&b, g) {
			ax, ay := at(s, 0)
			bx, by := at(s, 1)
			switch s.Op {
			case sfnt.SegmentOpMoveTo:
				pen.ClosePath()
				pen.MoveTo(ax, ay)
			case sfnt.SegmentOpLineTo:
				pen.LineTo(ax, ay)
			case sfnt.SegmentOpQuadTo:
				pen.QuadTo(ax, ay, bx, by)
			}
		}
		pen.ClosePath()
		x += t.advances[g] * em
	}
	ink := image.NewAlpha(image.Rect(0, 0, box.Dx(), box.Dy()))
	pen.DrawOp = draw.Src
	pen.Draw(ink, ink.Rect, image.Opaque, image.Point{})
	for row := range box.Dy() {
		line := img.Pix[img.PixOffset(box.Min.X, box.Min.Y+row):]
		for i, a := range ink.Pix[row*ink.Stride : row*ink.Stride+box.Dx()] {
			if a > 0 {
				line[i] = uint8((int(line[i])*(255-int(a)) + int(m.shade)*int(a) + 127) / 255)
			}
		}
	}
}

// writePNG draws the page as a grey PNG that knows its own size in print.
func (p *page) writePNG(w io.Writer, dpi int) error {
	img, err := p.image(dpi)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return err
	}
	// The resolution is a chunk of its own, which image/png does not write; it
	// comes right after the header (PNG, Third Edition, 11.3.4.3).
	const header = 8 + 4 + 4 + 13 + 4
	chunk := []byte{0, 0, 0, 9, 'p', 'H', 'Y', 's'}
	perMetre := uint32(math.Round(float64(dpi) / 0.0254))
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = append(chunk, 1)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	for _, octets := range [][]byte{b.Bytes()[:header], chunk, b.Bytes()[header:]} {
		if _, err := w.Write(octets); err != nil {
			return err
		}
	}
	return nil
}
