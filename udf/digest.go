package udf

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha3"
	"crypto/sha512"
	"math/bits"
)

// FingerprintOf is the content digest of data by SHA-2-512, all 520 bits of
// it. contentType is an IANA media type or a name the Mesh gives.
// draft-hallambaker-mesh-udf-13, section 5.1.
func FingerprintOf(data []byte, contentType string) Fingerprint {
	inner := sha512.Sum512(data)
	outer := sha512.Sum512(typed(contentType, inner[:]))
	return digest(TypeSHA2, outer)
}

// FingerprintSHA3 is FingerprintOf by SHA-3-512.
func FingerprintSHA3(data []byte, contentType string) Fingerprint {
	inner := sha3.Sum512(data)
	outer := sha3.Sum512(typed(contentType, inner[:]))
	return digest(TypeSHA3, outer)
}

func typed(contentType string, data []byte) []byte {
	return append([]byte(contentType+":"), data...)
}

// digest counts compression: a value that ends in 20 zero bits or more says so
// in its type.
//
// Spec: section 5.1.2 looks for the zero bits in the first octets and leaves
// them out of the value; in published values they stand at the end of all 64
// octets, and the value begins with the first octet.
func digest(t Type, value [64]byte) Fingerprint {
	zeros := 0
	for i := len(value) - 1; i >= 0; i-- {
		zeros += bits.TrailingZeros8(value[i])
		if value[i] != 0 {
			break
		}
	}
	if zeros >= 20 {
		t += min(Type(zeros/10-1), maxCompression)
	}
	return newFingerprint(t, value[:])
}

// KeyedFingerprint is the keyed digest of data. keyText is the text of a
// nonce or key UDF, hyphens included, since the text itself is the key.
// draft-hallambaker-mesh-udf-13, section 5.2.
func KeyedFingerprint(keyText string, data []byte, contentType string) Fingerprint {
	prk := mac512([]byte("KeyedUDFMaster"), []byte(keyText))
	key, err := hkdf.Expand(sha512.New, prk, "KeyedUDFExpand", 64)
	if err != nil {
		panic("udf: " + err.Error()) // one block is always to be had
	}
	inner := sha512.Sum512(data)
	return newFingerprint(TypeMAC, mac512(key, typed(contentType, inner[:])))
}

func mac512(key, message []byte) []byte {
	h := hmac.New(sha512.New, key)
	h.Write(message)
	return h.Sum(nil)
}
