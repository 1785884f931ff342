package cogen

import "meshkey/internal/curve"

// Weights returns for each of the indexes the factor of its share in the
// value of the polynomial at 0, the Lagrange coefficients modulo the group
// order, little-endian: draft-hallambaker-threshold-06. The
// indexes are public. It is an error if one of them comes twice.
func (a Algorithm) Weights(at []Index) ([][]byte, error) {
	w, err := weights(a.suite.curve, at)
	if err != nil {
		return nil, err
	}
	out := make([][]byte, len(w))
	for i := range w {
		out[i] = w[i].Bytes()
	}
	return out, nil
}

// weights costs one inversion and a number of multiplications that grows with
// the square of the number of indexes.
func weights(c *curve.Curve, at []Index) ([]*curve.Scalar, error) {
	x, err := places(c, at)
	if err != nil {
		return nil, err
	}
	// w[i] = Π x[j] / Π (x[j] - x[i]), j ≠ i
	over, under := make([]*curve.Scalar, len(x)), make([]*curve.Scalar, len(x))
	difference := c.NewScalar()
	for i := range x {
		over[i], under[i] = c.NewScalar().SetUint64(1), c.NewScalar().SetUint64(1)
		for j := range x {
			if i != j {
				over[i].Mul(over[i], x[j])
				under[i].Mul(under[i], difference.Sub(x[j], x[i]))
			}
		}
	}
	invertAll(c, under)
	for i := range x {
		over[i].Mul(over[i], under[i])
	}
	return over, nil
}

// invertAll inverts scalars, none of which is 0, with one inversion.
func invertAll(c *curve.Curve, s []*curve.Scalar) {
	before := make([]*curve.Scalar, len(s)) // the product of those before
	all := c.NewScalar().SetUint64(1)
	for i := range s {
		before[i] = c.NewScalar().Set(all)
		all.Mul(all, s[i])
	}
	all.Invert(all)
	for i := len(s) - 1; i >= 0; i-- {
		next := c.NewScalar().Mul(all, s[i])
		s[i].Mul(all, before[i])
		all = next
	}
}
