package curve

import (
	"sync"

	fp "github.com/cloudflare/circl/math/fp448"
)

// Base multiplication goes over a third curve, -x² + y² = 1 - 39082·x²·y²,
// because points are added there with one multiplication less. It and
// edwards448 are joined by isogenies of degree 4 both ways, fromTwist and
// toTwist, the first after the second being multiplication by 4; curve448 is
// joined by another, which takes base point to base point (RFC 7748, Section
// 4.2). -1 is not a square, so the addition formula used there is not complete:
// it fails for P and Q if P + Q or P - Q is of order 2 or 4 over a larger
// field. All points here come from the subgroup of order L, in which there is
// none.

// rows448 is the number of tables: one for every other digit of a scalar.
const rows448 = digits16 / 2

// An affine448 is a point of the twist as it is added: y + x, y - x and
// 2·d·x·y.
type affine448 struct{ plus, minus, dt fp.Elt }

const affineWords = 3 * words448

// baseTable448 has in row i the points 256^i·B, 2·256^i·B, … 8·256^i·B, drawn
// over to the twist so that fromTwist gives them. It is made at first use.
var baseTable448 = sync.OnceValue(func() *[rows448][8 * affineWords]uint64 {
	quarter := curveEd448.NewScalar().SetUint64(4)
	row := point448{curve: ed448}
	row.scalarMult(quarter.Invert(quarter), &ed448.base)
	var points [8 * rows448]coords448
	for i := range rows448 {
		var step cached448
		step.from(&row)
		multiple := row
		for j := range 8 {
			points[8*i+j].toTwist(&multiple.coords448)
			multiple.addCached(&step)
		}
		for range 8 {
			row.doubleSelf()
		}
	}
	invertZ(points[:])
	table := new([rows448][8 * affineWords]uint64)
	for i := range points {
		var q affine448
		q.from(&points[i])
		words := table[i/8][affineWords*(i%8):]
		pack(words, q.plus[:], q.minus[:], q.dt[:])
	}
	return table
})

// invertZ makes z = 1 for all points, with a single inversion.
func invertZ(points []coords448) {
	products := make([]fp.Elt, len(points)) // of all z before
	t := fp.One()
	for i := range points {
		products[i] = t
		fp.Mul(&t, &t, &points[i].z)
	}
	fp.Inv(&t, &t)
	for i := len(points) - 1; i >= 0; i-- {
		p := &points[i]
		fp.Mul(&products[i], &products[i], &t) // 1/z
		fp.Mul(&t, &t, &p.z)
		fp.Mul(&p.x, &p.x, &products[i])
		fp.Mul(&p.y, &p.y, &products[i])
		p.z, p.ta, p.tb = fp.One(), p.x, p.y
	}
}

// from takes a point with z = 1.
func (q *affine448) from(p *coords448) {
	d := fp.Elt{0xaa, 0x98} // 39082
	fp.Neg(&d, &d)
	fp.Add(&q.plus, &p.y, &p.x)
	fp.Sub(&q.minus, &p.y, &p.x)
	fp.Mul(&q.dt, &p.ta, &p.tb)
	fp.Mul(&q.dt, &q.dt, &d)
	fp.Add(&q.dt, &q.dt, &q.dt)
}

// addAffine sets p = p + q on the twist by the formula after (5) of Hisil and
// others, with a = -1.
func (p *coords448) addAffine(q *affine448) {
	var e, f, g, h fp.Elt
	a, b, c, d := &p.x, &p.y, &p.ta, &p.z // in place
	fp.Mul(c, &p.ta, &p.tb)
	fp.Mul(c, c, &q.dt)
	fp.Add(d, &p.z, &p.z)
	fp.Sub(&e, &p.y, &p.x)
	fp.Add(b, &p.y, &p.x)
	fp.Mul(a, &e, &q.minus)
	fp.Mul(b, b, &q.plus)
	fp.Sub(&e, b, a)
	fp.Sub(&f, d, c)
	fp.Add(&g, d, c)
	fp.Add(&h, b, a)
	p.fromTerms(&e, &f, &g, &h)
}

// toTwist sets p to the image on the twist of a point of edwards448:
// (2·x·y/(y² - x²), (y² + x²)/(2 - y² - x²)).
func (p *coords448) toTwist(a *coords448) {
	e, g, h := a.terms()
	f := a.twoZSquaredMinus(&g)
	p.fromTerms(&e, &f, &h, &g)
}

// fromTwist sets p to the image on edwards448 of a point of the twist:
// (2·x·y/(y² + x²), (y² - x²)/(2 - y² + x²)).
func (p *coords448) fromTwist(a *coords448) {
	e, g, h := a.terms()
	f := a.twoZSquaredMinus(&h)
	p.fromTerms(&e, &f, &g, &h)
}

// toX448 sets p to the image on curve448 of a point of edwards448, in RFC 7748
// (u, v) = (y²/x², (2 - x² - y²)·y/x³).
func (p *coords448) toX448(a *coords448) {
	e, g, h := a.terms()
	f := a.twoZSquaredMinus(&g)
	fp.Mul(&e, &e, &rootOf39081)
	p.fromTerms(&e, &h, &f, &g)
}

// scalarBaseMult adds one entry of the table for each digit, the odd digits
// apart, so that four doublings suffice.
func (p *point448) scalarBaseMult(s *Scalar) {
	digits := s.radix16()
	defer clear(digits[:])
	table := baseTable448()
	var halves [2]coords448
	var entry [affineWords]uint64
	var q affine448
	for j := range halves {
		sum := ed448.identity().coords448
		for i := range rows448 {
			zero, negative := lookup(entry[:], table[i][:], digits[2*i+j])
			entry[0] |= zero        // y + x
			entry[words448] |= zero // y - x
			unpack(entry[:], q.plus[:], q.minus[:], q.dt[:])
			fp.Cswap(&q.plus, &q.minus, negative)
			negIf448(&q.dt, negative)
			sum.addAffine(&q)
		}
		halves[j].fromTwist(&sum)
	}
	even, odd := point448{ed448, halves[0]}, point448{ed448, halves[1]}
	for range 4 {
		odd.doubleSelf()
	}
	even.add(&even, &odd)
	if p.curve == x448 {
		p.toX448(&even.coords448)
	} else {
		p.coords448 = even.coords448
	}
}
