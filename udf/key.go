package udf

import (
	"crypto/hkdf"
	"crypto/sha512"
	"errors"
	"fmt"

	"meshkey/internal/secret"
)

// maxKey bounds the octets of a key, its type counted.
const maxKey = 1 + 64

// Content types under which the text of a symmetric key is digested into a
// locator.
const (
	// LocatorContentType has been in use since draft-hallambaker-mesh-udf-11.
	//
	// Spec: the draft says application/udf, which no published value uses.
	LocatorContentType = "UDFEncryption"
	// LocatorContentTypeOld was in use in drafts 08 to 10.
	LocatorContentTypeOld = "application/udf-encryption"
)

// Key is a symmetric key (type E) or a key for authenticators such as a PIN
// (type A). draft-hallambaker-mesh-udf-13, sections 4.1 and 5.2. It is secret
// and leaves through Octets and Text only.
type Key struct {
	kind Type
	box  *secret.Bytes // data without the type octet
	text *secret.Bytes
}

// NewKey makes a symmetric key, type E, of 1 to 64 octets, which it copies.
//
// Spec: the examples of drafts 11 to 13 print keys without their type octet, so
// that their first octet passes for it. The type octet is always there.
func NewKey(octets []byte) (*Key, error) { return newKey(TypeKey, octets) }

// NewPIN makes a PIN, type A, of 1 to 64 octets, which it copies.
func NewPIN(octets []byte) (*Key, error) { return newKey(TypeMAC, octets) }

var errKey = errors.New("udf: a key has 1 to 64 octets")

func newKey(kind Type, octets []byte) (*Key, error) {
	if len(octets) < 1 || len(octets) > maxKey-1 {
		return nil, errKey
	}
	b := append([]byte{byte(kind)}, octets...)
	defer secret.Wipe(b)
	return &Key{kind, secret.Copy(octets), boxLetters(b, (8*len(b)+4)/5)}, nil
}

// ParseKey reads the text of a symmetric key, E first. Bits of the text beyond
// its last whole octet may be anything, and the text is kept as it is.
//
// Spec: the locator of a key is the digest of its text, and in every published
// EARL the text has a letter more than its octets need, and in it other bits
// than zero.
func ParseKey(text string) (*Key, error) {
	r, err := read(text, (8*maxKey+7)/5)
	if err != nil {
		return nil, err
	}
	defer r.wipe()
	if err := r.check("key", TypeKey, TypeBoundKey); err != nil {
		return nil, err
	}
	b := r.octets()
	return &Key{Type(b[0]), secret.Copy(b[1:]), boxLetters(r.packed, r.letters)}, nil
}

// ParsePIN reads the text of a PIN, A first.
func ParsePIN(text string) (*Key, error) {
	b, err := parse(text, maxKey, "PIN", TypeMAC, TypeMACSHA3)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(b)
	return newKey(Type(b[0]), b[1:])
}

func boxLetters(b []byte, n int) *secret.Bytes {
	return secret.Take(appendLetters(make([]byte, 0, n+n/4), b, n))
}

// Type is TypeKey, TypeBoundKey, TypeMAC or TypeMACSHA3.
func (k *Key) Type() Type { return k.kind }

// Octets returns the key without its type octet in a fresh slice that is the
// caller's to wipe.
func (k *Key) Octets() []byte { return append([]byte(nil), k.box.Reveal()...) }

// Text returns the key in letters, as secret as the key.
func (k *Key) Text() string { return string(k.text.Reveal()) }

// Wipe clears the key, which must not be used after.
func (k *Key) Wipe() { k.box.Wipe(); k.text.Wipe() }

// Locator says where what the key decrypts is found, to 280 bits. It is public
// and tells nothing of the key.
func (k *Key) Locator() Fingerprint { return k.LocatorAs(LocatorContentType) }

// LocatorAs is Locator under another content type.
func (k *Key) LocatorAs(contentType string) Fingerprint {
	f := FingerprintOf(k.text.Reveal(), contentType)
	f.bits = LocatorBits
	return f
}

// MAC authenticates message under the key: a fingerprint of type A,
// HMAC-SHA512 over the message by the key's octets. The salted form of a PIN is
// its MAC of an action, the identifier of a PIN its MAC of an account address.
//
// Spec: the schema draft computes the identifier from the salted PIN; the
// published value comes from the PIN itself.
func (k *Key) MAC(message []byte) Fingerprint {
	return newFingerprint(TypeMAC, mac512(k.box.Reveal(), message))
}

// Identifier names a symmetric key without telling it, as the "kid" of a
// recipient of an envelope and as the identifier of a publication.
//
// Spec: this is the text of the octets 32, 96 and a digest of the key, to 140
// bits: both type octets stay, and the key is not digested first. So all begin
// with EBQ.
func (k *Key) Identifier() string { return k.IdentifierAs(LocatorContentType) }

// IdentifierAs is Identifier under another content type.
func (k *Key) IdentifierAs(contentType string) string {
	message := typed(contentType, k.box.Reveal())
	defer secret.Wipe(message)
	sum := sha512.Sum512(message)
	b := append([]byte{byte(TypeKey), byte(TypeSHA2)}, sum[:]...)
	return string(appendLetters(nil, b, DefaultBits/5))
}

// Names of the keys that authenticate to the publisher's service and to the
// device, for Authenticator.
const (
	ServiceAuthenticator = "mmm/key/authenticate/service"
	DeviceAuthenticator  = "mmm/key/authenticate/device"
)

// Authenticator derives the key of 32 octets that proves possession of k to
// whom name says; the proof is its MAC of the account address.
func (k *Key) Authenticator(name string) (*Key, error) {
	okm, err := hkdf.Key(sha512.New, k.box.Reveal(), nil, name, 32)
	if err != nil {
		return nil, fmt.Errorf("udf: %w", err)
	}
	defer secret.Wipe(okm)
	return NewKey(okm)
}

// Format implements fmt.Formatter and writes "[secret]".
func (k Key) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }

// MarshalText implements encoding.TextMarshaler and always fails.
func (k Key) MarshalText() ([]byte, error) { return nil, secret.ErrEncode }
