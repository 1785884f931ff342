package curve_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"meshkey/internal/curve"
	"meshkey/internal/oracle"
)

// Every property is tested on all four curves.
type pair struct {
	*curve.Curve
	oracle *oracle.Curve
}

var pairs = []pair{
	{curve.X25519(), oracle.X25519()},
	{curve.X448(), oracle.X448()},
	{curve.Ed25519(), oracle.Ed25519()},
	{curve.Ed448(), oracle.Ed448()},
}

func eachCurve(t *testing.T, f func(t *testing.T, c pair)) {
	for _, c := range pairs {
		t.Run(c.String(), func(t *testing.T) { f(t, c) })
	}
}

// source gives the same octets in every run.
type source struct{ *rand.ChaCha8 }

func newSource() source { return source{rand.NewChaCha8([32]byte{7})} }

func (r source) octets(n int) []byte {
	b := make([]byte, n)
	_, _ = r.Read(b)
	return b
}

// scalar takes an integer of either sign.
func (c pair) scalar(n *big.Int) *curve.Scalar {
	n = new(big.Int).Mod(n, c.oracle.L)
	s, err := c.NewScalar().SetCanonical(oracle.LittleEndian(n, c.ScalarLen()))
	if err != nil {
		panic(err)
	}
	return s
}

func integer(s *curve.Scalar) *big.Int { return oracle.FromLittleEndian(s.Bytes()) }

// scalars are those near the ends, those with long runs of equal digits, and
// random ones.
func (c pair) scalars(random int) []*curve.Scalar {
	var list []*curve.Scalar
	for i := int64(-17); i <= 17; i++ {
		list = append(list, c.scalar(big.NewInt(i)))
	}
	for _, digit := range []byte{0x77, 0x78, 0x87, 0x88, 0x80, 0x08, 0xff, 0x0f} {
		b := make([]byte, c.ScalarLen())
		for i := range b {
			b[i] = digit
		}
		list = append(list, c.NewScalar().SetWide(b))
	}
	for bit := 0; bit < 8*c.ScalarLen(); bit += 61 {
		list = append(list, c.scalar(new(big.Int).Lsh(big.NewInt(1), uint(bit))))
	}
	r := newSource()
	for range random {
		list = append(list, c.NewScalar().SetWide(r.octets(2*c.ScalarLen())))
	}
	return list
}

// torsions keeps what takes the oracle long.
var torsions = map[*curve.Curve][]oracle.Point{}

// torsion returns the points of small order, as ours and as the oracle's, the
// identity first. Decode gives none of them, but gives B + T.
func (c pair) torsion(t *testing.T) ([]*curve.Point, []oracle.Point) {
	t.Helper()
	theirs, ok := torsions[c.Curve]
	if !ok {
		theirs = c.oracle.Torsion()
		torsions[c.Curve] = theirs
	}
	var ours []*curve.Point
	for _, small := range theirs {
		p, err := c.Decode(c.oracle.Encode(c.oracle.Add(c.oracle.Base, small)))
		if err != nil {
			t.Fatalf("a point of mixed order: %v", err)
		}
		ours = append(ours, p.Sub(p, c.NewGenerator()))
	}
	return ours, theirs
}

// A sample is a point, ours and the oracle's.
type sample struct {
	name    string
	ours    *curve.Point
	theirs  oracle.Point
	torsion int // i of the i-th point of small order that was added, 0 for none
}

// samples are the points of small order, the base point and its negative with
// each of them, and multiples with and without.
func (c pair) samples(t *testing.T, random int) []sample {
	t.Helper()
	small, smallTheirs := c.torsion(t)
	var list []sample
	for i := range small {
		list = append(list, sample{fmt.Sprintf("T%d", i), small[i], smallTheirs[i], i})
	}
	b := sample{"B", c.NewGenerator(), c.oracle.Base, 0}
	minusB := sample{"-B", c.NewPoint().Neg(b.ours), c.oracle.Neg(b.theirs), 0}
	primes := []sample{b, minusB}
	r := newSource()
	for i := range random {
		k := c.NewScalar().SetWide(r.octets(2 * c.ScalarLen()))
		primes = append(primes, sample{
			fmt.Sprintf("k%d·B", i), c.NewPoint().ScalarMult(k, b.ours), c.oracle.Mul(integer(k), b.theirs), 0,
		})
	}
	for i, p := range primes {
		list = append(list, p)
		for j := 1; j < len(small); j++ {
			if i > 0 && (i+j)%3 != 0 {
				continue
			}
			list = append(list, sample{
				fmt.Sprintf("%s+T%d", p.name, j), c.NewPoint().Add(p.ours, small[j]),
				c.oracle.Add(p.theirs, smallTheirs[j]), j,
			})
		}
	}
	return list
}

// same checks that a point is the oracle's.
func (c pair) same(t *testing.T, what string, p *curve.Point, want oracle.Point) {
	t.Helper()
	if want.X == nil || c.oracle.Montgomery && want.X.Sign() == 0 {
		// These two have the same octets, zeros.
		order := c.NewPoint()
		if order.Double(p).IsIdentity() == 0 || p.IsIdentity() == 1 != (want.X == nil) {
			t.Errorf("%s is not the point of order 1 or 2 that it should be", what)
		}
		return
	}
	if got := p.Bytes(); string(got) != string(c.oracle.Encode(want)) {
		t.Errorf("%s is %x, want %x", what, got, c.oracle.Encode(want))
	}
}
