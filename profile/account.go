package profile

import (
	"fmt"

	"meshkey/cogen"
	"meshkey/internal/secret"
	"meshkey/udf"
)

// An Account has all keys of an account of the Mesh, private ones included:
// draft-hallambaker-mesh-schema, ProfileAccount. It is secret.
type Account struct {
	*keyring
	seed *udf.Seed
}

// Account derives every key of the account. It keeps a copy of the seed for
// the keys of stores; Wipe clears it with the keys.
func (s *Seed) Account() (*Account, error) {
	ring, err := derive(s.seed, accountKeys)
	if err != nil {
		return nil, err
	}
	octets := s.Octets()
	defer secret.Wipe(octets)
	seed, err := udf.SeedFromOctets(octets)
	if err != nil {
		ring.Wipe()
		return nil, err
	}
	return &Account{ring, seed}, nil
}

// Wipe clears the keys.
func (a *Account) Wipe() {
	a.keyring.Wipe()
	a.seed.Wipe()
}

// StoreKey derives the encryption key of a store, one of Stores or any other
// name. The key is the caller's to wipe.
func (a *Account) StoreKey(store string) (*cogen.PrivateKey, error) {
	k, err := a.seed.Key(cogen.X448(), storeLabel+store)
	if err != nil {
		return nil, fmt.Errorf("profile: deriving the key of store %q: %w", store, err)
	}
	return k, nil
}
