package api

import "crypto/sha512"

// ChainDigest is the digest of a container that has an envelope more than the
// one with the digest before, which is empty for a container without any:
// SHA-512 of before and of the SHA-512 digest of the envelope's octets.
func ChainDigest(before, envelope []byte) []byte {
	inner := sha512.Sum512(envelope)
	outer := sha512.Sum512(append(append([]byte(nil), before...), inner[:]...))
	return outer[:]
}
