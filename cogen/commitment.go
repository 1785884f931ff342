package cogen

import (
	"errors"
	"fmt"
	"slices"

	"meshkey/internal/curve"
)

// MaxShares bounds how many shares a key is split into, and how many are
// needed.
const MaxShares = 10_000

// A Commitment is what everyone may know of a sharing: the multiples of the
// base point by the coefficients of its polynomial, the constant one first,
// which is the public key (Feldman 1987). From it follows the public share of
// every index, so each holder can verify his share alone. It does not change.
type Commitment struct {
	algorithm Algorithm
	points    []*curve.Point
	encoded   [][]byte
}

// NewCommitment reads as many public keys as shares are needed, encoded as
// PublicKey.Bytes has them, with the sign of v. It refuses what NewPublicKey
// refuses.
func (a Algorithm) NewCommitment(points [][]byte) (*Commitment, error) {
	if len(points) == 0 || len(points) > MaxShares {
		return nil, fmt.Errorf("cogen: a commitment has 1 to %d points", MaxShares)
	}
	c := &Commitment{a, make([]*curve.Point, len(points)), make([][]byte, len(points))}
	for i, b := range points {
		p, err := a.NewPublicKey(b)
		if err != nil {
			return nil, fmt.Errorf("cogen: point %d of a commitment: %w", i+1, err)
		}
		if len(b) != a.suite.curve.PointLen() {
			return nil, errors.New("cogen: a point of a commitment has no sign")
		}
		c.points[i], c.encoded[i] = p.point, p.encoded
	}
	return c, nil
}

// Algorithm returns the algorithm of the key.
func (c *Commitment) Algorithm() Algorithm { return c.algorithm }

// Need is the number of shares that are needed.
func (c *Commitment) Need() int { return len(c.points) }

// Key returns the public key that is shared.
func (c *Commitment) Key() *PublicKey {
	return &PublicKey{c.algorithm, c.points[0], c.encoded[0]}
}

// Bytes returns copies of the encoded points.
func (c *Commitment) Bytes() [][]byte {
	out := make([][]byte, len(c.encoded))
	for i := range out {
		out[i] = slices.Clone(c.encoded[i])
	}
	return out
}

// Equal reports whether c and d are the same.
func (c *Commitment) Equal(d *Commitment) bool {
	return c.algorithm == d.algorithm && slices.EqualFunc(c.encoded, d.encoded, slices.Equal)
}

// PublicShare returns the public key of the share of that index. For an index
// of few bits it costs as many doublings and additions for each point. It is
// an error if the share is 0, or the index not below the group order.
func (c *Commitment) PublicShare(i Index) (*PublicKey, error) {
	x, err := i.scalar(c.algorithm.suite.curve)
	if err != nil {
		return nil, err
	}
	p := c.evaluate(i, x)
	if p.IsIdentity() == 1 {
		return nil, fmt.Errorf("cogen: the share of index %v is 0", i)
	}
	return &PublicKey{c.algorithm, p, p.Bytes()}, nil
}

// evaluate is the polynomial in the exponent, by Horner's rule.
func (c *Commitment) evaluate(i Index, x *curve.Scalar) *curve.Point {
	p := c.algorithm.suite.curve.NewPoint()
	if small, ok := i.Uint64(); ok && small < 1<<32 {
		return p.HornerVarTime(small, c.points)
	}
	powers := make([]*curve.Scalar, len(c.points))
	power := c.algorithm.suite.curve.NewScalar().SetUint64(1)
	for k := range powers {
		powers[k] = c.algorithm.suite.curve.NewScalar().Set(power)
		power.Mul(power, x)
	}
	return p.MultiScalarMultVarTime(powers, c.points)
}
