package curve

import ristretto "github.com/bwesterb/go-ristretto"

// A pointRistretto is an element of ristretto255. What stands in it is a
// point of edwards25519, one of several that mean the same element; it is
// compared, and written, as the element only.
type pointRistretto struct{ p ristretto.Point }

func baseRistretto() element {
	e := new(pointRistretto)
	e.p.SetBase()
	return e
}

func (p *pointRistretto) fresh() element {
	e := new(pointRistretto) // which would be no point, unlike in math/big
	e.p.SetZero()
	return e
}

func (p *pointRistretto) set(a element)    { p.p.Set(&a.(*pointRistretto).p) }
func (p *pointRistretto) add(a, b element) { p.p.Add(&a.(*pointRistretto).p, &b.(*pointRistretto).p) }
func (p *pointRistretto) double(a element) { p.p.Double(&a.(*pointRistretto).p) }
func (p *pointRistretto) neg(a element)    { p.p.Neg(&a.(*pointRistretto).p) }

func (p *pointRistretto) choose(a, b element, cond int) {
	q, r := a.(*pointRistretto).p, b.(*pointRistretto).p
	r.ConditionalSet(&q, int32(cond))
	p.p = r
}

func (p *pointRistretto) equal(a element) int {
	return int(p.p.EqualsI(&a.(*pointRistretto).p))
}

func (s *Scalar) ristretto() (t ristretto.Scalar) {
	value := s.value()
	for i := range s.order.n {
		t[2*i], t[2*i+1] = uint32(value[i]), uint32(value[i]>>32)
	}
	return t
}

func (p *pointRistretto) scalarMult(s *Scalar, a element) {
	t := s.ristretto()
	defer t.SetZero()
	p.p.ScalarMult(&a.(*pointRistretto).p, &t)
}

func (p *pointRistretto) scalarBaseMult(s *Scalar) {
	t := s.ristretto()
	defer t.SetZero()
	p.p.ScalarMultBase(&t)
}

func (p *pointRistretto) multiScalarMult(s []*Scalar, a []element) {
	sum := p.fresh().(*pointRistretto)
	for i := range s {
		var q pointRistretto
		q.scalarMult(s[i], a[i])
		sum.add(sum, &q)
	}
	*p = *sum
}

func (p *pointRistretto) multiScalarMultVarTime(s []*Scalar, a []element) {
	sum := p.fresh().(*pointRistretto)
	sumOfProductsVarTime[pointRistretto, addedRistretto](sum, s, a)
	*p = *sum
}

func (p *pointRistretto) sumSmallVarTime(w []int64, a []element) {
	sum := p.fresh().(*pointRistretto)
	sumSmallVarTime[pointRistretto, addedRistretto](sum, w, a)
	*p = *sum
}

func (p *pointRistretto) hornerVarTime(x uint64, a []element) {
	sum := p.fresh().(*pointRistretto)
	hornerVarTime[pointRistretto, addedRistretto](sum, x, a)
	*p = *sum
}

// An addedRistretto is added as it is.
type addedRistretto struct{ p ristretto.Point }

func (q *addedRistretto) from(p *pointRistretto) { q.p.Set(&p.p) }

// negIf negates q for n = 1. It is for public points here.
func (q *addedRistretto) negIf(n uint) {
	if n == 1 {
		q.p.Neg(&q.p)
	}
}

func (p *pointRistretto) doubleSelf()                 { p.p.Double(&p.p) }
func (p *pointRistretto) addCached(q *addedRistretto) { p.p.Add(&p.p, &q.p) }

// torsionFree is 1: the group has L elements.
func (p *pointRistretto) torsionFree() int { return 1 }

// liftRistretto follows RFC 9496, Section 4.3.1. The sign that other curves
// have in the top bit does not exist.
func liftRistretto(shown []byte, odd byte) (element, bool) {
	e := new(pointRistretto)
	return e, e.p.SetBytes((*[32]byte)(shown)) && odd == 0
}

// encodeRistretto follows RFC 9496, Section 4.3.2.
func encodeRistretto(e element) (shown, other []byte) {
	return e.(*pointRistretto).p.Bytes(), []byte{0}
}
