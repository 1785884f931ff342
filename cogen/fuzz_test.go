package cogen

import (
	"bytes"
	"crypto/ed25519"
	"testing"

	"github.com/cloudflare/circl/sign/ed448"
)

// A signature is taken if and only if a peer takes it.
func FuzzVerify(f *testing.F) {
	message := []byte("message")
	var keys []*PublicKey
	for i, a := range []Algorithm{Ed25519(), Ed448()} {
		k, err := a.NewPrivateKey(bytes.Repeat([]byte{1}, a.PrivateLen()))
		if err != nil {
			f.Fatal(err)
		}
		signature, err := k.Sign(message)
		if err != nil {
			f.Fatal(err)
		}
		keys = append(keys, k.PublicKey())
		f.Add(byte(i), signature)
		f.Add(byte(i), signature[1:])
		f.Add(byte(i), make([]byte, len(signature)))
		f.Add(byte(i), bytes.Repeat([]byte{0xff}, len(signature)))
	}
	f.Fuzz(func(t *testing.T, which byte, signature []byte) {
		p := keys[which%2]
		e := p.algorithm.suite.eddsa
		got := p.algorithm.suite.verify(p, e.dom, message, signature)
		want := which%2 == 0 && ed25519.Verify(p.encoded, message, signature) ||
			which%2 == 1 && ed448.Verify(p.encoded, message, signature, "")
		if got != want || got != p.Verify(message, signature) {
			t.Errorf("%v %x: %v, want %v", p.algorithm, signature, got, want)
		}
	})
}
