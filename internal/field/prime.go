// Package field computes modulo the primes that the Mathematical Mesh shares
// secrets over: for a secret of n octets, the smallest prime above 2^(8n).
//
// draft-hallambaker-mesh-udf-13, Section 4.5 and Appendix A, defines them.
// The package knows numbers, polynomials and Lagrange weights; it knows
// nothing of shares.
//
// Indexes are small, so that elements are multiplied by machine words and
// reduced once at the end: a polynomial by powers of the index, which fit one
// word together, an interpolation by weights that are small integers over one
// small denominator. Only that is divided by with a whole product.
//
// # Security
//
// Elements are secret; words, indexes and sizes are public. No operation
// branches on an element, uses one as an index, or divides one, so time
// depends on the public arguments only. Whether a result fits, is zero, or is
// to be drawn again comes back as a bool, for the caller to make public.
// Elements are plain memory, wiped by whoever declared them; limbs that passed
// through registers or were spilled to the stack are out of reach.
package field

const (
	// MaxOctets is the longest secret that has a prime, in octets.
	MaxOctets = 64

	// maxLimbs holds the 513 bits of the largest prime and, in the top limb,
	// what a reduction starts from.
	maxLimbs = 10
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

// Prime is p = 2^(8n) + c, the prime for secrets of n octets. It is public. The
// zero Prime is not valid.
type Prime struct {
	octets int    // n
	offset uint64 // c, of at most 11 bits
	top    int    // number of the limb that holds bit 8n, the highest of p
	shift  uint   // place of bit 8n in that limb: a multiple of 8 below 64
	folds  int    // how often reduce folds before the last time
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
func (p *Prime) Octets() int { return p.octets }

// Offset is c, by which the prime exceeds 2^(8n).
func (p *Prime) Offset() uint64 { return p.offset }

// limb is limb i of p, for an i up to top.
func (p *Prime) limb(i int) uint64 {
	var l uint64
	if i == 0 {
		l = p.offset
	}
	if i == p.top {
		l += 1 << p.shift
	}
	return l
}
