package record

import (
	"crypto/hkdf"
	"crypto/sha512"
	"errors"
	"fmt"

	"meshkey/internal/secret"
	"meshkey/udf"
)

// A Key seals and opens the recovery record of one account and says where the
// record waits. It is secret.
type Key struct{ key *udf.Key }

// keyInfo is the info of the derivation that gives a Key.
const keyInfo = "meshkey record v1"

// NewKey derives the key of an account's record from the account's binary seed,
// type octet first: 32 octets of HKDF-SHA512 over the seed without its type
// octet, without salt.
func NewKey(seed []byte) (*Key, error) {
	s, err := udf.SeedFromOctets(seed)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	defer s.Wipe()
	octets := s.Octets()
	defer secret.Wipe(octets)
	okm, err := hkdf.Key(sha512.New, octets[1:], nil, keyInfo, 32)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	defer secret.Wipe(okm)
	k, err := udf.NewKey(okm)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return &Key{k}, nil
}

// Locator names the record, to 280 bits: it is the name of its file, and the
// last part of its URL. It is public and tells nothing of the key.
func (k *Key) Locator() string { return k.key.Locator().Text(udf.LocatorBits) }

// URL is where a host keeps the record. It is public.
func (k *Key) URL(host string) (string, error) {
	e, err := udf.ParseEARL("udf://" + host + "/" + k.key.Text())
	if err != nil {
		return "", errors.New("record: not the name of a host")
	}
	return e.URL(), nil
}

// Wipe clears the key.
func (k *Key) Wipe() { k.key.Wipe() }

// Format implements fmt.Formatter and writes "[secret]".
func (k Key) Format(f fmt.State, verb rune) { k.key.Format(f, verb) }

// MarshalText implements encoding.TextMarshaler and always fails.
func (k Key) MarshalText() ([]byte, error) { return nil, secret.ErrEncode }
