package dkg

import (
	"meshkey/cogen"
	"meshkey/cogen/internal/digest"
	"meshkey/internal/curve"
)

// A suite is what the algorithms differ in.
type suite struct {
	curve *curve.Curve
	// name and hash are those of RFC 9591, Section 6, where that has the
	// curve, so that proofs of knowledge are those of FROST's key generation.
	name     string
	hash     func(...[]byte) []byte
	indexLen int // octets of an index in hash: those of a scalar in RFC 9591
}

var suites = map[cogen.Algorithm]*suite{
	cogen.X25519():  {curve.X25519(), "MESHKEY-X25519-SHA512-v1", digest.SHA512, 32},
	cogen.X448():    {curve.X448(), "MESHKEY-X448-SHAKE256-v1", digest.SHAKE256, 56},
	cogen.Ed25519(): {curve.Ed25519(), "FROST-ED25519-SHA512-v1", digest.SHA512, 32},
	cogen.Ed448():   {curve.Ed448(), "FROST-ED448-SHAKE256-v1", digest.SHAKE256, 57},
}

// tagged is digest.Tagged for a purpose of this package.
func tagged(purpose string, n int, parts ...[]byte) []byte {
	return digest.Tagged("meshkey dkg "+purpose, n, parts...)
}

// scalars returns n scalars of tagged, each of twice as many octets as it has,
// so that their bias is below 2^-128.
func (s *suite) scalars(n int, purpose string, parts ...[]byte) []*curve.Scalar {
	size := 2 * s.curve.ScalarLen()
	wide := tagged(purpose, n*size, parts...)
	defer clear(wide)
	out := make([]*curve.Scalar, n)
	for i := range out {
		out[i] = s.curve.NewScalar().SetWide(wide[i*size : (i+1)*size])
	}
	return out
}
