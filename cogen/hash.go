package cogen

import (
	"meshkey/cogen/internal/digest"
	"meshkey/internal/curve"
)

// tagged is digest.Tagged for a purpose of this package.
func tagged(purpose string, n int, parts ...[]byte) []byte {
	return digest.Tagged("meshkey "+purpose, n, parts...)
}

// taggedScalar is tagged as a scalar, of twice as many octets as a scalar has,
// so that its bias is below 2^-128.
func taggedScalar(c *curve.Curve, purpose string, parts ...[]byte) *curve.Scalar {
	wide := tagged(purpose, 2*c.ScalarLen(), parts...)
	defer clear(wide)
	return c.NewScalar().SetWide(wide)
}
