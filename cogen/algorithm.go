package cogen

import (
	"errors"

	"meshkey/cogen/internal/digest"
	"meshkey/internal/curve"
	"meshkey/internal/secret"
)

// An Algorithm is one of the four. Algorithms are compared with ==. The zero
// Algorithm is none of them; its methods panic, except String.
type Algorithm struct{ suite *suite }

// A suite is what the four differ in.
type suite struct {
	curve *curve.Curve
	eddsa *eddsa // nil for key agreement
}

var (
	suiteX25519  = &suite{curve: curve.X25519()}
	suiteX448    = &suite{curve: curve.X448()}
	suiteEd25519 = &suite{curve: curve.Ed25519(), eddsa: &eddsa{hash: digest.SHA512}}
	suiteEd448   = &suite{curve: curve.Ed448(), eddsa: &eddsa{hash: digest.SHAKE256, dom: "SigEd448\x00\x00"}}
)

// X25519 returns key agreement on curve25519, RFC 7748, Section 6.1.
func X25519() Algorithm { return Algorithm{suiteX25519} }

// X448 returns key agreement on curve448, RFC 7748, Section 6.2.
func X448() Algorithm { return Algorithm{suiteX448} }

// Ed25519 returns signatures on edwards25519, RFC 8032, Section 5.1.
func Ed25519() Algorithm { return Algorithm{suiteEd25519} }

// Ed448 returns signatures on edwards448, RFC 8032, Section 5.2.
func Ed448() Algorithm { return Algorithm{suiteEd448} }

// ParseAlgorithm reads what String writes, which is also the crv member of a
// key in JSON.
func ParseAlgorithm(crv string) (Algorithm, error) {
	for _, a := range []Algorithm{X25519(), X448(), Ed25519(), Ed448()} {
		if a.String() == crv {
			return a, nil
		}
	}
	return Algorithm{}, errors.New("cogen: unknown algorithm")
}

// String returns X25519, X448, Ed25519 or Ed448.
func (a Algorithm) String() string {
	if a.suite == nil {
		return "no algorithm"
	}
	return a.suite.curve.String()
}

// IsSignature tells Ed25519 and Ed448 from X25519 and X448.
func (a Algorithm) IsSignature() bool { return a.suite.eddsa != nil }

// PrivateLen is the number of octets of a private key: 32, or 56 for X448 and
// Ed448.
func (a Algorithm) PrivateLen() int { return a.suite.curve.ScalarLen() }

// GenerateKey makes a key of fresh random octets.
func (a Algorithm) GenerateKey() *PrivateKey {
	k, err := newPrivateKey(a, secret.Random(a.PrivateLen()), false)
	if err != nil {
		panic("cogen: the system's random octets are a multiple of a group order")
	}
	return k
}

// NewPrivateKey makes a key of a copy of PrivateLen octets. For X25519 and
// X448 they are the private key of RFC 7748, clamped or not. For Ed25519 and
// Ed448 they are the seed that is hashed, RFC 8032, Sections 5.1.5 and 5.2.5.
// One value is an error, which as an X448 key gives no public key: four times
// the group order.
func (a Algorithm) NewPrivateKey(octets []byte) (*PrivateKey, error) {
	// Spec: RFC 8032 has Ed448 seeds of 57 octets. The Mesh derives 56 and
	// hashes these.
	return newPrivateKey(a, secret.Copy(octets), false)
}

// NewPrivateScalar makes a key of a copy of PrivateLen octets that are its
// scalar, little-endian, neither hashed nor clamped: what JSON calls X25519z,
// X448z, Ed25519z and Ed448z. Scalars at or above the group order stand for
// their residue, since the drafts write clamped scalars so; a multiple of the
// order is an error.
func (a Algorithm) NewPrivateScalar(le []byte) (*PrivateKey, error) {
	return newPrivateKey(a, secret.Copy(le), true)
}
