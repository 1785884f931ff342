package dkg

import (
	"meshkey/cogen"
	"meshkey/internal/curve"
)

// A polynomial has secret coefficients, the constant first.
type polynomial []*curve.Scalar

// at returns the value at x. Its time shows the degree alone.
func (f polynomial) at(s *suite, x *curve.Scalar) *curve.Scalar {
	y := s.curve.NewScalar()
	for k := len(f) - 1; k >= 0; k-- {
		y.Mul(y, x)
		y.Add(y, f[k])
	}
	return y
}

// commitment returns the encoded multiples of the base point by the
// coefficients, one after the other.
func (f polynomial) commitment(s *suite) []byte {
	out := make([]byte, 0, len(f)*s.curve.PointLen())
	p := s.curve.NewPoint()
	for _, a := range f {
		out = append(out, p.ScalarBaseMult(a).Bytes()...)
	}
	return out
}

func (f polynomial) wipe() {
	for _, a := range f {
		a.Wipe()
	}
}

// valueVarTime returns the value at x of the polynomial that the points commit
// to, times the base point. An index of up to 64 bits takes a few additions a
// coefficient.
func (s *suite) valueVarTime(points []*curve.Point, x cogen.Index) *curve.Point {
	value := s.curve.NewPoint()
	if small, ok := x.Uint64(); ok {
		return value.HornerVarTime(small, points)
	}
	large := s.scalar(x)
	for k := len(points) - 1; k >= 0; k-- {
		value.ScalarMult(large, value)
		value.Add(value, points[k])
	}
	return value
}
