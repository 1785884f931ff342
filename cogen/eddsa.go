package cogen

import (
	"bytes"

	"meshkey/internal/curve"
)

// eddsa is what RFC 8032 fixes for Ed25519 and Ed448.
type eddsa struct {
	// hash returns 64 or 114 octets.
	hash func(parts ...[]byte) []byte
	dom  string // stands before all that is hashed with a message
}

// domMesh is dom2 of RFC 8032, Section 2, with flag 0 and an empty context,
// which Ed25519 never uses.
const domMesh = "SigEd25519 no Ed25519 collisions\x00\x00"

// prefix returns the octets that the nonces of k's signatures are made from.
// The caller wipes them.
func (k *PrivateKey) prefix() []byte {
	e := k.algorithm.suite.eddsa
	if !k.isScalar {
		h := e.hash(k.octets.Reveal())
		clear(h[:len(h)/2]) // of the scalar
		return h[len(h)/2:]
	}
	// Spec: a bare scalar has no seed and so no prefix. The drafts leave open
	// what takes its place, and the reference takes nothing, so that one
	// signature gives the scalar away. Here it is a hash of the scalar and of
	// what it is for.
	s := k.scalar()
	defer s.Wipe()
	b := s.Bytes()
	defer clear(b)
	h := e.hash([]byte("meshkey: prefix of a bare scalar\x00"), []byte(k.algorithm.String()), b)
	return h[len(h)/2:]
}

// sign follows RFC 8032, Sections 5.1.6 and 5.2.6, from step 2 on. Its time
// depends on the length of message.
func (u *suite) sign(s *curve.Scalar, prefix, public, message []byte) []byte {
	c, e := u.curve, u.eddsa
	h := e.hash([]byte(e.dom), prefix, message)
	defer clear(h)
	r := c.NewScalar().SetWide(h)
	defer r.Wipe()
	signature := c.NewPoint().ScalarBaseMult(r).Bytes()
	k := c.NewScalar().SetWide(e.hash([]byte(e.dom), signature, public, message))
	signature = append(signature, k.Mul(k, s).Add(k, r).Bytes()...)
	return append(signature, make([]byte, 2*c.PointLen()-len(signature))...)
}

// verify follows RFC 8032, Sections 5.1.7 and 5.2.7, without the cofactor: S
// is below L, and R is the encoding of S·B - k·A, which is canonical.
func (u *suite) verify(a *PublicKey, dom string, message, signature []byte) bool {
	c, n := u.curve, u.curve.PointLen()
	if len(signature) != 2*n {
		return false
	}
	r, tail := signature[:n], signature[n+c.ScalarLen():]
	s, err := c.NewScalar().SetCanonical(signature[n : n+c.ScalarLen()])
	if err != nil || !bytes.Equal(tail, make([]byte, len(tail))) {
		return false
	}
	k := c.NewScalar().SetWide(u.eddsa.hash([]byte(dom), r, a.encoded, message))
	q := c.NewPoint().MultiScalarMultVarTime(
		[]*curve.Scalar{s, k.Neg(k)}, []*curve.Point{c.NewGenerator(), a.point})
	return bytes.Equal(q.Bytes(), r)
}
