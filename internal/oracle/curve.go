package oracle

import "math/big"

// Curve is a Montgomery curve v² = u³ + A·u² + u, with its points as (u, v),
// or an Edwards curve a·x² + y² = 1 + d·x²·y², with its points as (x, y).
type Curve struct {
	Name       string
	P, L       *big.Int // of the field; of the base point
	Cofactor   int64
	Montgomery bool
	Base       Point
	a, d       *big.Int // Edwards; a is A on Montgomery curves
	signOctet  bool     // encodings end in an octet for the sign
}

// Point has its coordinates modulo P. The identity of a Montgomery curve has
// none: X is nil.
type Point struct{ X, Y *big.Int }

var (
	p25519 = num("57896044618658097711785492504343953926634992332820282019728792003956564819949")
	l25519 = num("7237005577332262213973186563042994240857116359379907606001950938285454250989")
	p448   = num("726838724295606890549323807888004534353641360687318060281490199180612328166730772686396383698676545930088884461843637361053498018365439")
	l448   = num("181709681073901722637330951972001133588410340171829515070372549795146003961539585716195755291692375963310293709091662304773755859649779")
)

// X25519 is curve25519, RFC 7748, Section 4.1.
func X25519() *Curve {
	return &Curve{
		Name: "X25519", P: p25519, L: l25519, Cofactor: 8, Montgomery: true, a: num("486662"), signOctet: true,
		Base: Point{num("9"), num("14781619447589544791020593568409986887264606134616475288964881837755586237401")},
	}
}

// X448 is curve448, RFC 7748, Section 4.2.
func X448() *Curve {
	return &Curve{
		Name: "X448", P: p448, L: l448, Cofactor: 4, Montgomery: true, a: num("156326"), signOctet: true,
		Base: Point{num("5"), num("355293926785568175264127502063783334808976399387714271831880898435169088786967410002932673765864550910142774147268105838985595290606362")},
	}
}

// Ed25519 is edwards25519, RFC 8032, Section 5.1.
func Ed25519() *Curve {
	d := new(big.Int).ModInverse(num("121666"), p25519)
	return &Curve{
		Name: "Ed25519", P: p25519, L: l25519, Cofactor: 8, a: num("-1"), d: d.Mul(d, num("-121665")).Mod(d, p25519),
		Base: Point{
			num("15112221349535400772501151409588531511454012693041857206046113283949847762202"),
			num("46316835694926478169428394003475163141307993866256225615783033603165251855960"),
		},
	}
}

// Ed448 is edwards448, RFC 8032, Section 5.2.
func Ed448() *Curve {
	return &Curve{
		Name: "Ed448", P: p448, L: l448, Cofactor: 4, a: num("1"), d: num("-39081"), signOctet: true,
		Base: Point{
			num("224580040295924300187604334099896036246789641632564134246125461686950415467406032909029192869357953282578032075146446173674602635247710"),
			num("298819210078481492676017930443930673437544040154080242095928241372331506189835876003536878655418784733982303233503462500531545062832660"),
		},
	}
}

func num(s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		panic("oracle: not a number: " + s)
	}
	return n
}

// mod is a product of the given factors modulo P.
func (c *Curve) mod(factors ...*big.Int) *big.Int {
	z := big.NewInt(1)
	for _, f := range factors {
		z.Mod(z.Mul(z, f), c.P)
	}
	return z
}

// over is a/b modulo P; b must not be 0.
func (c *Curve) over(a, b *big.Int) *big.Int {
	inverse := new(big.Int).ModInverse(new(big.Int).Mod(b, c.P), c.P)
	if inverse == nil {
		panic("oracle: a division by 0")
	}
	return c.mod(a, inverse)
}

func plus(a, b *big.Int) *big.Int  { return new(big.Int).Add(a, b) }
func minus(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }

var one = big.NewInt(1)

// Identity is the neutral element.
func (c *Curve) Identity() Point {
	if c.Montgomery {
		return Point{}
	}
	return Point{big.NewInt(0), big.NewInt(1)}
}

// Equal compares two points.
func (p Point) Equal(q Point) bool {
	if p.X == nil || q.X == nil {
		return p.X == nil && q.X == nil
	}
	return p.X.Cmp(q.X) == 0 && p.Y.Cmp(q.Y) == 0
}

// OnCurve evaluates the curve's equation.
func (c *Curve) OnCurve(p Point) bool {
	if p.X == nil {
		return c.Montgomery
	}
	var left, right *big.Int
	if c.Montgomery {
		left = c.mod(p.Y, p.Y)
		right = c.mod(p.X, plus(plus(c.mod(p.X, p.X), c.mod(c.a, p.X)), one))
	} else {
		left = c.mod(plus(c.mod(c.a, p.X, p.X), c.mod(p.Y, p.Y)))
		right = c.mod(plus(one, c.mod(c.d, p.X, p.X, p.Y, p.Y)))
	}
	return left.Cmp(right) == 0
}

// Neg is -p.
func (c *Curve) Neg(p Point) Point {
	switch {
	case p.X == nil:
		return p
	case c.Montgomery:
		return Point{p.X, c.mod(minus(c.P, p.Y))}
	}
	return Point{c.mod(minus(c.P, p.X)), p.Y}
}

// Add is p + q.
func (c *Curve) Add(p, q Point) Point {
	if !c.Montgomery {
		t := c.mod(c.d, p.X, q.X, p.Y, q.Y)
		x := plus(c.mod(p.X, q.Y), c.mod(p.Y, q.X))
		y := minus(c.mod(p.Y, q.Y), c.mod(c.a, p.X, q.X))
		return Point{c.over(x, plus(one, t)), c.over(y, minus(one, t))}
	}
	var slope *big.Int
	switch {
	case p.X == nil:
		return q
	case q.X == nil:
		return p
	case p.Equal(c.Neg(q)):
		return Point{}
	case p.Equal(q):
		up := plus(plus(c.mod(num("3"), p.X, p.X), c.mod(num("2"), c.a, p.X)), one)
		slope = c.over(up, plus(p.Y, p.Y))
	default:
		slope = c.over(minus(q.Y, p.Y), minus(q.X, p.X))
	}
	x := c.mod(minus(minus(minus(c.mod(slope, slope), c.a), p.X), q.X))
	return Point{x, c.mod(minus(c.mod(slope, minus(p.X, x)), p.Y))}
}

// Mul is k·p for k ≥ 0, not reduced.
func (c *Curve) Mul(k *big.Int, p Point) Point {
	r := c.Identity()
	for i := k.BitLen() - 1; i >= 0; i-- {
		r = c.Add(r, r)
		if k.Bit(i) == 1 {
			r = c.Add(r, p)
		}
	}
	return r
}

// Torsion returns all points of small order, the identity first and T·i at i.
func (c *Curve) Torsion() []Point {
	half := big.NewInt(c.Cofactor / 2)
	for shown := big.NewInt(2); ; shown.Add(shown, one) {
		p, ok := c.Lift(shown, 0)
		if !ok {
			continue
		}
		t := c.Mul(c.L, p)
		if c.Mul(half, t).Equal(c.Identity()) {
			continue
		}
		points := []Point{c.Identity()}
		for int64(len(points)) < c.Cofactor {
			points = append(points, c.Add(points[len(points)-1], t))
		}
		return points
	}
}
