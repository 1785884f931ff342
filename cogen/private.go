package cogen

import (
	"crypto/sha3"
	"crypto/sha512"
	"errors"

	"meshkey/internal/curve"
	"meshkey/internal/secret"
)

// A PrivateKey is a private key of one of the four algorithms. It prints as
// "[secret]".
type PrivateKey struct {
	algorithm Algorithm
	octets    *secret.Bytes
	scalar    bool
	public    *PublicKey
}

func newPrivateKey(a Algorithm, octets *secret.Bytes, scalar bool) *PrivateKey {
	k := &PrivateKey{algorithm: a, octets: octets, scalar: scalar}
	s, prefix := k.expand()
	defer s.Wipe()
	defer secret.Wipe(prefix)
	k.public = newPublicKey(a, a.curve.NewPoint().ScalarBaseMult(s))
	return k
}

var errWiped = errors.New("cogen: the key was wiped")

// Algorithm returns the algorithm of k.
func (k *PrivateKey) Algorithm() Algorithm { return k.algorithm }

// PublicKey returns the public key of k.
func (k *PrivateKey) PublicKey() *PublicKey { return k.public }

// Bytes returns a copy of the octets k was made from.
func (k *PrivateKey) Bytes() []byte { return append([]byte(nil), k.octets.Reveal()...) }

// IsScalar tells whether k was made by NewPrivateScalar.
func (k *PrivateKey) IsScalar() bool { return k.scalar }

// Wipe clears the private octets.
func (k *PrivateKey) Wipe() { k.octets.Wipe() }

// expand returns the scalar and, for a signature key, the prefix.
func (k *PrivateKey) expand() (*curve.Scalar, []byte) {
	b := k.octets.Reveal()
	s := k.algorithm.curve.NewScalar()
	switch {
	case k.scalar:
		// The prefix takes a domain of its own.
		h := sha3.NewSHAKE256()
		h.Write([]byte("meshkey signature prefix of a bare scalar\x00" + k.algorithm.String() + "\x00"))
		h.Write(b)
		prefix := make([]byte, 57)
		h.Read(prefix)
		return s.SetWide(b), prefix
	case k.algorithm == Ed25519():
		d := sha512.Sum512(b)
		return s.SetClamped(d[:32]), d[32:]
	case k.algorithm == Ed448():
		d := make([]byte, 114)
		h := sha3.NewSHAKE256()
		h.Write(b)
		h.Read(d)
		return s.SetClamped(d[:56]), d[57:]
	}
	return s.SetClamped(b), nil
}

// SharedSecret returns the shared secret with peer, a key of the same
// algorithm: for X25519 and X448 the u-coordinate, 32 or 56 octets,
// little-endian; for Ed25519 and Ed448 the encoded point, 32 or 57 octets.
func (k *PrivateKey) SharedSecret(peer *PublicKey) ([]byte, error) {
	if k.octets.Len() == 0 {
		return nil, errWiped
	}
	if peer.algorithm != k.algorithm {
		return nil, errors.New("cogen: keys of different algorithms")
	}
	s, prefix := k.expand()
	defer s.Wipe()
	defer secret.Wipe(prefix)
	q := k.algorithm.curve.NewPoint().ScalarMult(s, peer.point)
	if q.IsIdentity() == 1 {
		return nil, errors.New("cogen: the shared secret is the identity")
	}
	b := q.Bytes()
	if !k.algorithm.IsSignature() {
		b = b[:len(b)-1]
	}
	return b, nil
}

// Sign returns the signature of RFC 8032, pure, with an empty context.
func (k *PrivateKey) Sign(message []byte) ([]byte, error) {
	if k.octets.Len() == 0 {
		return nil, errWiped
	}
	if !k.algorithm.IsSignature() {
		return nil, errors.New("cogen: not a signature key")
	}
	s, prefix := k.expand()
	defer s.Wipe()
	defer secret.Wipe(prefix)
	c := k.algorithm.curve
	r := k.algorithm.hash(domRFC, prefix, message)
	defer r.Wipe()
	R := c.NewPoint().ScalarBaseMult(r).Bytes()
	h := k.algorithm.hash(domRFC, R, k.public.encoded, message)
	sig := append(R, h.Mul(h, s).Add(h, r).Bytes()...)
	if k.algorithm == Ed448() {
		sig = append(sig, 0)
	}
	return sig, nil
}
