package cogen_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/cloudflare/circl/sign/ed448"

	"meshkey/cogen"
	"meshkey/internal/oracle"
)

var signers = []cogen.Algorithm{cogen.Ed25519(), cogen.Ed448()}

func eachSigner(t *testing.T, f func(t *testing.T, a cogen.Algorithm)) {
	for _, a := range signers {
		t.Run(a.String(), func(t *testing.T) { f(t, a) })
	}
}

const domMesh = "SigEd25519 no Ed25519 collisions\x00\x00"

func dom(a cogen.Algorithm) []byte {
	if a == cogen.Ed448() {
		return []byte("SigEd448\x00\x00")
	}
	return nil
}

func sign(t *testing.T, k *cogen.PrivateKey, message []byte) []byte {
	t.Helper()
	signature, err := k.Sign(message)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

func TestSignEqualsOracle(t *testing.T) {
	eachSigner(t, func(t *testing.T, a cogen.Algorithm) {
		o := oracleOf(a)
		for n := range 6 {
			seed := bytes.Repeat([]byte{byte(n)}, a.PrivateLen())
			message := bytes.Repeat([]byte("message "), n*n*n)
			k := private(t, a, false, seed)
			if got, want := k.PublicKey().Bytes(), o.Public(seed); !bytes.Equal(got, want) {
				t.Errorf("public key %x, want %x", got, want)
			}
			got := sign(t, k, message)
			if want := o.Sign(seed, dom(a), message); !bytes.Equal(got, want) {
				t.Errorf("signature %x, want %x", got, want)
			}
			if !k.PublicKey().Verify(message, got) || !k.PublicKey().VerifyMesh(message, got) {
				t.Error("the signature does not verify")
			}
			mesh := o.Sign(seed, []byte(domMesh), message)
			if want := a == cogen.Ed25519(); k.PublicKey().VerifyMesh(message, mesh) != want || k.PublicKey().Verify(message, mesh) {
				t.Error("a signature with dom2 and an empty context")
			}
		}
	})
}

// What we sign, others verify, and what they sign we do.
func TestSignPeers(t *testing.T) {
	message := []byte("message")
	theirs := ed448.NewKeyFromSeed(bytes.Repeat([]byte{1}, 57))
	signature := ed448.Sign(theirs, message, "")
	if !public(t, cogen.Ed448(), theirs.Public().(ed448.PublicKey)).Verify(message, signature) {
		t.Error("a signature of circl's does not verify")
	}
	eachSigner(t, func(t *testing.T, a cogen.Algorithm) {
		for _, isScalar := range []bool{false, true} {
			k := private(t, a, isScalar, a.GenerateKey().Bytes())
			p, signature := k.PublicKey().Bytes(), sign(t, k, message)
			verified := a == cogen.Ed25519() && ed25519.Verify(p, message, signature) ||
				a == cogen.Ed448() && ed448.Verify(p, message, signature, "")
			if !verified {
				t.Error("a peer refuses our signature")
			}
		}
	})
}

// A bare scalar signs like a seed does: the same message the same, and with
// nonces that need the scalar to be known.
func TestScalarSigns(t *testing.T) {
	eachSigner(t, func(t *testing.T, a cogen.Algorithm) {
		o := oracleOf(a)
		seed := bytes.Repeat([]byte{7}, a.PrivateLen())
		s := o.Scalar(seed)
		clamped := oracle.LittleEndian(s, a.PrivateLen())
		z := private(t, a, true, clamped)
		reduced := private(t, a, true, oracle.LittleEndian(new(big.Int).Mod(s, o.L), a.PrivateLen()))
		other := private(t, a, true, oracle.LittleEndian(big.NewInt(7), a.PrivateLen()))
		nonces := map[string]bool{}
		for i := range 4 {
			message := fmt.Appendf(nil, "message %d", i)
			signature := sign(t, z, message)
			half := len(signature) / 2
			if !z.PublicKey().Verify(message, signature) {
				t.Error("the signature does not verify")
			}
			if !bytes.Equal(signature, sign(t, z, message)) || !bytes.Equal(signature, sign(t, reduced, message)) {
				t.Error("one scalar signs one message in two ways")
			}
			if bytes.Equal(signature[:half], sign(t, private(t, a, false, seed), message)[:half]) {
				t.Error("the nonce is that of the seed")
			}
			nonces[string(signature[:half])] = true
			nonces[string(sign(t, other, message)[:half])] = true
			// The nonce of the reference: no prefix at all.
			for _, prefix := range [][]byte{nil, dom(a), []byte(domMesh)} {
				if bytes.Equal(signature[:half], o.Nonce(prefix, message)) {
					t.Error("anyone can compute the nonce")
				}
			}
		}
		if len(nonces) != 8 {
			t.Errorf("%d different nonces, want 8", len(nonces))
		}
	})
}

func TestVerifyRefuses(t *testing.T) {
	eachSigner(t, func(t *testing.T, a cogen.Algorithm) {
		o, message := oracleOf(a), []byte("message")
		seed := bytes.Repeat([]byte{5}, a.PrivateLen())
		k := private(t, a, false, seed)
		p, good := k.PublicKey(), sign(t, k, message)
		half := len(good) / 2
		refuse := func(what string, message, signature []byte) {
			t.Helper()
			if p.Verify(message, signature) || p.VerifyMesh(message, signature) {
				t.Errorf("%s is taken", what)
			}
		}
		for i := range len(good) * 8 {
			bad := bytes.Clone(good)
			bad[i/8] ^= 1 << (i % 8)
			refuse(fmt.Sprintf("a signature with bit %d turned", i), message, bad)
		}
		for n := range 2 * len(good) {
			if n != len(good) {
				refuse(fmt.Sprintf("%d octets", n), message, slices.Concat(good, good)[:n])
			}
		}
		refuse("a longer message", append(bytes.Clone(message), 0), good)
		refuse("no message", nil, good)
		refuse("R and S exchanged", message, slices.Concat(good[half:], good[:half]))

		// S + L verifies where S is not checked.
		s := oracle.FromLittleEndian(good[half:])
		refuse("S + L", message, slices.Concat(good[:half], oracle.LittleEndian(s.Add(s, o.L), half)))

		// R with torsion passes where both sides are multiplied by the
		// cofactor.
		for i, small := range o.Torsion() {
			r := big.NewInt(77)
			encoded := o.Encode(o.Add(o.Mul(r, o.Base), small))
			signature := o.Finish(seed, dom(a), encoded, r, message)
			if got := p.Verify(message, signature); got != (i == 0) {
				t.Errorf("R + T%d: %v", i, got)
			}
		}
		// R may be the identity, but not in its second encoding, y = p + 1.
		identity := o.Encode(o.Identity())
		if !p.Verify(message, o.Finish(seed, dom(a), identity, new(big.Int), message)) {
			t.Error("the identity as R is refused")
		}
		again := oracle.LittleEndian(new(big.Int).Add(o.P, big.NewInt(1)), half)
		refuse("a second encoding of R", message, o.Finish(seed, dom(a), again, new(big.Int), message))
	})
}

func TestSignIsForSignatureKeys(t *testing.T) {
	for _, a := range []cogen.Algorithm{cogen.X25519(), cogen.X448()} {
		k := a.GenerateKey()
		if _, err := k.Sign(nil); err == nil {
			t.Errorf("%v signs", a)
		}
		for _, n := range []int{0, 64, 66, 114} {
			if k.PublicKey().Verify(nil, make([]byte, n)) || k.PublicKey().VerifyMesh(nil, make([]byte, n)) {
				t.Errorf("%v verifies", a)
			}
		}
	}
}
