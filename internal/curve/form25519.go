package curve

import (
	"encoding/hex"

	"filippo.io/edwards25519"
	"filippo.io/edwards25519/field"
)

var (
	prime25519 = unhex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")

	one25519 = new(field.Element).One()

	// a25519 is A in v² = u³ + A·u² + u.
	a25519 = new(field.Element).Mult32(one25519, 486662)

	// map25519 is that square root of -486664 for which the base points of
	// curve25519 and edwards25519 belong together.
	map25519 = must25519("e781ba0055fb91337de582b42e2c5e3a81b003fc23f7842d44f95f9f0b12d970")
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic("curve: a constant is not hexadecimal")
	}
	return b
}

func must25519(s string) *field.Element {
	x, err := new(field.Element).SetBytes(unhex(s))
	if err != nil {
		panic("curve: a constant has the wrong length")
	}
	return x
}

func mul25519(a, b *field.Element) *field.Element { return new(field.Element).Multiply(a, b) }
func add25519(a, b *field.Element) *field.Element { return new(field.Element).Add(a, b) }
func sub25519(a, b *field.Element) *field.Element { return new(field.Element).Subtract(a, b) }

func liftEd25519(y []byte, odd byte) (element, bool) {
	b := [32]byte(y)
	b[31] |= odd << 7
	p, err := edwards25519.NewIdentityPoint().SetBytes(b[:])
	if err != nil {
		return nil, false
	}
	return &point25519{*p}, true
}

func affineEd25519(e element) (y, x []byte) {
	X, Y, Z, _ := inner(e).ExtendedCoordinates()
	inv := Z.Invert(Z)
	return mul25519(Y, inv).Bytes(), mul25519(X, inv).Bytes()
}

// liftX25519 finds v and maps to (x, y) = (map25519·u/v, (u-1)/(u+1)), RFC
// 7748, Section 4.1. The caller refuses u = 0, the only point with v = 0, and
// no point has u = -1, so neither denominator is 0.
func liftX25519(shown []byte, odd byte) (element, bool) {
	u, err := new(field.Element).SetBytes(shown)
	if err != nil {
		return nil, false
	}
	v2 := mul25519(u, add25519(one25519, mul25519(u, add25519(u, a25519))))
	v, square := new(field.Element).SqrtRatio(v2, one25519)
	if square == 0 {
		return nil, false
	}
	if v.IsNegative() != int(odd) {
		v.Negate(v)
	}
	x, y := mul25519(map25519, u), sub25519(u, one25519) // over v and plus
	plus := add25519(u, one25519)
	p, err := edwards25519.NewIdentityPoint().SetExtendedCoordinates(
		mul25519(x, plus), mul25519(y, v), mul25519(v, plus), mul25519(x, y))
	if err != nil {
		return nil, false
	}
	return &point25519{*p}, true
}

// affineX25519 maps to (u, v) = ((1+y)/(1-y), map25519·u/x). The inverse of 0
// is 0, so the identity and the point of order 2 become (0, 0).
func affineX25519(e element) (u, v []byte) {
	X, Y, Z, _ := inner(e).ExtendedCoordinates()
	inv := mul25519(sub25519(Z, Y), X)
	t := mul25519(inv.Invert(inv), add25519(Z, Y)) // u/X
	return mul25519(t, X).Bytes(), mul25519(map25519, mul25519(t, Z)).Bytes()
}
