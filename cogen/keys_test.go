package cogen_test

import (
	"bytes"
	"crypto/ecdh"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/cloudflare/circl/dh/x448"

	"meshkey/cogen"
	"meshkey/internal/oracle"
	"meshkey/internal/secret/secrettest"
)

var algorithms = []cogen.Algorithm{cogen.X25519(), cogen.X448(), cogen.Ed25519(), cogen.Ed448()}

func eachAlgorithm(t *testing.T, f func(t *testing.T, a cogen.Algorithm)) {
	for _, a := range algorithms {
		t.Run(a.String(), func(t *testing.T) { f(t, a) })
	}
}

func oracleOf(a cogen.Algorithm) *oracle.Curve {
	return map[cogen.Algorithm]*oracle.Curve{
		cogen.X25519(): oracle.X25519(), cogen.X448(): oracle.X448(),
		cogen.Ed25519(): oracle.Ed25519(), cogen.Ed448(): oracle.Ed448(),
	}[a]
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func private(t *testing.T, a cogen.Algorithm, isScalar bool, octets []byte) *cogen.PrivateKey {
	t.Helper()
	read := a.NewPrivateKey
	if isScalar {
		read = a.NewPrivateScalar
	}
	k, err := read(octets)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func public(t *testing.T, a cogen.Algorithm, octets []byte) *cogen.PublicKey {
	t.Helper()
	p, err := a.NewPublicKey(octets)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPublishedKeys(t *testing.T) {
	check := func(v published, isScalar bool) {
		octets, want := unhex(t, v.private), unhex(t, v.public)
		k := private(t, v.algorithm, isScalar, octets)
		if got := k.PublicKey().Bytes(); !bytes.Equal(got, want) {
			t.Errorf("%s: %v public key %x, want %x", v.source, v.algorithm, got, want)
		}
		if !bytes.Equal(k.Bytes(), octets) || k.IsScalar() != isScalar || k.Algorithm() != v.algorithm {
			t.Errorf("%s: the key has other octets or another kind", v.source)
		}
		p := public(t, v.algorithm, want)
		if !p.Equal(k.PublicKey()) || !bytes.Equal(p.Bytes(), want) || p.Algorithm() != v.algorithm {
			t.Errorf("%s: the public key is read as another", v.source)
		}
	}
	for _, v := range publishedKeys {
		check(v, false)
	}
	for _, v := range publishedScalars {
		check(v, true)
	}
}

func TestPublishedAgreements(t *testing.T) {
	for _, v := range publishedAgreements {
		k := private(t, v.algorithm, v.isScalar, unhex(t, v.private))
		got, err := k.SharedSecret(public(t, v.algorithm, unhex(t, v.ephemeral)))
		if err != nil || hex.EncodeToString(got) != v.agreement {
			t.Errorf("%s: %x, want %s (%v)", v.source, got, v.agreement, err)
		}
	}
}

// draft-hallambaker-mesh-dare-06, Section 13.4: an Ed25519 signature as the
// reference makes it, over the digest of a payload.
func TestPublishedSignature(t *testing.T) {
	p := public(t, cogen.Ed25519(), unhex(t, "fded6fd42f3aba0d3353503799440d33b0ae584740230c28e84b642eb58a9195"))
	digest := unhex(t, "ada8a6f1257969d3db5969fc14c3389ab4404023bd0368d9d0d6409c55d6946d3117ab161896e729276d209326314fe18daae520f128637bf2f54755947e4a02")
	signature := unhex(t, "ea7dd57dcd1f97b2ba5f890cce504cd3afd5ce83ae319535a2b82ddfa7362904a4118885f3f51823c49eceb032c8ee5ee713aec008178d61f1245a07bb824103")
	if !p.VerifyMesh(digest, signature) {
		t.Error("VerifyMesh refuses it")
	}
	if p.Verify(digest, signature) {
		t.Error("Verify takes it for RFC 8032")
	}
	digest[0] ^= 1
	if p.VerifyMesh(digest, signature) {
		t.Error("VerifyMesh takes it for another digest")
	}
}

func TestAlgorithm(t *testing.T) {
	seen := map[cogen.Algorithm]bool{}
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		read, err := cogen.ParseAlgorithm(a.String())
		if err != nil || read != a {
			t.Errorf("%v is read as %v, %v", a, read, err)
		}
		if a.IsSignature() != strings.HasPrefix(a.String(), "Ed") {
			t.Error("IsSignature")
		}
		seen[a] = true
	})
	if len(seen) != 4 {
		t.Errorf("%d algorithms differ", len(seen))
	}
	for _, name := range []string{"", "x448", "X448z", "Ed25519 ", "P256"} {
		if a, err := cogen.ParseAlgorithm(name); err == nil {
			t.Errorf("%q is read as %v", name, a)
		}
	}
	if got := (cogen.Algorithm{}).String(); got != "no algorithm" {
		t.Errorf("the zero Algorithm prints as %q", got)
	}
}

func TestPrivateKeyRefuses(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		for _, n := range []int{0, 1, a.PrivateLen() - 1, a.PrivateLen() + 1, 64} {
			if _, err := a.NewPrivateKey(make([]byte, n)); err == nil {
				t.Errorf("%d octets are taken for a key", n)
			}
			if _, err := a.NewPrivateScalar(make([]byte, n)); err == nil {
				t.Errorf("%d octets are taken for a scalar", n)
			}
		}
		zero := make([]byte, a.PrivateLen())
		order := oracle.LittleEndian(oracleOf(a).L, a.PrivateLen())
		for _, le := range [][]byte{zero, order} {
			if _, err := a.NewPrivateScalar(le); err == nil {
				t.Errorf("the scalar %x is taken", le)
			}
		}
		if _, err := a.NewPrivateKey(zero); err != nil {
			t.Errorf("octets of any value make a key: %v", err)
		}
		if a == cogen.X448() { // the one clamped scalar that is 0
			four := new(big.Int).Mul(big.NewInt(4), oracleOf(a).L)
			if _, err := a.NewPrivateKey(oracle.LittleEndian(four, a.PrivateLen())); err == nil {
				t.Error("a key without public key is taken")
			}
		}
	})
}

func TestPrivateKeyCopies(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		k := a.GenerateKey()
		octets := k.Bytes()
		for _, isScalar := range []bool{false, true} {
			given := bytes.Clone(octets)
			k := private(t, a, isScalar, given)
			clear(given)
			clear(k.Bytes())
			clear(k.PublicKey().Bytes())
			clear(k.PublicKey().Plain())
			if again := private(t, a, isScalar, octets); !bytes.Equal(k.Bytes(), octets) || !again.PublicKey().Equal(k.PublicKey()) {
				t.Error("the key shares octets with its caller")
			}
			encoded := k.PublicKey().Bytes()
			p := public(t, a, encoded)
			clear(encoded)
			if !p.Equal(k.PublicKey()) {
				t.Error("the public key shares octets with its caller")
			}
		}
		if bytes.Equal(octets, a.GenerateKey().Bytes()) {
			t.Error("two keys are the same")
		}
	})
}

func TestPrivateKeyIsHidden(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		k := a.GenerateKey()
		for _, v := range []any{k, *k, []*cogen.PrivateKey{k}, struct{ K *cogen.PrivateKey }{k}, map[string]cogen.PrivateKey{"k": *k}} {
			secrettest.CheckHidden(t, v, k.Bytes())
		}
		if got := fmt.Sprintf("%+v", k); got != "[secret]" {
			t.Errorf("a key prints as %q", got)
		}
	})
}

func TestWipe(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		k, peer := a.GenerateKey(), a.GenerateKey()
		p := k.PublicKey().Bytes()
		k.Wipe()
		k.Wipe()
		if k.Bytes() != nil {
			t.Error("a wiped key has octets")
		}
		if _, err := k.SharedSecret(peer.PublicKey()); err == nil {
			t.Error("a wiped key agrees")
		}
		if _, err := k.Sign(nil); err == nil {
			t.Error("a wiped key signs")
		}
		if !bytes.Equal(k.PublicKey().Bytes(), p) {
			t.Error("the public key has changed")
		}
	})
}

// Both sides agree, by whichever form of the public keys, and so do the peers
// that compute u alone.
func TestSharedSecret(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		for range 5 {
			k, l := a.GenerateKey(), a.GenerateKey()
			want, err := l.SharedSecret(k.PublicKey())
			if err != nil {
				t.Fatal(err)
			}
			forms := [][]byte{l.PublicKey().Bytes()}
			if !a.IsSignature() {
				other := l.PublicKey().Bytes()
				other[len(other)-1] ^= 0x80 // -l: the sign does not matter
				forms = append(forms, other, l.PublicKey().Plain())
				if got := peerAgreement(t, a, k.Bytes(), l.PublicKey().Plain()); !bytes.Equal(got, want) {
					t.Errorf("a peer's shared secret is %x, want %x", got, want)
				}
			}
			for _, form := range forms {
				if got, err := k.SharedSecret(public(t, a, form)); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%x and %x (%v)", got, want, err)
				}
			}
			if n := len(l.PublicKey().Plain()); len(want) != n {
				t.Errorf("%d octets, want %d", len(want), n)
			}
		}
		for _, b := range algorithms {
			if _, err := a.GenerateKey().SharedSecret(b.GenerateKey().PublicKey()); (err == nil) != (a == b) {
				t.Errorf("%v with %v: %v", a, b, err)
			}
		}
	})
}

func peerAgreement(t *testing.T, a cogen.Algorithm, private, u []byte) []byte {
	t.Helper()
	if a == cogen.X448() {
		var out x448.Key
		if !x448.Shared(&out, (*x448.Key)(private), (*x448.Key)(u)) {
			t.Fatal("x448")
		}
		return out[:]
	}
	k, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	p, err := ecdh.X25519().NewPublicKey(u)
	if err != nil {
		t.Fatal(err)
	}
	out, err := k.ECDH(p)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A scalar and the octets it comes from are the same key, with or without
// reduction.
func TestScalarForm(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		peer := a.GenerateKey().PublicKey()
		k := a.GenerateKey()
		scalar := oracle.Clamp(k.Bytes())
		if a.IsSignature() {
			scalar = oracleOf(a).Scalar(k.Bytes())
		}
		clamped := oracle.LittleEndian(scalar, a.PrivateLen())
		reduced := oracle.LittleEndian(scalar.Mod(scalar, oracleOf(a).L), a.PrivateLen())
		want, err := k.SharedSecret(peer)
		if err != nil {
			t.Fatal(err)
		}
		for _, le := range [][]byte{clamped, reduced} {
			z := private(t, a, true, le)
			if !z.PublicKey().Equal(k.PublicKey()) {
				t.Errorf("the scalar %x has another public key", le)
			}
			if got, err := z.SharedSecret(peer); err != nil || !bytes.Equal(got, want) {
				t.Errorf("the scalar %x agrees on %x, want %x (%v)", le, got, want, err)
			}
		}
	})
}
