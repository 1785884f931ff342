package curve_test

import (
	"math/big"
	"testing"

	"meshkey/internal/curve"
)

func TestPointAddition(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		list := c.samples(t, 1)
		for _, p := range list {
			c.same(t, p.name, p.ours, p.theirs)
			c.same(t, "-"+p.name, c.NewPoint().Neg(p.ours), c.oracle.Neg(p.theirs))
			c.same(t, "2·"+p.name, c.NewPoint().Double(p.ours), c.oracle.Add(p.theirs, p.theirs))
			for _, q := range list {
				c.same(t, p.name+"+"+q.name, c.NewPoint().Add(p.ours, q.ours), c.oracle.Add(p.theirs, q.theirs))
				c.same(t, p.name+"-"+q.name, c.NewPoint().Sub(p.ours, q.ours), c.oracle.Add(p.theirs, c.oracle.Neg(q.theirs)))
				if got := p.ours.Equal(q.ours) == 1; got != p.theirs.Equal(q.theirs) {
					t.Errorf("%s equal to %s: %v", p.name, q.name, got)
				}
				for cond, want := range []*curve.Point{q.ours, p.ours} {
					if c.NewPoint().Select(p.ours, q.ours, cond).Equal(want) != 1 {
						t.Errorf("Select %d of %s and %s", cond, p.name, q.name)
					}
				}
			}
		}
	})
}

func TestPointReceiverMayBeArgument(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		b := c.NewGenerator()
		times := func(n int64) *curve.Point { return c.NewPoint().ScalarMult(c.scalar(big.NewInt(n)), b) }
		p := times(3)
		for i, got := range []*curve.Point{
			c.NewPoint().Set(p).Neg(times(-3)),
			times(1).Add(b, times(2)),
		} {
			if got.Equal(p) != 1 {
				t.Errorf("case %d", i)
			}
		}
		q := times(3)
		checks := []struct {
			name string
			got  *curve.Point
			want int64
		}{
			{"Add(q, q)", q.Add(q, q), 6},
			{"Double(q)", times(5).Double(times(5)), 10},
			{"Add(q, b)", func() *curve.Point { q := times(4); return q.Add(q, b) }(), 5},
			{"Add(b, q)", func() *curve.Point { q := times(4); return q.Add(b, q) }(), 5},
			{"Sub(q, q)", func() *curve.Point { q := times(4); return q.Sub(q, q) }(), 0},
			{"Sub(b, q)", func() *curve.Point { q := times(4); return q.Sub(b, q) }(), -3},
			{"Neg(q)", func() *curve.Point { q := times(4); return q.Neg(q) }(), -4},
			{"Double in place", func() *curve.Point { q := times(4); return q.Double(q) }(), 8},
			{"Select(b, q, 1)", func() *curve.Point { q := times(4); return q.Select(b, q, 1) }(), 1},
			{"Select(q, b, 0)", func() *curve.Point { q := times(4); return q.Select(q, b, 0) }(), 1},
			{"ScalarMult(s, q)", func() *curve.Point { q := times(4); return q.ScalarMult(c.scalar(big.NewInt(3)), q) }(), 12},
			{"MultByCofactor(q)", func() *curve.Point { q := times(4); return q.MultByCofactor(q) }(), 4 * c.oracle.Cofactor},
			{"sum with q", func() *curve.Point {
				q, s := times(4), c.scalar(big.NewInt(3))
				return q.MultiScalarMultVarTime([]*curve.Scalar{s, s}, []*curve.Point{q, q})
			}(), 24},
		}
		for _, v := range checks {
			if v.got.Equal(times(v.want)) != 1 {
				t.Errorf("%s is not %d·B", v.name, v.want)
			}
		}
		if p.Equal(times(3)) != 1 || b.Equal(c.NewGenerator()) != 1 {
			t.Error("an argument changed")
		}
	})
}

// Multiplication is by the integer in [0, L), of points of every order.
func TestScalarMult(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		if testing.Short() && c.ScalarLen() > 32 {
			t.Skip("the oracle takes its time")
		}
		samples := c.samples(t, 0)
		for i, s := range c.scalars(4) {
			p := samples[i%len(samples)]
			c.same(t, integer(s).String()+"·"+p.name, c.NewPoint().ScalarMult(s, p.ours), c.oracle.Mul(integer(s), p.theirs))
		}
	})
}

func TestScalarBaseMult(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		for _, s := range c.scalars(100) {
			if c.NewPoint().ScalarBaseMult(s).Equal(c.NewPoint().ScalarMult(s, c.NewGenerator())) != 1 {
				t.Errorf("%v·B differs from that by ScalarMult", integer(s))
			}
		}
	})
}

func TestMultiScalarMult(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		samples, scalars := c.samples(t, 2), c.scalars(20)
		for n := range 6 {
			for at := range scalars {
				var s []*curve.Scalar
				var q []*curve.Point
				want := c.NewPoint()
				for i := range n {
					s = append(s, scalars[(at+7*i)%len(scalars)])
					q = append(q, samples[(3*at+5*i)%len(samples)].ours)
					want.Add(want, c.NewPoint().ScalarMult(s[i], q[i]))
				}
				if c.NewGenerator().MultiScalarMultVarTime(s, q).Equal(want) != 1 {
					t.Fatalf("the sum of %d products from scalar %d on", n, at)
				}
			}
		}
	})
}

// (a+b)·P = a·P + b·P in the subgroup of order L, so on every point whose
// cofactor was cleared, and not otherwise: the trap that the package comment
// names is real.
func TestTorsion(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		r := newSource()
		var trapped int
		for _, p := range c.samples(t, 2) {
			a, b := c.NewScalar().SetWide(r.octets(120)), c.NewScalar().SetWide(r.octets(120))
			sum := c.NewScalar().Add(a, b)
			holds := func(p *curve.Point) bool {
				q := c.NewPoint().ScalarMult(a, p)
				return q.Add(q, c.NewPoint().ScalarMult(b, p)).Equal(c.NewPoint().ScalarMult(sum, p)) == 1
			}
			cleared := c.NewPoint().MultByCofactor(p.ours)
			if cleared.IsTorsionFree() != 1 || !holds(cleared) {
				t.Errorf("h·(%s) is not in the subgroup", p.name)
			}
			if free := p.ours.IsTorsionFree() == 1; free != (p.torsion == 0) {
				t.Errorf("%s is torsion-free: %v", p.name, free)
			}
			small := c.oracle.Mul(big.NewInt(c.oracle.Cofactor), p.theirs).Equal(c.oracle.Identity())
			if got := p.ours.IsSmallOrder() == 1; got != small {
				t.Errorf("%s is of small order: %v", p.name, got)
			}
			if got := p.ours.IsIdentity() == 1; got != p.theirs.Equal(c.oracle.Identity()) {
				t.Errorf("%s is the identity: %v", p.name, got)
			}
			switch {
			case p.torsion == 0 && !holds(p.ours):
				t.Errorf("(a+b)·P is not a·P + b·P for %s", p.name)
			case p.torsion != 0 && !holds(p.ours):
				trapped++
			}
		}
		if trapped == 0 {
			t.Error("no point with torsion shows what the test is for")
		}
	})
}

// Points are read by several goroutines.
func TestReadersDoNotWrite(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		s := c.scalar(big.NewInt(1 << 40))
		p := c.NewPoint().ScalarBaseMult(s)
		t.Run("readers", func(t *testing.T) {
			for range 3 {
				t.Run("reader", func(t *testing.T) {
					t.Parallel()
					p.Bytes()
					p.Coordinates()
					p.Equal(p)
					p.IsTorsionFree()
					c.NewPoint().Add(p, p)
					c.NewPoint().ScalarMult(s, p)
				})
			}
		})
	})
}
