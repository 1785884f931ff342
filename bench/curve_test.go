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
