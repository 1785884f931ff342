package curve

import (
	"bytes"
	"errors"
	"math/bits"
	"slices"
)

var (
	errLength    = errors.New("curve: wrong length of a point")
	errSign      = errors.New("curve: the sign octet is neither 00 nor 80")
	errCanonical = errors.New("curve: a coordinate is not below the field prime")
	errOffCurve  = errors.New("curve: no point of the curve has this coordinate")
	errSmall     = errors.New("curve: a point of small order")
)

// A form is how a curve shows its points: by one coordinate, and by whether
// the other one is odd. The shown coordinate is u on Montgomery curves and y
// on Edwards curves.
type form struct {
	prime    []byte // the field prime, little-endian; its length is a coordinate's
	signOwn  bool   // the sign has an octet of its own
	hideSign bool   // a form without sign exists
	// lift returns a point with that coordinate, the other one odd or not.
	lift func(shown []byte, odd byte) (element, bool)
	// affine returns both coordinates, little-endian and reduced. A Montgomery
	// curve gives (0, 0) for the identity too.
	affine func(e element) (shown, other []byte)
}

// PointLen is the number of octets of Point.Bytes: 33 for X25519, 57 for X448
// and Ed448, 32 for Ed25519.
func (c *Curve) PointLen() int {
	if c.form.signOwn {
		return len(c.form.prime) + 1
	}
	return len(c.form.prime)
}

// Decode reads what Bytes writes. Other encodings are an error, and so are
// coordinates of no point and points of small order; points outside the
// subgroup of order L are not: see IsTorsionFree. The time depends on b.
func (c *Curve) Decode(b []byte) (*Point, error) {
	if len(b) != c.PointLen() {
		return nil, errLength
	}
	shown := bytes.Clone(b[:len(c.form.prime)])
	last := &b[len(b)-1]
	odd := *last >> 7
	if c.form.signOwn {
		if *last&0x7f != 0 {
			return nil, errSign
		}
	} else {
		shown[len(shown)-1] &= 0x7f
	}
	return c.lift(shown, odd)
}

// DecodePlain reads a coordinate without sign, 32 or 56 octets as RFC 7748
// writes u, and chooses the point with even v. Otherwise it does as Decode
// does. It panics for the Edwards curves.
func (c *Curve) DecodePlain(b []byte) (*Point, error) {
	if !c.form.hideSign {
		panic("curve: " + c.name + " has no form without sign")
	}
	if len(b) != len(c.form.prime) {
		return nil, errLength
	}
	return c.lift(b, 0)
}

func (c *Curve) lift(shown []byte, odd byte) (*Point, error) {
	if !lessThan(shown, c.form.prime) {
		return nil, errCanonical
	}
	e, ok := c.form.lift(shown, odd)
	if !ok {
		return nil, errOffCurve
	}
	p := &Point{c, e}
	if p.IsSmallOrder() == 1 {
		return nil, errSmall
	}
	return p, nil
}

// Bytes returns the encoding of p: for Ed25519 and Ed448 that of RFC 8032,
// Sections 5.1.2 and 5.2.2, for X25519 and X448 u as in RFC 7748, followed by
// one octet, 80 if v is odd and 00 if it is even. The identity of a Montgomery
// curve has no encoding; zeros are returned, as RFC 7748 does.
func (p *Point) Bytes() []byte {
	f := &p.curve.form
	shown, other := f.affine(p.e)
	sign := other[0] & 1 << 7
	if f.signOwn {
		return append(shown, sign)
	}
	shown[len(shown)-1] |= sign
	return shown
}

// Coordinates returns the affine coordinates of p, (u, v) on Montgomery and
// (y, x) on Edwards curves, each 32 or 56 octets, little-endian.
func (p *Point) Coordinates() (shown, other []byte) { return p.curve.form.affine(p.e) }

// lessThan compares little-endian integers of equal length.
func lessThan(a, b []byte) bool {
	var borrow uint64
	for i := range a {
		_, borrow = bits.Sub64(uint64(a[i]), uint64(b[i]), borrow)
	}
	return borrow == 1
}

var _ = slices.Clone[[]byte]
