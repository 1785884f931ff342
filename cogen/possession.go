package cogen

import (
	"bytes"

	"meshkey/internal/curve"
	"meshkey/internal/secret"
)

// Spec: draft-hallambaker-threshold-06, Section 7.2, warns of contributions made
// up from others', and has no form for a proof against them. docs/FORMATS.md
// has one.

// The purposes of what is hashed for a proof.
const (
	possessionNonce     = "possession nonce v1"
	possessionChallenge = "possession v1"
)

// ProvePossession proves that its maker has k, for one context and under one
// name: a Schnorr signature R ‖ s, with R encoded as public keys are and s
// little-endian, PointLen + PrivateLen octets. The proof binds the algorithm,
// the context, the name and the public key. What stands in a context is the
// caller's to choose, so that no proof is good for two occasions.
//
// The nonce is hashed from fresh randomness, the private scalar and the
// statement: it stays secret if only one of the first two is.
func (k *PrivateKey) ProvePossession(context []byte, name string) ([]byte, error) {
	random := secret.Random(64)
	defer random.Wipe()
	return k.provePossession(context, name, random)
}

func (k *PrivateKey) provePossession(context []byte, name string, random *secret.Bytes) ([]byte, error) {
	if k.octets.Len() == 0 {
		return nil, errWiped
	}
	s := k.scalar()
	defer s.Wipe()
	private := s.Bytes()
	defer secret.Wipe(private)

	c := k.algorithm.suite.curve
	r := taggedScalar(c, possessionNonce, random.Reveal(), private, []byte(k.algorithm.String()), context, []byte(name), k.public.encoded)
	defer r.Wipe()
	commitment := c.NewPoint().ScalarBaseMult(r).Bytes()
	e := k.public.possessionChallenge(context, name, commitment)
	return append(commitment, e.Mul(e, s).Add(e, r).Bytes()...), nil
}

// VerifyPossession reports whether proof is one by p for this context and
// name. It takes one encoding only. It is false for a public key that was read
// without the sign of v, which is not a whole point. Its time depends on the
// arguments.
func (p *PublicKey) VerifyPossession(context []byte, name string, proof []byte) bool {
	c := p.algorithm.suite.curve
	n := c.PointLen()
	if len(p.encoded) != n || len(proof) != n+c.ScalarLen() {
		return false
	}
	s, err := c.NewScalar().SetCanonical(proof[n:])
	if err != nil {
		return false
	}
	e := p.possessionChallenge(context, name, proof[:n])
	// R is compared as octets, so it needs no decoding: s·B - e·P is in the
	// subgroup of prime order, where every point has one encoding.
	r := c.NewPoint().MultiScalarMultVarTime([]*curve.Scalar{s, e.Neg(e)}, []*curve.Point{c.NewGenerator(), p.point})
	return bytes.Equal(r.Bytes(), proof[:n])
}

func (p *PublicKey) possessionChallenge(context []byte, name string, commitment []byte) *curve.Scalar {
	return taggedScalar(p.algorithm.suite.curve, possessionChallenge,
		[]byte(p.algorithm.String()), context, []byte(name), p.encoded, commitment)
}

// possessionLen is the number of octets of a proof.
func (a Algorithm) possessionLen() int { return a.suite.curve.PointLen() + a.PrivateLen() }
