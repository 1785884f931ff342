package frost

import (
	"errors"

	"meshkey/cogen"
	"meshkey/cogen/internal/digest"
	"meshkey/internal/curve"
)

// A Suite is one of three ciphersuites. Suites are compared with ==. The zero
// Suite is none of them; its methods panic, except String.
type Suite struct{ *suite }

// A suite is what the three differ in. An element and a scalar have PointLen
// octets in all of them.
type suite struct {
	curve   *curve.Curve
	code    byte   // in encodings
	context string // contextString of RFC 9591
	// challenge stands before the input of H2, which must be what verifiers of
	// RFC 8032 hash.
	challenge string
	hash      func(parts ...[]byte) []byte
}

var (
	suiteEd25519 = &suite{
		curve: curve.Ed25519(), code: 1, context: "FROST-ED25519-SHA512-v1", hash: digest.SHA512,
	}
	suiteEd448 = &suite{
		curve: curve.Ed448(), code: 2, context: "FROST-ED448-SHAKE256-v1",
		challenge: "SigEd448\x00\x00", hash: digest.SHAKE256,
	}
	suiteRistretto255 = &suite{
		curve: curve.Ristretto255(), code: 3, context: "FROST-RISTRETTO255-SHA512-v1",
		challenge: "FROST-RISTRETTO255-SHA512-v1chal", hash: digest.SHA512,
	}
)

// Ed25519 returns FROST(Ed25519, SHA-512), RFC 9591, Section 6.1.
func Ed25519() Suite { return Suite{suiteEd25519} }

// Ed448 returns FROST(Ed448, SHAKE256), RFC 9591, Section 6.3.
func Ed448() Suite { return Suite{suiteEd448} }

// Ristretto255 returns FROST(ristretto255, SHA-512), RFC 9591, Section 6.2.
func Ristretto255() Suite { return Suite{suiteRistretto255} }

// SuiteOf returns the suite whose signatures are those of a. It is an error if
// a is for key agreement.
func SuiteOf(a cogen.Algorithm) (Suite, error) {
	switch a {
	case cogen.Ed25519():
		return Ed25519(), nil
	case cogen.Ed448():
		return Ed448(), nil
	}
	return Suite{}, errors.New("frost: the algorithm is not one for signatures")
}

// String returns Ed25519, Ed448 or ristretto255.
func (s Suite) String() string {
	if s.suite == nil {
		return "no suite"
	}
	return s.curve.String()
}

// tagged is H1, H3, H4 or H5 of RFC 9591, Section 6, by its tag: rho, nonce,
// msg or com.
func (u *suite) tagged(tag string, parts ...[]byte) []byte {
	return u.hash(append([][]byte{[]byte(u.context + tag)}, parts...)...)
}

// challengeOf is H2 of RFC 9591, Section 6, of R, the key and the message.
func (u *suite) challengeOf(r, key, message []byte) *curve.Scalar {
	return u.curve.NewScalar().SetWide(u.hash([]byte(u.challenge), r, key, message))
}

// nonce is nonce_generate of RFC 9591, Section 4.1, of random octets and an
// encoded share.
func (u *suite) nonce(random, share []byte) *curve.Scalar {
	h := u.tagged("nonce", random, share)
	defer clear(h)
	return u.curve.NewScalar().SetWide(h)
}

// encodeScalar is SerializeScalar of RFC 9591, Section 6: for Ed448 it ends in
// an octet 0.
func (u *suite) encodeScalar(s *curve.Scalar) []byte {
	b := make([]byte, u.curve.PointLen())
	t := s.Bytes()
	defer clear(t)
	copy(b, t)
	return b
}

var errScalar = errors.New("frost: not the encoding of a scalar")

// decodeScalar reads what encodeScalar writes, and nothing else.
func (u *suite) decodeScalar(b []byte) (*curve.Scalar, error) {
	n := u.curve.ScalarLen()
	if len(b) != u.curve.PointLen() || len(b) > n && b[n] != 0 {
		return nil, errScalar
	}
	s, err := u.curve.NewScalar().SetCanonical(b[:n])
	if err != nil {
		return nil, errScalar
	}
	return s, nil
}

// decodeElement is DeserializeElement of RFC 9591, Section 6. The identity,
// whatever has torsion and second encodings are refused.
func (u *suite) decodeElement(b []byte) (*curve.Point, error) {
	p, err := u.curve.Decode(b)
	if err != nil || p.IsTorsionFree() == 0 {
		return nil, errors.New("frost: not the encoding of a group element")
	}
	return p, nil
}
