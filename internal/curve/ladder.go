package curve

import "slices"

// smallX25519 and smallX448 are the u of the points of order 4 and 8; 0 is
// that of order 2.
var (
	smallX25519 = []string{
		string(unhex("0100000000000000000000000000000000000000000000000000000000000000")),
		string(unhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")),
		string(unhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")),
	}
	smallX448 = []string{string(unhex("feffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
		"feffffffffffffffffffffffffffffffffffffffffffffffffffffff"))}
)

// A ladder multiplies the point of a Montgomery curve that has the coordinate
// u, below the prime and not 0, and a v that is odd for odd = 1, with a scalar.
// It writes both coordinates of the product. It is not done if u is on the
// twist or if a multiple that it needs is the identity, which happens for the
// scalars 0 and -1 and for points of small order.
type ladder func(s *Scalar, u []byte, odd byte) (shown, other []byte, done bool)

// MulEncoded reads a point as Decode does or, on a Montgomery curve, from
// PlainLen octets as DecodePlain does, multiplies it as ScalarMult does, and
// writes it as Bytes does. On Montgomery curves that costs little more than
// RFC 7748's function of u alone: one power finds both the v of the point and
// the inverse that writes the product.
//
// What stands in ScalarMult of points outside the subgroup of order L holds
// here too. Its time depends on b, and shows the scalars 0 and -1.
func (c *Curve) MulEncoded(s *Scalar, b []byte) ([]byte, error) {
	decode := c.Decode
	if c.montgomery && len(b) == c.PlainLen() {
		decode = c.DecodePlain
	}
	if c.form.ladder != nil && len(b) >= c.PlainLen() {
		c.NewPoint().matchScalars(s)
		u, sign := b[:c.PlainLen()], append(b[c.PlainLen():len(b):len(b)], 0)
		small := slices.Contains(c.form.small, string(u))
		if len(sign) <= 2 && sign[0]&0x7f == 0 && lessThan(u, c.form.prime) && !small {
			if shown, other, done := c.form.ladder(s, u, sign[0]>>7); done {
				return append(shown, other[0]<<7), nil
			}
		}
	}
	p, err := decode(b)
	if err != nil {
		return nil, err
	}
	return p.ScalarMult(s, p).Bytes(), nil
}
