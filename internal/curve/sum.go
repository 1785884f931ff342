package curve

import (
	"crypto/subtle"
	"encoding/binary"
)

// The sums of products are written once for all groups. P is a point, and C
// a point in the form in which it is added to another.

type adding[P, C any] interface {
	*P
	element
	doubleSelf()
	addCached(q *C)
}

type added[P, C any] interface {
	*C
	from(p *P)
	negIf(n uint)
}

// packed forms can go through lookup.
type packed[P, C any] interface {
	added[P, C]
	size() int // in words
	pack(words []uint64)
	// unpack reads what pack wrote or, for zero = 1, takes zeros for the
	// identity.
	unpack(words []uint64, zero uint64)
}

// digits16 is the number of digits of a scalar modulo the larger order.
const digits16 = 16 * maxLimbs

// radix16 writes a scalar with digits from -8 to 7, the least first. Both
// orders leave the last digit room for the carry.
func (s *Scalar) radix16() (digits [digits16]int8) {
	t := s.value()
	var carry int8
	for i := range digits {
		d := int8(t[i/16]>>(4*(i%16))&15) + carry
		carry = (d + 8) >> 4
		digits[i] = d - carry<<4
	}
	return digits
}

// sumOfProducts adds to sum, which is the identity, s[i]·a[i] for the integers
// in [0, L) that stand for the scalars, and any points. The products share
// their doublings.
func sumOfProducts[P, C any, PP adding[P, C], CC packed[P, C]](sum PP, s []*Scalar, a []element) {
	if len(s) == 0 {
		return
	}
	q := CC(new(C))
	n := q.size()
	tables := make([]uint64, len(s)*8*n) // a, 2a, … 8a of each
	digits := make([][digits16]int8, len(s))
	defer clear(digits)
	for i := range s {
		digits[i] = s[i].radix16()
		r, first := PP(new(P)), CC(new(C))
		r.set(a[i])
		first.from(a[i].(PP))
		*q = *first
		for j := 8 * i; ; j++ {
			if q.pack(tables[j*n : (j+1)*n]); j%8 == 7 {
				break
			}
			r.addCached(first)
			q.from(r)
		}
	}
	entry := make([]uint64, n)
	top := 16*s[0].order.n - 1
	for place := top; place >= 0; place-- {
		for i := 0; i < 4 && place < top; i++ {
			sum.doubleSelf()
		}
		for i := range digits {
			zero, negative := lookup(entry, tables[8*n*i:8*n*(i+1)], digits[i][place])
			q.unpack(entry, zero)
			q.negIf(negative)
			sum.addCached(q)
		}
	}
}

// lookup sets entry to the |digit|-th of the eight entries of table, or to 0
// for the digit 0, without letting the digit decide what is read. It returns
// whether the digit is zero and whether it is negative, as 0 or 1.
func lookup(entry, table []uint64, digit int8) (zero uint64, negative uint) {
	sign := digit >> 7
	abs := uint8((digit ^ sign) - sign)
	n := len(entry)
	var m [8]uint64
	for i := range m {
		m[i] = -uint64(subtle.ConstantTimeByteEq(abs, uint8(i+1)))
	}
	m0, m1, m2, m3, m4, m5, m6, m7 := m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7]
	t0, t1, t2, t3 := table[:n], table[n:2*n], table[2*n:3*n], table[3*n:4*n]
	t4, t5, t6, t7 := table[4*n:5*n], table[5*n:6*n], table[6*n:7*n], table[7*n:8*n]
	for i := range entry {
		entry[i] = t0[i]&m0 | t1[i]&m1 | t2[i]&m2 | t3[i]&m3 |
			t4[i]&m4 | t5[i]&m5 | t6[i]&m6 | t7[i]&m7
	}
	return uint64(subtle.ConstantTimeByteEq(abs, 0)), uint(sign & 1)
}

// pack writes elements of the field as words, which a lookup passes over
// faster.
func pack(words []uint64, elements ...[]byte) {
	for _, x := range elements {
		for ; len(x) > 0; x, words = x[8:], words[1:] {
			words[0] = binary.LittleEndian.Uint64(x)
		}
	}
}

func unpack(words []uint64, elements ...[]byte) {
	for _, x := range elements {
		for ; len(x) > 0; x, words = x[8:], words[1:] {
			binary.LittleEndian.PutUint64(x, words[0])
		}
	}
}
