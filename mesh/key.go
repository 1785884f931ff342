package mesh

import (
	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
)

// KeyData is a key with its name. PublicParameters is nil or a public key,
// PrivateParameters nil or a private key or a share of one.
type KeyData struct {
	jsonb.Rest
	Udf               string   `jsonb:"Udf,was=UDF"` // fingerprint of the public key
	X509Certificate   []byte   `jsonb:"X509Certificate"`
	X509Chain         [][]byte `jsonb:"X509Chain"`
	X509CSR           []byte   `jsonb:"X509CSR"`
	NotBefore         DateTime `jsonb:"NotBefore"`
	NotOnOrAfter      DateTime `jsonb:"NotOnOrAfter"`
	PublicParameters  AnyKey   `jsonb:"PublicParameters"`
	PrivateParameters AnyKey   `jsonb:"PrivateParameters"`
}

// NewKeyData makes the description of a public key on a curve: its fingerprint,
// the name of the curve, such as X448, and the key in the Mesh's encoding.
func NewKeyData(udf, crv string, public []byte) *KeyData {
	return &KeyData{Udf: udf, PublicParameters: &PublicKeyECDH{Crv: crv, Public: public}}
}

// Public returns the curve and the octets of a public key on a curve. ok is
// false if k is nil or describes no such key.
func (k *KeyData) Public() (crv string, public []byte, ok bool) {
	if k == nil {
		return "", nil, false
	}
	p, ok := k.PublicParameters.(*PublicKeyECDH)
	if !ok {
		return "", nil, false
	}
	return p.Crv, p.Public, true
}

// AnyKey is a *PublicKeyECDH, *PrivateKeyECDH, *PublicKeyRSA, *PrivateKeyRSA,
// *PrivateKeyUDF, *KeyShare or *Unknown.
type AnyKey interface{ anyKey() }

func (*PublicKeyECDH) anyKey()  {}
func (*PrivateKeyECDH) anyKey() {}
func (*PublicKeyRSA) anyKey()   {}
func (*PrivateKeyRSA) anyKey()  {}
func (*PrivateKeyUDF) anyKey()  {}
func (*KeyShare) anyKey()       {}
func (*Unknown) anyKey()        {}

// PublicKeyECDH is a public key on one of the four curves, for signatures too.
type PublicKeyECDH struct {
	jsonb.Rest
	Kid    string `jsonb:"kid"`
	Crv    string `jsonb:"crv"`    // X25519, X448, Ed25519 or Ed448
	Public []byte `jsonb:"Public"` // in the Mesh's encoding: for X448 57 octets with the sign of v
}

// PrivateKeyECDH is a private key on one of the four curves. Under a Crv that
// ends in z, such as X448z, Private is a bare scalar, little-endian, neither to
// be hashed nor clamped; else it is what RFC 7748 and RFC 8032 begin with, 56
// octets for Ed448.
type PrivateKeyECDH struct {
	jsonb.Rest
	Kid     string        `jsonb:"kid"`
	Crv     string        `jsonb:"crv"`
	Public  []byte        `jsonb:"Public"`
	Private *secret.Bytes `jsonb:"Private"`
}

// PublicKeyRSA is an RSA public key (RFC 7518, section 6.3), big-endian.
type PublicKeyRSA struct {
	jsonb.Rest
	Kid string `jsonb:"kid"`
	N   []byte `jsonb:"n"`
	E   []byte `jsonb:"e"`
}

// PrivateKeyRSA is an RSA private key (RFC 7518, section 6.3), big-endian.
type PrivateKeyRSA struct {
	jsonb.Rest
	Kid string        `jsonb:"kid"`
	N   []byte        `jsonb:"n"`
	E   []byte        `jsonb:"e"`
	D   *secret.Bytes `jsonb:"d"`
	P   *secret.Bytes `jsonb:"p"`
	Q   *secret.Bytes `jsonb:"q"`
	DP  *secret.Bytes `jsonb:"dp"`
	DQ  *secret.Bytes `jsonb:"dq"`
	QI  *secret.Bytes `jsonb:"qi"`
}

// PrivateKeyUDF is a seed and the algorithms of the keys derived from it.
type PrivateKeyUDF struct {
	jsonb.Rest
	Kid                   string        `jsonb:"kid"`
	PrivateValue          *secret.Bytes `jsonb:"PrivateValue,text"` // text of a seed, Z first
	KeyType               string        `jsonb:"KeyType"`
	AlgorithmEncrypt      string        `jsonb:"AlgorithmEncrypt"`
	AlgorithmSign         string        `jsonb:"AlgorithmSign"`
	AlgorithmAuthenticate string        `jsonb:"AlgorithmAuthenticate"`
}

// KeyShare is one of the shares of a private key: PublicPrimary is the public
// key of the whole, Share the private key of this share, whose curve ends in z.
type KeyShare struct {
	jsonb.Rest
	Kid            string `jsonb:"kid"`
	PublicPrimary  AnyKey `jsonb:"PublicPrimary"`
	Share          AnyKey `jsonb:"Share"`
	ServiceId      string `jsonb:"ServiceId"`
	ServiceAddress string `jsonb:"ServiceAddress"`
	Index          string `jsonb:"Index"` // of a share of a polynomial, decimal; an addition of ours, docs/FORMATS.md
}
