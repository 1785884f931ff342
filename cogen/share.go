package cogen

import (
	"fmt"
)

// A Share is one of the shares of a private key, with the commitment it agrees
// with. It prints as secret.Bytes do. Several goroutines may use it, until one
// calls Wipe.
type Share struct {
	index      Index
	key        *PrivateKey // a bare scalar
	commitment *Commitment
}

// A ShareError names a share that is not what its commitment says.
type ShareError struct{ Index Index }

// Error implements error.
func (e *ShareError) Error() string {
	return fmt.Sprintf("cogen: the share of index %v does not agree with its commitment", e.Index)
}

// NewShare makes a share of a copy of its scalar, little-endian, PrivateLen
// octets, below the group order. If it does not agree with the commitment the
// error is a *ShareError.
func NewShare(c *Commitment, i Index, scalar []byte) (*Share, error) {
	x, err := c.algorithm.suite.curve.NewScalar().SetCanonical(scalar)
	if err != nil {
		return nil, fmt.Errorf("cogen: the share of index %v is no scalar: %w", i, err)
	}
	x.Wipe()
	key, err := c.algorithm.NewPrivateScalar(scalar)
	if err != nil {
		return nil, err
	}
	s := &Share{i, key, c}
	if err := s.Verify(); err != nil {
		key.Wipe()
		return nil, err
	}
	return s, nil
}

// Verify checks that the share agrees with its commitment, as NewShare does.
func (s *Share) Verify() error {
	p, err := s.commitment.PublicShare(s.index)
	if err != nil {
		return err
	}
	if !p.Equal(s.key.public) {
		return &ShareError{s.index}
	}
	return nil
}

// Algorithm returns the algorithm of the key that is shared.
func (s *Share) Algorithm() Algorithm { return s.key.algorithm }

// Index returns the index.
func (s *Share) Index() Index { return s.index }

// Key returns the share as a private key, a bare scalar. It is the share's
// own: Wipe wipes it.
func (s *Share) Key() *PrivateKey { return s.key }

// Commitment returns the commitment of the sharing.
func (s *Share) Commitment() *Commitment { return s.commitment }

// Scalar returns a copy of the scalar, little-endian, secret as it is.
func (s *Share) Scalar() []byte { return s.key.Bytes() }

// Wipe clears the scalar.
func (s *Share) Wipe() { s.key.Wipe() }

// Format implements fmt.Formatter: every verb and flag prints the same word.
func (s Share) Format(f fmt.State, verb rune) { s.key.Format(f, verb) }
