package curve

import (
	"crypto/subtle"

	fp "github.com/cloudflare/circl/math/fp448"
)

// An edwards448 is a curve x² + y² = 1 + d·x²·y² over the field of
// 2^448 - 2^224 - 1 elements, with d not a square, so that the addition law
// has no exceptions.
type edwards448 struct {
	d    fp.Elt
	base point448 // of order L
}

// A point448 holds x = X/Z, y = Y/Z, x·y = Ta·Tb/Z.
type point448 struct {
	curve           *edwards448
	x, y, z, ta, tb fp.Elt
}

func (c *edwards448) identity() *point448 {
	return &point448{curve: c, y: fp.One(), z: fp.One()}
}

func (c *edwards448) affinePoint(x, y fp.Elt) *point448 {
	return &point448{curve: c, x: x, y: y, z: fp.One(), ta: x, tb: y}
}

func (p *point448) set(a element) { *p = *a.(*point448) }

func (p *point448) fresh() element { return p.curve.identity() }

// add follows formula (5) of Hisil, Wong, Carter and Dawson, "Twisted Edwards
// Curves Revisited" (2008), with a = 1: complete.
func (p *point448) add(a, b element) {
	q := a.(*point448)
	var r cached448
	r.from(b.(*point448))
	*p = *q
	p.addCached(&r)
}

func (p *point448) addCached(q *cached448) {
	var a, b, c, d, e, f, g, h fp.Elt
	fp.Mul(&a, &p.x, &q.x)
	fp.Mul(&b, &p.y, &q.y)
	fp.Mul(&c, &p.ta, &p.tb)
	fp.Mul(&c, &c, &q.dt)
	fp.Mul(&d, &p.z, &q.z)
	fp.Add(&e, &p.x, &p.y)
	fp.Add(&f, &q.x, &q.y)
	fp.Mul(&e, &e, &f)
	fp.Sub(&e, &e, &a)
	fp.Sub(&e, &e, &b)
	fp.Sub(&f, &d, &c)
	fp.Add(&g, &d, &c)
	fp.Sub(&h, &b, &a)
	fp.Mul(&p.x, &e, &f)
	fp.Mul(&p.y, &g, &h)
	fp.Mul(&p.z, &f, &g)
	p.ta, p.tb = e, h
}

func (p *point448) double(a element) {
	q := a.(*point448)
	*p = *q
	p.doubleSelf()
}

func (p *point448) doubleSelf() {
	var a, b, c, e, f, g, h fp.Elt
	fp.Sqr(&a, &p.x)
	fp.Sqr(&b, &p.y)
	fp.Sqr(&c, &p.z)
	fp.Add(&c, &c, &c)
	fp.Add(&e, &p.x, &p.y)
	fp.Sqr(&e, &e)
	fp.Add(&g, &a, &b)
	fp.Sub(&e, &e, &g)
	fp.Sub(&f, &g, &c)
	fp.Sub(&h, &a, &b)
	fp.Mul(&p.x, &e, &f)
	fp.Mul(&p.y, &g, &h)
	fp.Mul(&p.z, &f, &g)
	p.ta, p.tb = e, h
}

func (p *point448) neg(a element) {
	*p = *a.(*point448)
	fp.Neg(&p.x, &p.x)
	fp.Neg(&p.ta, &p.ta)
}

func (p *point448) choose(a, b element, cond int) {
	q, r := a.(*point448), *b.(*point448)
	n := uint(cond)
	fp.Cmov(&r.x, &q.x, n)
	fp.Cmov(&r.y, &q.y, n)
	fp.Cmov(&r.z, &q.z, n)
	fp.Cmov(&r.ta, &q.ta, n)
	fp.Cmov(&r.tb, &q.tb, n)
	*p = r
}

func (p *point448) equal(a element) int {
	q := a.(*point448)
	var l, r fp.Elt
	fp.Mul(&l, &p.x, &q.z)
	fp.Mul(&r, &q.x, &p.z)
	same := equal448(&l, &r)
	fp.Mul(&l, &p.y, &q.z)
	fp.Mul(&r, &q.y, &p.z)
	return same & equal448(&l, &r)
}

func equal448(x, y *fp.Elt) int {
	var d, zero fp.Elt
	fp.Sub(&d, x, y)
	fp.Modp(&d)
	return subtle.ConstantTimeCompare(d[:], zero[:])
}

// A cached448 is a point in the form in which it is added.
type cached448 struct{ x, y, z, dt fp.Elt }

func (q *cached448) from(p *point448) {
	q.x, q.y, q.z = p.x, p.y, p.z
	fp.Mul(&q.dt, &p.ta, &p.tb)
	fp.Mul(&q.dt, &q.dt, &p.curve.d)
}

// choose sets q = t for n = 1.
func (q *cached448) choose(t *cached448, n uint) {
	fp.Cmov(&q.x, &t.x, n)
	fp.Cmov(&q.y, &t.y, n)
	fp.Cmov(&q.z, &t.z, n)
	fp.Cmov(&q.dt, &t.dt, n)
}

func (q *cached448) condNeg(n uint) {
	var t fp.Elt
	fp.Neg(&t, &q.x)
	fp.Cmov(&q.x, &t, n)
	fp.Neg(&t, &q.dt)
	fp.Cmov(&q.dt, &t, n)
}

// scalarMult sets p = s·a in constant time, for the representative of s in
// [0, L) and every a, with torsion or without: signed digits of four bits.
func (p *point448) scalarMult(s *Scalar, a element) {
	var table [8]cached448
	q := *a.(*point448)
	table[0].from(&q)
	for i := 1; i < 8; i++ {
		q.addCached(&table[0])
		table[i].from(&q)
	}
	digits := s.radix16()
	r := p.curve.identity()
	for i := len(digits) - 1; i >= 0; i-- {
		r.doubleSelf()
		r.doubleSelf()
		r.doubleSelf()
		r.doubleSelf()
		t := lookup448(&table, digits[i])
		r.addCached(&t)
	}
	*p = *r
}

func lookup448(table *[8]cached448, digit int8) cached448 {
	sign := digit >> 7
	abs := uint8((digit ^ sign) - sign)
	t := cached448{y: fp.One(), z: fp.One()}
	for i := range table {
		t.choose(&table[i], uint(subtle.ConstantTimeByteEq(abs, uint8(i+1))))
	}
	t.condNeg(uint(sign & 1))
	return t
}

func (p *point448) scalarBaseMult(s *Scalar) { p.scalarMult(s, &p.curve.base) }

// affine returns X/Z and Y/Z, reduced.
func (p *point448) affine() (x, y fp.Elt) {
	var inv fp.Elt
	fp.Inv(&inv, &p.z)
	fp.Mul(&x, &p.x, &inv)
	fp.Mul(&y, &p.y, &inv)
	fp.Modp(&x)
	fp.Modp(&y)
	return x, y
}
