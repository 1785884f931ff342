package cogen

import (
	"crypto/sha3"
	"encoding/binary"

	"meshkey/internal/curve"
)

// tagged returns n octets of cSHAKE256 (NIST SP 800-185) of parts, customized
// with what they are hashed for. Each part is preceded by its length in 8
// octets, so that no two lists of parts give the same input.
func tagged(purpose string, n int, parts ...[]byte) []byte {
	h := sha3.NewCSHAKE256(nil, []byte("meshkey "+purpose))
	for _, p := range parts {
		_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		_, _ = h.Write(p)
	}
	out := make([]byte, n)
	_, _ = h.Read(out)
	return out
}

// taggedScalar is tagged as a scalar, of twice as many octets as a scalar has,
// so that its bias is below 2^-128.
func taggedScalar(c *curve.Curve, purpose string, parts ...[]byte) *curve.Scalar {
	wide := tagged(purpose, 2*c.ScalarLen(), parts...)
	defer clear(wide)
	return c.NewScalar().SetWide(wide)
}
