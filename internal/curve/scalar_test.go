package curve_test

import (
	"bytes"
	"math/big"
	"testing"

	"meshkey/internal/curve"
	"meshkey/internal/oracle"
)

func TestScalarArithmetic(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		list := c.scalars(20)
		check := func(what string, got *curve.Scalar, want *big.Int) {
			t.Helper()
			if want.Mod(want, c.oracle.L); integer(got).Cmp(want) != 0 {
				t.Errorf("%s is %v, want %v", what, integer(got), want)
			}
		}
		for _, x := range list {
			a := integer(x)
			check("-x", c.NewScalar().Neg(x), new(big.Int).Neg(a))
			check("1/x·x", c.NewScalar().Mul(c.NewScalar().Invert(x), x), big.NewInt(int64(a.Sign())))
			for _, y := range list {
				b := integer(y)
				check("x+y", c.NewScalar().Add(x, y), new(big.Int).Add(a, b))
				check("x-y", c.NewScalar().Sub(x, y), new(big.Int).Sub(a, b))
				check("x·y", c.NewScalar().Mul(x, y), new(big.Int).Mul(a, b))
				if got := x.Equal(y) == 1; got != (a.Cmp(b) == 0) {
					t.Errorf("%v equal to %v: %v", a, b, got)
				}
			}
		}
	})
}

func TestScalarReceiverMayBeArgument(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		x, y := c.scalar(big.NewInt(-5)), c.scalar(big.NewInt(7))
		for what, got := range map[string]*curve.Scalar{
			"-12": c.NewScalar().Set(x).Sub(x, y), "-10": twice(x, (*curve.Scalar).Add),
			"25": twice(x, (*curve.Scalar).Mul), "0": twice(x, (*curve.Scalar).Sub),
		} {
			want, _ := new(big.Int).SetString(what, 10)
			if got.Equal(c.scalar(want)) != 1 {
				t.Errorf("%v, want %s", integer(got), what)
			}
		}
		z := c.NewScalar().Set(x)
		if z.Neg(z).Equal(c.scalar(big.NewInt(5))) != 1 {
			t.Error("Neg in place")
		}
		z.Set(x)
		if z.Invert(z).Mul(z, x).Equal(c.scalar(big.NewInt(1))) != 1 {
			t.Error("Invert in place")
		}
	})
}

func twice(x *curve.Scalar, f func(s, a, b *curve.Scalar) *curve.Scalar) *curve.Scalar {
	s := *x
	return f(&s, &s, &s)
}

func TestScalarWide(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		r := newSource()
		for n := range 3*c.ScalarLen() + 3 {
			for _, b := range [][]byte{r.octets(n), bytes.Repeat([]byte{0xff}, n)} {
				want := oracle.FromLittleEndian(b)
				if got := integer(c.NewScalar().SetWide(b)); got.Cmp(want.Mod(want, c.oracle.L)) != 0 {
					t.Fatalf("%d octets: %v, want %v", n, got, want)
				}
			}
		}
	})
}

func TestScalarCanonical(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		n := c.ScalarLen()
		bits := new(big.Int).Lsh(big.NewInt(1), uint(8*n))
		for _, v := range []struct {
			value *big.Int
			good  bool
		}{
			{big.NewInt(0), true},
			{new(big.Int).Sub(c.oracle.L, big.NewInt(1)), true},
			{c.oracle.L, false},
			{new(big.Int).Add(c.oracle.L, big.NewInt(1)), false},
			{bits.Sub(bits, big.NewInt(1)), false},
		} {
			b := oracle.LittleEndian(v.value, n)
			s := c.NewScalar().SetUint64(9)
			_, err := s.SetCanonical(b)
			switch {
			case (err == nil) != v.good:
				t.Errorf("%v: %v", v.value, err)
			case v.good && !bytes.Equal(s.Bytes(), b):
				t.Errorf("%v reads as %x", v.value, s.Bytes())
			case !v.good && s.Equal(c.NewScalar().SetUint64(9)) != 1:
				t.Errorf("%v: the receiver changed", v.value)
			}
		}
		for _, length := range []int{0, 1, n - 1, n + 1, 2 * n} {
			if _, err := c.NewScalar().SetCanonical(make([]byte, length)); err == nil {
				t.Errorf("%d octets are taken", length)
			}
		}
	})
}

func TestScalarClamped(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		r, n := newSource(), c.ScalarLen()
		for _, b := range [][]byte{make([]byte, n), bytes.Repeat([]byte{0xff}, n), r.octets(n), r.octets(n)} {
			before := bytes.Clone(b)
			want := oracle.Clamp(b)
			if got := integer(c.NewScalar().SetClamped(b)); got.Cmp(want.Mod(want, c.oracle.L)) != 0 {
				t.Errorf("%x: %v, want %v", b, got, want)
			}
			if !bytes.Equal(b, before) {
				t.Error("the argument changed")
			}
		}
	})
}

func TestScalarWipe(t *testing.T) {
	s := curve.Ed448().NewScalar().SetUint64(7)
	if s.Wipe(); s.IsZero() != 1 {
		t.Error("a wiped scalar is not 0")
	}
}

// Scalars and points of different groups do not meet by accident.
func TestMixedCurvesPanic(t *testing.T) {
	x, y := curve.Ed25519(), curve.Ed448()
	for name, f := range map[string]func(){
		"scalars":        func() { x.NewScalar().Add(x.NewScalar(), y.NewScalar()) },
		"scalar set":     func() { x.NewScalar().Set(y.NewScalar()) },
		"points":         func() { x.NewPoint().Add(x.NewPoint(), y.NewPoint()) },
		"one field":      func() { x.NewPoint().Set(curve.X25519().NewPoint()) },
		"one field, 448": func() { y.NewPoint().Equal(curve.X448().NewPoint()) },
		"scalar, point":  func() { x.NewPoint().ScalarMult(y.NewScalar(), x.NewPoint()) },
		"scalar, base":   func() { y.NewPoint().ScalarBaseMult(x.NewScalar()) },
		"sum": func() {
			x.NewPoint().MultiScalarMultVarTime([]*curve.Scalar{x.NewScalar()}, []*curve.Point{y.NewPoint()})
		},
		"sum, lengths": func() { x.NewPoint().MultiScalarMultVarTime([]*curve.Scalar{x.NewScalar()}, nil) },
		"clamped":      func() { x.NewScalar().SetClamped(make([]byte, 56)) },
		"plain":        func() { _, _ = x.DecodePlain(make([]byte, 32)) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}
