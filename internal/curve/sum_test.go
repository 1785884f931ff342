package curve_test

import (
	"encoding/binary"
	"math"
	"math/big"
	"testing"

	"meshkey/internal/curve"
	"meshkey/internal/oracle"
)

var smallWeights = []int64{0, 1, -1, 2, -2, 3, 7, -8, 15, -16, 255, 1<<23 + 1, -1<<24 + 1, 1 << 24, 1<<25 - 1,
	-0x5555555555555555, 0x7777777777777777, math.MaxInt64, -math.MaxInt64, math.MinInt64}

func TestMulSmall(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		for i, p := range c.samples(t, 1) {
			for j, w := range smallWeights {
				if (i+j)%5 != 0 {
					continue
				}
				k := uint64(w)
				want := c.oracle.Mul(new(big.Int).SetUint64(k), p.theirs)
				c.same(t, p.name, c.NewGenerator().MulSmallVarTime(k, p.ours), want)
				q := c.NewPoint().Set(p.ours)
				c.same(t, p.name+" in place", q.MulSmallVarTime(k, q), want)
			}
		}
	})
}

// Weights are integers: they are exact on points with torsion too.
func TestSumSmall(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		samples := c.samples(t, 1)
		for n := range 5 {
			for at := n % 3; at < len(samples); at += 1 + n {
				var w []int64
				var q []*curve.Point
				want := c.oracle.Identity()
				for i := range n {
					// Half of the sums without weights that want tables.
					list := smallWeights[:len(smallWeights)-8*(at%2)]
					weight, p := list[(5*at+3*i)%len(list)], samples[(at+7*i)%len(samples)]
					w, q = append(w, weight), append(q, p.ours)
					abs := new(big.Int).Abs(big.NewInt(weight))
					product := c.oracle.Mul(abs, p.theirs)
					if weight < 0 {
						product = c.oracle.Neg(product)
					}
					want = c.oracle.Add(want, product)
				}
				c.same(t, "a sum", c.NewGenerator().SumSmallVarTime(w, q), want)
				if n > 0 {
					p := c.NewPoint().Set(q[n-1])
					c.same(t, "a sum in place", p.SumSmallVarTime(w, append(q[:n-1:n-1], p)), want)
				}
			}
		}
	})
}

func TestHorner(t *testing.T) {
	list := pairs
	list = append(list[:len(list):len(list)], pair{curve.Ristretto255(), nil})
	for _, c := range list {
		t.Run(c.String(), func(t *testing.T) {
			var points []*curve.Point
			if c.oracle == nil {
				for i := range uint64(9) {
					points = append(points, c.NewPoint().ScalarBaseMult(c.NewScalar().SetUint64(i*i)))
				}
			} else {
				for _, p := range c.samples(t, 1) {
					points = append(points, p.ours)
				}
			}
			for _, x := range []uint64{0, 1, 2, 3, 7, 255, 501, 1 << 40, 1<<64 - 1} {
				for n := range min(len(points), 6) {
					q, want := points[2*n/3:][:n], c.NewPoint()
					for i := n - 1; i >= 0; i-- {
						double := c.NewPoint().Set(want)
						want.Set(c.NewPoint())
						for bit := range 64 {
							if x>>bit&1 == 1 {
								want.Add(want, double)
							}
							double.Double(double)
						}
						want.Add(want, q[i])
					}
					if c.NewGenerator().HornerVarTime(x, q).Equal(want) != 1 {
						t.Errorf("%d points at %d", n, x)
					}
					if n > 0 {
						p := c.NewPoint().Set(q[0])
						if p.HornerVarTime(x, append([]*curve.Point{p}, q[1:]...)).Equal(want) != 1 {
							t.Errorf("%d points at %d in place", n, x)
						}
					}
				}
			}
		})
	}
}

// All ways to add products up give the same, for points of every order, for
// numbers of them that are summed in parts, and in place.
func TestSumsAgree(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		samples, scalars := c.samples(t, 2), c.scalars(20)
		for _, n := range []int{0, 1, 2, 30, 64, 65, 128, 130} {
			var s []*curve.Scalar
			var q []*curve.Point
			want := c.NewPoint()
			for i := range n {
				s = append(s, scalars[(7*i+n)%len(scalars)])
				q = append(q, samples[(5*i+n)%len(samples)].ours)
				want.Add(want, c.NewPoint().ScalarMult(s[i], q[i]))
			}
			if c.NewGenerator().MultiScalarMult(s, q).Equal(want) != 1 {
				t.Errorf("the sum of %d products", n)
			}
			if c.NewGenerator().MultiScalarMultVarTime(s, q).Equal(want) != 1 {
				t.Errorf("the public sum of %d products", n)
			}
			if n == 0 || n > 30 {
				continue
			}
			if p := c.NewPoint().Set(q[0]); p.MultiScalarMult(s, append([]*curve.Point{p}, q[1:]...)).Equal(want) != 1 {
				t.Errorf("the sum of %d products in place", n)
			}
			if p := c.NewPoint().Set(q[0]); p.MultiScalarMultVarTime(s, append([]*curve.Point{p}, q[1:]...)).Equal(want) != 1 {
				t.Errorf("the public sum of %d products in place", n)
			}
		}
	})
}

// Of ristretto255 the oracle knows nothing, but sums of multiples of the base
// are multiples of it.
func TestRistrettoSums(t *testing.T) {
	c := pair{curve.Ristretto255(), oracle.Ed25519()}
	scalars := c.scalars(20)
	for _, n := range []int{0, 1, 2, 30, 65} {
		var s []*curve.Scalar
		var q []*curve.Point
		var w []int64
		want, small := new(big.Int), new(big.Int)
		for i := range n {
			a, b := scalars[(7*i+n)%len(scalars)], scalars[(3*i+1)%len(scalars)]
			s, q = append(s, a), append(q, c.NewPoint().ScalarBaseMult(b))
			w = append(w, smallWeights[i%len(smallWeights)])
			want.Add(want, new(big.Int).Mul(integer(a), integer(b)))
			small.Add(small, new(big.Int).Mul(big.NewInt(w[i]), integer(b)))
		}
		at := c.NewPoint().ScalarBaseMult(c.scalar(want))
		for what, got := range map[string]*curve.Point{
			"secret": c.NewGenerator().MultiScalarMult(s, q), "public": c.NewGenerator().MultiScalarMultVarTime(s, q),
		} {
			if got.Equal(at) != 1 {
				t.Errorf("the %s sum of %d products", what, n)
			}
		}
		if c.NewGenerator().SumSmallVarTime(w, q).Equal(c.NewPoint().ScalarBaseMult(c.scalar(small))) != 1 {
			t.Errorf("the small sum of %d products", n)
		}
	}
}

// A few operations in a row on points of every order, against the oracle.
func FuzzPoints(f *testing.F) {
	f.Add(byte(0), []byte("\x00\x05\x10\x02\x03\x00"))
	f.Add(byte(1), []byte("\x03\xff\xff\xff\xff\xff\xff\xff\x7f\x00\x01\x04\x00\x80"))
	f.Add(byte(2), []byte("\x05\x01\x02\x03\x04\x05\x06\x07\x08\x09\x00\x07\x02"))
	f.Add(byte(3), []byte("\x02\x01\x06\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	type samples struct {
		c    pair
		list []sample
	}
	var all []samples
	var t testing.T
	for _, c := range pairs {
		all = append(all, samples{c, c.samples(&t, 1)})
	}
	f.Fuzz(func(t *testing.T, which byte, program []byte) {
		c := all[int(which)%len(all)]
		next := func() byte {
			if len(program) == 0 {
				return 0
			}
			b := program[0]
			program = program[1:]
			return b
		}
		word := func() uint64 {
			var b [8]byte
			program = program[copy(b[:], program):]
			return binary.LittleEndian.Uint64(b[:])
		}
		p, want := c.c.NewPoint(), c.c.oracle.Identity()
		for range min(4, len(program)) {
			op := next()
			q := c.list[int(next())%len(c.list)]
			switch op % 8 {
			case 0:
				p.Add(p, q.ours)
				want = c.c.oracle.Add(want, q.theirs)
			case 1:
				p.Sub(q.ours, p)
				want = c.c.oracle.Add(q.theirs, c.c.oracle.Neg(want))
			case 2:
				p.Double(p)
				want = c.c.oracle.Add(want, want)
			case 3:
				k := word()
				p.MulSmallVarTime(k, p)
				want = c.c.oracle.Mul(new(big.Int).SetUint64(k), want)
			case 4:
				w := int64(word())
				p.SumSmallVarTime([]int64{w, -1}, []*curve.Point{p, q.ours})
				want = c.c.oracle.Mul(new(big.Int).Abs(big.NewInt(w)), want)
				if w < 0 {
					want = c.c.oracle.Neg(want)
				}
				want = c.c.oracle.Add(want, c.c.oracle.Neg(q.theirs))
			default:
				n := int(next())
				n = min(n, len(program))
				s, one := c.c.NewScalar().SetWide(program[:n]), c.c.scalar(big.NewInt(1))
				program = program[n:]
				switch op % 8 {
				case 5:
					p.ScalarMult(s, p)
				case 6:
					p.MultiScalarMult([]*curve.Scalar{s, one}, []*curve.Point{p, q.ours})
				case 7:
					p.MultiScalarMultVarTime([]*curve.Scalar{s, one}, []*curve.Point{p, q.ours})
				}
				want = c.c.oracle.Mul(integer(s), want)
				if op%8 != 5 {
					want = c.c.oracle.Add(want, q.theirs)
				}
			}
			c.c.same(t, "the point", p, want)
		}
	})
}

// Scalars against math/big.
func FuzzScalars(f *testing.F) {
	f.Add(byte(0), []byte{1}, []byte{2})
	f.Add(byte(1), make([]byte, 57), []byte{0xff})
	f.Fuzz(func(t *testing.T, which byte, x, y []byte) {
		c := pairs[int(which)%len(pairs)]
		a, b := oracle.FromLittleEndian(x), oracle.FromLittleEndian(y)
		p, q := c.NewScalar().SetWide(x), c.NewScalar().SetWide(y)
		for what, v := range map[string]struct {
			got  *curve.Scalar
			want *big.Int
		}{
			"x":     {p, a},
			"x+y":   {c.NewScalar().Add(p, q), new(big.Int).Add(a, b)},
			"x-y":   {c.NewScalar().Sub(p, q), new(big.Int).Sub(a, b)},
			"x·y":   {c.NewScalar().Mul(p, q), new(big.Int).Mul(a, b)},
			"-x":    {c.NewScalar().Neg(p), new(big.Int).Neg(a)},
			"x/y·y": {c.NewScalar().Mul(c.NewScalar().Mul(p, c.NewScalar().Invert(q)), q), new(big.Int).Mul(a, big.NewInt(int64(1-q.IsZero())))},
		} {
			if integer(v.got).Cmp(new(big.Int).Mod(v.want, c.oracle.L)) != 0 {
				t.Errorf("%v: %s of %x and %x is %v", c, what, x, y, integer(v.got))
			}
		}
	})
}
