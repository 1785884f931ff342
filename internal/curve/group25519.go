package curve

import "filippo.io/edwards25519"

// A point25519 is a point of edwards25519, on which curve25519 is computed
// too: the two are one group (RFC 7748, Section 4.1).
type point25519 struct{ p edwards25519.Point }

func base25519() element { return &point25519{*edwards25519.NewGeneratorPoint()} }

func (p *point25519) fresh() element   { return &point25519{*edwards25519.NewIdentityPoint()} }
func (p *point25519) set(a element)    { p.p.Set(inner(a)) }
func (p *point25519) add(a, b element) { p.p.Add(inner(a), inner(b)) }
func (p *point25519) double(a element) { p.p.Double(inner(a)) }
func (p *point25519) neg(a element)    { p.p.Negate(inner(a)) }

func (p *point25519) choose(a, b element, cond int) { p.p.Select(inner(a), inner(b), cond) }
func (p *point25519) equal(a element) int           { return p.p.Equal(inner(a)) }

func inner(e element) *edwards25519.Point { return &e.(*point25519).p }

func (p *point25519) scalarMult(s *Scalar, a element) {
	p.p.ScalarMult(s.edwards25519(), inner(a))
}

func (p *point25519) scalarBaseMult(s *Scalar) { p.p.ScalarBaseMult(s.edwards25519()) }

func (p *point25519) multiScalarMult(s []*Scalar, a []element) {
	scalars, points := inners(s, a)
	p.p.MultiScalarMult(scalars, points)
}

func (p *point25519) multiScalarMultVarTime(s []*Scalar, a []element) {
	scalars, points := inners(s, a)
	p.p.VarTimeMultiScalarMult(scalars, points)
}

func inners(s []*Scalar, a []element) ([]*edwards25519.Scalar, []*edwards25519.Point) {
	scalars := make([]*edwards25519.Scalar, len(s))
	points := make([]*edwards25519.Point, len(a))
	for i := range s {
		scalars[i], points[i] = s[i].edwards25519(), inner(a[i])
	}
	return scalars, points
}

func (s *Scalar) edwards25519() *edwards25519.Scalar {
	b := s.Bytes()
	defer clear(b)
	t, err := edwards25519.NewScalar().SetCanonicalBytes(b)
	if err != nil {
		panic("curve: a scalar is out of its range")
	}
	return t
}

// torsionFree asks whether L·p = 0, as (L-1)·p = -p, since L is no scalar.
func (p *point25519) torsionFree() int {
	minusOne := curveEd25519.NewScalar().SetUint64(1)
	minusOne.Neg(minusOne)
	var q, minus point25519
	q.scalarMult(minusOne, p)
	minus.neg(p)
	return q.equal(&minus)
}
