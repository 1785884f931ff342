package qr

import (
	"encoding/binary"

	"github.com/makiuchi-d/gozxing"
)

// block is the side of the squares over which light is taken to be even.
const block = 8

// bits is a picture in black and white. Rows are handed to the matrix of the
// library word by word, since it offers single pixels only.
type bits struct {
	matrix *gozxing.BitMatrix
	row    *gozxing.BitArray
}

// newBits panics if w or h is less than 1.
func newBits(w, h int) *bits {
	m, err := gozxing.NewBitMatrix(w, h)
	if err != nil {
		panic(err)
	}
	return &bits{m, gozxing.NewBitArray(w)}
}

// local decides each square of eight by eight pixels by the average black
// point of the 25 squares around it, so that shadows do no harm. A square of
// little contrast counts as light unless its neighbours say otherwise. These
// are the rules of ZXing's hybrid binarizer. nil means that p is too small.
func (p plane) local() *gozxing.BitMatrix {
	if p.w < 5*block || p.h < 5*block {
		return nil
	}
	across, down := (p.w+block-1)/block, (p.h+block-1)/block
	points := p.blackPoints(across, down)
	out := newBits(p.w, p.h)
	words := make([][]uint32, block)
	for i := range words {
		words[i] = make([]uint32, (p.w+31)/32+1) // one more for a square across two words
	}
	for by := range down {
		y := min(by*block, p.h-block)
		cy := min(max(by, 2), down-3)
		for i := range words {
			clear(words[i])
		}
		for bx := range across {
			cx := min(max(bx, 2), across-3)
			sum := 0
			for r := cy - 2; r <= cy+2; r++ {
				at := points[r*across+cx-2:][:5]
				sum += at[0] + at[1] + at[2] + at[3] + at[4]
			}
			x := min(bx*block, p.w-block)
			for i := range words {
				m := uint64(darkOf(binary.LittleEndian.Uint64(p.pix[(y+i)*p.stride+x:]), sum/25)) << (x % 32)
				words[i][x/32] |= uint32(m)
				words[i][x/32+1] |= uint32(m >> 32)
			}
		}
		for i := range words {
			out.set(y+i, words[i])
		}
	}
	return out.matrix
}

// set adds the bits of words to row y: the last squares of a picture overlap.
func (b *bits) set(y int, words []uint32) {
	b.row = b.matrix.GetRow(y, b.row)
	row := b.row.GetBitArray()
	for i := range row {
		row[i] |= words[i]
	}
	b.matrix.SetRow(y, b.row)
}

// darkOf tells which of eight pixels are at most t, 0 to 255: pixel i in bit i.
func darkOf(pixels uint64, t int) uint8 {
	level := uint64(t|0x100) * eachOne
	even := (level - pixels&lanes) >> 8 & eachOne
	odd := (level - pixels>>8&lanes) >> 8 & eachOne
	v := even | odd<<1
	return uint8(v | v>>14 | v>>28 | v>>42)
}

// blackPoints gives each square its own idea of where black begins.
func (p plane) blackPoints(across, down int) []int {
	const contrast = 24
	points := make([]int, across*down)
	for by := range down {
		y := min(by*block, p.h-block)
		for bx := range across {
			x := min(bx*block, p.w-block)
			var sum uint64
			low, high := 255, 0
			for i := range block {
				line := p.pix[(y+i)*p.stride+x:][:block]
				v := binary.LittleEndian.Uint64(line)
				sum += v&lanes + v>>8&lanes
				if high-low <= contrast {
					for _, v := range line {
						low, high = min(low, int(v)), max(high, int(v))
					}
				}
			}
			sum += sum >> 32
			point := int(sum&0xffff+sum>>16&0xffff) / (block * block)
			if high-low <= contrast {
				point = low / 2
				if bx > 0 && by > 0 {
					above := points[(by-1)*across+bx-1:]
					around := (above[1] + 2*points[by*across+bx-1] + above[0]) / 4
					if low < around {
						point = around
					}
				}
			}
			points[by*across+bx] = point
		}
	}
	return points
}

// global decides every pixel by one black point, the valley between the two
// peaks of a histogram of four rows: ZXing's rule. nil means that there is too
// little contrast.
func (p plane) global() *gozxing.BitMatrix {
	var counts [32]int
	for i := 1; i < 5; i++ {
		for _, v := range p.row(p.h * i / 5)[p.w/5 : max(p.w/5, p.w*4/5)] {
			counts[v>>3]++
		}
	}
	black := valley(&counts) << 3
	if black == 0 {
		return nil
	}
	out := newBits(p.w, p.h)
	for y := range p.h {
		line := p.row(y)
		words := out.row.GetBitArray()
		clear(words)
		x := 0
		for ; x+8 <= p.w; x += 8 {
			words[x/32] |= uint32(darkOf(binary.LittleEndian.Uint64(line[x:]), black-1)) << (x % 32)
		}
		for ; x < p.w; x++ {
			if int(line[x]) < black {
				words[x/32] |= 1 << (x % 32)
			}
		}
		out.matrix.SetRow(y, out.row)
	}
	return out.matrix
}

// valley finds the lowest place between the highest peak and the best other
// one, or 0 when they are too close.
func valley(counts *[32]int) int {
	first, second, score := 0, 0, 0
	for i, n := range counts {
		if n > counts[first] {
			first = i
		}
	}
	for i, n := range counts {
		if s := n * (i - first) * (i - first); s > score {
			second, score = i, s
		}
	}
	highest := counts[first]
	first, second = min(first, second), max(first, second)
	if second-first <= len(counts)/16 {
		return 0
	}
	best, score := second-1, -1
	for i := second - 1; i > first; i-- {
		if s := (i - first) * (i - first) * (second - i) * (highest - counts[i]); s > score {
			best, score = i, s
		}
	}
	return best
}
