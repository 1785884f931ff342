package curve

import (
	"crypto/subtle"
	"encoding/binary"

	fp "github.com/cloudflare/circl/math/fp448"
)

// words448 is the number of words of an element.
const words448 = fp.Size / 8

// digits448 is the number of digits of a scalar: the order has 446 bits, so
// the last digit is at most 4.
const digits448 = 112

// radix16 writes a scalar modulo order448 with digits from -8 to 7, the least
// first.
func (s *Scalar) radix16() (digits [digits448]int8) {
	t := s.value()
	var carry int8
	for i := range digits {
		d := int8(t[i/16]>>(4*(i%16))&15) + carry
		carry = (d + 8) >> 4
		digits[i] = d - carry<<4
	}
	return digits
}

// scalarMult sets p = s·a for the integer in [0, L) that stands for s, and any
// point a.
func (p *point448) scalarMult(s *Scalar, a element) {
	p.multiScalarMult([]*Scalar{s}, []element{a})
}

// A window448 holds a, 2a, … 8a, as words.
type window448 [8 * cachedWords]uint64

const cachedWords = 4 * words448

func (w *window448) from(a *point448) {
	var q cached448
	r := *a
	q.from(&r)
	first := q
	for i := range 8 {
		pack(w[cachedWords*i:cachedWords*(i+1)], &q.x, &q.y, &q.z, &q.dt)
		r.addCached(&first)
		q.from(&r)
	}
}

// multiScalarMult sets p to the sum of the products, as scalarMult has them.
// They share their doublings.
func (p *point448) multiScalarMult(s []*Scalar, a []element) {
	windows, digits := make([]window448, len(s)), make([][digits448]int8, len(s))
	defer clear(digits)
	for i := range s {
		windows[i].from(a[i].(*point448))
		digits[i] = s[i].radix16()
	}
	p.set(p.fresh())
	var q cached448
	var entry [cachedWords]uint64
	for place := digits448 - 1; place >= 0; place-- {
		for range 4 {
			p.doubleSelf()
		}
		for i := range windows {
			zero, negative := lookup(entry[:], windows[i][:], digits[i][place])
			entry[words448] |= zero   // y
			entry[2*words448] |= zero // z
			unpack(entry[:], &q.x, &q.y, &q.z, &q.dt)
			q.negIf(negative)
			p.addCached(&q)
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

// pack writes elements as words, which a lookup passes over faster.
func pack(words []uint64, elements ...*fp.Elt) {
	for i, x := range elements {
		for j := range words448 {
			words[words448*i+j] = binary.LittleEndian.Uint64(x[8*j:])
		}
	}
}

func unpack(words []uint64, elements ...*fp.Elt) {
	for i, x := range elements {
		for j := range words448 {
			binary.LittleEndian.PutUint64(x[8*j:], words[words448*i+j])
		}
	}
}

// multiScalarMultVarTime is Straus's method: the products share their
// doublings.
func (p *point448) multiScalarMultVarTime(s []*Scalar, a []element) {
	tables := make([][8]cached448, len(s)) // a, 3a, … 15a
	nafs := make([][448]int8, len(s))
	for i := range s {
		r := *a[i].(*point448)
		double := r
		double.doubleSelf()
		var twice cached448
		twice.from(&double)
		for j := range tables[i] {
			tables[i][j].from(&r)
			r.addCached(&twice)
		}
		nafs[i] = s[i].naf()
	}
	p.set(p.fresh())
	for bit := 447; bit >= 0; bit-- {
		p.doubleSelf()
		for i := range nafs {
			d := nafs[i][bit]
			if d == 0 {
				continue
			}
			q := tables[i][max(d, -d)/2]
			if d < 0 {
				q.negIf(1)
			}
			p.addCached(&q)
		}
	}
}

// naf writes a scalar modulo order448 with odd digits from -15 to 15, no two
// within five places, and zeros. It is for public scalars.
func (s *Scalar) naf() (digits [448]int8) {
	t := s.value()
	var carry uint64
	for i := 0; i < len(digits); {
		window := t[i/64] >> (i % 64)
		if i%64 > 59 && i/64+1 < len(t) {
			window |= t[i/64+1] << (64 - i%64)
		}
		window = window&31 + carry
		if window&1 == 0 {
			i++
			continue
		}
		carry = window >> 4 & 1
		digits[i] = int8(window) - int8(carry<<5)
		i += 5
	}
	return digits
}
