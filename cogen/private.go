package cogen

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	"meshkey/internal/curve"
	"meshkey/internal/secret"
)

// A PrivateKey is a private key and its public key. It prints as secret.Bytes
// do. Several goroutines may use it, until one calls Wipe.
type PrivateKey struct {
	algorithm Algorithm
	octets    *secret.Bytes
	isScalar  bool
	public    *PublicKey
}

var (
	errWiped     = errors.New("cogen: the private key was wiped")
	errAlgorithm = errors.New("cogen: the algorithm of the key is not for this")
)

// newPrivateKey takes octets as its own.
func newPrivateKey(a Algorithm, octets *secret.Bytes, isScalar bool) (*PrivateKey, error) {
	if octets.Len() != a.PrivateLen() {
		octets.Wipe()
		return nil, fmt.Errorf("cogen: a private key of %v has %d octets", a, a.PrivateLen())
	}
	k := &PrivateKey{algorithm: a, octets: octets, isScalar: isScalar}
	s := k.scalar()
	defer s.Wipe()
	if s.IsZero() == 1 {
		return nil, errors.New("cogen: the scalar of a private key is 0")
	}
	p := a.suite.curve.NewPoint().ScalarBaseMult(s)
	k.public = &PublicKey{a, p, p.Bytes()}
	return k, nil
}

// Algorithm returns the algorithm of k.
func (k *PrivateKey) Algorithm() Algorithm { return k.algorithm }

// PublicKey returns the public key of k, also after Wipe.
func (k *PrivateKey) PublicKey() *PublicKey { return k.public }

// IsScalar reports whether k was made by NewPrivateScalar.
func (k *PrivateKey) IsScalar() bool { return k.isScalar }

// Bytes returns a copy of the octets that k was made of, secret as they are;
// nil after Wipe.
func (k *PrivateKey) Bytes() []byte {
	if k.octets.Len() == 0 {
		return nil
	}
	return append([]byte(nil), k.octets.Reveal()...)
}

// Wipe clears the private octets. What needs them fails from then on.
func (k *PrivateKey) Wipe() { k.octets.Wipe() }

// Format implements fmt.Formatter: every verb and flag prints the same word.
func (k PrivateKey) Format(f fmt.State, verb rune) { k.octets.Format(f, verb) }

// scalar returns what the public key is the multiple by. The caller wipes it.
func (k *PrivateKey) scalar() *curve.Scalar {
	s, octets := k.algorithm.suite.curve.NewScalar(), k.octets.Reveal()
	switch e := k.algorithm.suite.eddsa; {
	case k.isScalar:
		return s.SetWide(octets)
	case e == nil:
		return s.SetClamped(octets)
	default:
		h := e.hash(octets)
		defer secret.Wipe(h)
		return s.SetClamped(h[:len(octets)])
	}
}

// SharedSecret returns what k and peer agree on, for a key derivation and no
// other use. Between X25519 or X448 keys that is the u of RFC 7748, 32 or 56
// octets, little-endian. Ed25519 and Ed448 keys agree likewise, as older drafts
// of DARE have them do, on the point encoded as in RFC 8032, 32 or 57 octets.
// It is an error if the algorithms differ.
//
// A bare scalar is not clamped. Nothing is lost by that, for a PublicKey has
// no torsion that clamping would have cleared.
func (k *PrivateKey) SharedSecret(peer *PublicKey) ([]byte, error) {
	switch {
	case k.octets.Len() == 0:
		return nil, errWiped
	case k.algorithm != peer.algorithm:
		return nil, errAlgorithm
	}
	s := k.scalar()
	defer s.Wipe()
	q, b := peer.times(s) // not the identity: s is not 0, and peer is of prime order
	if !k.algorithm.IsSignature() {
		b = b[:q.Curve().PlainLen()] // without the sign of v
	}
	return b, nil
}

// Sign returns the signature of message by Ed25519 or Ed448, RFC 8032,
// Sections 5.1.6 and 5.2.6: 64 or 114 octets, deterministic, the message not
// hashed beforehand, the context of Ed448 empty. It is an error if k is for
// key agreement.
func (k *PrivateKey) Sign(message []byte) ([]byte, error) {
	switch {
	case k.octets.Len() == 0:
		return nil, errWiped
	case k.algorithm.suite.eddsa == nil:
		return nil, errAlgorithm
	case k.algorithm == Ed25519() && !k.isScalar:
		// The standard library has its private key as seed and public key.
		both := slices.Concat(k.octets.Reveal(), k.public.encoded)
		defer secret.Wipe(both)
		return ed25519.Sign(both, message), nil
	}
	s, prefix := k.scalar(), k.prefix()
	defer s.Wipe()
	defer secret.Wipe(prefix)
	return k.algorithm.suite.sign(s, prefix, k.public.encoded, message), nil
}
