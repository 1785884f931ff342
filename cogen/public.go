package cogen

import (
	"bytes"
	"crypto/sha3"
	"crypto/sha512"
	"errors"
	"fmt"

	"meshkey/internal/curve"
)

// A PublicKey is a point of the prime-order subgroup other than the identity.
type PublicKey struct {
	algorithm Algorithm
	point     *curve.Point
	encoded   []byte
}

func newPublicKey(a Algorithm, p *curve.Point) *PublicKey { return &PublicKey{a, p, p.Bytes()} }

// NewPublicKey reads a public key.
func (a Algorithm) NewPublicKey(b []byte) (*PublicKey, error) {
	var p *curve.Point
	var err error
	if !a.IsSignature() && len(b) == a.PrivateLen() {
		p, err = a.curve.DecodePlain(b)
	} else {
		p, err = a.curve.Decode(b)
	}
	if err != nil {
		return nil, fmt.Errorf("cogen: %v public key: %w", a, err)
	}
	if p.IsTorsionFree() == 0 {
		return nil, fmt.Errorf("cogen: %v public key: outside the subgroup of prime order", a)
	}
	return &PublicKey{a, p, bytes.Clone(b)}, nil
}

// Algorithm returns the algorithm of p.
func (p *PublicKey) Algorithm() Algorithm { return p.algorithm }

// Bytes returns the Mesh encoding.
func (p *PublicKey) Bytes() []byte { return bytes.Clone(p.encoded) }

// Plain returns the encoding of RFC 7748 or RFC 8032.
func (p *PublicKey) Plain() []byte {
	if p.algorithm.IsSignature() {
		return p.Bytes()
	}
	return bytes.Clone(p.encoded[:p.algorithm.PrivateLen()])
}

// Equal compares.
func (p *PublicKey) Equal(q *PublicKey) bool {
	return p.algorithm == q.algorithm && bytes.Equal(p.encoded, q.encoded)
}

// Verify checks a signature of RFC 8032.
func (p *PublicKey) Verify(message, signature []byte) bool {
	return p.verify(domRFC, message, signature)
}

// VerifyMesh accepts also dom2 with flag 0 for Ed25519.
func (p *PublicKey) VerifyMesh(message, signature []byte) bool {
	return p.verify(domRFC, message, signature) || p.algorithm == Ed25519() && p.verify(domMesh, message, signature)
}

func (p *PublicKey) verify(dom int, message, signature []byte) bool {
	c := p.algorithm.curve
	if !p.algorithm.IsSignature() || len(signature) != 2*c.PointLen() {
		return false
	}
	R, S := signature[:c.PointLen()], signature[c.PointLen():]
	if p.algorithm == Ed448() {
		if S[56] != 0 {
			return false
		}
		S = S[:56]
	}
	s, err := c.NewScalar().SetCanonical(S)
	if err != nil {
		return false
	}
	k := p.algorithm.hash(dom, R, p.encoded, message)
	q := c.NewPoint().ScalarMult(k.Neg(k), p.point)
	q.Add(q, c.NewPoint().ScalarBaseMult(s))
	return bytes.Equal(q.Bytes(), R)
}

const (
	domRFC = iota
	domMesh
)

func (a Algorithm) hash(dom int, parts ...[]byte) *curve.Scalar {
	s := a.curve.NewScalar()
	switch a {
	case Ed25519():
		h := sha512.New()
		if dom == domMesh {
			h.Write([]byte("SigEd25519 no Ed25519 collisions\x00\x00"))
		}
		for _, b := range parts {
			h.Write(b)
		}
		return s.SetWide(h.Sum(nil))
	case Ed448():
		h := sha3.NewSHAKE256()
		h.Write([]byte("SigEd448\x00\x00"))
		for _, b := range parts {
			h.Write(b)
		}
		d := make([]byte, 114)
		h.Read(d)
		return s.SetWide(d)
	}
	panic(errors.New("cogen: not a signature algorithm"))
}
