package dkg

import (
	"meshkey/cogen"
	"meshkey/internal/curve"
)

// weightsAt returns the weights by which the values of a polynomial at the
// indexes add up to its value at x: Lagrange's. The indexes are public,
// different, and none of them is x.
func (s *suite) weightsAt(x *curve.Scalar, at []cogen.Index) []*curve.Scalar {
	xs, whole := make([]*curve.Scalar, len(at)), s.curve.NewScalar().SetUint64(1)
	for i := range at {
		xs[i] = s.scalar(at[i])
		whole.Mul(whole, s.curve.NewScalar().Sub(xs[i], x))
	}
	out := make([]*curve.Scalar, len(at))
	d := s.curve.NewScalar()
	for i := range at {
		// whole / ((xi - x)·Π(xj - xi)), every factor with its sign
		w := s.curve.NewScalar().Sub(xs[i], x)
		for j := range at {
			if j != i {
				w.Mul(w, d.Sub(xs[j], xs[i]))
			}
		}
		out[i] = w.Mul(w.Invert(w), whole)
	}
	return out
}

// publicShares returns the public shares at the indexes, times their weights:
// what their holders' summands of the value are, times the base point.
func (s *suite) publicShares(c *cogen.Commitment, at []cogen.Index, weights []*curve.Scalar) ([]*curve.Point, error) {
	out := make([]*curve.Point, len(at))
	for i, x := range at {
		y, err := c.PublicShare(x)
		if err != nil {
			return nil, err
		}
		p, err := s.curve.Decode(y.Bytes())
		if err != nil {
			return nil, err
		}
		out[i] = p.ScalarMult(weights[i], p)
	}
	return out, nil
}
