package cogen

import (
	"errors"
	"fmt"
	"slices"

	"meshkey/internal/curve"
)

// A Partial is the contribution of one holder to a key agreement: his share of
// the private key times the other side's public key, a whole point, as sums
// need it (draft-hallambaker-threshold-06), and the proof that it is
// that. It is secret to the degree that the others' are known: all together
// give the agreement. It does not change.
type Partial struct {
	algorithm Algorithm
	index     Index // zero for a summand
	point     *curve.Point
	encoded   []byte
	proof     []byte // nil if there is none
}

// A Context is the occasion a proof is bound to.
type Context struct {
	Group   string // whose key it is
	Request string // what was asked for, once only
	Grantee string // who asked
}

// Agree returns k times the public key of the other side, as the contribution
// of a key whose sum with others is the private key, without a proof.
//
// If the public key came without the sign of v, the one whose v is even is
// meant. All contributions to an agreement have to mean the same; the agreement
// does not depend on it.
func (k *PrivateKey) Agree(peer *PublicKey) (*Partial, error) {
	return k.agree(Index{}, peer)
}

// AgreeProved is Agree with a proof for k's public key.
func (k *PrivateKey) AgreeProved(peer *PublicKey, ctx Context) (*Partial, error) {
	return k.agreeProved(Index{}, peer, ctx)
}

// Agree returns the contribution of a share, with a proof for the public share
// that follows from the commitment.
func (s *Share) Agree(peer *PublicKey, ctx Context) (*Partial, error) {
	return s.key.agreeProved(s.index, peer, ctx)
}

func (k *PrivateKey) agreeProved(i Index, peer *PublicKey, ctx Context) (*Partial, error) {
	p, err := k.agree(i, peer)
	if err != nil {
		return nil, err
	}
	p.proof = k.proveAgreement(p, peer, ctx)
	return p, nil
}

func (k *PrivateKey) agree(i Index, peer *PublicKey) (*Partial, error) {
	switch {
	case k.octets.Len() == 0:
		return nil, errWiped
	case k.algorithm != peer.algorithm:
		return nil, errAlgorithm
	}
	s := k.scalar()
	defer s.Wipe()
	q := k.algorithm.suite.curve.NewPoint().ScalarMult(s, peer.point)
	return &Partial{k.algorithm, i, q, q.Bytes(), nil}, nil
}

// ParsePartial reads what Bytes and Proof return; the index is the zero Index
// for a summand, and the proof is empty if there is none. It refuses the points
// that NewPublicKey refuses.
func (a Algorithm) ParsePartial(i Index, point, proof []byte) (*Partial, error) {
	if len(point) != a.suite.curve.PointLen() {
		return nil, fmt.Errorf("cogen: a contribution to an agreement of %v has %d octets", a, a.suite.curve.PointLen())
	}
	p, err := a.NewPublicKey(point)
	if err != nil {
		return nil, fmt.Errorf("cogen: a contribution to an agreement: %w", err)
	}
	if len(proof) != 0 && len(proof) != a.proofLen() {
		return nil, fmt.Errorf("cogen: the proof of a contribution of %v has %d octets", a, a.proofLen())
	}
	return &Partial{a, i, p.point, p.encoded, slices.Clone(proof)}, nil
}

// Algorithm returns the algorithm of the key.
func (p *Partial) Algorithm() Algorithm { return p.algorithm }

// Index returns the index of the share, the zero Index for a summand.
func (p *Partial) Index() Index { return p.index }

// Bytes returns the point in the Mesh's encoding, with the sign of v: 33 octets
// for X25519, 57 for X448, 32 for Ed25519, 57 for Ed448.
func (p *Partial) Bytes() []byte { return slices.Clone(p.encoded) }

// Proof returns the proof, nil if there is none.
func (p *Partial) Proof() []byte { return slices.Clone(p.proof) }

// A ProofError names the holder whose contribution is not proved.
type ProofError struct{ Index Index }

// Error implements error.
func (e *ProofError) Error() string {
	if e.Index.IsZero() {
		return "cogen: a contribution to the agreement is not what its holder's public key makes it"
	}
	return fmt.Sprintf("cogen: the contribution to the agreement from share %v is not what its public share makes it", e.Index)
}

// Verify checks the proof of p: that the private key of holder, a public share
// or the public key of a summand, was multiplied with peer, for this context.
// The error is a *ProofError, also if there is no proof.
func (p *Partial) Verify(holder, peer *PublicKey, ctx Context) error {
	if holder.algorithm != p.algorithm || peer.algorithm != p.algorithm {
		return errAlgorithm
	}
	if len(holder.encoded) != p.algorithm.suite.curve.PointLen() {
		return errors.New("cogen: a public share without the sign of v")
	}
	if !p.verify(holder, peer, ctx) {
		return &ProofError{p.index}
	}
	return nil
}
