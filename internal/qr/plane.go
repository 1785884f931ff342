package qr

import (
	"encoding/binary"
	"image"
)

// plane is a grey picture: h rows of w octets, 0 black to 255 white, stride
// octets apart.
type plane struct {
	w, h, stride int
	pix          []byte
}

// planeOf shares the pixels of img.
func planeOf(img *image.Gray) plane {
	b := img.Bounds()
	if b.Empty() {
		return plane{}
	}
	return plane{b.Dx(), b.Dy(), img.Stride, img.Pix[img.PixOffset(b.Min.X, b.Min.Y):]}
}

func newPlane(w, h int) plane { return plane{w, h, w, make([]byte, w*h)} }

func (p plane) row(y int) []byte { return p.pix[y*p.stride : y*p.stride+p.w] }

func (p plane) long() int  { return max(p.w, p.h) }
func (p plane) short() int { return min(p.w, p.h) }

// Lanes of 16 bits: each holds one of every two octets of a 64-bit word.
const (
	lanes   = 0x00ff00ff00ff00ff
	eachOne = 0x0001000100010001
)

// halve averages squares of two by two pixels; an odd last row or column is
// dropped.
func (p plane) halve() plane {
	q := newPlane(p.w/2, p.h/2)
	for y := range q.h {
		a, b, out := p.row(2*y), p.row(2*y+1), q.row(y)
		x := 0
		for ; x+4 <= q.w; x += 4 {
			u, v := binary.LittleEndian.Uint64(a[2*x:]), binary.LittleEndian.Uint64(b[2*x:])
			s := u&lanes + u>>8&lanes + v&lanes + v>>8&lanes + 2*eachOne
			s = s >> 2 & lanes
			s |= s >> 8
			binary.LittleEndian.PutUint32(out[x:], uint32(s&0xffff|s>>16&0xffff0000))
		}
		for ; x < q.w; x++ {
			out[x] = byte((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1]) + 2) / 4)
		}
	}
	return q
}

// scale resamples to w by h pixels, linearly between the four nearest.
func (p plane) scale(w, h int) plane {
	q := newPlane(w, h)
	type tap struct {
		at, next int
		part     int // of next, in 256
	}
	taps := func(n, from int) []tap {
		out := make([]tap, n)
		for i := range out {
			at := max(0, (float64(i)+0.5)*float64(from)/float64(n)-0.5)
			k := int(at)
			out[i] = tap{k, min(k+1, from-1), int((at - float64(k)) * 256)}
		}
		return out
	}
	columns := taps(w, p.w)
	for y, t := range taps(h, p.h) {
		a, b, out := p.row(t.at), p.row(t.next), q.row(y)
		for x, c := range columns {
			upper := int(a[c.at])*(256-c.part) + int(a[c.next])*c.part
			lower := int(b[c.at])*(256-c.part) + int(b[c.next])*c.part
			out[x] = byte((upper*(256-t.part) + lower*t.part + 1<<15) >> 16)
		}
	}
	return q
}

// fit scales so that the long side has n pixels.
func (p plane) fit(n int) plane {
	return p.scale(max(1, p.w*n/p.long()), max(1, p.h*n/p.long()))
}

// negative is p with light and dark exchanged.
func (p plane) negative() plane {
	q := newPlane(p.w, p.h)
	for y := range p.h {
		for x, v := range p.row(y) {
			q.pix[y*q.stride+x] = ^v
		}
	}
	return q
}
