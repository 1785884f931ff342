package dare

import (
	"bytes"
	"crypto/sha512"
	"errors"
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/udf"
)

// Sign makes an envelope with body in clear, signed by every signer. body is
// kept, not copied. The envelope's own name, Header.EnvelopeId, is the caller's
// to set; the fingerprint of the profile, for a profile.
//
// Spec: Ed25519 signatures are the plain ones of RFC 8032; the reference makes
// and expects Ed25519ctx with an empty context. Ed448, the Mesh's default, is
// the same in both.
func Sign(body []byte, meta ContentMeta, signers ...*cogen.PrivateKey) (*Envelope, error) {
	if len(signers) == 0 {
		return nil, errors.New("dare: no signer")
	}
	e := &Envelope{Header: Header{Dig: digS512}, Body: body}
	if err := e.setMeta(meta); err != nil {
		return nil, err
	}
	if err := e.sign(nil, signers); err != nil {
		return nil, err
	}
	return e, nil
}

// SignedBy makes an envelope as Sign does, with a signature of the SHA-512
// digest of body that was made elsewhere. It is a *SignatureError if it is none
// by that key. body is kept, not copied.
func SignedBy(body []byte, meta ContentMeta, key *cogen.PublicKey, signature []byte) (*Envelope, error) {
	e := &Envelope{Header: Header{Dig: digS512}, Body: body}
	if err := e.setMeta(meta); err != nil {
		return nil, err
	}
	digest := sha512.Sum512(body)
	e.Trailer = &Trailer{
		Signatures:    []*Signature{{Alg: digS512, Kid: keyName(key), Signature: signature}},
		PayloadDigest: digest[:],
	}
	return e, e.verifyDigest(digest, key)
}

// sign adds a trailer with signatures over the body and, if the body is
// encrypted under k, witnesses.
func (e *Envelope) sign(k *contentKeys, signers []*cogen.PrivateKey) error {
	digest := sha512.Sum512(e.Body)
	return e.signDigest(digest[:], k, signers)
}

func (e *Envelope) signDigest(digest []byte, k *contentKeys, signers []*cogen.PrivateKey) error {
	e.Trailer = &Trailer{PayloadDigest: digest}
	for _, signer := range signers {
		value, err := signer.Sign(digest)
		if err != nil {
			return fmt.Errorf("dare: %w", err)
		}
		// Spec: "alg" names the digest whatever the algorithm of the key.
		s := &Signature{Alg: digS512, Kid: keyName(signer.PublicKey()), Signature: value}
		if k != nil {
			if s.Witness, err = k.witness(value); err != nil {
				return err
			}
		}
		e.Trailer.Signatures = append(e.Trailer.Signatures, s)
	}
	return nil
}

// Verify checks that signer signed the body as it stands, and that the digest
// the envelope states, if any, is that of the body. From then on Open and
// Payload give out what it holds. Errors are ErrUnsigned, *SignerError and
// *SignatureError.
//
// Signatures can be cut off an envelope. Who expects one calls Verify, whatever
// Signed says.
func (e *Envelope) Verify(signer *cogen.PublicKey) error {
	if !e.Signed() {
		return ErrUnsigned
	}
	return e.verifyDigest(sha512.Sum512(e.Body), signer)
}

// VerifyNamed is Verify where name is the signer's, and the signature has to be
// under that name as it stands.
func (e *Envelope) VerifyNamed(signer *cogen.PublicKey, name string) error {
	if !e.Signed() {
		return ErrUnsigned
	}
	return e.verifyBy(sha512.Sum512(e.Body), signer, func(kid string) bool { return kid == name })
}

// verifyDigest is Verify for a body with that digest.
func (e *Envelope) verifyDigest(digest [sha512.Size]byte, signer *cogen.PublicKey) error {
	return e.verifyBy(digest, signer, func(kid string) bool { return names(signer, kid) })
}

// verifyBy is verifyDigest of a signature under a name that is the signer's.
func (e *Envelope) verifyBy(digest [sha512.Size]byte, signer *cogen.PublicKey, named func(kid string) bool) error {
	found := false
	for _, s := range e.signatures() {
		if !named(s.Kid) {
			continue
		}
		found = true
		if e.digestNamed(s) && e.digestAgrees(digest[:]) && signer.VerifyMesh(digest[:], s.Signature) {
			e.accept(digest, s)
			return nil
		}
	}
	if found {
		return &SignatureError{keyName(signer)}
	}
	return &SignerError{keyName(signer), e.Signers()}
}

// digestNamed tells whether the header or else the signature names a digest
// that is SHA-512.
func (e *Envelope) digestNamed(s *Signature) bool {
	name := e.Header.Dig
	if name == "" {
		name = s.Dig
	}
	return name == digS512 || name == digOld
}

// digestAgrees tells whether every digest of the payload that the envelope
// states is digest.
func (e *Envelope) digestAgrees(digest []byte) bool {
	agrees := func(stated []byte) bool { return stated == nil || bytes.Equal(stated, digest) }
	return agrees(e.Header.PayloadDigest) && (e.Trailer == nil || agrees(e.Trailer.PayloadDigest))
}

func (e *Envelope) accept(digest [sha512.Size]byte, s *Signature) {
	if e.verified == nil || e.verified.digest != digest {
		e.verified = &verified{digest: digest}
	}
	if !slices.Contains(e.verified.by, s) {
		e.verified.by = append(e.verified.by, s)
	}
}

// released tells whether what the envelope holds may be given out: it is not
// signed, or its body is the one that was verified.
func (e *Envelope) released() error {
	if e.Signed() && (e.verified == nil || e.verified.digest != sha512.Sum512(e.Body)) {
		return ErrUnverified
	}
	return nil
}

// Payload returns the body of an envelope that is not encrypted. If it is
// signed, Verify must have succeeded.
func (e *Envelope) Payload() ([]byte, error) {
	if e.Encrypted() {
		return nil, errors.New("dare: the envelope is encrypted")
	}
	if err := e.released(); err != nil {
		return nil, err
	}
	return e.Body, nil
}

// keyName is the name that key is given in envelopes.
func keyName(key *cogen.PublicKey) string {
	return udf.KeyFingerprint(key.Algorithm(), key.Bytes()).String()
}

// names tells whether kid names key: under the present or the older content
// type, and for a key that can be written with the sign of v or without it,
// either way.
func names(key *cogen.PublicKey, kid string) bool {
	want, err := udf.ParseFingerprint(kid)
	if err != nil {
		return false
	}
	for _, contentType := range []string{udf.KeyContentType, udf.KeyContentTypeOld} {
		for _, public := range [][]byte{key.Bytes(), key.Plain()} {
			if udf.KeyFingerprintAs(contentType, key.Algorithm(), public).Matches(want) {
				return true
			}
		}
	}
	return false
}
