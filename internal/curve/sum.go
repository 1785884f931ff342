package curve

import (
	"crypto/subtle"
	"encoding/binary"
	"math/bits"
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

// sumOfProductsVarTime is sumOfProducts for public scalars and points: by
// Straus's method, or from some number of products on by Pippenger's.
func sumOfProductsVarTime[P, C any, PP adding[P, C], CC added[P, C]](sum PP, s []*Scalar, a []element) {
	values := make([]limbs, len(s))
	for i := range s {
		values[i] = s[i].value()
	}
	if len(s) < 400 {
		straus[P, C, PP, CC](sum, values, nil, a, 5)
	} else {
		pippenger[P, C, PP, CC](sum, values, a)
	}
}

// sumSmallVarTime adds to sum, which is the identity, w[i]·a[i].
func sumSmallVarTime[P, C any, PP adding[P, C], CC added[P, C]](sum PP, w []int64, a []element) {
	values, negative := make([]limbs, len(w)), make([]bool, len(w))
	var all uint64
	for i, x := range w {
		negative[i] = x < 0
		if x < 0 {
			x = -x // which is right for the least int64 too, when unsigned
		}
		values[i][0] = uint64(x)
		all |= uint64(x)
	}
	width := 2 // without tables
	if bits.Len64(all) > 24 {
		width = 4
	}
	straus[P, C, PP, CC](sum, values, negative, a, width)
}

// straus is Straus's method with the digits that naf gives: the products share
// their doublings.
func straus[P, C any, PP adding[P, C], CC added[P, C]](sum PP, k []limbs, negative []bool, a []element, width int) {
	odd := 1 << (width - 2) // a, 3a, … of each
	tables, digits := make([]C, odd*len(k)), make([][]int8, len(k))
	top := 0
	r, twice := PP(new(P)), CC(new(C))
	for i := range k {
		digits[i] = naf(&k[i], width)
		top = max(top, len(digits[i]))
		table := tables[odd*i : odd*(i+1)]
		CC(&table[0]).from(a[i].(PP))
		if odd > 1 {
			r.double(a[i])
			twice.from(r)
			r.set(a[i])
		}
		for j := 1; j < odd; j++ {
			r.addCached(twice)
			CC(&table[j]).from(r)
		}
	}
	q := CC(new(C))
	for place := top - 1; place >= 0; place-- {
		if place < top-1 {
			sum.doubleSelf()
		}
		for i := range digits {
			if place >= len(digits[i]) || digits[i][place] == 0 {
				continue
			}
			d := digits[i][place]
			*q = tables[odd*i+int(max(d, -d)/2)]
			if (d < 0) != (negative != nil && negative[i]) {
				q.negIf(1)
			}
			sum.addCached(q)
		}
	}
}

// naf writes a public integer below 2^447 with zeros and odd digits below
// 2^(width-1) in magnitude, no two within width places, the least first. The
// last digit is not zero.
func naf(t *limbs, width int) []int8 {
	n := 0
	for i, word := range t {
		if word != 0 {
			n = 64*i + bits.Len64(word) + 1
		}
	}
	digits := make([]int8, n)
	var carry uint64
	top := 0
	for i := 0; i < n; {
		window := t[i/64] >> (i % 64)
		if i%64+width > 64 && i/64+1 < len(t) {
			window |= t[i/64+1] << (64 - i%64)
		}
		window = window&(1<<width-1) + carry
		if window&1 == 0 {
			i++
			continue
		}
		carry = window >> (width - 1) & 1
		digits[i] = int8(int64(window) - int64(carry<<width))
		top = i + 1
		i += width
	}
	return digits[:top]
}

// hornerVarTime sets sum, which is the identity, to a[0] + x·a[1] + x²·a[2] + ….
func hornerVarTime[P, C any, PP adding[P, C], CC added[P, C]](sum PP, x uint64, a []element) {
	digits := naf(&limbs{x}, 2)
	times, minus, q := CC(new(C)), CC(new(C)), CC(new(C))
	for i := len(a) - 1; i >= 0; i-- {
		if i == len(a)-1 || x == 0 {
			sum.set(a[i])
			continue
		}
		times.from(sum)
		*minus = *times
		minus.negIf(1)
		for place := len(digits) - 2; place >= 0; place-- {
			sum.doubleSelf()
			switch digits[place] {
			case 1:
				sum.addCached(times)
			case -1:
				sum.addCached(minus)
			}
		}
		q.from(a[i].(PP))
		sum.addCached(q)
	}
}

// pippenger collects, for each digit of c bits, the points that have the same
// digit, and weights the collections by adding them up twice.
func pippenger[P, C any, PP adding[P, C], CC added[P, C]](sum PP, k []limbs, a []element) {
	c := max(6, bits.Len(uint(len(k)))-2)
	cached, digits := make([]C, len(k)), make([][]int32, len(k))
	places := 0
	for i := range k {
		CC(&cached[i]).from(a[i].(PP))
		digits[i] = signedDigits(&k[i], c)
		places = max(places, len(digits[i]))
	}
	identity := sum.fresh().(PP)
	buckets := make([]P, 1<<(c-1))
	q := CC(new(C))
	running, total := PP(new(P)), PP(new(P))
	for place := places - 1; place >= 0; place-- {
		for range c {
			sum.doubleSelf()
		}
		for i := range buckets {
			buckets[i] = *identity
		}
		for i := range digits {
			if place >= len(digits[i]) || digits[i][place] == 0 {
				continue
			}
			d := digits[i][place]
			*q = cached[i]
			if d < 0 {
				q.negIf(1)
			}
			PP(&buckets[max(d, -d)-1]).addCached(q)
		}
		*running, *total = *identity, *identity
		for i := len(buckets) - 1; i >= 0; i-- {
			q.from(PP(&buckets[i]))
			running.addCached(q)
			q.from(running)
			total.addCached(q)
		}
		q.from(total)
		sum.addCached(q)
	}
}

// signedDigits writes a public integer below 2^447 with digits to the base 2^c
// of at most 2^(c-1) in magnitude, the least first.
func signedDigits(t *limbs, c int) []int32 {
	var digits []int32
	var carry int64
	for i := 0; i < 64*maxLimbs; i += c {
		window := t[i/64] >> (i % 64)
		if i%64+c > 64 && i/64+1 < len(t) {
			window |= t[i/64+1] << (64 - i%64)
		}
		d := int64(window&(1<<c-1)) + carry
		carry = 0
		if d > 1<<(c-1) {
			d -= 1 << c
			carry = 1
		}
		digits = append(digits, int32(d))
	}
	if carry != 0 {
		digits = append(digits, int32(carry))
	}
	for len(digits) > 0 && digits[len(digits)-1] == 0 {
		digits = digits[:len(digits)-1]
	}
	return digits
}
