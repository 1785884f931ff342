package bench

import (
	"crypto/ed25519"
	"fmt"
	"testing"

	"github.com/cloudflare/circl/sign/ed448"

	"meshkey/cogen"
)

// A proof of possession is a Schnorr signature with randomness, so its cost is
// held against the signatures of peers on the same curve.
func BenchmarkPossession(b *testing.B) {
	message := []byte("a ceremony")
	seed := make([]byte, 57)
	k448, k25519 := ed448.NewKeyFromSeed(seed), ed25519.NewKeyFromSeed(seed[:32])
	s448, s25519 := ed448.Sign(k448, message, ""), ed25519.Sign(k25519, message)
	p448, p25519 := k448.Public().(ed448.PublicKey), k25519.Public().(ed25519.PublicKey)
	for _, a := range []cogen.Algorithm{cogen.X448(), cogen.Ed448(), cogen.X25519(), cogen.Ed25519()} {
		sign, verify := func() { ed448.Sign(k448, message, "") }, func() { ed448.Verify(p448, message, s448, "") }
		if a.PrivateLen() == 32 {
			sign, verify = func() { ed25519.Sign(k25519, message) }, func() { ed25519.Verify(p25519, message, s25519) }
		}
		k := a.GenerateKey()
		p := k.PublicKey()
		proof, err := k.ProvePossession(message, "name")
		if err != nil {
			b.Fatal(err)
		}
		b.Run(a.String()+"/prove", func(b *testing.B) {
			compare(b, limits{}, func() { _, _ = k.ProvePossession(message, "name") }, sign)
		})
		b.Run(a.String()+"/verify", func(b *testing.B) {
			compare(b, limits{}, func() { p.VerifyPossession(message, "name", proof) }, verify)
		})
	}
}

// Reading a finished transcript, which checks all of it, against checking the
// proofs alone, for few parties and for many.
func BenchmarkTranscript(b *testing.B) {
	a, context := cogen.X448(), []byte("a ceremony")
	for _, n := range []int{3, 30, 300} {
		var names []string
		var all []*cogen.Contribution
		for i := range n {
			c, err := a.GenerateKey().Contribute(context, fmt.Sprint(i))
			if err != nil {
				b.Fatal(err)
			}
			names, all = append(names, c.Name()), append(all, c)
		}
		t, err := cogen.NewTranscript(a, context, names...)
		if err != nil {
			b.Fatal(err)
		}
		for _, c := range all {
			if err := t.Commit(c.Name(), c.Commit()); err != nil {
				b.Fatal(err)
			}
		}
		for _, c := range all {
			if err := t.Reveal(c); err != nil {
				b.Fatal(err)
			}
		}
		octets := t.Bytes()
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			compare(b, limits{}, func() {
				if _, err := cogen.ParseTranscript(octets); err != nil {
					b.Fatal(err)
				}
			}, func() {
				for _, c := range all {
					_ = c.Verify(context)
				}
			})
		})
	}
}
