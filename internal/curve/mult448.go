package curve

// scalarMult sets p = s·a for the integer in [0, L) that stands for s, and any
// point a.
func (p *point448) scalarMult(s *Scalar, a element) {
	p.multiScalarMult([]*Scalar{s}, []element{a})
}

func (p *point448) multiScalarMult(s []*Scalar, a []element) {
	sum := p.curve.identity()
	sumOfProducts[point448, cached448](sum, s, a)
	*p = *sum
}

func (p *point448) multiScalarMultVarTime(s []*Scalar, a []element) {
	sum := p.curve.identity()
	sumOfProductsVarTime[point448, cached448](sum, s, a)
	*p = *sum
}

func (p *point448) sumSmallVarTime(w []int64, a []element) {
	sum := p.curve.identity()
	sumSmallVarTime[point448, cached448](sum, w, a)
	*p = *sum
}

func (p *point448) hornerVarTime(x uint64, a []element) {
	sum := p.curve.identity()
	hornerVarTime[point448, cached448](sum, x, a)
	*p = *sum
}
