package field

import (
	"crypto/subtle"
	"math/bits"
)

// Evaluate sets e to es[0] + es[1]·x + es[2]·x² + … modulo p, at a public x
// from 1 to MaxIndex. It panics for another x, or unless there are 1 to 15
// coefficients. e is none of them.
func (p *Prime) Evaluate(e *Element, es []Element, x int) {
	if x < 1 || x > MaxIndex || len(es) < 1 || len(es) >= MaxIndex {
		panic("field: a polynomial or an index out of range")
	}
	// Horner's rule without a reduction until the end: the powers of x add up
	// to less than 16^15/15 < 2^57, the value to less than 2^57·p. A limb's
	// carry is at most x.
	*e = es[len(es)-1]
	a := e.limb[:p.top+2]
	for j := len(es) - 2; j >= 0; j-- {
		b := es[j].limb[:len(a)]
		var carry uint64
		for i, limb := range a {
			h, l := bits.Mul64(limb, uint64(x))
			var c uint64
			l, c = bits.Add64(l, carry, 0)
			h += c
			a[i], c = bits.Add64(l, b[i], 0)
			carry = h + c
		}
	}
	p.reduce(e)
}

// RandomOctets is how many random octets Uniform takes: n + 1.
func (p *Prime) RandomOctets() int { return p.octets + 1 }

// Uniform sets e from uniformly random octets so that every element is equally
// likely, or is not ok, for one draw in 256 at most: then draw again. It panics
// if len(b) is not RandomOctets.
func (p *Prime) Uniform(e *Element, b []byte) (ok bool) {
	if len(b) != p.octets+1 {
		panic("field: the wrong number of random octets")
	}
	// Of the 2^8·2^(8n) numbers hi·2^(8n) + lo the lowest 255·p are taken. The
	// others have hi = 255 and lo ≥ 255·c. As 255·c ≤ 2^(8n), one fold does.
	e.setBytes(b)
	positive := p.foldLast(e)
	return subtle.ConstantTimeByteEq(b[0], 255)&int(positive) == 0
}
