package cogen

import (
	"errors"
	"fmt"

	"meshkey/internal/curve"
	"meshkey/internal/secret"
	"meshkey/shamir"
)

// A Sharing is all shares of a key, of which any Commitment.Need give it back.
type Sharing struct {
	Commitment *Commitment
	Shares     []*Share
}

// Wipe clears the shares.
func (s *Sharing) Wipe() {
	for _, share := range s.Shares {
		share.Wipe()
	}
}

// Split splits k into q.Of shares, of the indexes 1 to q.Of, any q.Need of
// which give the key back and fewer say nothing of it: Shamir's sharing over
// the group order, draft-hallambaker-threshold-06. Here q.Of may
// be up to MaxShares.
func (k *PrivateKey) Split(q shamir.Quorum) (*Sharing, error) {
	if q.Need < 1 || q.Of < q.Need || q.Of > MaxShares {
		return nil, fmt.Errorf("cogen: a key is split so that 1 to %d shares are needed, and no more than there are", MaxShares)
	}
	at := make([]Index, q.Of)
	for i := range at {
		at[i] = NewIndex(uint64(i + 1))
	}
	return k.SplitAt(q.Need, at)
}

// SplitAt is Split with given indexes, of which none may come twice.
func (k *PrivateKey) SplitAt(need int, at []Index) (*Sharing, error) {
	if need < 1 || need > len(at) || len(at) > MaxShares {
		return nil, errors.New("cogen: more shares are needed than there are, or none")
	}
	for {
		random := secret.Random((need - 1) * 2 * k.algorithm.PrivateLen())
		s, err := k.splitAt(need, at, random)
		random.Wipe()
		if !errors.Is(err, errZeroShare) { // never seen
			return s, err
		}
	}
}

// splitAt takes the coefficients from random.
func (k *PrivateKey) splitAt(need int, at []Index, random *secret.Bytes) (*Sharing, error) {
	if k.octets.Len() == 0 {
		return nil, errWiped
	}
	x, err := places(k.algorithm.suite.curve, at)
	if err != nil {
		return nil, err
	}
	c := k.algorithm.suite.curve
	f := make([]*curve.Scalar, need)
	f[0] = k.scalar()
	wide := 2 * c.ScalarLen()
	for i := 1; i < need; i++ {
		f[i] = c.NewScalar().SetWide(random.Reveal()[(i-1)*wide : i*wide])
	}
	defer func() {
		for _, s := range f {
			s.Wipe()
		}
	}()
	commitment := &Commitment{k.algorithm, make([]*curve.Point, need), make([][]byte, need)}
	for i, s := range f {
		if s.IsZero() == 1 {
			return nil, errZeroShare
		}
		p := c.NewPoint().ScalarBaseMult(s)
		commitment.points[i], commitment.encoded[i] = p, p.Bytes()
	}
	sharing := &Sharing{Commitment: commitment}
	y := c.NewScalar()
	defer y.Wipe()
	for i := range x {
		y.Set(f[need-1])
		for j := need - 2; j >= 0; j-- {
			y.Add(y.Mul(y, x[i]), f[j])
		}
		if y.IsZero() == 1 {
			sharing.Wipe()
			return nil, errZeroShare
		}
		key, err := k.algorithm.fromScalar(y)
		if err != nil {
			return nil, err
		}
		sharing.Shares = append(sharing.Shares, &Share{at[i], key, commitment})
	}
	return sharing, nil
}

// places returns indexes as scalars, and refuses one that comes twice.
func places(c *curve.Curve, at []Index) ([]*curve.Scalar, error) {
	seen := make(map[Index]bool, len(at))
	x := make([]*curve.Scalar, len(at))
	for i, index := range at {
		if seen[index] {
			return nil, fmt.Errorf("cogen: the index %v comes twice", index)
		}
		seen[index] = true
		var err error
		if x[i], err = index.scalar(c); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// Recombine gives back the private key, a bare scalar, from as many shares of
// one commitment as are needed, or more. What it returns has the public key of
// the commitment.
func Recombine(shares ...*Share) (*PrivateKey, error) {
	if len(shares) == 0 {
		return nil, errors.New("cogen: no shares")
	}
	commitment := shares[0].commitment
	if len(shares) < commitment.Need() {
		return nil, &shamir.TooFewError{Have: len(shares), Need: commitment.Need()}
	}
	at := make([]Index, len(shares))
	for i, s := range shares {
		if at[i] = s.index; s.commitment != commitment && !s.commitment.Equal(commitment) {
			return nil, errors.New("cogen: shares of different keys, or of different sharings of one")
		}
		if s.key.octets.Len() == 0 {
			return nil, errWiped
		}
	}
	l, err := newInterpolation(commitment.algorithm.suite.curve, at)
	if err != nil {
		return nil, err
	}
	w := l.weights()
	sum := commitment.algorithm.suite.curve.NewScalar()
	defer sum.Wipe()
	for i, s := range shares {
		y := s.key.scalar()
		sum.Add(sum, y.Mul(y, w[i]))
		y.Wipe()
	}
	key, err := commitment.algorithm.fromScalar(sum)
	switch {
	case err == nil && key.public.Equal(commitment.Key()):
		return key, nil
	case err == nil:
		key.Wipe()
	}
	return nil, errors.New("cogen: the shares do not give the key of their commitment")
}
