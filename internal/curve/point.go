package curve

// element is the arithmetic under a Point, in the same manner: the receiver
// takes the result. Arguments are of the receiver's type and curve.
type element interface {
	fresh() element // the identity
	set(a element)
	add(a, b element)
	double(a element)
	neg(a element)
	choose(a, b element, cond int) // a for cond = 1, b for 0
	equal(a element) int
	scalarMult(s *Scalar, a element)
	scalarBaseMult(s *Scalar)
	multiScalarMult(s []*Scalar, a []element)
	multiScalarMultVarTime(s []*Scalar, a []element)
	sumSmallVarTime(w []int64, a []element)
	hornerVarTime(x uint64, a []element)
	torsionFree() int
}

// A Point is a point of a curve, made by that Curve. As in math/big the
// receiver takes the result and is returned, and the arguments may be the
// receiver. Points of different curves must not meet: the operations panic.
//
// Every operation takes the same time for all values, but IsTorsionFree and
// those whose names end in VarTime.
type Point struct {
	curve *Curve
	e     element
}

// NewPoint returns the identity.
func (c *Curve) NewPoint() *Point { return &Point{c, c.base.fresh()} }

// NewGenerator returns the base point. Those of the Montgomery curves have the
// v of RFC 7748, Section 4; its sign decides the signs of all encodings.
func (c *Curve) NewGenerator() *Point {
	p := c.NewPoint()
	p.e.set(c.base)
	return p
}

// Curve returns the curve of p.
func (p *Point) Curve() *Curve { return p.curve }

// Set sets p = q.
func (p *Point) Set(q *Point) *Point {
	p.match(q).set(q.e)
	return p
}

// Add sets p = q + r.
func (p *Point) Add(q, r *Point) *Point {
	p.match(q, r).add(q.e, r.e)
	return p
}

// Sub sets p = q - r.
func (p *Point) Sub(q, r *Point) *Point {
	t := p.match(q, r).fresh()
	t.neg(r.e)
	p.e.add(q.e, t)
	return p
}

// Double sets p = q + q.
func (p *Point) Double(q *Point) *Point {
	p.match(q).double(q.e)
	return p
}

// Neg sets p = -q.
func (p *Point) Neg(q *Point) *Point {
	p.match(q).neg(q.e)
	return p
}

// Select sets p = q if cond is 1 and p = r if it is 0.
func (p *Point) Select(q, r *Point, cond int) *Point {
	p.match(q, r).choose(q.e, r.e, cond)
	return p
}

// ScalarMult sets p = s·q for the integer in [0, L) that stands for s. The
// package comment says what that means for points outside the subgroup of
// order L.
func (p *Point) ScalarMult(s *Scalar, q *Point) *Point {
	p.matchScalars(s).match(q).scalarMult(s, q.e)
	return p
}

// ScalarBaseMult sets p = s·B for the base point B.
func (p *Point) ScalarBaseMult(s *Scalar) *Point {
	p.matchScalars(s).e.scalarBaseMult(s)
	return p
}

// MultiScalarMult sets p = s[0]·q[0] + s[1]·q[1] + …, each product as
// ScalarMult has it. It panics if there are not as many points as scalars.
func (p *Point) MultiScalarMult(s []*Scalar, q []*Point) *Point {
	p.matchScalars(s...).e.multiScalarMult(s, p.elements(len(s), q))
	return p
}

// MultiScalarMultVarTime is MultiScalarMult for public scalars and points, on
// whose values its time depends.
func (p *Point) MultiScalarMultVarTime(s []*Scalar, q []*Point) *Point {
	p.matchScalars(s...).e.multiScalarMultVarTime(s, p.elements(len(s), q))
	return p
}

// elements takes n points off their wrapping.
func (p *Point) elements(n int, q []*Point) []element {
	if n != len(q) {
		panic("curve: not as many points as scalars")
	}
	p.match(q...)
	es := make([]element, len(q))
	for i := range q {
		es[i] = q[i].e
	}
	return es
}

// MulSmallVarTime sets p = k·q, in time that depends on k.
func (p *Point) MulSmallVarTime(k uint64, q *Point) *Point {
	e := p.match(q)
	e.hornerVarTime(k, []element{e.fresh(), q.e})
	return p
}

// HornerVarTime sets p = q[0] + x·q[1] + x²·q[2] + …, for a polynomial in the
// exponent, in time that depends on x.
func (p *Point) HornerVarTime(x uint64, q []*Point) *Point {
	p.e.hornerVarTime(x, p.elements(len(q), q))
	return p
}

// SumSmallVarTime sets p = w[0]·q[0] + w[1]·q[1] + …, in time that depends on
// the weights: the products share their doublings, of which there are as many
// as the largest weight has bits. It panics if there are not as many points as
// weights.
func (p *Point) SumSmallVarTime(w []int64, q []*Point) *Point {
	p.e.sumSmallVarTime(w, p.elements(len(w), q))
	return p
}

// MultByCofactor sets p = h·q, with h = 8 on the curves over 2^255 - 19, h = 4
// on those over 2^448 - 2^224 - 1, and h = 1 in ristretto255. The result is in
// the subgroup of order L.
func (p *Point) MultByCofactor(q *Point) *Point {
	p.Set(q)
	for range p.curve.cofactor {
		p.Double(p)
	}
	return p
}

// Equal returns 1 if p = q, else 0.
func (p *Point) Equal(q *Point) int { return p.match(q).equal(q.e) }

// IsIdentity returns 1 if p is the identity, else 0.
func (p *Point) IsIdentity() int { return p.e.equal(p.e.fresh()) }

// IsSmallOrder returns 1 if h·p is the identity, else 0.
func (p *Point) IsSmallOrder() int { return p.curve.NewPoint().MultByCofactor(p).IsIdentity() }

// IsTorsionFree returns 1 if p is in the subgroup of order L, else 0. It takes
// about a sixth of the time of ScalarMult, which depends on p: a point that is
// not known to be in the subgroup is not secret.
func (p *Point) IsTorsionFree() int { return p.e.torsionFree() }

func (p *Point) match(others ...*Point) element {
	for _, q := range others {
		if q.curve != p.curve {
			panic("curve: points of different curves")
		}
	}
	return p.e
}

func (p *Point) matchScalars(scalars ...*Scalar) *Point {
	for _, s := range scalars {
		if s.order != p.curve.order {
			panic("curve: a scalar of another order")
		}
	}
	return p
}
