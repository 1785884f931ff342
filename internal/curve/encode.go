package curve

import (
	"bytes"
	"errors"
	"math/bits"
)

var (
	errLength    = errors.New("curve: wrong length of a point")
	errSign      = errors.New("curve: the sign octet of a point is neither 00 nor 80")
	errCanonical = errors.New("curve: a coordinate is not below the field prime")
	errOffCurve  = errors.New("curve: no point has this coordinate")
	errSmall     = errors.New("curve: a point of small order")
	errTorsion   = errors.New("curve: a point outside the subgroup of prime order")
)

// A form is how a curve shows its points: one coordinate, and whether the
// other one is odd. Montgomery curves show u, Edwards curves y. Coordinates
// are little-endian and as long as prime.
type form struct {
	prime     []byte // of the field
	signOctet bool   // the sign has an octet of its own, else the top bit
	// lift returns a point with that coordinate, if there is one, the other
	// coordinate odd for odd = 1.
	lift func(shown []byte, odd byte) (element, bool)
	// affine returns both coordinates below prime, in time that does not
	// depend on them. For the identity of a Montgomery curve they are 0.
	affine func(e element) (shown, other []byte)
	small  []string // what is shown of the points of small order
	// Montgomery curves have these too.
	ladder ladder
	join   func(shown, other []byte) element // of coordinates that are a point's, not 0
}

// PointLen is the number of octets of Point.Bytes: 33 for X25519, 57 for X448
// and Ed448, 32 for Ed25519 and ristretto255.
func (c *Curve) PointLen() int {
	n := c.PlainLen()
	if c.form.signOctet {
		n++
	}
	return n
}

// PlainLen is the number of octets of a coordinate: 32 or 56.
func (c *Curve) PlainLen() int { return len(c.form.prime) }

// Bytes returns the encoding of p. For Ed25519 and Ed448 it is that of
// RFC 8032, Sections 5.1.2 and 5.2.2. For X25519 and X448 it is u as in
// RFC 7748, Section 5, and one more octet, 80 if v is odd and 00 if it is even.
// The identity of a Montgomery curve, which has no u, becomes zeros, as in
// RFC 7748. For ristretto255 it is that of RFC 9496, Section 4.3.2.
func (p *Point) Bytes() []byte {
	f := &p.curve.form
	shown, other := f.affine(p.e)
	sign := other[0] << 7
	if f.signOctet {
		return append(shown, sign)
	}
	shown[len(shown)-1] |= sign
	return shown
}

// Coordinates returns the affine coordinates of p, (u, v) on Montgomery and
// (x, y) on Edwards curves, each PlainLen octets, little-endian. The identity
// of a Montgomery curve gives zeros. It panics on ristretto255.
func (p *Point) Coordinates() (first, second []byte) {
	if p.curve == curveRistretto255 {
		panic("curve: an element of ristretto255 has no coordinates")
	}
	shown, other := p.curve.form.affine(p.e)
	if p.curve.montgomery {
		return shown, other
	}
	return other, shown
}

// Decode reads what Bytes writes, and nothing else: coordinates at or above
// the field prime, sign octets but 00 and 80, and the sign of a coordinate
// that is 0 are errors. So are coordinates of no point, which on Montgomery
// curves lie on the twist, and the points of small order, among them the
// identity. A point outside the subgroup of order L is none; see
// IsTorsionFree. The time depends on b.
func (c *Curve) Decode(b []byte) (*Point, error) {
	if len(b) != c.PointLen() {
		return nil, errLength
	}
	shown := bytes.Clone(b[:c.PlainLen()])
	last := b[len(b)-1]
	switch {
	case !c.form.signOctet:
		shown[len(shown)-1] &= 0x7f
	case last&0x7f != 0:
		return nil, errSign
	}
	return c.lift(shown, last>>7)
}

// DecodePlain reads u alone, PlainLen octets as RFC 7748 writes it, and
// chooses the point whose v is even; else it does as Decode does. Unlike
// RFC 7748 it takes no bit above the field prime. It panics on Ed25519, Ed448
// and ristretto255, which have no form without sign.
func (c *Curve) DecodePlain(b []byte) (*Point, error) {
	if !c.montgomery {
		panic("curve: no form without sign but on a Montgomery curve")
	}
	if len(b) != c.PlainLen() {
		return nil, errLength
	}
	return c.lift(b, 0)
}

func (c *Curve) lift(shown []byte, odd byte) (*Point, error) {
	if !lessThan(shown, c.form.prime) {
		return nil, errCanonical
	}
	// The other coordinate is 0 at points of order 1 and 2 only: with them go
	// the zeros that have a sign, and what the maps have no image for.
	if c.form.isSmallOrder(shown) {
		return nil, errSmall
	}
	e, ok := c.form.lift(shown, odd)
	if !ok {
		return nil, errOffCurve
	}
	return &Point{c, e}, nil
}

func (f *form) isSmallOrder(shown []byte) bool {
	for _, small := range f.small {
		if string(shown) == small {
			return true
		}
	}
	return false
}

// lessThan compares little-endian integers of the same length.
func lessThan(a, b []byte) bool {
	var borrow uint64
	for i := range a {
		_, borrow = bits.Sub64(uint64(a[i]), uint64(b[i]), borrow)
	}
	return borrow == 1
}
