package cogen

import (
	"bytes"

	"meshkey/internal/curve"
	"meshkey/internal/secret"
)

// The purposes of what is hashed for a proof.
const (
	agreementNonce     = "agreement nonce v1"
	agreementChallenge = "agreement v1"
)

// proofLen is the number of octets of a proof: challenge and response, scalars
// in little-endian order.
func (a Algorithm) proofLen() int { return 2 * a.PrivateLen() }

// proveAgreement proves that the discrete logarithms of the public key to the
// base point and of p to the peer's key are the same (Chaum and Pedersen,
// CRYPTO '92), made non-interactive with everything that is public in the
// challenge. The nonce is hashed from fresh randomness, the private scalar and
// the statement: it stays secret if only one of the first two is.
func (k *PrivateKey) proveAgreement(p *Partial, peer *PublicKey, ctx Context) []byte {
	random := secret.Random(64)
	defer random.Wipe()
	return k.proveAgreementWith(p, peer, ctx, random)
}

func (k *PrivateKey) proveAgreementWith(p *Partial, peer *PublicKey, ctx Context, random *secret.Bytes) []byte {
	c := k.algorithm.suite.curve
	s := k.scalar()
	defer s.Wipe()
	private := s.Bytes()
	defer secret.Wipe(private)
	statement := p.statement(k.public, peer, ctx)
	r := taggedScalar(c, agreementNonce, append([][]byte{random.Reveal(), private}, statement...)...)
	defer r.Wipe()
	e := p.challenge(statement, c.NewPoint().ScalarBaseMult(r), c.NewPoint().ScalarMult(r, peer.point))
	proof := e.Bytes()
	return append(proof, e.Mul(e, s).Add(e, r).Bytes()...)
}

func (p *Partial) verify(holder, peer *PublicKey, ctx Context) bool {
	if len(p.proof) != p.algorithm.proofLen() {
		return false
	}
	c := p.algorithm.suite.curve
	e, err := c.NewScalar().SetCanonical(p.proof[:c.ScalarLen()])
	if err != nil {
		return false
	}
	z, err := c.NewScalar().SetCanonical(p.proof[c.ScalarLen():])
	if err != nil {
		return false
	}
	minus := c.NewScalar().Neg(e)
	scalars := []*curve.Scalar{z, minus}
	toBase := c.NewPoint().MultiScalarMultVarTime(scalars, []*curve.Point{c.NewGenerator(), holder.point})
	toPeer := c.NewPoint().MultiScalarMultVarTime(scalars, []*curve.Point{peer.point, p.point})
	return bytes.Equal(p.challenge(p.statement(holder, peer, ctx), toBase, toPeer).Bytes(), e.Bytes())
}

// statement is what a proof is about. The peer's key stands there with its sign
// of v, chosen or not.
func (p *Partial) statement(holder, peer *PublicKey, ctx Context) [][]byte {
	return [][]byte{
		[]byte(p.algorithm.String()), []byte(ctx.Group), []byte(ctx.Request), []byte(ctx.Grantee),
		p.index.Bytes(), holder.encoded, peer.point.Bytes(), p.encoded,
	}
}

func (p *Partial) challenge(statement [][]byte, toBase, toPeer *curve.Point) *curve.Scalar {
	parts := append(statement[:len(statement):len(statement)], toBase.Bytes(), toPeer.Bytes())
	return taggedScalar(p.algorithm.suite.curve, agreementChallenge, parts...)
}
