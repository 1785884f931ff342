package curve

import (
	"crypto/subtle"

	fp "github.com/cloudflare/circl/math/fp448"
)

// An edwards448 is a curve x² + y² = 1 + d·x²·y² over the field of
// 2^448 - 2^224 - 1 elements. There are two: edwards448 of RFC 8032, and the
// one that is the same group as curve448. On both d is not a square, so the
// addition law has no exceptions.
type edwards448 struct {
	d    fp.Elt
	base point448
}

// A point448 is a point of one of them.
type point448 struct {
	curve *edwards448
	coords448
}

// coords448 stands for (x/z, y/z), and x·y/z = ta·tb: the product is left to
// the additions, which alone need it.
type coords448 struct{ x, y, z, ta, tb fp.Elt }

func (p *point448) fresh() element { return p.curve.identity() }
func (p *point448) set(a element)  { *p = *a.(*point448) }

func (c *edwards448) identity() *point448 {
	return c.affinePoint(fp.Elt{}, fp.One())
}

func (c *edwards448) affinePoint(x, y fp.Elt) *point448 {
	return &point448{c, coords448{x, y, fp.One(), x, y}}
}

func (p *point448) add(a, b element) {
	var q cached448
	q.from(b.(*point448))
	p.set(a)
	p.addCached(&q)
}

func (p *point448) double(a element) {
	p.set(a)
	p.doubleSelf()
}

func (p *point448) neg(a element) {
	p.set(a)
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
	var difference, zero fp.Elt
	fp.Sub(&difference, x, y)
	fp.Modp(&difference)
	return subtle.ConstantTimeCompare(difference[:], zero[:])
}

// words448 is the number of words of an element.
const words448 = fp.Size / 8

// A cached448 is a point as it is added to another: X, Y, Z and d·X·Y/Z.
type cached448 struct{ x, y, z, dt fp.Elt }

func (q *cached448) from(p *point448) {
	q.x, q.y, q.z = p.x, p.y, p.z
	fp.Mul(&q.dt, &p.ta, &p.tb)
	fp.Mul(&q.dt, &q.dt, &p.curve.d)
}

// negIf negates q for n = 1.
func (q *cached448) negIf(n uint) {
	negIf448(&q.x, n)
	negIf448(&q.dt, n)
}

func (q *cached448) size() int { return 4 * words448 }

func (q *cached448) pack(words []uint64) { pack(words, q.x[:], q.y[:], q.z[:], q.dt[:]) }

func (q *cached448) unpack(words []uint64, zero uint64) {
	unpack(words, q.x[:], q.y[:], q.z[:], q.dt[:])
	q.y[0] |= byte(zero)
	q.z[0] |= byte(zero)
}

func negIf448(x *fp.Elt, n uint) {
	var minus fp.Elt
	fp.Neg(&minus, x)
	fp.Cmov(x, &minus, n)
}

// addCached sets p = p + q by formula (5) of Hisil, Wong, Carter and Dawson,
// "Twisted Edwards Curves Revisited" (2008), with a = 1. It is complete.
func (p *point448) addCached(q *cached448) {
	var f, g, c fp.Elt
	e, h := &p.ta, &p.tb // in place
	fp.Mul(&f, &p.ta, &p.tb)
	fp.Mul(&f, &f, &q.dt)
	fp.Mul(&g, &p.z, &q.z)
	fp.Add(e, &p.x, &p.y)
	fp.Add(&c, &q.x, &q.y)
	fp.Mul(e, e, &c)
	fp.Mul(h, &p.y, &q.y)
	fp.Mul(&c, &p.x, &q.x)
	fp.Sub(e, e, h)
	fp.Sub(e, e, &c)
	fp.Sub(h, h, &c)
	fp.AddSub(&g, &f)
	fp.Mul(&p.x, e, &f)
	fp.Mul(&p.y, &g, h)
	fp.Mul(&p.z, &f, &g)
}

// doubleSelf sets p = p + p by formula (7) of the same paper, with a = 1 and
// both signs of F and H turned.
func (p *point448) doubleSelf() {
	var f, g fp.Elt
	e, h := &p.ta, &p.tb // in place
	fp.Mul(e, &p.x, &p.y)
	fp.Sqr(&g, &p.y)
	fp.Sqr(h, &p.x)
	fp.Sqr(&f, &p.z)
	fp.Add(e, e, e)
	fp.AddSub(&g, h)
	fp.Add(&f, &f, &f)
	fp.Sub(&f, &f, &g)
	fp.Mul(&p.x, e, &f)
	fp.Mul(&p.y, &g, h)
	fp.Mul(&p.z, &f, &g)
}

// terms returns 2·x·y, y² + x² and y² - x², of which the doubling and the
// isogenies are made.
func (p *coords448) terms() (e, g, h fp.Elt) {
	fp.Sqr(&g, &p.y)
	fp.Sqr(&h, &p.x)
	fp.AddSub(&g, &h)
	fp.Add(&e, &p.x, &p.y)
	fp.Sqr(&e, &e)
	fp.Sub(&e, &e, &g)
	return e, g, h
}

func (p *coords448) twoZSquaredMinus(t *fp.Elt) (f fp.Elt) {
	fp.Sqr(&f, &p.z)
	fp.Add(&f, &f, &f)
	fp.Sub(&f, &f, t)
	return f
}

// fromTerms sets p = (e/g, h/f).
func (p *coords448) fromTerms(e, f, g, h *fp.Elt) {
	fp.Mul(&p.x, e, f)
	fp.Mul(&p.y, g, h)
	fp.Mul(&p.z, f, g)
	p.ta, p.tb = *e, *h
}
