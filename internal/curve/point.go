package curve

// element is the arithmetic of a point, in the manner of Point: the receiver
// takes the result.
type element interface {
	fresh() element // the identity
	set(a element)
	add(a, b element)
	double(a element)
	neg(a element)
	choose(a, b element, cond int)
	equal(a element) int
	scalarMult(s *Scalar, a element)
	scalarBaseMult(s *Scalar)
}

// A Point is a point of a curve, made by that Curve. As in math/big the
// receiver takes the result and is returned, and arguments may be the
// receiver. Points of different curves must not meet: the operations panic.
//
// Every operation takes the same time for all values, but for those whose
// names end in VarTime.
type Point struct {
	curve *Curve
	e     element
}

// NewPoint returns the identity.
func (c *Curve) NewPoint() *Point { return &Point{c, c.base.fresh()} }

// NewGenerator returns the base point.
func (c *Curve) NewGenerator() *Point {
	p := c.NewPoint()
	p.e.set(c.base)
	return p
}

// Curve returns the curve of p.
func (p *Point) Curve() *Curve { return p.curve }

// Set sets p = q.
func (p *Point) Set(q *Point) *Point { p.match(q).set(q.e); return p }

// Add sets p = q + r.
func (p *Point) Add(q, r *Point) *Point { p.match(q, r).add(q.e, r.e); return p }

// Double sets p = q + q.
func (p *Point) Double(q *Point) *Point { p.match(q).double(q.e); return p }

// Neg sets p = -q.
func (p *Point) Neg(q *Point) *Point { p.match(q).neg(q.e); return p }

// Select sets p = q if cond is 1, p = r if it is 0.
func (p *Point) Select(q, r *Point, cond int) *Point {
	p.match(q, r).choose(q.e, r.e, cond)
	return p
}

// ScalarMult sets p = s·q, where s stands for the integer in [0, L). On points
// outside the subgroup of order L this is not a homomorphism of s: clear the
// cofactor first.
func (p *Point) ScalarMult(s *Scalar, q *Point) *Point {
	p.match(q)
	p.matchScalar(s).scalarMult(s, q.e)
	return p
}

// ScalarBaseMult sets p = s·B for the base point B.
func (p *Point) ScalarBaseMult(s *Scalar) *Point {
	p.matchScalar(s).scalarBaseMult(s)
	return p
}

// MultByCofactor sets p = h·q, with h = 8 on the curves of 2^255 - 19 and
// h = 4 on those of 2^448 - 2^224 - 1. The result is in the subgroup of
// order L.
func (p *Point) MultByCofactor(q *Point) *Point {
	p.Set(q)
	for range p.curve.cofactorLog {
		p.Double(p)
	}
	return p
}

// Equal returns 1 if p = q, else 0.
func (p *Point) Equal(q *Point) int { return p.match(q).equal(q.e) }

// IsIdentity returns 1 if p is the identity, else 0.
func (p *Point) IsIdentity() int { return p.Equal(p.curve.NewPoint()) }

// IsSmallOrder returns 1 if h·p is the identity, else 0.
func (p *Point) IsSmallOrder() int { return p.curve.NewPoint().MultByCofactor(p).IsIdentity() }

// IsTorsionFree returns 1 if p is in the subgroup of order L, else 0.
func (p *Point) IsTorsionFree() int {
	// (L-1)·p = -p, and L-1 is in the range of a scalar.
	one := p.curve.NewScalar().SetUint64(1)
	q := p.curve.NewPoint().ScalarMult(one.Neg(one), p)
	return q.Add(q, p).IsIdentity()
}

func (p *Point) match(others ...*Point) element {
	for _, q := range others {
		if q.curve != p.curve {
			panic("curve: points of different curves")
		}
	}
	return p.e
}

func (p *Point) matchScalar(s *Scalar) element {
	if s.order != p.curve.order {
		panic("curve: a scalar of another order")
	}
	return p.e
}
