package curve

import (
	"filippo.io/edwards25519/field"
	fp "github.com/cloudflare/circl/math/fp25519"
)

// tangent25519 is the slope of the tangent in torsionFree.
var tangent25519 = fp.Elt(unhex("1344889cef48a2e963934a28c7115a63efa6f4d77aa71fc2afc2a9f997f4e46b"))

// torsionFree asks whether p is eight times some point: the group is cyclic
// and has 8·L elements. It takes two powers instead of a multiplication by L.
//
// With A = 486662 the curve v² = u³ + A·u² + u has an isogeny of degree 2 from
// the curve E' with y² = x·(x² - 2·A·x + A² - 4),
//
//	(x, y) → (y²/(4·x²), …), and (x, y) = (2·u + A + 2·v/s, 2·s·x) → (u, v)
//
// for either root s of u: the two are apart by the kernel, (0, 0). If u is no
// square, p is not even twice a point. The points of E' that matter have
// 8·L elements too, but Z/4 × Z/2 of torsion, and p is eight times a point if
// and only if (x, y) is in the sum of the subgroup of order L and the kernel.
//
// That is asked of the Tate pairing with a point T of order 4 over
// (A + 2, 0), which takes values modulo fourth powers, for 4 divides p - 1. By
// Miller's algorithm it is (y - m·(x - A - 2))²/(x - A - 2) for the slope m of
// the tangent at T, which goes through (A + 2, 0). Of the two such T with
// different slopes one gives 1 for the kernel: it is that which tells.
func (p *point25519) torsionFree() int {
	// u = plus/minus; n is (z-y)·x, the common denominator of the rest.
	plus, minus := p.z, p.y
	fp.AddSub(&plus, &minus)
	s, square := sqrt25519(&plus, &minus)
	var n, t, xe, y fp.Elt
	fp.Mul(&n, &minus, &p.x)
	// v/s = map25519·u/(x·s) = map25519·s·z/x, and u - 1 = 2·y/(z-y).
	fp.Mul(&t, &map25519, &s)
	fp.Mul(&t, &t, &p.z)
	fp.Mul(&t, &t, &minus)
	fp.Mul(&xe, &p.y, &p.x)
	fp.Add(&xe, &xe, &xe)
	fp.Add(&xe, &xe, &t)
	fp.Add(&xe, &xe, &xe) // n·(x - A - 2)
	e := a25519
	e[0] += 2
	fp.Mul(&y, &e, &n)
	fp.Add(&y, &y, &xe)
	fp.Mul(&y, &y, &s)
	fp.Add(&y, &y, &y) // n·y
	fp.Mul(&t, &tangent25519, &xe)
	fp.Sub(&t, &y, &t)
	// t²/n² / (xe/n) is t²·n³·xe³ but for a fourth power.
	fp.Mul(&n, &n, &xe)
	fp.Mul(&t, &t, &n)
	fp.Sqr(&t, &t)
	fp.Mul(&t, &t, &n)
	quartic := quartic25519(&t)
	// The points of small order may make these zero. All but the identity
	// have torsion.
	identity := identity25519.equal(p)
	return identity | square&equal25519(&quartic, &fp.Elt{1})
}

// quartic25519 returns x to the power (p-1)/4: 1 for a fourth power.
func quartic25519(x *fp.Elt) fp.Elt {
	e := element25519(x)
	var r field.Element
	r.Pow22523(&e) // (p-5)/8
	r.Square(&r)
	r.Multiply(&r, &e)
	return elt25519(&r)
}
