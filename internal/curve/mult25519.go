package curve

import "filippo.io/edwards25519"

func base25519() element { return fromEdwards25519(edwards25519.NewGeneratorPoint()) }

// fromEdwards25519 takes a point over from the library that has the table of
// multiples of the base point.
func fromEdwards25519(p *edwards25519.Point) *point25519 {
	x, y, z, t := p.ExtendedCoordinates()
	return &point25519{elt25519(x), elt25519(y), elt25519(z), elt25519(t), identity25519.z}
}

func (p *point25519) scalarBaseMult(s *Scalar) {
	b := s.Bytes()
	defer clear(b)
	t, err := edwards25519.NewScalar().SetCanonicalBytes(b)
	if err != nil {
		panic("curve: a scalar is out of its range")
	}
	*p = *fromEdwards25519(edwards25519.NewIdentityPoint().ScalarBaseMult(t))
}

func (p *point25519) scalarMult(s *Scalar, a element) {
	p.multiScalarMult([]*Scalar{s}, []element{a})
}

func (p *point25519) multiScalarMult(s []*Scalar, a []element) {
	sum := *identity25519
	sumOfProducts[point25519, cached25519](&sum, s, a)
	*p = sum
}

func (p *point25519) multiScalarMultVarTime(s []*Scalar, a []element) {
	sum := *identity25519
	sumOfProductsVarTime[point25519, cached25519](&sum, s, a)
	*p = sum
}

func (p *point25519) sumSmallVarTime(w []int64, a []element) {
	sum := *identity25519
	sumSmallVarTime[point25519, cached25519](&sum, w, a)
	*p = sum
}

func (p *point25519) hornerVarTime(x uint64, a []element) {
	sum := *identity25519
	hornerVarTime[point25519, cached25519](&sum, x, a)
	*p = sum
}
