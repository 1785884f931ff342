package udf

import (
	"encoding/binary"
	"errors"
	"fmt"

	"meshkey/internal/secret"
)

// maxSeed bounds the octets of a seed, its type and specifier counted. A seed
// of more than shamir.MaxSecret octets could not be split.
const maxSeed = 64

// Seed is what keys are derived from: a specifier and random octets.
// draft-hallambaker-mesh-udf-13, section 4.4. It is secret and leaves through
// Octets and Text only.
type Seed struct{ box *secret.Bytes } // type octet, specifier, data

var errSeed = errors.New("udf: these octets are not a seed")

// NewSeed makes a seed of 1 to 61 octets of data, which it copies.
func NewSeed(spec Specifier, data []byte) (*Seed, error) {
	b := make([]byte, 0, maxSeed)
	b = append(b, byte(TypeSeed))
	b = binary.BigEndian.AppendUint16(b, uint16(spec))
	if len(data) == 0 || len(data) > maxSeed-len(b) {
		return nil, fmt.Errorf("udf: a seed has 1 to %d octets of data, not %d", maxSeed-len(b), len(data))
	}
	return &Seed{secret.Take(append(b, data...))}, nil
}

// ParseSeed reads the text of a seed, Z first. Its errors are of type
// *ParseError.
func ParseSeed(text string) (*Seed, error) {
	b, err := parse(text, maxSeed, "seed", TypeSeed)
	if err != nil {
		return nil, err
	}
	if len(b) < 4 {
		secret.Wipe(b)
		return nil, &ParseError{Reason: "too short for a seed"}
	}
	return &Seed{secret.Take(b)}, nil
}

// SeedFromOctets reads the binary form of a seed, at most 64 octets with the
// type octet, and copies it. Up to three zero octets before the type octet are
// dropped.
//
// Spec: until November 2020 secrets were split in whole words of 32 bits, with
// zero octets in front, so that is how shares printed then come back.
func SeedFromOctets(b []byte) (*Seed, error) {
	if len(b) > maxSeed {
		return nil, errSeed
	}
	for range 3 {
		if len(b) > 0 && b[0] == 0 {
			b = b[1:]
		}
	}
	if len(b) < 4 || b[0] != byte(TypeSeed) {
		return nil, errSeed
	}
	return &Seed{secret.Copy(b)}, nil
}

// Specifier says what the seed is for. It is not secret.
func (s *Seed) Specifier() Specifier { return Specifier(binary.BigEndian.Uint16(s.ikm())) }

// Octets returns the binary form, type octet first, in a fresh slice that is
// the caller's to wipe. This is what is split into shares.
func (s *Seed) Octets() []byte { return append([]byte(nil), s.box.Reveal()...) }

// Text returns the seed in letters, as secret as the seed.
func (s *Seed) Text() string { return format(s.box.Reveal()) }

// Equal compares in constant time.
func (s *Seed) Equal(t *Seed) bool { return s.box.Equal(t.box) }

// Wipe clears the seed, which must not be used after.
func (s *Seed) Wipe() { s.box.Wipe() }

// ikm is the input of every derivation, the specifier included.
//
// Spec: the draft says the complete sequence; published values leave the type
// octet out.
func (s *Seed) ikm() []byte { return s.box.Reveal()[1:] }

// Format implements fmt.Formatter and writes "[secret]".
func (s Seed) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }

// MarshalText implements encoding.TextMarshaler and always fails.
func (s Seed) MarshalText() ([]byte, error) { return nil, secret.ErrEncode }
