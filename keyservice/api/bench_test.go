package api

import (
	"testing"

	"meshkey/cogen"
)

// BenchmarkCall is what a call costs before its request is looked at: reading
// it, which anyone can make the service do, and its signature.
func BenchmarkCall(b *testing.B) {
	for _, a := range []cogen.Algorithm{cogen.Ed448(), cogen.Ed25519()} {
		key := a.GenerateKey()
		call, err := Sign(operate(), fingerprint(key.PublicKey()), Caller{"alice@example.com", key}, noon)
		if err != nil {
			b.Fatal(err)
		}
		c, err := ParseCall(call)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(a.String()+"/Parse", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(call)))
			for b.Loop() {
				if _, err := ParseCall(call); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(a.String()+"/Verify", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.Verify(key.PublicKey()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
