// Package field computes modulo the primes that the Mathematical Mesh shares
// secrets over: for a secret of n octets, the smallest prime above 2^(8n).
//
// draft-hallambaker-mesh-udf-13, Section 4.5 and Appendix A, defines them.
// The package knows numbers, polynomials and Lagrange weights; it knows
// nothing of shares. For other moduli use filippo.io/bigmod, against which
// this package is tested.
//
// Everything rests on one operation, Prime.Sum: a sum of elements, each
// multiplied by one machine word. A polynomial at a small index is such a
// sum, the words being powers of the index; so is an interpolation, whose
// weights at small indexes are small integers over one small denominator.
//
// # Security
//
// Elements are secret; words, indexes and sizes are public. No operation
// branches on an element or uses one as an index, and none divides one, so
// time depends on the public arguments only. Whether a result is in range,
// zero, or equal is returned as a bool: what a caller does with that is his.
// Elements are plain arrays and are wiped by whoever declared them; limbs that
// passed through registers or spilled to the stack cannot be reached.
package field

import "math/bits"

const (
	// MaxOctets is the longest secret that has a prime, in octets.
	MaxOctets = 64

	// maxLimbs holds 8·64+1 bits, the length of the largest prime.
	maxLimbs = 9
)

// offsets[n-1] is what the prime for n octets exceeds 2^(8n) by.
var offsets = [MaxOctets]uint64{
	1, 1, 43, 15, 15, 21, 81, 13,
	15, 13, 7, 61, 111, 25, 451, 51,
	85, 175, 253, 7, 87, 427, 27, 133,
	235, 375, 423, 735, 357, 115, 81, 297,
	175, 57, 45, 127, 61, 37, 91, 27,
	15, 241, 231, 55, 105, 127, 115, 231,
	207, 181, 37, 235, 163, 1093, 187, 211,
	21, 841, 445, 165, 777, 583, 133, 75,
}

// Prime is the prime 2^(8n) + c of secrets of n octets. It is public. Primes
// compare with ==; the zero Prime is not valid.
type Prime struct {
	octets int
	offset uint64 // c, of at most 11 bits
	top    int    // number of the limb that holds bit 8n
	shift  uint   // place of bit 8n in that limb
	folds  int    // see reduce
}

// New returns the prime for secrets of the given number of octets. It panics
// if that is not 1 to MaxOctets.
func New(octets int) Prime {
	if octets < 1 || octets > MaxOctets {
		panic("field: no prime for secrets of this length")
	}
	return Prime{
		octets: octets,
		offset: offsets[octets-1],
		top:    octets / 8,
		shift:  uint(octets % 8 * 8),
		folds:  folds(octets),
	}
}

// Octets is n, the length of the secrets.
func (p Prime) Octets() int { return p.octets }

// Offset is c, by which the prime exceeds 2^(8n).
func (p Prime) Offset() uint64 { return p.offset }

// folds is the number of times reduce folds; its comment has the proof.
func folds(octets int) int {
	switch {
	case octets >= 8:
		return 2
	case octets >= 4:
		return 4
	case octets >= 2:
		return 6
	}
	return 10
}

// mod is the prime modulo a word below 2^32.
func (p Prime) mod(d uint64) uint64 {
	r := uint64(1)
	for range p.octets {
		r = r << 8 % d
	}
	return (r + p.offset) % d
}

// inverse is 1/d modulo the prime, for a public d below 2^32 that the prime
// does not divide: there is one k below d for which 1 + k·p is a multiple of
// d, and (1 + k·p)/d is then the inverse and less than p.
func (p Prime) inverse(d uint64) Element {
	k := (d - invertWord(p.mod(d), d)) % d
	// 1 + k·p = k·2^(8n) + (k·c + 1). The division runs from the top; k < d,
	// so the quotient needs no limb above.
	var e Element
	low := k*p.offset + 1
	var n [maxLimbs + 1]uint64
	n[0] = low
	var carry uint64
	n[p.top], carry = bits.Add64(n[p.top], k<<p.shift, 0)
	n[p.top+1] = k>>(64-p.shift) + carry
	rem := uint64(0)
	for i := p.top + 1; i >= 0; i-- {
		var q uint64
		q, rem = bits.Div64(rem, n[i], d)
		if i < maxLimbs {
			e.limb[i] = q
		}
	}
	return e
}

// invertWord is 1/a modulo d by Euclid's algorithm. Both are public, below
// 2^32, and without a common factor; for d = 1 it is 0.
func invertWord(a, d uint64) uint64 {
	r0, r1 := int64(d), int64(a)
	s0, s1 := int64(0), int64(1)
	for r1 != 0 {
		q := r0 / r1
		r0, r1 = r1, r0-q*r1
		s0, s1 = s1, s0-q*s1
	}
	if s0 < 0 {
		s0 += int64(d)
	}
	return uint64(s0) % d
}
