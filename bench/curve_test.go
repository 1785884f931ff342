package bench

import (
	"crypto/ed25519"
	"testing"

	"github.com/cloudflare/circl/dh/x25519"
	"github.com/cloudflare/circl/dh/x448"
	"github.com/cloudflare/circl/sign/ed448"

	"meshkey/cogen"
)

// A key from a seed: for Ed448 that is what one try of a search for slips
// costs, beside hashing. The limit is for Ed448.
func BenchmarkKeyFromSeed(b *testing.B) {
	seed := make([]byte, 57)
	for _, v := range []struct {
		algorithm cogen.Algorithm
		limits    limits
		base      func()
	}{
		{cogen.Ed448(), limits{1.1, 0.7}, func() { ed448.NewKeyFromSeed(seed) }},
		{cogen.X448(), limits{}, func() {
			var public x448.Key
			x448.KeyGen(&public, (*x448.Key)(seed[:56]))
		}},
		{cogen.Ed25519(), limits{}, func() { ed25519.NewKeyFromSeed(seed[:32]) }},
		{cogen.X25519(), limits{}, func() {
			var public x25519.Key
			x25519.KeyGen(&public, (*x25519.Key)(seed[:32]))
		}},
	} {
		b.Run(v.algorithm.String(), func(b *testing.B) {
			octets := seed[:v.algorithm.PrivateLen()]
			compare(b, v.limits, func() { _, _ = v.algorithm.NewPrivateKey(octets) }, v.base)
		})
	}
}

// A shared secret, once from octets to octets and once with a public key that
// has been read. Reading one costs a multiplication more, since nothing
// outside the subgroup of prime order passes; the peers read u and check
// nothing.
func BenchmarkSharedSecret(b *testing.B) {
	for _, a := range []cogen.Algorithm{cogen.X448(), cogen.X25519()} {
		k, p := a.GenerateKey(), a.GenerateKey().PublicKey()
		secret, u, encoded := k.Bytes(), p.Plain(), p.Bytes()
		base := func() {
			var out x448.Key
			x448.Shared(&out, (*x448.Key)(secret), (*x448.Key)(u))
		}
		if a == cogen.X25519() {
			base = func() {
				var out x25519.Key
				x25519.Shared(&out, (*x25519.Key)(secret), (*x25519.Key)(u))
			}
		}
		b.Run(a.String()+"/read", func(b *testing.B) {
			compare(b, limits{}, func() { _, _ = k.SharedSecret(p) }, base)
		})
		b.Run(a.String()+"/octets", func(b *testing.B) {
			compare(b, limits{}, func() {
				p, _ := a.NewPublicKey(encoded)
				_, _ = k.SharedSecret(p)
			}, base)
		})
	}
}

func BenchmarkSign(b *testing.B) {
	message := make([]byte, 64)
	k := cogen.Ed448().GenerateKey()
	peer := ed448.NewKeyFromSeed(make([]byte, 57))
	signature, _ := k.Sign(message)
	theirs := ed448.Sign(peer, message, "")
	b.Run("Ed448/sign", func(b *testing.B) {
		compare(b, limits{}, func() { _, _ = k.Sign(message) }, func() { ed448.Sign(peer, message, "") })
	})
	b.Run("Ed448/verify", func(b *testing.B) {
		compare(b, limits{}, func() { k.PublicKey().Verify(message, signature) },
			func() { ed448.Verify(peer.Public().(ed448.PublicKey), message, theirs, "") })
	})
}
