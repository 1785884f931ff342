package curve

// A ladder multiplies the point of a Montgomery curve that has the coordinate
// u, below the prime and not 0, and a v that is odd for odd = 1, with a scalar.
// It writes both coordinates of the product, and finds v, or -v, on the way. It
// is not done if u is on the twist or if a multiple that it needs is the
// identity, which happens for the scalars 0 and -1 and for points of small
// order.
type ladder func(s *Scalar, u []byte, odd byte) (shown, other, v []byte, done bool)

// MulEncoded reads a point as Decode does or, on a Montgomery curve, from
// PlainLen octets as DecodePlain does, and multiplies it as ScalarMult does. It
// returns the product and its Bytes. On Montgomery curves that costs little
// more than RFC 7748's function of u alone: one power finds both the v of the
// point and the inverse that writes the product. On the others it saves
// nothing.
//
// What stands at ScalarMult of points outside the subgroup of order L holds
// here too. The time depends on b, and shows the scalars 0 and -1.
func (c *Curve) MulEncoded(s *Scalar, b []byte) (*Point, []byte, error) {
	return c.mulEncoded(s, b, false)
}

// MulChecked is MulEncoded, but a point outside the subgroup of order L is an
// error.
func (c *Curve) MulChecked(s *Scalar, b []byte) (*Point, []byte, error) {
	return c.mulEncoded(s, b, true)
}

func (c *Curve) mulEncoded(s *Scalar, b []byte, check bool) (*Point, []byte, error) {
	p := c.NewPoint().matchScalars(s)
	if u, odd, ok := c.form.split(b); ok {
		if shown, other, v, done := c.form.ladder(s, u, odd); done {
			if check && c.form.join(u, v).torsionFree() == 0 {
				return nil, nil, errTorsion
			}
			p.e.set(c.form.join(shown, other))
			return p, append(shown, other[0]<<7), nil
		}
	}
	decode := c.Decode
	if c.montgomery && len(b) == c.PlainLen() {
		decode = c.DecodePlain
	}
	q, err := decode(b)
	if err != nil {
		return nil, nil, err
	}
	if check && q.IsTorsionFree() == 0 {
		return nil, nil, errTorsion
	}
	p.ScalarMult(s, q)
	return p, p.Bytes(), nil
}

// split takes an encoding with or without sign apart, if it is one that a
// ladder may be given.
func (f *form) split(b []byte) (u []byte, odd byte, ok bool) {
	n := len(f.prime)
	if f.ladder == nil || len(b) < n || len(b) > n+1 {
		return nil, 0, false
	}
	if len(b) > n {
		odd = b[n]
	}
	u = b[:n]
	ok = odd&0x7f == 0 && lessThan(u, f.prime) && !f.isSmallOrder(u)
	return u, odd >> 7, ok
}
