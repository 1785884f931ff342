package udf

import (
	"fmt"

	"meshkey/cogen"
)

// Content types under which public keys are digested.
const (
	// KeyContentType has been in use since November 2020.
	//
	// Spec: the draft says application/pkix-keyinfo, which no published value
	// uses.
	KeyContentType = "PKIXKey"
	// KeyContentTypeOld was in use before.
	KeyContentTypeOld = "application/x509-keyinfo"
)

// KeyFingerprint is the fingerprint ("Udf", "kid") of a public key given in
// the Mesh's encoding, that of [cogen.PublicKey.Bytes].
// draft-hallambaker-mesh-udf-13, section 5.1.5.
func KeyFingerprint(a cogen.Algorithm, public []byte) Fingerprint {
	return KeyFingerprintAs(KeyContentType, a, public)
}

// KeyFingerprintAs is KeyFingerprint under another content type.
func KeyFingerprintAs(contentType string, a cogen.Algorithm, public []byte) Fingerprint {
	return FingerprintOf(KeyInfo(a, public), contentType)
}

// KeyInfo is the DER structure whose digest names a public key. It panics if a
// is not one of cogen's algorithms.
//
// Spec: the draft says SubjectPublicKeyInfo; published values have a NULL after
// the algorithm and an OCTET STRING inside the BIT STRING, unlike RFC 8410.
func KeyInfo(a cogen.Algorithm, public []byte) []byte {
	var last byte // of 1.3.101.x, RFC 8410, section 3
	switch a {
	case cogen.X25519():
		last = 110
	case cogen.X448():
		last = 111
	case cogen.Ed25519():
		last = 112
	case cogen.Ed448():
		last = 113
	default:
		panic("udf: no key info for this algorithm")
	}
	return der(tagSequence,
		der(tagSequence, der(tagOID, []byte{0x2b, 101, last}), der(tagNull)),
		der(tagBits, []byte{0}, der(tagOctets, public)))
}

// RSAFingerprint is the fingerprint of an RSA public key: modulus big-endian,
// then the public exponent big-endian. It is the digest of an ordinary
// SubjectPublicKeyInfo (RFC 3279, section 2.3.1).
func RSAFingerprint(n, e []byte) (Fingerprint, error) {
	if len(n) == 0 || len(n) > maxRSA || len(e) == 0 || len(e) > 8 {
		return Fingerprint{}, fmt.Errorf("udf: an RSA key of this size has no fingerprint")
	}
	oid := []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1}
	info := der(tagSequence,
		der(tagSequence, der(tagOID, oid), der(tagNull)),
		der(tagBits, []byte{0}, der(tagSequence, derInteger(n), derInteger(e))))
	return FingerprintOf(info, KeyContentType), nil
}

const (
	tagInteger  = 0x02
	tagBits     = 0x03
	tagOctets   = 0x04
	tagNull     = 0x05
	tagOID      = 0x06
	tagSequence = 0x30

	maxRSA = 16384 / 8
)

// der writes one value of ASN.1 in DER (X.690), shorter than 64 KiB.
func der(tag byte, content ...[]byte) []byte {
	n := 0
	for _, c := range content {
		n += len(c)
	}
	out := append(make([]byte, 0, n+4), tag)
	switch {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	default:
		out = append(out, 0x82, byte(n>>8), byte(n))
	}
	for _, c := range content {
		out = append(out, c...)
	}
	return out
}

// derInteger writes a number that is not negative.
func derInteger(b []byte) []byte {
	for len(b) > 1 && b[0] == 0 {
		b = b[1:]
	}
	if b[0] >= 0x80 {
		return der(tagInteger, []byte{0}, b)
	}
	return der(tagInteger, b)
}
