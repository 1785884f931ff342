package curve

import (
	"encoding/hex"

	"filippo.io/edwards25519/field"
	fp "github.com/cloudflare/circl/math/fp25519"
)

// Two libraries have this field. That of circl is the faster one where many
// multiplications do not wait for each other, as in the formulas for points,
// and the other in long powers.

var (
	prime25519 = func() []byte { p := fp.P(); return p[:] }()

	// twoD25519 is twice d = -121665/121666.
	twoD25519 = fp.Elt(unhex("59f1b226949bd6eb56b183829a14e00030d1f3eef2808e19e7fcdf56dcd90624"))

	// a25519 is A in v² = u³ + A·u² + u.
	a25519 = fp.Elt{0x06, 0x6d, 0x07} // 486662

	// map25519 is that square root of -486664 for which the base points of
	// curve25519 and edwards25519 belong together.
	map25519 = fp.Elt(unhex("e781ba0055fb91337de582b42e2c5e3a81b003fc23f7842d44f95f9f0b12d970"))
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic("curve: a constant is not hexadecimal")
	}
	return b
}

// element25519 and elt25519 take an element from one library to the other.
func element25519(x *fp.Elt) (e field.Element) {
	t := *x
	fp.Modp(&t)
	if _, err := e.SetBytes(t[:]); err != nil {
		panic("curve: an element has the wrong length")
	}
	return e
}

func elt25519(x *field.Element) fp.Elt { return fp.Elt(x.Bytes()) }

// invert25519 returns 1/x, and 0 for 0.
func invert25519(x *fp.Elt) fp.Elt {
	e := element25519(x)
	e.Invert(&e)
	return elt25519(&e)
}

// sqrt25519 returns the even square root of a/b, if there is one, and 0 for
// b = 0, which is no square then but for a = 0.
func sqrt25519(a, b *fp.Elt) (root fp.Elt, square int) {
	e, f := element25519(a), element25519(b)
	_, square = e.SqrtRatio(&e, &f)
	return elt25519(&e), square
}

// negIf25519 sets x = -x for n = 1.
func negIf25519(x *fp.Elt, n uint) {
	var minus fp.Elt
	fp.Neg(&minus, x)
	fp.Cmov(x, &minus, n)
}

// product25519 returns a·b below the prime, with room for one octet more.
func product25519(a, b *fp.Elt) []byte {
	var t fp.Elt
	fp.Mul(&t, a, b)
	fp.Modp(&t)
	return append(make([]byte, 0, fp.Size+1), t[:]...)
}

// liftEd25519 follows RFC 8032, Section 5.1.3: x² = (y² - 1)/(d·y² + 1).
func liftEd25519(shown []byte, odd byte) (element, bool) {
	y, one := fp.Elt(shown), fp.Elt{1}
	var y2, numerator, denominator fp.Elt
	fp.Sqr(&y2, &y)
	fp.Sub(&numerator, &y2, &one)
	fp.Add(&numerator, &numerator, &numerator)
	fp.Mul(&denominator, &y2, &twoD25519)
	fp.Add(&denominator, &denominator, &one)
	fp.Add(&denominator, &denominator, &one)
	x, square := sqrt25519(&numerator, &denominator)
	negIf25519(&x, uint(odd))
	return affinePoint25519(x, y), square == 1
}

func affineEd25519(e element) (y, x []byte) {
	p := e.(*point25519)
	inv := invert25519(&p.z)
	return product25519(&p.y, &inv), product25519(&p.x, &inv)
}

// liftX25519 finds v.
func liftX25519(shown []byte, odd byte) (element, bool) {
	u, one := fp.Elt(shown), fp.Elt{1}
	var v2 fp.Elt
	fp.Add(&v2, &u, &a25519)
	fp.Mul(&v2, &v2, &u)
	fp.Add(&v2, &v2, &one)
	fp.Mul(&v2, &v2, &u)
	v, square := sqrt25519(&v2, &one)
	negIf25519(&v, uint(odd))
	return joinX25519(shown, v[:]), square == 1
}

// joinX25519 maps to (x, y) = (map25519·u/v, (u-1)/(u+1)), RFC 7748, Section
// 4.1. The caller refuses u = 0, the only point with v = 0, and no point has
// u = -1, so neither denominator is 0.
func joinX25519(shown, other []byte) element {
	u, v, one := fp.Elt(shown), fp.Elt(other), fp.Elt{1}
	var g, h fp.Elt
	p := new(point25519)
	fp.Mul(&p.ta, &map25519, &u) // x = ta/v, y = g/h
	fp.Sub(&g, &u, &one)
	fp.Add(&h, &u, &one)
	fp.Mul(&p.x, &p.ta, &h)
	fp.Mul(&p.y, &g, &v)
	fp.Mul(&p.z, &v, &h)
	p.tb = g
	return p
}

// affineX25519 maps to (u, v) = ((1+y)/(1-y), map25519·u/x). The inverse of 0
// is 0, so the identity and the point of order 2 become (0, 0).
func affineX25519(e element) (u, v []byte) {
	p := e.(*point25519)
	plus, minus := p.z, p.y
	fp.AddSub(&plus, &minus) // z + y, z - y
	fp.Mul(&minus, &minus, &p.x)
	t := invert25519(&minus)
	fp.Mul(&t, &t, &plus) // u/X
	fp.Mul(&minus, &t, &p.z)
	return product25519(&t, &p.x), product25519(&minus, &map25519)
}
