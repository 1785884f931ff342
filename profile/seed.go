package profile

import (
	"errors"
	"fmt"

	"meshkey/cogen"
	"meshkey/internal/secret"
	"meshkey/udf"
)

// seedLen is the number of random octets in a new seed.
const seedLen = 32

// MinSeed is the least number of random octets in the seed of an account.
const MinSeed = 16

// A Seed is the master seed of an account, of a user or a group: a UDF seed
// with the specifier MeshProfileAccount (258). Every key of the account is
// derived from it. It is secret.
type Seed struct{ seed *udf.Seed }

// A KindError says that a seed is of another kind than the one wanted.
type KindError struct{ Want, Specifier udf.Specifier }

// Error implements error.
func (e *KindError) Error() string {
	of := map[udf.Specifier]string{
		udf.MeshProfileAccount: "an account's", udf.MeshProfileDevice: "a device's", udf.MeshProfileService: "a service's",
	}
	return fmt.Sprintf("profile: the seed is not %s but of kind %v", of[e.Want], e.Specifier)
}

// NewSeed makes a seed of 32 fresh random octets.
func NewSeed() *Seed { return &Seed{freshSeed(udf.MeshProfileAccount)} }

func freshSeed(kind udf.Specifier) *udf.Seed {
	data := secret.Random(seedLen)
	defer data.Wipe()
	s, err := udf.NewSeed(kind, data.Reveal())
	if err != nil {
		panic("profile: " + err.Error()) // a constant length in range
	}
	return s
}

// ParseSeed reads the text of a seed, ZAAQ-…. The error is a *udf.ParseError
// for a wrong text and a *KindError for a seed of another kind.
func ParseSeed(text string) (*Seed, error) { return ofAccount(udf.ParseSeed(text)) }

// SeedFromOctets reads a binary seed, type octet first, as its shares give it.
// It copies b, and drops zero octets before the type octet, which the reference
// wrote until November 2020. The error is a *KindError for a seed of another
// kind.
func SeedFromOctets(b []byte) (*Seed, error) { return ofAccount(udf.SeedFromOctets(b)) }

func ofAccount(s *udf.Seed, err error) (*Seed, error) {
	if err != nil {
		return nil, err
	}
	if spec := s.Specifier(); spec != udf.MeshProfileAccount {
		s.Wipe()
		return nil, &KindError{Want: udf.MeshProfileAccount, Specifier: spec}
	}
	if octets := s.Octets(); len(octets) < 3+MinSeed {
		secret.Wipe(octets)
		s.Wipe()
		return nil, errShort
	} else {
		secret.Wipe(octets)
	}
	return &Seed{s}, nil
}

var errShort = errors.New("profile: the seed of an account has 16 random octets or more")

// Octets returns the binary seed, type octet first, in a fresh slice that is
// the caller's to wipe. This is what is split into shares.
func (s *Seed) Octets() []byte { return s.seed.Octets() }

// Text returns the seed in letters, ZAAQ-…, as secret as the seed.
func (s *Seed) Text() string { return s.seed.Text() }

// Equal compares in constant time.
func (s *Seed) Equal(t *Seed) bool { return s.seed.Equal(t.seed) }

// Wipe clears the seed, which must not be used after.
func (s *Seed) Wipe() { s.seed.Wipe() }

// Format implements fmt.Formatter and writes "[secret]".
func (s Seed) Format(f fmt.State, verb rune) { s.seed.Format(f, verb) }

// MarshalText implements encoding.TextMarshaler and always fails.
func (s Seed) MarshalText() ([]byte, error) { return nil, secret.ErrEncode }

// Fingerprint is the account's name, the key UDF of its ProfileSignature key.
// It derives that key alone, so it is the quick test of a recovered seed.
func (s *Seed) Fingerprint() (udf.Fingerprint, error) {
	k, err := s.seed.Key(cogen.Ed448(), accountKeys[0].label)
	if err != nil {
		return udf.Fingerprint{}, fmt.Errorf("profile: deriving %s: %w", ProfileSignature, err)
	}
	defer k.Wipe()
	return udf.KeyFingerprint(k.Algorithm(), k.PublicKey().Bytes()), nil
}
