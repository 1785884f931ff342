package check

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
	"meshkey/vectors"
)

func envelope(c vectors.Case[vectors.Envelope]) error {
	var f findings
	d := c.Data
	e := parseEnvelope(&f, d.Envelope)
	if e == nil {
		return f.err()
	}
	if d.Signer != nil {
		signed(&f, e, d.Signer)
	}
	if d.Digest != nil {
		digests(&f, e, d.Digest)
	}
	if meta, err := e.ContentMeta(); !f.failed("content metadata", err) {
		f.same("message", meta.MessageType, d.Message)
	}
	if strings.HasPrefix(d.Message, "Profile") && d.Signer != nil {
		// A profile is signed by the key that it is named after.
		f.same("EnvelopeId", e.Header.EnvelopeId, d.Signer.Kid)
		if p, err := profile.Parse(d.Envelope); !f.failed("profile", err) {
			f.same("kind", p.Kind(), d.Message)
			f.same("fingerprint", p.Fingerprint().String(), d.Signer.Kid)
		}
	}
	if c.Result == vectors.NotCheckable {
		unopened(&f, e, d.Sealed)
		return f.err()
	}
	var payload []byte
	if d.Recipient != nil {
		key := opener(&f, d.Recipient)
		if key == nil {
			return f.err()
		}
		payload = opened(&f, e, key, d.Sealed)
		sequences(&f, e, key, d)
	} else {
		var err error
		payload, err = e.Payload()
		f.failed("payload", err)
	}
	hash := sha256.Sum256(payload)
	f.octets("sha256", hash[:], d.SHA256)
	if d.Encoding != "" {
		message(&f, payload, d.Message, d.Encoding)
	}
	return f.err()
}

// parseEnvelope reads an envelope and writes it again.
func parseEnvelope(f *findings, text json.RawMessage) *dare.Envelope {
	e, err := dare.Parse(text)
	if f.failed("envelope", err) {
		return nil
	}
	var compact bytes.Buffer
	f.failed("envelope", json.Compact(&compact, text))
	f.same("envelope written again", string(e.Bytes()), compact.String())
	return e
}

// digests checks every digest of the body that the envelope states.
func digests(f *findings, e *dare.Envelope, want vectors.Hex) {
	sum := sha512.Sum512(e.Body)
	f.octets("digest", sum[:], want)
	if e.Header.Dig != "S512" && e.Header.Dig != "SHA2" {
		f.add("no digest is called %q", e.Header.Dig)
	}
	if b := e.Header.PayloadDigest; b != nil {
		f.octets("digest in the header", b, want)
	}
	if e.Trailer != nil {
		f.octets("digest in the trailer", e.Trailer.PayloadDigest, want)
	}
}

// named checks a public key against the fingerprint that names it.
func named(f *findings, contentType, name string, public vectors.Hex, kid string) *cogen.PublicKey {
	a, err := algorithm(name)
	if f.failed("algorithm", err) {
		return nil
	}
	key, err := a.NewPublicKey(public)
	if f.failed("public key", err) {
		return nil
	}
	f.octets("public key written again", key.Bytes(), public)
	got := udf.KeyFingerprintAs(contentType, a, public)
	f.same("kid", got.String(), kid)
	return key
}

func signed(f *findings, e *dare.Envelope, s *vectors.Signer) {
	key := named(f, s.ContentType, s.Algorithm, s.Public, s.Kid)
	if key == nil {
		return
	}
	if _, err := e.Payload(); err == nil {
		f.add("the payload is given out before its signature is verified")
	}
	f.failed("signature", e.Verify(key))
	if s.Private != nil {
		private, err := key.Algorithm().NewPrivateKey(s.Private)
		if !f.failed("private key", err) {
			f.octets("signer's public key", private.PublicKey().Bytes(), s.Public)
		}
	}
	if e.Trailer == nil || len(e.Trailer.Signatures) != 1 {
		f.add("not one signature in the trailer")
		return
	}
	f.same("alg", e.Trailer.Signatures[0].Alg, e.Header.Dig)
	f.octets("witness", e.Trailer.Signatures[0].Witness, s.Witness)
}

// opener returns the key that opens what is sealed to r.
func opener(f *findings, r *vectors.Recipient) dare.Key {
	if r.SymmetricKey != "" {
		k, err := udf.ParseKey(r.SymmetricKey)
		if f.failed("key", err) {
			return nil
		}
		f.same("kid", k.Identifier(), r.Kid)
		return dare.SymmetricKey(k)
	}
	key := named(f, r.ContentType, r.Algorithm, r.Public, r.Kid)
	if key == nil {
		return nil
	}
	private, err := key.Algorithm().NewPrivateKey(r.Private)
	if f.failed("private key", err) {
		return nil
	}
	f.octets("recipient's public key", private.PublicKey().Bytes(), r.Public)
	if r.Seed != "" {
		if s := seed(f, r.Seed); s != nil {
			derived, err := s.Key(key.Algorithm(), r.Label)
			if !f.failed("label", err) {
				f.octets("private", derived.Bytes(), r.Private)
			}
		}
	}
	return dare.PrivateKey(private)
}

// opened opens an envelope, and goes the steps once more without package dare.
func opened(f *findings, e *dare.Envelope, key dare.Key, d vectors.Sealed) []byte {
	plaintext, err := e.Open(key)
	if f.failed("opening", err) {
		return nil
	}
	to := recipient(e, d.Recipient.Kid)
	if to == nil {
		f.add("not sealed to %s", d.Recipient.Kid)
		return nil
	}
	f.octets("base seed", unwrap(f, d.Recipient.KEK, to.Wmk), d.BaseSeed)
	f.octets("kek", wrapping(f, key, to, d.Recipient), d.Recipient.KEK)
	prk, err := hkdf.Extract(sha256.New, d.BaseSeed, e.Header.Salt)
	f.failed("base seed", err)
	for _, k := range []struct {
		info string
		want vectors.Hex
	}{{"encrypt", d.Key}, {"iv", d.IV}} {
		got, err := hkdf.Expand(sha256.New, prk, k.info, len(k.want))
		f.failed(k.info, err)
		f.octets(k.info, got, k.want)
	}
	again, err := decrypt(d.Key, d.IV, e.Body)
	f.failed("body", err)
	f.same("plaintext by its steps", string(again), string(plaintext))
	if e.Trailer != nil {
		for _, s := range e.Trailer.Signatures {
			witness, err := hkdf.Expand(sha256.New, prk, string(s.Signature), 32)
			f.failed("witness", err)
			f.octets("witness", witness, s.Witness)
		}
	}
	if d.KidContentType != "" {
		k, err := udf.NewKey(d.BaseSeed)
		if !f.failed("base seed", err) {
			f.same("header's kid", k.IdentifierAs(d.KidContentType), e.Header.Kid)
		}
	}
	return plaintext
}

func recipient(e *dare.Envelope, kid string) *dare.Recipient {
	for _, r := range e.Header.Recipients {
		if r.Kid == kid {
			return r
		}
	}
	return nil
}

// wrapping derives the key encryption key.
func wrapping(f *findings, key dare.Key, to *dare.Recipient, r *vectors.Recipient) []byte {
	var ephemeral *cogen.PublicKey
	if to.Epk != nil {
		a, err := algorithm(to.Epk.ECDH.Crv)
		if f.failed("epk", err) {
			return nil
		}
		if ephemeral, err = a.NewPublicKey(to.Epk.ECDH.Public); f.failed("epk", err) {
			return nil
		}
	}
	ikm, err := key.Agree(ephemeral)
	f.failed("agreement", err)
	f.octets("agreement", ikm, r.Agreement)
	kek, err := hkdf.Key(sha512.New, ikm, nil, r.Info, 32)
	f.failed("kek", err)
	return kek
}

// unopened checks what can be checked of an envelope that nothing opens.
func unopened(f *findings, e *dare.Envelope, d vectors.Sealed) {
	key := opener(f, d.Recipient)
	to := recipient(e, d.Recipient.Kid)
	if key == nil || to == nil {
		f.add("not sealed to %s", d.Recipient.Kid)
		return
	}
	unwrap(f, wrapping(f, key, to, d.Recipient), to.Wmk)
	if _, err := e.Open(key); !errors.Is(err, dare.ErrDecrypt) {
		f.add("what cannot be opened is opened, or fails otherwise: %v", err)
	}
}

func sequences(f *findings, e *dare.Envelope, key dare.Key, d vectors.Envelope) {
	texts, err := e.OpenAnnotations(key)
	if f.failed("annotations", err) {
		return
	}
	if len(texts) != len(d.Sequences) || len(texts) != len(e.Header.Annotations) {
		f.add("%d annotations and should be %d", len(texts), len(d.Sequences))
		return
	}
	for i, s := range d.Sequences {
		f.same("annotation", string(texts[i]), s.Text)
		if salt := append([]byte{0x88, byte(len(s.Salt))}, s.Salt...); !bytes.HasPrefix(e.Header.Annotations[i], salt) {
			f.add("annotation %d does not begin with salt %s", i, s.Salt)
		}
	}
}

// message checks the tag and the encoding of a structure of the Mesh. The
// oldest envelopes do not say which it is.
func message(f *findings, payload []byte, tag, encoding string) {
	x, err := mesh.Parse(payload)
	if f.failed("payload", err) {
		return
	}
	if u, ok := x.(*mesh.Unknown); ok {
		f.same("tag", u.Tag, tag)
	} else if tag != "" {
		f.same("tag", mesh.Tag(x), tag)
	}
	got := "JSON"
	if len(payload) > 1 && payload[1] == 0xb4 {
		got = "JSON-B"
	}
	f.same("encoding", got, encoding)
}

// unwrap undoes AES key wrap, RFC 3394, section 2.2.2.
func unwrap(f *findings, kek, wrapped []byte) []byte {
	block, err := aes.NewCipher(kek)
	if f.failed("kek", err) {
		return nil
	}
	n := len(wrapped)/8 - 1
	if len(wrapped)%8 != 0 || n < 2 {
		f.add("a wrapped key of %d octets", len(wrapped))
		return nil
	}
	a, r := binary.BigEndian.Uint64(wrapped), bytes.Clone(wrapped[8:])
	var b [16]byte
	for t := 6 * n; t > 0; t-- {
		at := r[(t-1)%n*8:][:8]
		binary.BigEndian.PutUint64(b[:], a^uint64(t))
		copy(b[8:], at)
		block.Decrypt(b[:], b[:])
		a = binary.BigEndian.Uint64(b[:])
		copy(at, b[8:])
	}
	if a != 0xa6a6a6a6a6a6a6a6 {
		f.add("the base seed does not unwrap")
	}
	return r
}

// decrypt undoes AES-256-CBC with the padding of PKCS #7.
func decrypt(key, iv, body []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	if len(body) == 0 || len(body)%aes.BlockSize != 0 || len(iv) != aes.BlockSize {
		return nil, errors.New("not whole blocks")
	}
	out := bytes.Clone(body)
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, body)
	pad := int(out[len(out)-1])
	if pad < 1 || pad > aes.BlockSize || !bytes.HasSuffix(out, bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, errors.New("no padding")
	}
	return out[:len(out)-pad], nil
}
