package curve

import "filippo.io/edwards25519"

// A point25519 is a point of edwards25519, for which stands
// filippo.io/edwards25519.
type point25519 struct{ p edwards25519.Point }

func new25519() *point25519 {
	return &point25519{*edwards25519.NewIdentityPoint()}
}

func (p *point25519) fresh() element   { return new25519() }
func (p *point25519) set(a element)    { p.p.Set(&a.(*point25519).p) }
func (p *point25519) add(a, b element) { p.p.Add(&a.(*point25519).p, &b.(*point25519).p) }
func (p *point25519) double(a element) { p.p.Double(&a.(*point25519).p) }
func (p *point25519) neg(a element)    { p.p.Negate(&a.(*point25519).p) }
func (p *point25519) choose(a, b element, c int) {
	p.p.Select(&a.(*point25519).p, &b.(*point25519).p, c)
}
func (p *point25519) equal(a element) int { return p.p.Equal(&a.(*point25519).p) }

func (p *point25519) scalarMult(s *Scalar, a element) {
	p.p.ScalarMult(s.filippo(), &a.(*point25519).p)
}

func (p *point25519) scalarBaseMult(s *Scalar) { p.p.ScalarBaseMult(s.filippo()) }

func (s *Scalar) filippo() *edwards25519.Scalar {
	t, err := edwards25519.NewScalar().SetCanonicalBytes(s.Bytes())
	if err != nil {
		panic("curve: a scalar is out of range")
	}
	return t
}
