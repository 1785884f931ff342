package dkg

import (
	"crypto/sha3"
	"crypto/sha512"
	"encoding/binary"

	"meshkey/cogen"
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
	cogen.X25519():  {curve.X25519(), "MESHKEY-X25519-SHA512-v1", sha512Sum, 32},
	cogen.X448():    {curve.X448(), "MESHKEY-X448-SHAKE256-v1", shake256Sum, 56},
	cogen.Ed25519(): {curve.Ed25519(), "FROST-ED25519-SHA512-v1", sha512Sum, 32},
	cogen.Ed448():   {curve.Ed448(), "FROST-ED448-SHAKE256-v1", shake256Sum, 57},
}

func sha512Sum(parts ...[]byte) []byte {
	h := sha512.New()
	for _, p := range parts {
		_, _ = h.Write(p)
	}
	return h.Sum(nil)
}

func shake256Sum(parts ...[]byte) []byte {
	h := sha3.NewSHAKE256()
	for _, p := range parts {
		_, _ = h.Write(p)
	}
	out := make([]byte, 114)
	_, _ = h.Read(out)
	return out
}

// tagged returns n octets of cSHAKE256 (NIST SP 800-185) of parts, customized
// with what they are hashed for. Each part is preceded by its length in 8
// octets, so that no two lists of parts give the same input.
func tagged(purpose string, n int, parts ...[]byte) []byte {
	h := sha3.NewCSHAKE256(nil, []byte("meshkey dkg "+purpose))
	for _, p := range parts {
		_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		_, _ = h.Write(p)
	}
	out := make([]byte, n)
	_, _ = h.Read(out)
	return out
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
