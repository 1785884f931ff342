package udf

import (
	"crypto/hkdf"
	"crypto/sha512"
	"encoding/binary"
	"fmt"

	"meshkey/cogen"
	"meshkey/internal/secret"
)

// Derive returns n octets of key material for a label, 1 to 16,320 octets, in
// the form that all profiles and activations of the Mesh use: HKDF-SHA512
// without salt, with the specifier and the label as info. The slice is the
// caller's to wipe.
//
// Spec: section 4.4 of draft-hallambaker-mesh-udf-13 describes this form and
// computes its examples in the other, DeriveSalted.
func (s *Seed) Derive(label string, n int) ([]byte, error) {
	return infoForm(s.ikm(), s.Specifier(), label, n)
}

// DeriveSalted is Derive in the form of the examples in section 4.4 of all udf
// drafts: HKDF-SHA512 with the specifier and the label as salt. info is "p" or
// "q" for the two halves of an RSA key and empty for all others. It reproduces
// old values; do not make new keys with it.
func (s *Seed) DeriveSalted(label, info string, n int) ([]byte, error) {
	return expand(s.ikm(), []byte(prefixed(s.Specifier(), label)), info, n)
}

// PrivateValue derives the private value of an algorithm for a label: for
// X25519 and X448 the octets before clamping, for Ed25519 and Ed448 the seed of
// RFC 8032 (of 56 octets for Ed448, which Mesh hashes as they are), for the
// NIST curves a number big-endian in 32, 48 or 66 octets. The slice is the
// caller's to wipe. It fails for a seed that is made for keys of another
// algorithm, and for RSA.
//
// Spec: RSA keys are not derived. The draft gives 1,024 bits and more to each
// prime, its one example 256, and the reference does not derive RSA keys.
// DeriveSalted gives the numbers above which the example has its primes.
func (s *Seed) PrivateValue(alg Specifier, label string) ([]byte, error) {
	return s.private(infoForm, alg, label)
}

// PrivateValueSalted is PrivateValue from DeriveSalted.
func (s *Seed) PrivateValueSalted(alg Specifier, label string) ([]byte, error) {
	return s.private(saltForm, alg, label)
}

// Key derives the private key of an algorithm for a label. It fails for a seed
// that is made for keys of another algorithm.
func (s *Seed) Key(a cogen.Algorithm, label string) (*cogen.PrivateKey, error) {
	octets, err := s.PrivateValue(SpecifierOf(a), label)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(octets)
	return a.NewPrivateKey(octets)
}

type form func(ikm []byte, spec Specifier, label string, n int) ([]byte, error)

func infoForm(ikm []byte, spec Specifier, label string, n int) ([]byte, error) {
	return expand(ikm, nil, prefixed(spec, label), n)
}

func saltForm(ikm []byte, spec Specifier, label string, n int) ([]byte, error) {
	return expand(ikm, []byte(prefixed(spec, label)), "", n)
}

func prefixed(spec Specifier, label string) string {
	return string(binary.BigEndian.AppendUint16(nil, uint16(spec))) + label
}

func expand(ikm, salt []byte, info string, n int) ([]byte, error) {
	if limit := 255 * sha512.Size; n < 1 || n > limit {
		return nil, fmt.Errorf("udf: key material comes in 1 to %d octets", limit)
	}
	return hkdf.Key(sha512.New, ikm, salt, info, n)
}

func (s *Seed) private(kdf form, alg Specifier, label string) ([]byte, error) {
	n := map[Specifier]int{
		SpecifierX25519: 32, SpecifierX448: 56, SpecifierEd25519: 32, SpecifierEd448: 56,
		SpecifierP256: 40, SpecifierP384: 56, SpecifierP521: 74,
	}[alg]
	if n == 0 {
		return nil, fmt.Errorf("udf: keys for %v are not derived from seeds", alg)
	}
	spec := s.Specifier()
	switch kind := spec.kind(); {
	case kind == SpecifierAny:
		// Spec: section 4.4.5 prints 0008 for an X25519 key; 0001 gives its value.
		spec = alg
	case kind < MeshProfileDevice && kind != alg:
		return nil, fmt.Errorf("udf: a seed for %v gives no key for %v", kind, alg)
	}
	okm, err := kdf(s.ikm(), spec, label, n)
	if err != nil || alg < SpecifierP256 {
		return okm, err
	}
	defer secret.Wipe(okm)
	return reduceNIST(alg, okm), nil
}
