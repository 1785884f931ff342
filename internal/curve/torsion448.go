package curve

import fp "github.com/cloudflare/circl/math/fp448"

// torsionFree asks whether p is four times some point: the group is cyclic and
// has 4·L elements. It halves p instead of multiplying it by L.
//
// With u = (y+1)/(y-1) and A = 2(d+1)/(d-1) the curve is v² = u³ + A·u² + u,
// for some v; on both curves d - 1 and A - 2 are squares and A + 2 is not.
// There, P = 2·Q for some Q if and only if u(P) is a square. Then
// s² = u² + A·u + 1 has a root too, and doubling says of u' = u(Q) that
//
//	u' + A + 1/u' = A + 2·u ± 2·s, for that sign for which it is a square,
//	(u'+1)²/u'    = 2·(u + 1 ± s), the same less A - 2.
//
// For either sign one factor is a square if and only if it is not for the
// other, because the products are A² - 4 and (2-A)·u. So u' is a square, and
// with it Q twice a point, if both are squares or neither is for s itself.
// Put into y, s is 2·r/(y-1) with r² = (d·y² - 1)/(d-1), and the two numbers
// are d·y - 1 + (d-1)·r and y + r, but for factors that are squares together.
//
// (0, 1) and (0, -1) may make them zero and are told apart by themselves.
func (p *point448) torsionFree() int {
	d := &p.curve.d
	var dMinusOne, square, r, a, b, t fp.Elt
	one := fp.One()
	fp.Sub(&dMinusOne, d, &one)
	fp.Sqr(&square, &p.y)
	fp.Mul(&square, &square, d)
	fp.Sqr(&t, &p.z)
	fp.Sub(&square, &square, &t)
	halves := fp.InvSqrt(&r, &square, &dMinusOne)

	fp.Mul(&a, d, &p.y)
	fp.Sub(&a, &a, &p.z)
	fp.Mul(&t, &dMinusOne, &r)
	fp.Add(&a, &a, &t)
	fp.Add(&b, &p.y, &r)
	fp.Mul(&a, &a, &b)
	quarters := isSquare448VarTime(&a)

	x := p.x
	switch {
	case fp.IsZero(&x):
		return equal448(&p.y, &p.z)
	case halves && quarters:
		return 1
	}
	return 0
}
