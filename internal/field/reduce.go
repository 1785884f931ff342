package field

import "math/bits"

// reduce brings e, a number from 0 to below 2^59·2^(8n) in limbs 0 to top+1,
// below p.
//
// Written hi·2^(8n) + lo, the number is the same modulo p as lo - c·hi. Where
// hi ≥ 0 and c·hi ≤ 2^(8n), that lies above -2^(8n) and foldLast takes it to
// 0…p-1. This holds at once for n ≥ 8, as 13·2^59 ≤ 2^64 and as c has at most
// 11 bits. A shorter p needs folds before, in signed numbers; hi is rounded
// down, so that 0 ≤ lo < 2^(8n) always. A fold of 0 ≤ hi ≤ h leaves
// -⌈c·h/2^(8n)⌉ ≤ hi ≤ 0, a fold of -h ≤ hi ≤ 0 leaves 0 ≤ hi ≤ ⌈c·h/2^(8n)⌉.
// So an even number of folds ends with hi ≥ 0, and h, from 2^59, is at most
//
//	n = 4…7   c ≤ 15, 15, 21, 81:   2^31, 8              c·8 ≤ 2^(8n)
//	n = 2, 3  c = 1, 43:            2^43, 2^27, 2^11, 1  c ≤ 2^(8n)
//	n = 1     c = 1:                2^51, 2^43, 2^35, 2^27, 2^19, 2^11, 2^3, 1
func (p *Prime) reduce(e *Element) {
	for range p.folds {
		p.fold(e)
	}
	p.foldLast(e)
}

// folds is the number of folds before the last one, for n octets.
func folds(n int) int {
	switch {
	case n >= 8:
		return 0
	case n >= 4:
		return 2
	case n >= 2:
		return 4
	}
	return 8
}

// split takes hi out of e and leaves lo.
func (p *Prime) split(e *Element) (hi uint64) {
	// With shift = 0 the second term is 0, as Go shifts a word by 64 to 0.
	hi = e.limb[p.top]>>p.shift | e.limb[p.top+1]<<(64-p.shift)
	e.limb[p.top] &= 1<<p.shift - 1
	e.limb[p.top+1] = 0
	return hi
}

// fold replaces hi·2^(8n) + lo by lo - c·hi, in two's complement in limbs 0 to
// top+1, for a hi between -2^59 and 2^59.
func (p *Prime) fold(e *Element) {
	hi := p.split(e)
	h, l := bits.Mul64(p.offset, hi)
	h -= p.offset & negative(hi)
	sign := negative(h)
	var b uint64
	a := e.limb[:p.top+2]
	a[0], b = bits.Sub64(a[0], l, 0)
	a[1], b = bits.Sub64(a[1], h, b)
	for i := 2; i < len(a); i++ {
		a[i], b = bits.Sub64(a[i], sign, b)
	}
}

// foldLast replaces hi·2^(8n) + lo by lo - c·hi, or by p more if that is
// negative, for c·hi from 0 to 2^(8n). It returns 1 if lo - c·hi is not
// negative, and 0 if it is.
func (p *Prime) foldLast(e *Element) (positive uint64) {
	// What is computed is d = 2^(8n) + lo - c·hi, from 0 to 2^(8n+1)-1. If bit
	// 8n of d is set, lo - c·hi is d without it; otherwise that is negative,
	// and p more is d + c. Limbs are written out as a loop costs half as much
	// again.
	h, l := bits.Mul64(p.offset, p.split(e))
	a := &e.limb
	a[p.top] |= 1 << p.shift
	var b uint64
	a[0], b = bits.Sub64(a[0], l, 0)
	a[1], b = bits.Sub64(a[1], h, b)
	a[2], b = bits.Sub64(a[2], 0, b)
	a[3], b = bits.Sub64(a[3], 0, b)
	a[4], b = bits.Sub64(a[4], 0, b)
	a[5], b = bits.Sub64(a[5], 0, b)
	a[6], b = bits.Sub64(a[6], 0, b)
	a[7], b = bits.Sub64(a[7], 0, b)
	a[8], _ = bits.Sub64(a[8], 0, b)

	positive = a[p.top] >> p.shift
	a[p.top] &= 1<<p.shift - 1
	a[0], b = bits.Add64(a[0], p.offset&(positive-1), 0)
	a[1], b = bits.Add64(a[1], 0, b)
	a[2], b = bits.Add64(a[2], 0, b)
	a[3], b = bits.Add64(a[3], 0, b)
	a[4], b = bits.Add64(a[4], 0, b)
	a[5], b = bits.Add64(a[5], 0, b)
	a[6], b = bits.Add64(a[6], 0, b)
	a[7], b = bits.Add64(a[7], 0, b)
	a[8], _ = bits.Add64(a[8], 0, b)
	return positive
}

// negative is all ones if w is negative as a signed word, otherwise 0.
func negative(w uint64) uint64 { return uint64(int64(w) >> 63) }
