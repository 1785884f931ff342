package oracle

import (
	"crypto/sha3"
	"crypto/sha512"
	"math/big"
	"slices"
)

// Lift finds the point with the coordinate that encodings show (u, or y on an
// Edwards curve) and the parity of the other one.
func (c *Curve) Lift(shown *big.Int, odd uint) (Point, bool) {
	square := c.mod(shown, plus(plus(c.mod(shown, shown), c.mod(c.a, shown)), one))
	if !c.Montgomery {
		y2 := c.mod(shown, shown)
		square = c.over(minus(y2, one), minus(c.mod(c.d, y2), c.a))
	}
	other := new(big.Int).ModSqrt(square, c.P)
	if other == nil {
		return Point{}, false
	}
	if other.Bit(0) != odd {
		other = c.mod(minus(c.P, other))
	}
	if other.Bit(0) != odd {
		return Point{}, false // a 0 with a sign
	}
	if c.Montgomery {
		return Point{new(big.Int).Set(shown), other}, true
	}
	return Point{other, new(big.Int).Set(shown)}, true
}

// Size is the number of octets of a coordinate.
func (c *Curve) Size() int { return (c.P.BitLen() + 7) / 8 }

// Encode writes the Mesh's encoding of a point that has one.
func (c *Curve) Encode(p Point) []byte {
	shown, other := p.Y, p.X
	if c.Montgomery {
		shown, other = p.X, p.Y
	}
	b := LittleEndian(shown, c.Size())
	if c.signOctet {
		b = append(b, 0)
	}
	b[len(b)-1] |= byte(other.Bit(0) << 7)
	return b
}

// Decode reads it: strictly, and no points of small order.
func (c *Curve) Decode(b []byte) (Point, bool) {
	size := c.Size()
	if c.signOctet {
		size++
	}
	if len(b) != size {
		return Point{}, false
	}
	shown, top := FromLittleEndian(b), 8*size-1
	odd := shown.Bit(top)
	shown.SetBit(shown, top, 0)
	if shown.Cmp(c.P) >= 0 {
		return Point{}, false
	}
	p, ok := c.Lift(shown, odd)
	if !ok || c.Mul(big.NewInt(c.Cofactor), p).Equal(c.Identity()) {
		return Point{}, false
	}
	return p, true
}

// LittleEndian writes n with that many octets.
func LittleEndian(n *big.Int, size int) []byte {
	b := n.FillBytes(make([]byte, size))
	slices.Reverse(b)
	return b
}

// FromLittleEndian reads octets of any number.
func FromLittleEndian(b []byte) *big.Int {
	b = slices.Clone(b)
	slices.Reverse(b)
	return new(big.Int).SetBytes(b)
}

// Clamp is the scalar of RFC 7748 and RFC 8032 from 32 or 56 octets.
func Clamp(b []byte) *big.Int {
	k := FromLittleEndian(b)
	low, high := 3, 254
	if len(b) == 56 {
		low, high = 2, 447
	}
	for i := range low {
		k.SetBit(k, i, 0)
	}
	for i := high + 1; i < 8*len(b); i++ {
		k.SetBit(k, i, 0)
	}
	return k.SetBit(k, high, 1)
}

// expand hashes a seed of any length to a scalar and a prefix.
func (c *Curve) expand(seed []byte) (*big.Int, []byte) {
	h := c.hash(seed)
	n := c.Size()
	return Clamp(h[:n]), h[len(h)/2:]
}

func (c *Curve) hash(parts ...[]byte) []byte {
	message := slices.Concat(parts...)
	if c.Name == "Ed448" {
		return sha3.SumSHAKE256(message, 114)
	}
	h := sha512.Sum512(message)
	return h[:]
}

// Public is the public key of a seed, RFC 8032, Sections 5.1.5 and 5.2.5.
func (c *Curve) Public(seed []byte) []byte {
	s, _ := c.expand(seed)
	return c.Encode(c.Mul(s, c.Base))
}

// Nonce is R of a signature whose nonce is hashed from these octets.
func (c *Curve) Nonce(parts ...[]byte) []byte { return c.Encode(c.Mul(c.Number(parts...), c.Base)) }

// Number hashes octets to a number below L, as nonces and challenges are made.
func (c *Curve) Number(parts ...[]byte) *big.Int {
	return new(big.Int).Mod(FromLittleEndian(c.hash(parts...)), c.L)
}

// Sign signs by RFC 8032, Sections 5.1.6 and 5.2.6; dom stands before what is
// hashed with the message.
func (c *Curve) Sign(seed, dom, message []byte) []byte {
	_, prefix := c.expand(seed)
	r := c.Number(dom, prefix, message)
	return c.Finish(seed, dom, c.Encode(c.Mul(r, c.Base)), r, message)
}

// Finish makes a signature with a given R.
func (c *Curve) Finish(seed, dom, encodedR []byte, r *big.Int, message []byte) []byte {
	s, _ := c.expand(seed)
	k := c.Number(dom, encodedR, c.Public(seed), message)
	k.Mul(k, s).Add(k, r).Mod(k, c.L)
	return slices.Concat(encodedR, LittleEndian(k, len(encodedR)))
}

// Scalar is the private scalar of a seed for Ed25519 or Ed448.
func (c *Curve) Scalar(seed []byte) *big.Int {
	s, _ := c.expand(seed)
	return s
}
