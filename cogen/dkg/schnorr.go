package dkg

import (
	"bytes"

	"meshkey/cogen"
	"meshkey/internal/curve"
)

// proofLen is the number of octets of a proof or signature: R ‖ z, a point and
// a scalar.
func (s *suite) proofLen() int { return s.curve.PointLen() + s.curve.ScalarLen() }

// prove makes a proof that its maker knows the private scalar of public, for
// one context and index: the proof of FROST's key generation (Komlo and
// Goldberg, figure 1, round 1), which leaves the context empty. All parts that
// are hashed have fixed lengths, and contexts have none or that of an id.
func (s *suite) prove(context []byte, index, private, nonce *curve.Scalar, public []byte) []byte {
	return s.sign(private, nonce, func(r []byte) *curve.Scalar { return s.knowledge(context, index, public, r) })
}

// proves checks a proof for public, which encoded is the encoding of.
func (s *suite) proves(context []byte, index *curve.Scalar, public *curve.Point, encoded, proof []byte) bool {
	return s.signed(public, proof, func(r []byte) *curve.Scalar { return s.knowledge(context, index, encoded, r) })
}

// VerifyKnowledge checks a proof that the maker of a key has its private key, as
// openings have it, but with an empty context: R ‖ z, a point and a scalar,
// little-endian and for Ed448 of 56 octets. For Ed25519 and Ed448 it is that of
// FROST's key generation in other programs. The ceremonies of this package
// always have a context, so such a proof is good in none of them.
func VerifyKnowledge(public *cogen.PublicKey, i cogen.Index, proof []byte) bool {
	s := suites[public.Algorithm()]
	p, err := s.curve.Decode(public.Bytes())
	return err == nil && s.isIndex(i) && len(proof) == s.proofLen() && s.proves(nil, s.scalar(i), p, public.Bytes(), proof)
}

// knowledge is the challenge HDKG(index ‖ public ‖ R).
func (s *suite) knowledge(context []byte, index *curve.Scalar, public, r []byte) *curve.Scalar {
	i := append(index.Bytes(), 0)[:s.indexLen]
	return s.curve.NewScalar().SetWide(s.hash([]byte(s.name), []byte("dkg"), context, i, public, r))
}

// sign returns R = nonce·B and z = nonce + private·challenge(R). The nonce must
// be secret, and used for this statement alone.
func (s *suite) sign(private, nonce *curve.Scalar, challenge func(r []byte) *curve.Scalar) []byte {
	r := s.curve.NewPoint().ScalarBaseMult(nonce).Bytes()
	z := challenge(r)
	z.Mul(z, private)
	return append(r, z.Add(z, nonce).Bytes()...)
}

// signed checks what sign made: z·B - challenge(R)·public must be R. That is
// compared as octets, so that R needs no decoding and has one encoding.
func (s *suite) signed(public *curve.Point, signature []byte, challenge func(r []byte) *curve.Scalar) bool {
	r := signature[:s.curve.PointLen()]
	z, err := s.curve.NewScalar().SetCanonical(signature[len(r):])
	if err != nil {
		return false
	}
	e := challenge(r)
	p := s.curve.NewPoint().MultiScalarMultVarTime([]*curve.Scalar{z, e.Neg(e)}, []*curve.Point{s.curve.NewGenerator(), public})
	return bytes.Equal(p.Bytes(), r)
}
