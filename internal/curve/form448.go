package curve

import fp "github.com/cloudflare/circl/math/fp448"

var (
	prime448 = func() []byte { p := fp.P(); return p[:] }()

	// ed448 is edwards448, with d = -39081.
	ed448 = newEdwards448(
		"5667ffffffffffffffffffffffffffffffffffffffffffffffffffff"+
			"feffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"5ec00cc72ba826268e93008be1803b431165b62af71aae1264a4d3a3"+
			"24e36dea67170f477065149eda36bf22a6151d22ed0ded6bc670194f",
		"14fa30f25b790898adc8d74e2c13bdfdc4397ce61cffd33ad7c2a005"+
			"1e9c78874098a36c7373ea4b62c7c9563720768824bcb66e71463f69")

	// x448 is curve448 by the map below, with d = 39082/39081, and with the
	// image of curve448's base point (5, v) as base point.
	x448 = newEdwards448(
		"b956a1ba2dc33c24c461fb58709980d09afe4c26819ccc9ce7122a41"+
			"a31d9b80370fa542721546adcca27393c2384ff219af0d7fdc4b8bd7",
		"fc049c3e0913876911cd9684f332e79d247269ed87771fe293dc8b72"+
			"7da0250c246929c91a752811c692c716f49d7cae530540702b0ba779",
		"01000000000000000000000000000000000000000000000000000080"+
			"ffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")

	// rootOf39081 is half of the square root of 156324 for which the isogeny
	// of RFC 7748, Section 4.2, takes base point to base point.
	rootOf39081 = must448(
		"362757450fef429652ce20aaf67b3360d2de6efdf4669a83ba148c96" +
			"80d7a2644bd5b8a5b8a7f1a1a06aa22f728df63b68f724ebfb62d922")

	// a448 is A in v² = u³ + A·u² + u.
	a448 = fp.Elt{0xa6, 0x62, 0x02} // 156326
)

func newEdwards448(d, x, y string) *edwards448 {
	c := &edwards448{d: must448(d)}
	c.base = *c.affinePoint(must448(x), must448(y))
	return c
}

func baseEd448() element { return &ed448.base }
func baseX448() element  { return &x448.base }

func must448(s string) fp.Elt { return fp.Elt(unhex(s)) }

// liftEd448 follows RFC 8032, Section 5.2.3.
func liftEd448(shown []byte, odd byte) (element, bool) {
	y, one := fp.Elt(shown), fp.One()
	var x, numerator, denominator fp.Elt
	fp.Sqr(&numerator, &y)
	fp.Mul(&denominator, &numerator, &ed448.d)
	fp.Sub(&numerator, &numerator, &one)
	fp.Sub(&denominator, &denominator, &one)
	if !fp.InvSqrt(&x, &numerator, &denominator) {
		return nil, false
	}
	setOdd448(&x, odd)
	return ed448.affinePoint(x, y), true
}

// setOdd448 changes the sign of x, unless its value below the prime is odd for
// odd = 1 and even for odd = 0.
func setOdd448(x *fp.Elt, odd byte) {
	fp.Modp(x)
	negIf448(x, uint(x[0]&1^odd))
	fp.Modp(x)
}

func affineEd448(e element) (y, x []byte) {
	p := e.(*point448)
	var inv fp.Elt
	fp.Inv(&inv, &p.z)
	return mul448(&p.y, &inv), mul448(&p.x, &inv)
}

// mul448 returns a·b below the prime, with room for one octet more.
func mul448(a, b *fp.Elt) []byte {
	var t fp.Elt
	fp.Mul(&t, a, b)
	fp.Modp(&t)
	return append(make([]byte, 0, fp.Size+1), t[:]...)
}

// liftX448 finds v.
func liftX448(shown []byte, odd byte) (element, bool) {
	u, one := fp.Elt(shown), fp.One()
	var v, v2 fp.Elt
	fp.Add(&v2, &u, &a448)
	fp.Mul(&v2, &v2, &u)
	fp.Add(&v2, &v2, &one)
	fp.Mul(&v2, &v2, &u)
	if !fp.InvSqrt(&v, &v2, &one) {
		return nil, false
	}
	setOdd448(&v, odd)
	return joinX448(shown, v[:]), true
}

// joinX448 maps to (x, y) = (2·rootOf39081·u/v, (u+1)/(u-1)), RFC 7748, Section
// 4.2, with the sign of y turned so that the identity becomes the identity. The
// caller refuses u = 0, the only point with v = 0, and no point has u = 1, so
// neither denominator is 0.
func joinX448(shown, other []byte) element {
	u, v, one := fp.Elt(shown), fp.Elt(other), fp.One()
	var e, f, h fp.Elt
	fp.Mul(&e, &rootOf39081, &u)
	fp.Add(&e, &e, &e)
	fp.Sub(&f, &u, &one)
	fp.Add(&h, &u, &one)
	p := x448.identity()
	p.fromTerms(&e, &f, &v, &h)
	return p
}

// affineX448 maps to (u, v) = ((y+1)/(y-1), 2·rootOf39081·u/x). The inverse of
// 0 is 0, so the identity and the point of order 2 become (0, 0).
func affineX448(e element) (u, v []byte) {
	p := e.(*point448)
	var t, minus, v0 fp.Elt
	fp.Sub(&minus, &p.y, &p.z)
	fp.Mul(&t, &minus, &p.x)
	fp.Inv(&t, &t)
	fp.Add(&v0, &p.y, &p.z)
	fp.Mul(&t, &t, &v0) // u/X
	fp.Mul(&v0, &t, &p.z)
	fp.Add(&v0, &v0, &v0)
	return mul448(&t, &p.x), mul448(&v0, &rootOf39081)
}
