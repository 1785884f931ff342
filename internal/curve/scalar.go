package curve

import (
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"math/bits"
)

// maxLimbs is the number of 64-bit words of the larger of the two orders.
const maxLimbs = 7

type limbs = [maxLimbs]uint64

// An order is the prime order L of a base point and what Montgomery's
// multiplication needs to work modulo it, with R = 2^(64n).
type order struct {
	n  int    // limbs in use
	l  limbs  // L, least limb first
	rr limbs  // R² mod L
	k0 uint64 // -1/L mod 2^64
}

var order25519 = &order{
	n:  4,
	l:  limbs{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000},
	rr: limbs{0xa40611e3449c0f01, 0xd00e1ba768859347, 0xceec73d217f5be65, 0x0399411b7c309a3d},
	k0: 0xd2b51da312547e1b,
}

var order448 = &order{
	n: 7,
	l: limbs{0x2378c292ab5844f3, 0x216cc2728dc58f55, 0xc44edb49aed63690, 0xffffffff7cca23e9,
		0xffffffffffffffff, 0xffffffffffffffff, 0x3fffffffffffffff},
	rr: limbs{0xe3539257049b9b60, 0x7af32c4bc1b195d9, 0x0d66de2388ea1859, 0xae17cf725ee4d838,
		0x1a9cc14ba3c47c44, 0x2052bcb7e4d070af, 0x3402a939f823b729},
	k0: 0x03bd440fae918bc5,
}

// size is the number of octets of an encoded scalar: 32 or 56.
func (o *order) size() int { return 8 * o.n }

// A Scalar is an integer modulo the order L of a curve's base point. It is
// made by a Curve. As in math/big the receiver takes the result and is
// returned, and arguments may be the receiver. Scalars of curves of different
// order must not meet: the operations panic.
//
// Every operation takes the same time for all values.
type Scalar struct {
	order *order
	m     limbs // the value times R, below L
}

// NewScalar returns 0.
func (c *Curve) NewScalar() *Scalar { return &Scalar{order: c.order} }

// ScalarLen is the number of octets of an encoded scalar: 32 or 56.
func (c *Curve) ScalarLen() int { return c.order.size() }

// Set sets s = x.
func (s *Scalar) Set(x *Scalar) *Scalar { s.match(x); s.m = x.m; return s }

// SetUint64 sets s = x.
func (s *Scalar) SetUint64(x uint64) *Scalar {
	s.order.mul(&s.m, &limbs{x}, &s.order.rr)
	return s
}

// Add sets s = x + y.
func (s *Scalar) Add(x, y *Scalar) *Scalar {
	o := s.match(x, y)
	var t limbs
	var c uint64
	for i := range o.n {
		t[i], c = bits.Add64(x.m[i], y.m[i], c)
	}
	o.reduceOnce(&s.m, &t, c)
	return s
}

// Sub sets s = x - y.
func (s *Scalar) Sub(x, y *Scalar) *Scalar {
	o := s.match(x, y)
	var b, c uint64
	for i := range o.n {
		s.m[i], b = bits.Sub64(x.m[i], y.m[i], b)
	}
	for i := range o.n {
		s.m[i], c = bits.Add64(s.m[i], o.l[i]&-b, c)
	}
	return s
}

// Neg sets s = -x.
func (s *Scalar) Neg(x *Scalar) *Scalar {
	zero := Scalar{order: s.order}
	return s.Sub(&zero, x)
}

// Mul sets s = x·y.
func (s *Scalar) Mul(x, y *Scalar) *Scalar {
	s.match(x, y).mul(&s.m, &x.m, &y.m)
	return s
}

// Invert sets s = 1/x, and 0 for x = 0. It raises x to the power L - 2.
func (s *Scalar) Invert(x *Scalar) *Scalar {
	o := s.match(x)
	a := *x
	s.SetUint64(1)
	e := o.l
	e[0] -= 2 // L ends in an octet above 2
	for i := 64*o.n - 1; i >= 0; i-- {
		o.mul(&s.m, &s.m, &s.m)
		if e[i/64]>>(i%64)&1 == 1 { // a bit of L, public
			o.mul(&s.m, &s.m, &a.m)
		}
	}
	return s
}

// Equal returns 1 if s = x, else 0.
func (s *Scalar) Equal(x *Scalar) int {
	s.match(x)
	var d uint64
	for i := range s.m {
		d |= s.m[i] ^ x.m[i]
	}
	return subtle.ConstantTimeEq(int32(uint32(d)|uint32(d>>32)), 0)
}

// IsZero returns 1 if s = 0, else 0.
func (s *Scalar) IsZero() int { return s.Equal(&Scalar{order: s.order}) }

var errScalar = errors.New("curve: a scalar is not below the group order")

// SetCanonical sets s to an encoded scalar of ScalarLen octets, little-endian,
// as RFC 8032 writes S. An encoding of L or more is an error, and s is then
// unchanged.
func (s *Scalar) SetCanonical(b []byte) (*Scalar, error) {
	if len(b) != s.order.size() {
		return nil, errors.New("curve: wrong length of a scalar")
	}
	t := s.order.load(b)
	var borrow uint64
	for i := range s.order.n {
		_, borrow = bits.Sub64(t[i], s.order.l[i], borrow)
	}
	if borrow == 0 {
		return nil, errScalar
	}
	s.order.mul(&s.m, &t, &s.order.rr)
	return s, nil
}

// SetWide sets s to a little-endian integer of any length, modulo L. The time
// depends on the length only.
func (s *Scalar) SetWide(b []byte) *Scalar {
	o, size := s.order, s.order.size()
	var acc limbs
	for end := (len(b) + size - 1) / size * size; end > 0; end -= size {
		o.mul(&acc, &acc, &o.rr) // acc·R
		t := o.load(b[end-size : min(end, len(b))])
		chunk := Scalar{order: o}
		o.mul(&chunk.m, &t, &o.rr)
		acc = *(&Scalar{order: o}).Add(&Scalar{o, acc}, &chunk).limbs()
	}
	s.m = acc
	return s
}

func (s *Scalar) limbs() *limbs { return &s.m }

// Bytes returns s as ScalarLen octets, little-endian.
func (s *Scalar) Bytes() []byte {
	var t limbs
	s.order.mul(&t, &s.m, &limbs{1})
	b := make([]byte, s.order.size())
	for i := range s.order.n {
		binary.LittleEndian.PutUint64(b[8*i:], t[i])
	}
	return b
}

// Wipe sets s to 0.
func (s *Scalar) Wipe() { s.m = limbs{} }

func (s *Scalar) match(others ...*Scalar) *order {
	for _, x := range others {
		if x.order != s.order {
			panic("curve: scalars of different orders")
		}
	}
	return s.order
}

// load reads up to size octets, little-endian.
func (o *order) load(b []byte) (t limbs) {
	var full [8 * maxLimbs]byte
	copy(full[:o.size()], b)
	for i := range o.n {
		t[i] = binary.LittleEndian.Uint64(full[8*i:])
	}
	return t
}

// mul sets z = x·y/R mod L, below L, for x < R and y < L (Montgomery's
// multiplication, operand scanning). z may be x or y.
func (o *order) mul(z, x, y *limbs) {
	var t limbs
	var top uint64 // t[n]; t stays below 2L < 2^(64n), since L < R/4
	n := o.n
	for i := range n {
		var c uint64
		for j := range n {
			c, t[j] = mulAdd(x[j], y[i], t[j], c)
		}
		top += c
		m := t[0] * o.k0
		c, _ = mulAdd(m, o.l[0], t[0], 0)
		for j := 1; j < n; j++ {
			c, t[j-1] = mulAdd(m, o.l[j], t[j], c)
		}
		t[n-1], top = bits.Add64(top, c, 0)
	}
	o.reduceOnce(z, &t, top)
}

// mulAdd returns a·b + c + d, which fits in two words.
func mulAdd(a, b, c, d uint64) (hi, lo uint64) {
	hi, lo = bits.Mul64(a, b)
	lo, carry := bits.Add64(lo, c, 0)
	hi += carry
	lo, carry = bits.Add64(lo, d, 0)
	return hi + carry, lo
}

// reduceOnce sets z = t mod L for t + top·R < 2L.
func (o *order) reduceOnce(z, t *limbs, top uint64) {
	var r limbs
	var b uint64
	for i := range o.n {
		r[i], b = bits.Sub64(t[i], o.l[i], b)
	}
	keep := -(b &^ top) // all ones if t < L
	for i := range o.n {
		z[i] = t[i]&keep | r[i]&^keep
	}
}

// radix16 writes s as digits of [-8, 8), least first, one more than two an
// octet.
func (s *Scalar) radix16() []int8 {
	b := s.Bytes()
	digits := make([]int8, 2*len(b)+1)
	for i, v := range b {
		digits[2*i], digits[2*i+1] = int8(v&15), int8(v>>4)
	}
	var carry int8
	for i := range digits {
		d := digits[i] + carry
		carry = (d + 8) >> 4
		digits[i] = d - carry<<4
	}
	clear(b)
	return digits
}

// SetClamped sets s to ScalarLen octets, clamped as RFC 7748, Section 5, and
// RFC 8032, Sections 5.1.5 and 5.2.5, do, modulo L.
func (s *Scalar) SetClamped(b []byte) *Scalar {
	t := append(make([]byte, 0, 56), b...)
	if len(t) != s.order.size() {
		panic("curve: wrong length of a scalar")
	}
	last := len(t) - 1
	if len(t) == 32 {
		t[0] &= 0xf8
		t[last] = t[last]&0x7f | 0x40
	} else {
		t[0] &= 0xfc
		t[last] |= 0x80
	}
	s.SetWide(t)
	clear(t)
	return s
}
