package curve

import (
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

// A Scalar is an integer modulo the order L of a curve's base point. It is
// made by Curve.NewScalar. As in math/big the receiver takes the result and is
// returned, and the arguments may be the receiver. Scalars of X25519 and
// Ed25519 may meet, and those of X448 and Ed448; the operations panic on
// others.
//
// Every operation takes the same time for all values.
type Scalar struct {
	order *order
	m     limbs // the value times R, below L
}

var (
	errScalarLength = errors.New("curve: wrong length of a scalar")
	errScalarRange  = errors.New("curve: a scalar is not below the group order")
)

// NewScalar returns 0.
func (c *Curve) NewScalar() *Scalar { return &Scalar{order: c.order} }

// ScalarLen is the number of octets of an encoded scalar: 32 or 56.
func (c *Curve) ScalarLen() int { return c.order.size() }

// Set sets s = x.
func (s *Scalar) Set(x *Scalar) *Scalar {
	s.match(x)
	s.m = x.m
	return s
}

// SetUint64 sets s = x.
func (s *Scalar) SetUint64(x uint64) *Scalar {
	s.order.mul(&s.m, &limbs{x}, &s.order.rr)
	return s
}

// SetCanonical sets s to what Bytes wrote. Octets of another number, or a
// value of L or more, are an error, and s is then unchanged.
func (s *Scalar) SetCanonical(b []byte) (*Scalar, error) {
	if len(b) != s.order.size() {
		return nil, errScalarLength
	}
	t := s.order.load(b)
	if s.order.isBelow(&t) == 0 {
		return nil, errScalarRange
	}
	s.order.mul(&s.m, &t, &s.order.rr)
	return s, nil
}

// SetWide sets s to a little-endian integer of any length, modulo L. The time
// depends on the length.
func (s *Scalar) SetWide(b []byte) *Scalar {
	o, size := s.order, s.order.size()
	s.m = limbs{}
	for end := len(b); end > 0; {
		start := (end - 1) / size * size // the last chunk may be short
		chunk := o.load(b[start:end])
		o.mul(&chunk, &chunk, &o.rr)
		o.mul(&s.m, &s.m, &o.rr) // times R, the weight of a chunk
		o.add(&s.m, &s.m, &chunk)
		end = start
	}
	return s
}

// SetClamped sets s to ScalarLen octets with the bits set and cleared that
// RFC 7748, Section 5, and RFC 8032, Sections 5.1.5 and 5.2.5, say, modulo L.
// What clamping does for points outside the subgroup of order L is lost by
// the reduction. It panics if b has another length.
func (s *Scalar) SetClamped(b []byte) *Scalar {
	if len(b) != s.order.size() {
		panic("curve: wrong length of a scalar")
	}
	t := s.order.load(b)
	if s.order == order25519 {
		t[0] &^= 7
		t[3] = t[3]&^(1<<63) | 1<<62
	} else {
		t[0] &^= 3
		t[6] |= 1 << 63
	}
	s.order.mul(&s.m, &t, &s.order.rr)
	return s
}

// Bytes returns s as ScalarLen octets, little-endian, as RFC 8032 writes S
// (for Ed448 without its last octet, which is 0).
func (s *Scalar) Bytes() []byte {
	t := s.value()
	b := make([]byte, 0, 8*maxLimbs)
	for _, w := range t[:s.order.n] {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}

// value is s as an integer below L.
func (s *Scalar) value() (t limbs) {
	s.order.mul(&t, &s.m, &limbs{1})
	return t
}

// Add sets s = x + y.
func (s *Scalar) Add(x, y *Scalar) *Scalar {
	s.match(x, y).add(&s.m, &x.m, &y.m)
	return s
}

// Sub sets s = x - y.
func (s *Scalar) Sub(x, y *Scalar) *Scalar {
	s.match(x, y).sub(&s.m, &x.m, &y.m)
	return s
}

// Neg sets s = -x.
func (s *Scalar) Neg(x *Scalar) *Scalar {
	s.match(x).sub(&s.m, &limbs{}, &x.m)
	return s
}

// Mul sets s = x·y.
func (s *Scalar) Mul(x, y *Scalar) *Scalar {
	s.match(x, y).mul(&s.m, &x.m, &y.m)
	return s
}

// Invert sets s = 1/x, and 0 for x = 0: it raises x to the power L - 2.
func (s *Scalar) Invert(x *Scalar) *Scalar {
	o, a := s.match(x), x.m
	e := o.l
	e[0] -= 2
	s.SetUint64(1)
	for i := 64*o.n - 1; i >= 0; i-- {
		o.mul(&s.m, &s.m, &s.m)
		if e[i/64]>>(i%64)&1 == 1 { // L is public
			o.mul(&s.m, &s.m, &a)
		}
	}
	return s
}

// Equal returns 1 if s = x, else 0.
func (s *Scalar) Equal(x *Scalar) int {
	s.match(x)
	var differ uint64
	for i := range s.m {
		differ |= s.m[i] ^ x.m[i]
	}
	return subtle.ConstantTimeEq(int32(uint32(differ)|uint32(differ>>32)), 0)
}

// IsZero returns 1 if s = 0, else 0.
func (s *Scalar) IsZero() int { return s.Equal(&Scalar{order: s.order}) }

// Wipe sets s = 0.
func (s *Scalar) Wipe() { s.m = limbs{} }

func (s *Scalar) match(others ...*Scalar) *order {
	for _, x := range others {
		if x.order != s.order {
			panic("curve: scalars of different orders")
		}
	}
	return s.order
}
