package dare

import (
	"crypto/subtle"
	"errors"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
)

// Open decrypts the body with key and returns it in a fresh slice that is the
// caller's to wipe. If the envelope is signed, Verify must have succeeded, and
// the signer's witness must show that he knew what he signed. If it is not, the
// plaintext may have been changed by anyone, and the caller must say so.
//
// Errors are *RecipientError if the envelope is not sealed to key,
// ErrUnverified, and else ErrDecrypt.
//
// Spec: the drafts do not demand a witness. Without it whoever passes an
// envelope on can replace its recipients, which are not signed, and so choose
// the key under which the signed ciphertext is read.
func (e *Envelope) Open(key Key) ([]byte, error) {
	seed, err := e.unlockReleased(key)
	if err != nil {
		return nil, err
	}
	defer seed.Wipe()
	return openUnder(seed, e.Header.Salt, e.Body)
}

// openUnder decrypts with the keys of a base seed and a salt.
func openUnder(seed *secret.Bytes, salt, ciphertext []byte) ([]byte, error) {
	k, err := newContentKeys(seed.Reveal(), salt)
	if err != nil {
		return nil, ErrDecrypt
	}
	defer k.wipe()
	plaintext, ok := k.open(ciphertext)
	if !ok {
		return nil, ErrDecrypt
	}
	return plaintext, nil
}

// OpenAnnotations decrypts the annotations of the header, as Open does the
// body. No signature covers them.
func (e *Envelope) OpenAnnotations(key Key) ([][]byte, error) {
	seed, err := e.unlockReleased(key)
	if err != nil {
		return nil, err
	}
	defer seed.Wipe()
	var out [][]byte
	for _, annotation := range e.Header.Annotations {
		plaintext, err := e.openAnnotation(seed, annotation)
		if err != nil {
			return nil, err
		}
		out = append(out, plaintext)
	}
	return out, nil
}

// openAnnotation reads two items of JSON-B data, a prefix of the salt and a
// ciphertext. draft-hallambaker-mesh-dare-12, section 5.4.
func (e *Envelope) openAnnotation(seed *secret.Bytes, annotation []byte) ([]byte, error) {
	prefix, rest, err := jsonb.ReadData(annotation)
	if err != nil {
		return nil, ErrDecrypt
	}
	ciphertext, rest, err := jsonb.ReadData(rest)
	if err != nil || len(rest) > 0 {
		return nil, ErrDecrypt
	}
	return openUnder(seed, slices.Concat(prefix, e.Header.Salt), ciphertext)
}

// unlockReleased is unlock for an envelope that is held whole.
func (e *Envelope) unlockReleased(key Key) (*secret.Bytes, error) {
	if err := e.readable(encA256CBC); err != nil {
		return nil, err
	}
	if err := e.released(); err != nil {
		return nil, err
	}
	return e.unlock(key)
}

// readable tells whether the envelope is encrypted, by enc.
func (e *Envelope) readable(enc string) error {
	switch {
	case !e.Encrypted():
		return errors.New("dare: the envelope is not encrypted")
	case e.Header.Enc != enc:
		return errors.New("dare: encrypted by an algorithm that is not known")
	case e.Header.Cloaked != nil:
		return errors.New("dare: envelopes with cloaked headers are not read")
	}
	return nil
}

// unlock finds the base seed, and for a signed envelope checks that its signer
// knew it.
func (e *Envelope) unlock(key Key) (*secret.Bytes, error) {
	found := false
	for _, r := range e.Header.Recipients {
		if !key.Named(r.Kid) {
			continue
		}
		found = true
		if seed := r.unwrap(key); seed != nil {
			if e.witnessed(seed) {
				return seed, nil
			}
			seed.Wipe()
		}
	}
	if found {
		return nil, ErrDecrypt
	}
	return nil, &RecipientError{e.Recipients()}
}

// witnessed tells whether every signature that was verified has the witness
// that belongs to seed.
func (e *Envelope) witnessed(seed *secret.Bytes) bool {
	if !e.Signed() {
		return true
	}
	k, err := newContentKeys(seed.Reveal(), e.Header.Salt)
	if err != nil {
		return false
	}
	defer k.wipe()
	for _, s := range e.verified.by {
		want, err := k.witness(s.Signature)
		if err != nil || subtle.ConstantTimeCompare(want, s.Witness) != 1 {
			return false
		}
	}
	return true
}

// maxWrapped is the greatest length of a wrapped base seed that is tried.
const maxWrapped = 8 + 2*seedLen

// unwrap returns the base seed, nil if it is not wrapped for key.
func (r *Recipient) unwrap(key Key) *secret.Bytes {
	ephemeral, err := r.Epk.key()
	if err != nil || len(r.Wmk) > maxWrapped {
		return nil
	}
	ikm, err := key.Agree(ephemeral)
	if err != nil {
		return nil
	}
	defer secret.Wipe(ikm)
	for _, info := range kekInfos {
		k, err := kek(ikm, info)
		if err != nil {
			return nil
		}
		seed, ok := unwrap(k, r.Wmk)
		secret.Wipe(k)
		if ok {
			return secret.Take(seed)
		}
	}
	return nil
}

// key reads the ephemeral key; without one it is nil.
func (k *EphemeralKey) key() (*cogen.PublicKey, error) {
	switch {
	case k == nil:
		return nil, nil
	case k.ECDH == nil:
		return nil, errors.New("dare: an ephemeral key of another kind")
	}
	a, err := cogen.ParseAlgorithm(k.ECDH.Crv)
	if err != nil {
		return nil, err
	}
	return a.NewPublicKey(k.ECDH.Public)
}
