package dare

import (
	"crypto/sha512"
	"errors"
	"fmt"
	"sync"

	"meshkey/internal/jsonb"
)

// Bounds of an envelope.
const (
	// MaxSize is the greatest length of an envelope's text in octets.
	MaxSize = jsonb.MaxSize
	// MaxRecipients is the greatest number of recipients.
	MaxRecipients = 256
	// MaxSignatures is the greatest number of signatures.
	MaxSignatures = 16
)

// Names of algorithms as they stand in headers.
const (
	encA256CBC = "A256CBC"
	encChunked = "A256GCM-64K" // of ours, in an AuthenticatedEnvelope only
	digS512    = "S512"
	digOld     = "SHA2" // Spec: in 2020 the same digest, SHA-512, bore this name
)

// Envelope is a DARE envelope. draft-hallambaker-mesh-dare-12, section 5.
type Envelope struct {
	Header  Header
	Body    []byte   // as sent: ciphertext, or a payload that nothing vouches for yet
	Trailer *Trailer // nil if there is none

	verified *verified
}

// verified records a body and the signatures that were found good over it.
type verified struct {
	digest [sha512.Size]byte
	by     []*Signature
}

// Trailer is what comes after the body. Its members may stand in a header too.
type Trailer struct {
	jsonb.Rest
	Signatures    []*Signature `jsonb:"signatures"`
	PayloadDigest []byte       `jsonb:"PayloadDigest"`
}

// Header is what comes before the body. Nothing in it is signed.
type Header struct {
	Trailer
	EnvelopeId      string       `jsonb:"EnvelopeId,was=EnvelopeID"`
	Enc             string       `jsonb:"enc"`
	Dig             string       `jsonb:"dig"`
	Kid             string       `jsonb:"kid"` // Spec: names the base seed or nothing at all; neither checked nor written
	Salt            []byte       `jsonb:"Salt"`
	KeyCommitment   []byte       `jsonb:"KeyCommitment"` // of ours, with A256GCM-64K
	Cloaked         []byte       `jsonb:"cloaked"`
	Annotations     [][]byte     `jsonb:"annotations,was=Annotations"`
	Recipients      []*Recipient `jsonb:"recipients"`
	ContentMetaData []byte       `jsonb:"ContentMetaData"`
}

// Recipient is the base seed, wrapped for one key.
type Recipient struct {
	jsonb.Rest
	Kid string        `jsonb:"kid"` // fingerprint of the key, or identifier of a symmetric one
	Epk *EphemeralKey `jsonb:"epk"` // nil for a symmetric key
	Wmk []byte        `jsonb:"wmk"`
}

// EphemeralKey is the public key that a sender made for one recipient.
type EphemeralKey struct {
	jsonb.Rest
	ECDH *PublicKeyECDH `jsonb:"PublicKeyECDH"`
}

// PublicKeyECDH is a public key on a curve.
type PublicKeyECDH struct {
	jsonb.Rest
	Crv    string `jsonb:"crv"`
	Public []byte `jsonb:"Public"`
}

// Signature is one signature over the digest of the body.
type Signature struct {
	jsonb.Rest
	Dig       string `jsonb:"dig"`
	Alg       string `jsonb:"alg"`
	Kid       string `jsonb:"kid"` // fingerprint of the signer's key
	Signature []byte `jsonb:"signature"`
	Witness   []byte `jsonb:"witness"` // shows that the signer knew the base seed
}

// ContentMeta describes what an envelope holds. It is not signed.
type ContentMeta struct {
	jsonb.Rest
	UniqueId    string `jsonb:"UniqueId,was=UniqueID"`
	MessageType string `jsonb:"MessageType"` // tag of the structure
	ContentType string `jsonb:"cty"`         // such as application/mmm/object
	Created     string `jsonb:"Created"`     // such as 2022-05-03T16:46:56Z
}

var schema = sync.OnceValue(func() *jsonb.Schema { return jsonb.NewSchema(nil, &Header{}, &Trailer{}, &ContentMeta{}) })

// Parse reads an envelope: a list of header, body and perhaps trailer, bare or
// under the tag DareEnvelope, in JSON or JSON-B. Nothing in it refers to b. It
// checks no signature.
func Parse(b []byte) (*Envelope, error) {
	v, err := jsonb.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("dare: %w", err)
	}
	e, err := decode(v)
	if err != nil {
		return nil, fmt.Errorf("dare: %w", err)
	}
	return e, nil
}

func decode(v jsonb.Value) (*Envelope, error) {
	if m := v.Members(); len(m) == 1 && m[0].Name == "DareEnvelope" {
		v = m[0].Value
	}
	items := v.Items()
	if len(items) != 2 && len(items) != 3 {
		return nil, errors.New("no list of header, body and trailer")
	}
	e := &Envelope{}
	if err := schema().Decode(items[0], &e.Header); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	var err error
	if e.Body, err = items[1].Binary(); err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	if len(items) == 3 {
		e.Trailer = &Trailer{}
		if err := schema().Decode(items[2], e.Trailer); err != nil {
			return nil, fmt.Errorf("trailer: %w", err)
		}
	}
	if len(e.Header.Recipients) > MaxRecipients {
		return nil, errors.New("too many recipients")
	}
	return e, e.checkSignatures()
}

func (e *Envelope) checkSignatures() error {
	switch {
	case len(e.signatures()) > MaxSignatures:
		return errors.New("too many signatures")
	case e.Trailer != nil && len(e.Trailer.Signatures) > 0 && len(e.Header.Signatures) > 0:
		return errors.New("signatures in the header and the trailer")
	}
	return nil
}

// Bytes writes the envelope in JSON, a bare list. The body is as it was read,
// octet for octet; members and their order are too, though blanks are not. It
// panics if a text in it is not UTF-8, which none is that was read, signed or
// sealed.
func (e *Envelope) Bytes() []byte {
	b, err := e.marshal()
	if err != nil {
		panic("dare: " + err.Error())
	}
	return b
}

func (e *Envelope) marshal() ([]byte, error) {
	header, err := schema().Marshal(&e.Header, jsonb.JSON)
	if err != nil {
		return nil, err
	}
	body, err := jsonb.Octets(e.Body).Marshal(jsonb.JSON)
	if err != nil {
		return nil, err
	}
	var trailer []byte
	if e.Trailer != nil {
		if trailer, err = schema().Marshal(e.Trailer, jsonb.JSON); err != nil {
			return nil, err
		}
	}
	out := make([]byte, 0, len(header)+len(body)+len(trailer)+4)
	out = append(append(append(out, '['), header...), ',')
	out = append(out, body...)
	if e.Trailer != nil {
		out = append(append(out, ','), trailer...)
	}
	return append(out, ']'), nil
}

// signatures are those of header and trailer.
func (e *Envelope) signatures() []*Signature {
	if e.Trailer == nil || len(e.Trailer.Signatures) == 0 {
		return e.Header.Signatures
	}
	return e.Trailer.Signatures
}

// Signed tells whether the envelope has a signature, good or not.
func (e *Envelope) Signed() bool { return len(e.signatures()) > 0 }

// Signers are the names of the keys in the signatures, good or not.
func (e *Envelope) Signers() []string {
	var out []string
	for _, s := range e.signatures() {
		out = append(out, s.Kid)
	}
	return out
}

// Encrypted tells whether the body is encrypted.
func (e *Envelope) Encrypted() bool { return e.Header.Enc != "" }

// Recipients are the names of the keys the envelope is sealed to.
func (e *Envelope) Recipients() []string {
	var out []string
	for _, r := range e.Header.Recipients {
		out = append(out, r.Kid)
	}
	return out
}

// ContentMeta reads what the header says of the content; without such a member
// it is empty. Nothing vouches for it.
func (e *Envelope) ContentMeta() (*ContentMeta, error) {
	meta := &ContentMeta{}
	if len(e.Header.ContentMetaData) == 0 {
		return meta, nil
	}
	if err := schema().Unmarshal(e.Header.ContentMetaData, meta); err != nil {
		return nil, fmt.Errorf("dare: ContentMetaData: %w", err)
	}
	return meta, nil
}

// setMeta writes meta into the header, unless it is empty.
func (e *Envelope) setMeta(meta ContentMeta) error {
	b, err := schema().Marshal(&meta, jsonb.JSON)
	if err != nil {
		return fmt.Errorf("dare: ContentMetaData: %w", err)
	}
	if string(b) != "{}" {
		e.Header.ContentMetaData = b
	}
	return nil
}
