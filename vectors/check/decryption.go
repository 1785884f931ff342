package check

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"

	"meshkey/cogen"
	"meshkey/vectors"
)

// decryption checks an agreement on all ways that lead to it: with the whole
// key, by the holders' contributions, by the ephemeral private key if there is
// one, and with the ephemeral key's other sign.
//
// Spec: the drafts print the sum of a key and a share for the other share, twice
// the ephemeral key for the sum of the contributions, and the ephemeral key for
// each of them. What the text says is checked here.
func decryption(c vectors.Case[vectors.Decryption]) error {
	var f findings
	d := c.Data
	a, err := algorithm(d.Algorithm)
	if f.failed("algorithm", err) {
		return f.err()
	}
	key, public := seeded(&f, a, d.Form, d.Key)
	peerKey, peer := holder(&f, a, d.Form, d.Ephemeral)
	if key == nil || peer == nil {
		return f.err()
	}
	agreement := func(what string, k *cogen.PrivateKey, p *cogen.PublicKey) {
		got, err := k.SharedSecret(p)
		f.failed(what, err)
		f.octets(what, got, d.Agreement)
	}
	agreement("agreement of the whole key", key, peer)
	if peerKey != nil {
		agreement("agreement of the ephemeral key", peerKey, public)
	}
	unsigned, err := a.NewPublicKey(peer.Plain())
	f.failed("ephemeral key without sign", err)

	var summands []*cogen.PrivateKey
	var parts, mirrored []*cogen.Partial
	sum := curveOf(a).NewPoint()
	for _, h := range d.Holders {
		k, _ := holder(&f, a, d.Form, h.Key)
		if k == nil {
			f.add("a holder without a key")
			return f.err()
		}
		p, err := k.Agree(peer)
		if f.failed("contribution", err) {
			return f.err()
		}
		q, err := k.Agree(unsigned)
		f.failed("contribution without sign", err)
		f.octets("contribution", p.Bytes(), h.Contribution.Public)
		summand(&f, "contribution", a, h.Contribution)
		point, err := curveOf(a).Decode(p.Bytes())
		if !f.failed("contribution", err) {
			sum.Add(sum, point)
		}
		summands, parts, mirrored = append(summands, k), append(parts, p), append(mirrored, q)
	}
	whole, err := cogen.CombinePrivate(summands...)
	if !f.failed("sum of the holders' keys", err) {
		f.octets("sum of the holders' keys", whole.PublicKey().Bytes(), d.Key.Public)
	}
	if d.Sum.Public != nil {
		f.octets("sum", sum.Bytes(), d.Sum.Public)
		summand(&f, "sum", a, d.Sum)
	}
	for what, parts := range map[string][]*cogen.Partial{"agreement": parts, "agreement without sign": mirrored} {
		got, err := cogen.CombineAgreements(parts...)
		f.failed(what, err)
		f.octets(what, got, d.Agreement)
	}
	if d.Envelope != nil {
		unsealed(&f, d.Agreement, d.Envelope)
	}
	return f.err()
}

// holder is seeded, for a key that may have no seed.
func holder(f *findings, a cogen.Algorithm, form string, k vectors.Summand) (*cogen.PrivateKey, *cogen.PublicKey) {
	if k.Seed == "" {
		return summand(f, "key", a, k)
	}
	return seeded(f, a, form, k)
}

// unsealed checks the steps from an agreement to a plaintext.
func unsealed(f *findings, agreement []byte, e *vectors.DecryptedEnvelope) {
	kek, err := hkdf.Key(sha512.New, agreement, nil, e.Info, 32)
	f.failed("kek", err)
	f.octets("kek", kek, e.KEK)
	f.octets("base seed", unwrap(f, e.KEK, e.Wrapped), e.BaseSeed)
	prk, err := hkdf.Extract(sha256.New, e.BaseSeed, e.Salt)
	f.failed("base seed", err)
	key, err := hkdf.Expand(sha256.New, prk, "encrypt", 32)
	f.failed("key", err)
	f.octets("key", key, e.Key)
	iv, err := hkdf.Expand(sha256.New, prk, "iv", 16)
	f.failed("iv", err)
	f.octets("iv", iv, e.IV)
	plaintext, err := decrypt(key, iv, e.Ciphertext)
	f.failed("plaintext", err)
	f.same("plaintext", string(plaintext), e.Plaintext)
}
