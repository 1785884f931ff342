package profile

import (
	"fmt"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
	"meshkey/mesh"
	"meshkey/udf"
)

// An Escrowed is a key of an application that was escrowed to an account.
type Escrowed struct {
	Key *mesh.KeyData // with its private parameters; mesh.Wipe clears them
	// Signed tells whether the account's own keys signed the envelope. If not,
	// anyone who held it could have changed it unnoticed.
	Signed bool
}

// OpenEscrowed opens an envelope of the catalog of applications
// (EnvelopedEscrow), which holds the private key of an application, with the
// account's EscrowEncryption key. A signed envelope must be signed by a key of
// the account. The key must bear its own fingerprint, if its kind has one that
// is known.
func (a *Account) OpenEscrowed(envelope []byte) (*Escrowed, error) {
	e, err := dare.Parse(envelope)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	if e.Signed() {
		if err := a.verifyOwn(e); err != nil {
			return nil, fmt.Errorf("profile: %w", err)
		}
	}
	plaintext, err := e.Open(dare.PrivateKey(a.Private(EscrowEncryption)))
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	defer secret.Wipe(plaintext)
	key, err := mesh.ParseAs[mesh.KeyData](plaintext)
	if err != nil {
		return nil, fmt.Errorf("profile: the escrowed key: %w", err)
	}
	if err := checkName(key); err != nil {
		mesh.Wipe(key)
		return nil, err
	}
	return &Escrowed{key, e.Signed()}, nil
}

// verifyOwn verifies an envelope that a key of the account signed.
func (a *Account) verifyOwn(e *dare.Envelope) (err error) {
	for _, k := range a.Keys() {
		if !k.Algorithm.IsSignature() {
			continue
		}
		if err = e.Verify(k.Public); err == nil {
			return nil
		}
	}
	return err
}

// checkName checks that a key bears its own fingerprint.
func checkName(key *mesh.KeyData) error {
	var f udf.Fingerprint
	switch p := key.PublicParameters.(type) {
	case *mesh.PublicKeyRSA:
		var err error
		if f, err = udf.RSAFingerprint(p.N, p.E); err != nil {
			return fmt.Errorf("profile: the escrowed key: %w", err)
		}
	case *mesh.PublicKeyECDH:
		k, err := readKey(place{"the escrowed key", key})
		if err != nil {
			return err
		}
		f = k.Fingerprint
	default:
		return nil
	}
	if stated, err := udf.ParseFingerprint(key.Udf); err != nil || !f.Matches(stated) {
		return fmt.Errorf("profile: the escrowed key has another fingerprint than is stated for it")
	}
	return nil
}

// Find returns the private key that a fingerprint names: one of the account's
// keys, or that of one of its Stores, which is derived anew. It is nil if there
// is none.
func (a *Account) Find(f udf.Fingerprint) (name string, key *cogen.PrivateKey) {
	for i, k := range a.Keys() {
		if k.Fingerprint.Matches(f) {
			return k.Name, a.private[i]
		}
	}
	for _, store := range Stores() {
		k, err := a.StoreKey(store)
		if err != nil {
			continue
		}
		if named(store, k.PublicKey()).Fingerprint.Matches(f) {
			return store, k
		}
		k.Wipe()
	}
	return "", nil
}
