package curve

import (
	"crypto/subtle"

	fp "github.com/cloudflare/circl/math/fp25519"
)

// A point25519 is a point of edwards25519, -x² + y² = 1 + d·x²·y², on which
// curve25519 is computed too: the two are one group (RFC 7748, Section 4.1).
// -1 is a square and d is not, so the addition law has no exceptions.
//
// It stands for (x/z, y/z), and x·y/z = ta·tb: the product is left to the
// additions, which alone need it.
type point25519 struct{ x, y, z, ta, tb fp.Elt }

var identity25519 = affinePoint25519(fp.Elt{}, fp.Elt{1})

func affinePoint25519(x, y fp.Elt) *point25519 {
	return &point25519{x, y, fp.Elt{1}, x, y}
}

func (p *point25519) fresh() element { q := *identity25519; return &q }
func (p *point25519) set(a element)  { *p = *a.(*point25519) }

func (p *point25519) add(a, b element) {
	var q cached25519
	q.from(b.(*point25519))
	p.set(a)
	p.addCached(&q)
}

func (p *point25519) double(a element) {
	p.set(a)
	p.doubleSelf()
}

func (p *point25519) neg(a element) {
	p.set(a)
	fp.Neg(&p.x, &p.x)
	fp.Neg(&p.ta, &p.ta)
}

func (p *point25519) choose(a, b element, cond int) {
	q, r := a.(*point25519), *b.(*point25519)
	n := uint(cond)
	fp.Cmov(&r.x, &q.x, n)
	fp.Cmov(&r.y, &q.y, n)
	fp.Cmov(&r.z, &q.z, n)
	fp.Cmov(&r.ta, &q.ta, n)
	fp.Cmov(&r.tb, &q.tb, n)
	*p = r
}

func (p *point25519) equal(a element) int {
	q := a.(*point25519)
	var l, r fp.Elt
	fp.Mul(&l, &p.x, &q.z)
	fp.Mul(&r, &q.x, &p.z)
	same := equal25519(&l, &r)
	fp.Mul(&l, &p.y, &q.z)
	fp.Mul(&r, &q.y, &p.z)
	return same & equal25519(&l, &r)
}

func equal25519(x, y *fp.Elt) int {
	var difference, zero fp.Elt
	fp.Sub(&difference, x, y)
	fp.Modp(&difference)
	return subtle.ConstantTimeCompare(difference[:], zero[:])
}

// A cached25519 is a point as it is added to another: Y+X, Y-X, 2·Z and
// 2·d·X·Y/Z.
type cached25519 struct{ plus, minus, z2, dt2 fp.Elt }

func (q *cached25519) from(p *point25519) {
	q.plus, q.minus = p.y, p.x
	fp.AddSub(&q.plus, &q.minus)
	fp.Add(&q.z2, &p.z, &p.z)
	fp.Mul(&q.dt2, &p.ta, &p.tb)
	fp.Mul(&q.dt2, &q.dt2, &twoD25519)
}

// negIf negates q for n = 1.
func (q *cached25519) negIf(n uint) {
	fp.Cswap(&q.plus, &q.minus, n)
	var minus fp.Elt
	fp.Neg(&minus, &q.dt2)
	fp.Cmov(&q.dt2, &minus, n)
}

func (q *cached25519) size() int { return 4 * fp.Size / 8 }

func (q *cached25519) pack(words []uint64) {
	pack(words, q.plus[:], q.minus[:], q.z2[:], q.dt2[:])
}

func (q *cached25519) unpack(words []uint64, zero uint64) {
	unpack(words, q.plus[:], q.minus[:], q.z2[:], q.dt2[:])
	q.plus[0] |= byte(zero)
	q.minus[0] |= byte(zero)
	q.z2[0] |= byte(2 * zero)
}

// addCached sets p = p + q by the formula after (5) of Hisil, Wong, Carter and
// Dawson, "Twisted Edwards Curves Revisited" (2008), with a = -1.
func (p *point25519) addCached(q *cached25519) {
	var f, g fp.Elt
	e, h := &p.ta, &p.tb // in place
	fp.Mul(&f, &p.ta, &p.tb)
	fp.Mul(&f, &f, &q.dt2)
	fp.Mul(&g, &p.z, &q.z2)
	fp.AddSub(&p.y, &p.x)
	fp.Mul(h, &p.y, &q.plus)
	fp.Mul(e, &p.x, &q.minus)
	fp.AddSub(&g, &f)
	fp.AddSub(h, e)
	fp.Mul(&p.x, e, &f)
	fp.Mul(&p.y, &g, h)
	fp.Mul(&p.z, &f, &g)
}

// doubleSelf sets p = p + p by formula (7) of the same paper, with a = -1 and
// both signs of F and H turned.
func (p *point25519) doubleSelf() {
	var f, g fp.Elt
	e, h := &p.ta, &p.tb // in place
	fp.Mul(e, &p.x, &p.y)
	fp.Sqr(h, &p.y)
	fp.Sqr(&g, &p.x)
	fp.Sqr(&f, &p.z)
	fp.Add(e, e, e)
	fp.AddSub(h, &g)
	fp.Add(&f, &f, &f)
	fp.Sub(&f, &f, &g)
	fp.Mul(&p.x, e, &f)
	fp.Mul(&p.y, &g, h)
	fp.Mul(&p.z, &f, &g)
}
