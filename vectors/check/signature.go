package check

import (
	"bytes"
	"crypto/sha3"
	"crypto/sha512"

	"meshkey/internal/curve"
	"meshkey/udf"
	"meshkey/vectors"
)

// emptyPrefix recovers a private key from a signature, and sees that ours does
// not give it.
func emptyPrefix(c vectors.Case[vectors.EmptyPrefix]) error {
	var f findings
	d := c.Data
	a, err := algorithm(d.Algorithm)
	if f.failed("algorithm", err) {
		return f.err()
	}
	digest := sha512.Sum512(d.Body)
	f.octets("digest", digest[:], d.Digest)
	f.same("fingerprint", udf.KeyFingerprintAs(d.ContentType, a, d.Public).String(), d.Fingerprint)
	public, err := a.NewPublicKey(d.Public)
	if f.failed("public", err) {
		return f.err()
	}
	if !public.Verify(d.Digest, d.Signature) {
		f.add("the signature does not verify")
	}
	nonce, scalar := recovered(d.Public, d.Digest, d.Signature)
	f.octets("nonce", nonce, d.Nonce)
	f.octets("scalar", scalar, d.Scalar)
	k, err := a.NewPrivateScalar(d.Scalar)
	if f.failed("scalar", err) {
		return f.err()
	}
	f.octets("public, of the scalar", k.PublicKey().Bytes(), d.Public)
	ours, err := k.Sign(d.Digest)
	if !f.failed("signature", err) {
		if _, scalar := recovered(d.Public, d.Digest, ours); !public.Verify(d.Digest, ours) || bytes.Equal(scalar, d.Scalar) {
			f.add("a signature of ours gives the private key away")
		}
	}
	return f.err()
}

// recovered computes the nonce of an Ed448 signature that was made without a
// prefix, and from S = r + k·s the private scalar s. It returns nil for
// octets that are no signature.
func recovered(public, message, signature []byte) (nonce, scalar []byte) {
	ed, n := curve.Ed448(), curve.Ed448().PointLen()
	if len(signature) != 2*n {
		return nil, nil
	}
	hash := func(parts ...[]byte) *curve.Scalar {
		h := sha3.NewSHAKE256()
		_, _ = h.Write([]byte("SigEd448\x00\x00"))
		for _, p := range parts {
			_, _ = h.Write(p)
		}
		sum := make([]byte, 114)
		_, _ = h.Read(sum)
		return ed.NewScalar().SetWide(sum)
	}
	r, k := hash(message), hash(signature[:n], public, message)
	s := ed.NewScalar().SetWide(signature[n:])
	return r.Bytes(), s.Sub(s, r).Mul(s, k.Invert(k)).Bytes()
}
