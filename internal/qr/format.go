package qr

import (
	"cmp"
	"slices"
)

// formatPlaces lists the modules of the two copies of the format information
// of a symbol of n modules, the highest bit first. ISO/IEC 18004, Section
// 7.9.1, Figure 25.
func formatPlaces(n int) (copies [2][15]int) {
	at := func(x, y int) int { return y*n + x }
	for i := range 6 {
		copies[0][i] = at(i, 8)
		copies[0][14-i] = at(8, i)
	}
	copies[0][6], copies[0][7], copies[0][8] = at(7, 8), at(8, 8), at(8, 7)
	for i := range 7 {
		copies[1][i] = at(8, n-1-i)
	}
	for i := range 8 {
		copies[1][7+i] = at(n-8+i, 8)
	}
	return copies
}

// formatWord is the format information for two bits of the level and three of
// the mask: a BCH (15,5) code word, masked. ISO/IEC 18004, Annex C.
func formatWord(data int) int {
	const generator, mask = 0b101_0011_0111, 0b101_0100_0001_0010
	rest := data << 10
	for i := 14; i >= 10; i-- {
		if rest>>i&1 == 1 {
			rest ^= generator << (i - 10)
		}
	}
	return (data<<10 | rest) ^ mask
}

// format is one reading of the format information.
type format struct {
	data  int // two bits of the level and three of the mask
	score float32
}

// formats lists all formats, the one that fits the modules best first.
func formats(m modules) []format {
	places := formatPlaces(m.size)
	out := make([]format, 32)
	for data := range out {
		word, score := formatWord(data), float32(0)
		for _, places := range places {
			for i, p := range places {
				if word>>(14-i)&1 == 1 {
					score += m.dark[p]
				} else {
					score -= m.dark[p]
				}
			}
		}
		out[data] = format{data, score}
	}
	slices.SortStableFunc(out, func(a, b format) int { return cmp.Compare(b.score, a.score) })
	return out
}

// masked tells whether a mask exchanges the colours of the module in column x
// and row y. ISO/IEC 18004, Section 7.8.2, Table 10.
func masked(mask, x, y int) bool {
	switch mask {
	case 0:
		return (x+y)%2 == 0
	case 1:
		return y%2 == 0
	case 2:
		return x%3 == 0
	case 3:
		return (x+y)%3 == 0
	case 4:
		return (y/2+x/3)%2 == 0
	case 5:
		return x*y%2+x*y%3 == 0
	case 6:
		return (x*y%2+x*y%3)%2 == 0
	default:
		return ((x+y)%2+x*y%3)%2 == 0
	}
}
