// Package cogen holds the keys of the Mathematical Mesh on four curves:
// X25519, X448, Ed25519 and Ed448.
package cogen

import (
	"errors"
	"fmt"

	"meshkey/internal/curve"
	"meshkey/internal/secret"
)

// An Algorithm is one of the four; == compares. The zero value is none of
// them, and its methods but String panic.
type Algorithm struct{ *suite }

// A suite is what distinguishes the four.
type suite struct {
	curve      *curve.Curve
	privateLen int
	sign       bool
}

var (
	suiteX25519  = &suite{curve.X25519(), 32, false}
	suiteX448    = &suite{curve.X448(), 56, false}
	suiteEd25519 = &suite{curve.Ed25519(), 32, true}
	suiteEd448   = &suite{curve.Ed448(), 56, true}
)

// X25519 is key agreement on curve25519, RFC 7748.
func X25519() Algorithm { return Algorithm{suiteX25519} }

// X448 is key agreement on curve448, RFC 7748.
func X448() Algorithm { return Algorithm{suiteX448} }

// Ed25519 is signature on edwards25519, RFC 8032.
func Ed25519() Algorithm { return Algorithm{suiteEd25519} }

// Ed448 is signature on edwards448, RFC 8032, with the Mesh's seeds of 56
// octets.
func Ed448() Algorithm { return Algorithm{suiteEd448} }

// ParseAlgorithm reads the name that String returns, as it stands in the crv
// member of a JSON key.
func ParseAlgorithm(crv string) (Algorithm, error) {
	for _, a := range []Algorithm{X25519(), X448(), Ed25519(), Ed448()} {
		if crv == a.String() {
			return a, nil
		}
	}
	return Algorithm{}, errors.New("cogen: unknown algorithm")
}

// String returns X25519, X448, Ed25519 or Ed448.
func (a Algorithm) String() string {
	if a.suite == nil {
		return "none"
	}
	return a.curve.String()
}

// IsSignature tells Ed25519 and Ed448 from X25519 and X448.
func (a Algorithm) IsSignature() bool { return a.suite.sign }

// PrivateLen is the number of octets of a private key, 32 or 56.
func (a Algorithm) PrivateLen() int { return a.suite.privateLen }

// GenerateKey makes a key from fresh random octets.
func (a Algorithm) GenerateKey() *PrivateKey {
	return newPrivateKey(a, secret.Random(a.PrivateLen()), false)
}

// NewPrivateKey makes a key from PrivateLen octets, which it copies: for
// X25519 and X448 as RFC 7748 takes them, not clamped; for Ed25519 and Ed448
// the seed that is hashed.
func (a Algorithm) NewPrivateKey(octets []byte) (*PrivateKey, error) {
	if len(octets) != a.PrivateLen() {
		return nil, fmt.Errorf("cogen: an %v private key has %d octets", a, a.PrivateLen())
	}
	return newPrivateKey(a, secret.Copy(octets), false), nil
}

// NewPrivateScalar makes a key from a bare scalar of PrivateLen octets,
// little-endian, which it copies and neither hashes nor clamps.
func (a Algorithm) NewPrivateScalar(le []byte) (*PrivateKey, error) {
	if len(le) != a.PrivateLen() {
		return nil, fmt.Errorf("cogen: an %v private scalar has %d octets", a, a.PrivateLen())
	}
	k := newPrivateKey(a, secret.Copy(le), true)
	if k.public.point.IsIdentity() == 1 {
		return nil, errors.New("cogen: the private scalar is zero")
	}
	return k, nil
}
