package frost

import (
	"bytes"
	"errors"
	"fmt"

	"meshkey/cogen"
	"meshkey/internal/curve"
	"meshkey/internal/secret"
)

// A Signer is one holder of a share. It prints as secret.Bytes do. Several
// goroutines may use it, until one calls Wipe.
type Signer struct {
	group *Group
	index cogen.Index
	share *secret.Bytes // encoded scalar
}

// NewSigner returns the signer with a copy of share. It is an error if the
// share has another commitment than the group, or its holder is not one of
// those named.
func (g *Group) NewSigner(share *cogen.Share) (*Signer, error) {
	if s, err := SuiteOf(share.Algorithm()); err != nil || s != g.Suite() || g.identify(share.Commitment().Bytes()) != g.id {
		return nil, errGroup
	}
	scalar := share.Scalar()
	defer secret.Wipe(scalar)
	return g.NewSignerScalar(share.Index(), scalar)
}

// NewSignerScalar returns the signer with a copy of a share: an integer below
// the group order, 32 octets or, for Ed448, 56, little-endian. It is an error
// if that is not the share of that index, or its holder is not one of those
// named.
func (g *Group) NewSignerScalar(i cogen.Index, le []byte) (*Signer, error) {
	if _, err := g.indexScalar(i); err != nil {
		return nil, err
	}
	if !g.allows(i) {
		return nil, &HolderError{[]cogen.Index{i}, "not a holder of this group"}
	}
	s, err := g.curve.NewScalar().SetCanonical(le)
	if err != nil {
		return nil, errScalar
	}
	defer s.Wipe()
	if g.curve.NewPoint().ScalarBaseMult(s).Equal(g.publicShare(i)) == 0 {
		return nil, fmt.Errorf("frost: not the share of holder %v", i)
	}
	return &Signer{g, i, secret.Take(g.encodeScalar(s))}, nil
}

// Group returns the group of s.
func (s *Signer) Group() *Group { return s.group }

// Index returns the index of s.
func (s *Signer) Index() cogen.Index { return s.index }

// Scalar returns a copy of the share as NewSignerScalar takes it, nil after
// Wipe. It is secret.
func (s *Signer) Scalar() []byte {
	if s.share.Len() == 0 {
		return nil
	}
	return bytes.Clone(s.share.Reveal()[:s.group.curve.ScalarLen()])
}

// Wipe clears the share. What needs it fails from then on.
func (s *Signer) Wipe() { s.share.Wipe() }

// Format implements fmt.Formatter: every verb and flag prints the same word.
func (s Signer) Format(f fmt.State, verb rune) { s.share.Format(f, verb) }

var errWiped = errors.New("frost: the share was wiped")

// Sign is round two, RFC 9591, Section 5.2: it uses up nonces and returns the
// signature share for p. The holder has seen message and approved it, and p
// must be for it: ErrMessage if not.
//
// It is a *HolderError if p does not have the very commitment that belongs to
// nonces, and ErrUsed if these have signed before. On any error nonces are as
// they were.
func (s *Signer) Sign(nonces *Nonces, message []byte, p *Package) (*SignatureShare, error) {
	if p.group.id != s.group.id || nonces.group.id != s.group.id {
		return nil, errGroup
	}
	if !bytes.Equal(message, p.message) {
		return nil, ErrMessage
	}
	at, found := p.places[s.index]
	if !found || !bytes.Equal(p.commitments[at].encoded, nonces.commitment.encoded) {
		return nil, &HolderError{[]cogen.Index{s.index}, "the package does not have the commitment that it made with these nonces"}
	}
	share, err := s.group.decodeScalar(s.share.Reveal())
	if err != nil {
		return nil, errWiped
	}
	defer share.Wipe()
	hiding, binding, err := nonces.take()
	if err != nil {
		return nil, err
	}
	defer hiding.Wipe()
	defer binding.Wipe()

	// z = d + ρ·e + λ·c·s
	weight := p.weight(at)
	share.Mul(share, weight.Mul(weight, p.challenge))
	z := binding.Mul(binding, p.factors[at])
	z.Add(z, hiding).Add(z, share)
	return &SignatureShare{s.group, s.index, p.digest, s.group.curve.NewScalar().Set(z)}, nil
}

// weight is the Lagrange coefficient at 0 of the signer at that place among
// all of p: RFC 9591, Section 4.2.
func (p *Package) weight(at int) *curve.Scalar {
	c := p.group.curve
	x := p.commitments[at].x
	above, below, t := c.NewScalar().SetUint64(1), c.NewScalar().SetUint64(1), c.NewScalar()
	for i, other := range p.commitments {
		if i != at {
			above.Mul(above, other.x)
			below.Mul(below, t.Sub(other.x, x))
		}
	}
	return above.Mul(above, below.Invert(below))
}
