package cogen

import (
	"errors"
	"slices"

	"meshkey/internal/curve"
)

var errAbsent = errors.New("cogen: the index is not among those that are present")

// Weighted returns the summand of the shared key that s is when it meets the
// shares of the indexes at, its own among them: as many as are needed, or more.
// The summands of all of them add up to the key.
func (s *Share) Weighted(at []Index) (*PrivateKey, error) {
	if s.key.octets.Len() == 0 {
		return nil, errWiped
	}
	w, err := s.commitment.weight(s.index, at)
	if err != nil {
		return nil, err
	}
	x := s.key.scalar()
	defer x.Wipe()
	return s.Algorithm().fromScalar(x.Mul(x, w))
}

// WeightedShare returns the public key of what Weighted makes of the share of
// index i.
func (c *Commitment) WeightedShare(i Index, at []Index) (*PublicKey, error) {
	w, err := c.weight(i, at)
	if err != nil {
		return nil, err
	}
	share, err := c.PublicShare(i)
	if err != nil {
		return nil, err
	}
	p := c.algorithm.suite.curve.NewPoint()
	p.MultiScalarMultVarTime([]*curve.Scalar{w}, []*curve.Point{share.point})
	return &PublicKey{c.algorithm, p, p.Bytes()}, nil // not the identity, since no weight is 0
}

// weight is the Lagrange coefficient of index i, which is public.
func (c *Commitment) weight(i Index, at []Index) (*curve.Scalar, error) {
	n := slices.Index(at, i)
	if n < 0 || len(at) < len(c.points) {
		return nil, errAbsent
	}
	l, err := newInterpolation(c.algorithm.suite.curve, at)
	if err != nil {
		return nil, err
	}
	return l.weights()[n], nil
}
