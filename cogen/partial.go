package cogen

import (
	"fmt"
	"slices"

	"meshkey/internal/curve"
	"meshkey/internal/secret"
)

// A Partial is the contribution of one holder to a key agreement: his share of
// the private key times the other side's public key, a whole point, as sums
// need it (draft-hallambaker-threshold-06), and the proof that it is that. It is
// secret to the degree that the others' are known, since all together give the
// agreement; so it prints as secret.Bytes do. It does not change.
type Partial struct {
	algorithm Algorithm
	index     Index // zero for a summand
	point     *curve.Point
	encoded   []byte
	scaling   byte   // Context.Highest, or weighted
	proof     *proof // nil if there is none
}

// A Context is the occasion a proof is bound to.
type Context struct {
	Group   string // whose key it is
	Request string // what was asked for, once only
	Grantee string // who asked
	// Highest is the highest index of the holders of shares, if it is at most
	// MaxHighest and all of them know it, and else 0. It makes combining
	// cheaper by a multiplication: each holder then answers with his share
	// over (Highest-1)!.
	Highest int
	// Present are the indexes of all whose shares are combined, in ascending
	// order, if the holders know that beforehand, and else empty. Each holder
	// then answers with his weighted share, and combining is adding. Highest
	// has to be 0.
	Present []Index
}

// Agree returns k times the public key of the other side, as the contribution
// of a key whose sum with others is the private key, without a proof.
//
// If the public key came without the sign of v, the one whose v is even is
// meant. All contributions to an agreement have to mean the same; the agreement
// does not depend on it.
func (k *PrivateKey) Agree(peer *PublicKey) (*Partial, error) {
	return k.agree(Index{}, scale{}, peer)
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
	scale, err := ctx.scale(k.algorithm.suite.curve, i)
	if err != nil {
		return nil, err
	}
	p, err := k.agree(i, scale, peer)
	if err != nil {
		return nil, err
	}
	p.proof = k.proveAgreement(p, scale, peer, ctx)
	return p, nil
}

func (k *PrivateKey) agree(i Index, scale scale, peer *PublicKey) (*Partial, error) {
	switch {
	case k.octets.Len() == 0:
		return nil, errWiped
	case k.algorithm != peer.algorithm:
		return nil, errAlgorithm
	}
	// Spec: the drafts want an agreed sign where the public key has none, and
	// name none. It is the one it came with, or even.
	s := k.scalar()
	defer s.Wipe()
	q, encoded := peer.times(scale.apply(s))
	return &Partial{k.algorithm, i, q, encoded, scale.octet, nil}, nil
}

// ParsePartial reads what Bytes and Proof return; the index is the zero Index
// for a summand, and the proof is empty if there is none. It refuses what is no
// point with the sign of v, and points of small order. Other points with
// torsion are left to Verify, which is dearer.
func (a Algorithm) ParsePartial(i Index, point, proof []byte) (*Partial, error) {
	if !i.IsZero() {
		if _, err := i.scalar(a.suite.curve); err != nil {
			return nil, err
		}
	}
	q, err := a.suite.curve.Decode(point)
	if err != nil {
		return nil, fmt.Errorf("cogen: not a contribution to an agreement of %v: %w", a, err)
	}
	p := &Partial{a, i, q, slices.Clone(point), 0, nil}
	if len(proof) == 0 {
		return p, nil
	}
	if p.scaling = proof[0]; p.scaling > MaxHighest && p.scaling != weighted || p.scaling > 0 && i.IsZero() {
		return nil, errProof
	}
	if p.proof, err = a.parseProof(proof[1:]); err != nil {
		return nil, err
	}
	return p, nil
}

// Algorithm returns the algorithm of the key.
func (p *Partial) Algorithm() Algorithm { return p.algorithm }

// Index returns the index of the share, the zero Index for a summand.
func (p *Partial) Index() Index { return p.index }

// Bytes returns the point in the Mesh's encoding, with the sign of v: 33 octets
// for X25519, 57 for X448, 32 for Ed25519, 57 for Ed448.
func (p *Partial) Bytes() []byte { return slices.Clone(p.encoded) }

// Proof returns the proof, nil if there is none: an octet, which is
// Context.Highest or, if Context.Present is not empty, ff; then the challenge
// and the response, scalars of PrivateLen octets, little-endian.
func (p *Partial) Proof() []byte {
	if p.proof == nil {
		return nil
	}
	return slices.Concat([]byte{p.scaling}, p.proof.challenge.Bytes(), p.proof.response.Bytes())
}

// Format implements fmt.Formatter: every verb and flag prints the same word.
func (p Partial) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }

// A ProofError names the holder whose contribution is not proved: the holder of
// the share of that index, or of a summand if it is zero.
type ProofError struct {
	Index  Index
	Reason string
}

// Error implements error.
func (e *ProofError) Error() string {
	who := "of a summand"
	if !e.Index.IsZero() {
		who = fmt.Sprintf("from share %v", e.Index)
	}
	return fmt.Sprintf("cogen: the contribution to the agreement %s: %s", who, e.Reason)
}

// Verify checks the proof of p: that the private key of holder, a public share
// or the public key of a summand, was multiplied with peer, for this context.
// The public share at p's index is what Commitment.PublicShare says, whoever
// else may have sent one. The error is a *ProofError, also if there is no
// proof. Its time depends on the arguments.
func (p *Partial) Verify(holder, peer *PublicKey, ctx Context) error {
	if reason := p.refused(holder, peer, ctx); reason != "" {
		return &ProofError{p.index, reason}
	}
	return nil
}

func (p *Partial) refused(holder, peer *PublicKey, ctx Context) string {
	scale, err := ctx.scale(p.algorithm.suite.curve, p.index)
	switch {
	case holder.algorithm != p.algorithm || peer.algorithm != p.algorithm:
		return "it is of another algorithm"
	case len(holder.encoded) != p.algorithm.suite.curve.PointLen():
		return "the public key of its holder has no sign of v"
	case p.proof == nil:
		return "it has no proof"
	case err != nil || scale.octet != p.scaling:
		return "it is not divided or weighted as was agreed"
	case p.point.IsTorsionFree() == 0:
		return "it is outside the subgroup of prime order"
	case p.verify(scale, holder, peer, ctx):
		return ""
	case !p.algorithm.IsSignature() && p.verify(scale, holder, peer.minus(), ctx):
		return "it is of the ephemeral key with the other sign of v"
	}
	return "it is not what its holder's public key makes it, for this request"
}
