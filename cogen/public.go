package cogen

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"

	"meshkey/internal/curve"
)

// A PublicKey is a point of the subgroup of prime order, but not the identity.
// It does not change, so several goroutines may use it.
type PublicKey struct {
	algorithm Algorithm
	point     *curve.Point
	encoded   []byte
}

var errTorsion = errors.New("outside the subgroup of prime order")

// NewPublicKey reads a copy of an encoded public key, 32 octets for Ed25519
// and 57 for Ed448, as in RFC 8032; 33 for X25519 and 57 for X448, which are
// the u of RFC 7748 and an octet, 80 if v is odd and else 00; or of these two
// u alone, 32 or 56 octets. The key keeps the form it came in.
//
// Whatever those documents do not write is an error, and so are the points
// that the package comment lists. The time depends on b.
func (a Algorithm) NewPublicKey(b []byte) (*PublicKey, error) {
	// Spec: the drafts' examples write X25519 keys with the octet for the sign,
	// the reference without. Both are read; ours have it.
	decode := a.suite.curve.Decode
	if !a.IsSignature() && len(b) == a.suite.curve.PlainLen() {
		decode = a.suite.curve.DecodePlain
	}
	p, err := decode(b)
	// Spec: the drafts are silent on torsion, though sums of reduced shares
	// come out wrong on points that have it. No such point is taken.
	if err == nil && p.IsTorsionFree() == 0 {
		err = errTorsion
	}
	if err != nil {
		return nil, fmt.Errorf("cogen: not a public key of %v: %w", a, err)
	}
	return &PublicKey{a, p, bytes.Clone(b)}, nil
}

// Algorithm returns the algorithm of p.
func (p *PublicKey) Algorithm() Algorithm { return p.algorithm }

// Bytes returns the encoding that NewPublicKey reads: that which the key was
// read from, and with the sign of v for a key that has a private key.
func (p *PublicKey) Bytes() []byte { return bytes.Clone(p.encoded) }

// Plain returns the encoding of RFC 7748 or RFC 8032: Bytes without the sign
// of v.
func (p *PublicKey) Plain() []byte {
	if p.algorithm.IsSignature() {
		return p.Bytes()
	}
	return bytes.Clone(p.encoded[:p.algorithm.suite.curve.PlainLen()])
}

// Equal reports whether the algorithms and points are the same. If one of the
// keys came without the sign of v, only u is compared.
func (p *PublicKey) Equal(q *PublicKey) bool {
	if p.algorithm != q.algorithm {
		return false
	}
	if len(p.encoded) != len(q.encoded) {
		return bytes.Equal(p.Plain(), q.Plain())
	}
	return bytes.Equal(p.encoded, q.encoded)
}

// Verify reports whether signature is one of message by p, RFC 8032, Sections
// 5.1.7 and 5.2.7, with an empty context. It checks without the cofactor and
// takes one encoding of a signature only. It is false for a key that is for
// key agreement.
func (p *PublicKey) Verify(message, signature []byte) bool {
	switch p.algorithm {
	case Ed25519():
		return ed25519.Verify(p.encoded, message, signature)
	case Ed448():
		return p.algorithm.suite.verify(p, p.algorithm.suite.eddsa.dom, message, signature)
	}
	return false
}

// VerifyMesh reports whether signature is one that Verify takes, or an Ed25519
// signature as the Mesh's reference makes them.
func (p *PublicKey) VerifyMesh(message, signature []byte) bool {
	// Spec: the reference puts dom2 with flag 0 and an empty context before
	// what it hashes, which is Ed25519ctx with the context that RFC 8032,
	// Section 5.1, forbids. We sign plain Ed25519 and take both.
	return p.Verify(message, signature) ||
		p.algorithm == Ed25519() && p.algorithm.suite.verify(p, domMesh, message, signature)
}
