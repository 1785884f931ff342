package dare

import (
	"crypto/aes"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"

	"meshkey/cogen"
	"meshkey/internal/secret"
	"meshkey/udf"
)

const (
	seedLen = 32 // of a base seed
	keyLen  = 32 // of every key
	saltLen = 16 // of the salts made here
)

// kekInfos are the forms of the key encryption key, the one written first.
//
// Spec: the drafts do not say what HKDF's info is. It was "master", and is
// empty in later envelopes and everywhere in the Mesh.
var kekInfos = [...]string{"", "master"}

// kek derives the key that wraps the base seed from a key agreement or a
// symmetric key.
func kek(ikm []byte, info string) ([]byte, error) {
	return hkdf.Key(sha512.New, ikm, nil, info, keyLen)
}

// contentKeys are derived from a base seed and a salt.
type contentKeys struct{ prk []byte }

// newContentKeys extracts with SHA-256, where the key encryption key takes
// SHA-512.
func newContentKeys(seed, salt []byte) (*contentKeys, error) {
	prk, err := hkdf.Extract(sha256.New, seed, salt)
	return &contentKeys{prk}, err
}

func (k *contentKeys) expand(info string, n int) ([]byte, error) {
	return hkdf.Expand(sha256.New, k.prk, info, n)
}

func (k *contentKeys) encryption() (key, iv []byte, err error) {
	if key, err = k.expand("encrypt", keyLen); err != nil {
		return nil, nil, err
	}
	iv, err = k.expand("iv", aes.BlockSize)
	return key, iv, err
}

// witness shows with a signature that its maker knew the base seed.
func (k *contentKeys) witness(signature []byte) ([]byte, error) {
	return k.expand(string(signature), keyLen)
}

func (k *contentKeys) wipe() { secret.Wipe(k.prk) }

func (k *contentKeys) seal(plaintext []byte) ([]byte, error) {
	key, iv, err := k.encryption()
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(key)
	return encryptCBC(key, iv, plaintext)
}

func (k *contentKeys) open(ciphertext []byte) ([]byte, bool) {
	key, iv, err := k.encryption()
	if err != nil {
		return nil, false
	}
	defer secret.Wipe(key)
	return decryptCBC(key, iv, ciphertext)
}

// Key opens what is sealed to it.
type Key interface {
	// Named tells whether kid, as it stands with a recipient, names the key.
	Named(kid string) bool
	// Agree returns what the base seed is wrapped under, before derivation: the
	// key agreement with the sender's ephemeral key, or the octets of a
	// symmetric key, for which ephemeral is nil. The slice is fresh and will be
	// wiped.
	Agree(ephemeral *cogen.PublicKey) ([]byte, error)
}

// PrivateKey is k as a Key, of any of the four algorithms.
func PrivateKey(k *cogen.PrivateKey) Key { return privateKey{k} }

// SymmetricKey is k, of type E, as a Key.
func SymmetricKey(k *udf.Key) Key { return symmetricKey{k} }

type privateKey struct{ key *cogen.PrivateKey }

func (k privateKey) Named(kid string) bool { return names(k.key.PublicKey(), kid) }

func (k privateKey) Agree(ephemeral *cogen.PublicKey) ([]byte, error) {
	if ephemeral == nil {
		return nil, fmt.Errorf("dare: no ephemeral key")
	}
	return k.key.SharedSecret(ephemeral)
}

type symmetricKey struct{ key *udf.Key }

func (k symmetricKey) Named(kid string) bool {
	return kid == k.key.Identifier() || kid == k.key.IdentifierAs(udf.LocatorContentTypeOld)
}

func (k symmetricKey) Agree(ephemeral *cogen.PublicKey) ([]byte, error) {
	if ephemeral != nil {
		return nil, fmt.Errorf("dare: an ephemeral key with a symmetric one")
	}
	return k.key.Octets(), nil
}
