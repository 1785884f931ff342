package cogen

import (
	"bytes"
	"errors"

	"meshkey/internal/curve"
	"meshkey/internal/secret"
)

// The purposes of what is hashed for a proof.
const (
	agreementNonce     = "agreement nonce v1"
	agreementChallenge = "agreement v1"
)

// A proof shows that two discrete logarithms are the same (Chaum and Pedersen,
// CRYPTO '92): that of the holder's public key to D·B, and that of the partial
// to the peer's key. D is 1, or what scaled the share down. Everything public
// is in the challenge. A proof has the challenge and not the commitments, which
// Verify computes: it is shorter so, needs no points to be read, and each one
// is verified by itself, so that a wrong one is known.
type proof struct{ challenge, response *curve.Scalar }

var errProof = errors.New("cogen: not a proof of a contribution to an agreement")

func (a Algorithm) parseProof(b []byte) (*proof, error) {
	n := a.PrivateLen()
	if len(b) != 2*n {
		return nil, errProof
	}
	challenge, err := a.suite.curve.NewScalar().SetCanonical(b[:n])
	if err != nil {
		return nil, errProof
	}
	response, err := a.suite.curve.NewScalar().SetCanonical(b[n:])
	if err != nil {
		return nil, errProof
	}
	return &proof{challenge, response}, nil
}

// proveAgreement draws what proveAgreementWith needs.
func (k *PrivateKey) proveAgreement(p *Partial, scale scale, peer *PublicKey, ctx Context) *proof {
	random := secret.Random(64)
	defer random.Wipe()
	return k.proveAgreementWith(p, scale, peer, ctx, random)
}

// proveAgreementWith hashes the nonce from fresh randomness, the private scalar
// and the statement: it stays secret if only one of the first two is, and is
// not the same for two statements even if the randomness is.
func (k *PrivateKey) proveAgreementWith(p *Partial, scale scale, peer *PublicKey, ctx Context, random *secret.Bytes) *proof {
	c, s := k.algorithm.suite.curve, k.scalar()
	defer s.Wipe()
	private := s.Bytes()
	defer secret.Wipe(private)
	statement := p.statement(k.public, peer, ctx)
	r := taggedScalar(c, agreementNonce, append([][]byte{random.Reveal(), private}, statement...)...)
	defer r.Wipe()
	_, toPeer := peer.times(r)
	toBase := scale.undo(c.NewScalar().Set(r))
	defer toBase.Wipe()
	e := p.challenge(statement, c.NewPoint().ScalarBaseMult(toBase).Bytes(), toPeer)
	z := scale.apply(s)
	return &proof{e, c.NewScalar().Add(r, z.Mul(z, e))}
}

func (p *Partial) verify(scale scale, holder, peer *PublicKey, ctx Context) bool {
	c := p.algorithm.suite.curve
	minus, z := c.NewScalar().Neg(p.proof.challenge), p.proof.response
	undone := scale.undo(c.NewScalar().Set(z))
	toBase := c.NewPoint().MultiScalarMultVarTime([]*curve.Scalar{undone, minus}, []*curve.Point{c.NewGenerator(), holder.point})
	toPeer := c.NewPoint().MultiScalarMultVarTime([]*curve.Scalar{z, minus}, []*curve.Point{peer.point, p.point})
	return p.challenge(p.statement(holder, peer, ctx), toBase.Bytes(), toPeer.Bytes()).Equal(p.proof.challenge) == 1
}

// statement is what a proof is about, each part of which is hashed with its
// length. The peer's key stands there with its sign of v, chosen or not.
//
// Spec: the drafts have no proofs of contributions.
func (p *Partial) statement(holder, peer *PublicKey, ctx Context) [][]byte {
	var present []byte
	for _, i := range ctx.Present {
		present = append(present, i.Bytes()...)
	}
	return [][]byte{
		[]byte(p.algorithm.String()), []byte(ctx.Group), []byte(ctx.Request), []byte(ctx.Grantee),
		p.index.Bytes(), {p.scaling}, present, holder.encoded, peer.signed(), p.encoded,
	}
}

// signed is the encoding of p with the sign of v: even where none was given.
func (p *PublicKey) signed() []byte {
	if len(p.encoded) == p.algorithm.suite.curve.PointLen() {
		return p.encoded
	}
	return append(bytes.Clone(p.encoded), 0)
}

// minus is the key with the other sign of v.
func (p *PublicKey) minus() *PublicKey {
	q := p.point.Curve().NewPoint().Neg(p.point)
	return &PublicKey{p.algorithm, q, q.Bytes()}
}

func (p *Partial) challenge(statement [][]byte, toBase, toPeer []byte) *curve.Scalar {
	return taggedScalar(p.algorithm.suite.curve, agreementChallenge, append(statement, toBase, toPeer)...)
}
