package field

import "math/bits"

// Interpolate sets e to the value at the place of w, from those at its
// indexes, in their order. It panics if values is shorter than the indexes.
func (p *Prime) Interpolate(e *Element, w *Weights, values []Element) {
	p.Sum(e, w.w[:w.count], values)
	p.divide(e, w.divisor())
}

// Agree reports whether the value at the place of w, which follows the values
// at its indexes, is what these interpolate to.
func (p *Prime) Agree(w *Weights, values []Element) bool {
	// The difference times d is 0 just when the difference is, as p, a prime
	// above 256, does not divide d, all of whose factors are below 16.
	var e Element
	p.Sum(&e, w.w[:w.count+1], values)
	zero := e.IsZero()
	e.limb = [maxLimbs]uint64{}
	return zero
}

// Weight sets e to the weight of the index with number i, w[i]/d modulo p. It
// is public.
func (p *Prime) Weight(e *Element, w *Weights, i int) {
	p.Sum(e, w.w[i:i+1], []Element{one})
	p.divide(e, w.divisor())
}

var one = Element{[maxLimbs]uint64{1}}

func (w *Weights) divisor() uint64 { return uint64(-w.w[w.count]) }

// divide divides e by the divisor of weights, which is public.
func (p *Prime) divide(e *Element, d uint64) {
	if d == 1 {
		return
	}
	var inverse Element
	p.invert(&inverse, d)
	p.Mul(e, e, &inverse)
}

// invert sets e to 1/d modulo p, for a public d below 2^32 that p does not
// divide. With p = q·d + r and k = -1/r modulo d, the number
//
//	(k·p + 1)/d = k·q + (k·r + 1)/d
//
// is an integer, times d it is 1 modulo p, and it is below p as k < d.
func (p *Prime) invert(e *Element, d uint64) {
	e.limb = [maxLimbs]uint64{}
	var r uint64
	for i := p.top; i >= 0; i-- {
		e.limb[i], r = bits.Div64(r, p.limb(i), d)
	}
	k := d - invertWord(r, d)
	carry := (k*r + 1) / d
	for i := range e.limb[:p.top+1] {
		h, l := bits.Mul64(e.limb[i], k)
		var c uint64
		e.limb[i], c = bits.Add64(l, carry, 0)
		carry = h + c
	}
}

// invertWord is 1/a modulo d, from 1 to d-1, by Euclid's algorithm; a and d
// are public, below 2^32 and without a common factor, and d is above 1.
func invertWord(a, d uint64) uint64 {
	r, s := [2]int64{int64(d), int64(a)}, [2]int64{0, 1}
	for r[1] != 0 {
		q := r[0] / r[1]
		r[0], r[1] = r[1], r[0]-q*r[1]
		s[0], s[1] = s[1], s[0]-q*s[1]
	}
	if s[0] < 0 {
		s[0] += int64(d)
	}
	return uint64(s[0])
}
