// Package digest hashes lists of octets, for what cogen and the packages below
// it do with several parties.
package digest

import (
	"crypto/sha3"
	"crypto/sha512"
	"encoding/binary"
)

// SHA512 returns the 64 octets of SHA-512 of parts, one after the other, as
// Ed25519 hashes.
func SHA512(parts ...[]byte) []byte {
	h := sha512.New()
	for _, p := range parts {
		_, _ = h.Write(p)
	}
	return h.Sum(nil)
}

// SHAKE256 returns 114 octets of SHAKE256 of parts, one after the other, as
// Ed448 hashes.
func SHAKE256(parts ...[]byte) []byte {
	h := sha3.NewSHAKE256()
	for _, p := range parts {
		_, _ = h.Write(p)
	}
	sum := make([]byte, 114)
	_, _ = h.Read(sum)
	return sum
}

// Tagged returns n octets of cSHAKE256 (NIST SP 800-185) of parts, customized
// with what they are hashed for. Each part is preceded by its length in 8
// octets, so that no two lists of parts give the same input.
func Tagged(purpose string, n int, parts ...[]byte) []byte {
	h := sha3.NewCSHAKE256(nil, []byte(purpose))
	for _, p := range parts {
		_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		_, _ = h.Write(p)
	}
	out := make([]byte, n)
	_, _ = h.Read(out)
	return out
}
