package dare

import (
	"errors"
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
	"meshkey/udf"
)

// SealOptions say for whom an envelope is sealed and by whom. At least one
// recipient, and one of a signer, Anonymous and Unsigned.
type SealOptions struct {
	Recipients  []*cogen.PublicKey // X448 or X25519
	Keys        []*udf.Key         // of type E
	Signer      *cogen.PrivateKey
	Anonymous   bool // authenticated, but not by whom; a form of ours that SealTo writes
	Unsigned    bool // there is no signer, so anyone can change what will be read
	Text        bool // SealTo writes the body as a text
	Meta        ContentMeta
	Annotations [][]byte // encrypted like the body, in the header
}

// Seal makes an envelope that holds plaintext, readable by any one recipient.
// A signer of X keys, a recipient of signature keys, and a signer where there
// shall be none are errors.
func Seal(plaintext []byte, opt SealOptions) (*Envelope, error) {
	seed, salt := secret.Random(seedLen), make([]byte, saltLen)
	defer seed.Wipe()
	secret.Fill(salt)
	return seal(plaintext, opt, seed, salt)
}

// seal is Seal with its base seed and salt given.
func seal(plaintext []byte, opt SealOptions, seed *secret.Bytes, salt []byte) (*Envelope, error) {
	if opt.Anonymous {
		return nil, errors.New("dare: an anonymous envelope is a stream")
	}
	e, err := newSealed(opt, seed, salt)
	if err != nil {
		return nil, err
	}
	if err := e.sealBody(plaintext, seed, opt.Signer); err != nil {
		return nil, err
	}
	return e, nil
}

// newSealed makes the envelope but for its body and trailer.
func newSealed(opt SealOptions, seed *secret.Bytes, salt []byte) (*Envelope, error) {
	ways := 0
	for _, way := range []bool{opt.Signer != nil, opt.Anonymous, opt.Unsigned} {
		if way {
			ways++
		}
	}
	switch {
	case len(opt.Recipients)+len(opt.Keys) == 0:
		return nil, errors.New("dare: no recipient")
	case len(opt.Recipients)+len(opt.Keys) > MaxRecipients:
		return nil, errors.New("dare: too many recipients")
	case ways != 1:
		return nil, errors.New("dare: an envelope is signed, or called anonymous, or called unsigned")
	}
	e := &Envelope{Header: Header{Enc: encA256CBC, Salt: salt}}
	if opt.Signer != nil {
		e.Header.Dig = digS512
	}
	for _, key := range opt.Recipients {
		r, err := newRecipient(key, seed)
		if err != nil {
			return nil, err
		}
		e.Header.Recipients = append(e.Header.Recipients, r)
	}
	for _, key := range opt.Keys {
		r, err := newSymmetricRecipient(key, seed)
		if err != nil {
			return nil, err
		}
		e.Header.Recipients = append(e.Header.Recipients, r)
	}
	if err := e.setMeta(opt.Meta); err != nil {
		return nil, err
	}
	if err := e.sealAnnotations(seed, opt.Annotations); err != nil {
		return nil, err
	}
	return e, nil
}

func (e *Envelope) sealBody(plaintext []byte, seed *secret.Bytes, signer *cogen.PrivateKey) error {
	k, err := newContentKeys(seed.Reveal(), e.Header.Salt)
	if err != nil {
		return fmt.Errorf("dare: %w", err)
	}
	defer k.wipe()
	if e.Body, err = k.seal(plaintext); err != nil {
		return fmt.Errorf("dare: %w", err)
	}
	if signer == nil {
		return nil
	}
	return e.sign(k, []*cogen.PrivateKey{signer})
}

// sealAnnotations encrypts each annotation under the salt with its number in
// front, from 1: the body has the bare salt.
func (e *Envelope) sealAnnotations(seed *secret.Bytes, annotations [][]byte) error {
	if len(annotations) > 255 {
		return errors.New("dare: too many annotations")
	}
	for i, plaintext := range annotations {
		prefix := []byte{byte(i + 1)}
		k, err := newContentKeys(seed.Reveal(), slices.Concat(prefix, e.Header.Salt))
		if err != nil {
			return fmt.Errorf("dare: %w", err)
		}
		ciphertext, err := k.seal(plaintext)
		k.wipe()
		if err != nil {
			return fmt.Errorf("dare: %w", err)
		}
		e.Header.Annotations = append(e.Header.Annotations, jsonb.AppendData(jsonb.AppendData(nil, prefix), ciphertext))
	}
	return nil
}

// newRecipient wraps seed for the holder of key.
func newRecipient(key *cogen.PublicKey, seed *secret.Bytes) (*Recipient, error) {
	if key.Algorithm().IsSignature() {
		return nil, errors.New("dare: a recipient's key is for signatures")
	}
	ephemeral := key.Algorithm().GenerateKey()
	defer ephemeral.Wipe()
	ikm, err := ephemeral.SharedSecret(key)
	if err != nil {
		return nil, fmt.Errorf("dare: %w", err)
	}
	// Spec: the drafts write X25519 keys in 33 octets, with the sign of v; the
	// reference writes and reads 32. The agreement is the same.
	public := ephemeral.PublicKey().Bytes()
	if key.Algorithm() == cogen.X25519() {
		public = ephemeral.PublicKey().Plain()
	}
	wmk, err := wrapFor(ikm, seed)
	if err != nil {
		return nil, err
	}
	return &Recipient{
		Kid: keyName(key),
		Epk: &EphemeralKey{ECDH: &PublicKeyECDH{Crv: key.Algorithm().String(), Public: public}},
		Wmk: wmk,
	}, nil
}

// newSymmetricRecipient wraps seed under key.
func newSymmetricRecipient(key *udf.Key, seed *secret.Bytes) (*Recipient, error) {
	if key.Type() != udf.TypeKey {
		return nil, errors.New("dare: a recipient's key is no encryption key")
	}
	wmk, err := wrapFor(key.Octets(), seed)
	if err != nil {
		return nil, err
	}
	return &Recipient{Kid: key.Identifier(), Wmk: wmk}, nil
}

// wrapFor wraps seed under what is derived from ikm, which it wipes.
func wrapFor(ikm []byte, seed *secret.Bytes) ([]byte, error) {
	defer secret.Wipe(ikm)
	k, err := kek(ikm, kekInfos[0])
	if err != nil {
		return nil, fmt.Errorf("dare: %w", err)
	}
	defer secret.Wipe(k)
	return wrap(k, seed.Reveal())
}
