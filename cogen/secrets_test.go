package cogen

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"meshkey/internal/secret"
)

func fixedKey(t *testing.T, a Algorithm, octet byte) *PrivateKey {
	t.Helper()
	k, err := a.NewPrivateScalar(bytes.Repeat([]byte{octet}, a.PrivateLen()))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// The proofs are a function of what they prove and of 64 random octets.
func TestPossessionOfFixedOctets(t *testing.T) {
	want := map[Algorithm]string{
		X25519():  "2344b627b7075f13c5946680138e0901197ae10be7d410011691a80324efea78001371e1022f73f301c4a6d50ed83da4d79c78034cc2f4b1a114025e40079a5106",
		X448():    "f744481a8abddd13890a1ca8961f9bd750cfe0011bc2910d03b15e473eeecd59ad1e44fd3dd71d61ac92dec1cfc190d64b3a3aebdeeef8a8008731b83d7b97a926100585127993cb3b5f869aea6fe642f1947c2b2dc999393caee809ca9421367d5d1392e069f72c1bd2691a5c4687c326",
		Ed25519(): "11ef2e450bfc7898ad360d106810ea7c8401e3286e38e173b14dbf0e6bf8a49cef13592a9ace3766da27d300d790c1cb26f4b84e984d16971956449ecd804701",
		Ed448():   "30e22dd86fff20ae658f69e3737f3c7c1dd305442f52eab1f282581bf02b58fa203019056d576054374fe55a33609fa1193c2eca9ef8017b0083542b4d9a3d45ba1243db0ced17bafaf053805b2cd46f9ccd6a558bdbf646229f6c6e75c6cf85e1fd3b0546ab16ba01204de738c8f3ff36",
	}
	for a, want := range want {
		proof, err := fixedKey(t, a, 7).provePossession([]byte("context"), "name", secret.Take(bytes.Repeat([]byte{8}, 64)))
		if err != nil || hex.EncodeToString(proof) != want {
			t.Errorf("%v: %x, %v", a, proof, err)
		}
	}
}

// Whoever proves the u of a key alone has proved two keys at once.
func TestPossessionOfHalfAPoint(t *testing.T) {
	for _, a := range []Algorithm{X25519(), X448()} {
		k := a.GenerateKey()
		for k.public.encoded[len(k.public.encoded)-1] != 0 { // v is even, as it is chosen for u alone
			k = a.GenerateKey()
		}
		p, err := a.NewPublicKey(k.public.Plain())
		if err != nil {
			t.Fatal(err)
		}
		k.public = p
		proof, err := k.ProvePossession(nil, "name")
		if err != nil || p.VerifyPossession(nil, "name", proof) {
			t.Errorf("%v: a key without sign is proved (%v)", a, err)
		}
	}
}

// Two proofs with one nonce would give the private key away. With a source of
// randomness that has stood still, proofs of different statements still have
// different nonces; with another key, too; and with other random octets.
func TestPossessionNonces(t *testing.T) {
	for _, a := range []Algorithm{X25519(), X448(), Ed25519(), Ed448()} {
		nonces := map[string]string{}
		add := func(what string, a Algorithm, key byte, context, name string, random byte) {
			proof, err := fixedKey(t, a, key).provePossession([]byte(context), name, secret.Take(bytes.Repeat([]byte{random}, 64)))
			if err != nil {
				t.Fatal(err)
			}
			r := string(proof[:a.PrivateLen()-1]) // without signs
			if other, ok := nonces[r]; ok {
				t.Errorf("%v: %s and %s have one nonce", a, what, other)
			}
			nonces[r] = what
		}
		add("one proof", a, 7, "context", "name", 8)
		add("another context", a, 7, "contexts", "name", 8)
		add("another name", a, 7, "context", "names", 8)
		add("another cut", a, 7, "contextn", "ame", 8)
		add("another key", a, 9, "context", "name", 8)
		add("other random octets", a, 7, "context", "name", 9)
	}
}

// A split is a function of the key and of the random octets, and one in which a
// share is 0 is none.
func TestSplitAllOfFixedOctets(t *testing.T) {
	for _, a := range []Algorithm{X25519(), X448(), Ed25519(), Ed448()} {
		k, n := fixedKey(t, a, 7), a.PrivateLen()
		wide := func(low []byte) []byte { return append(bytes.Clone(low), make([]byte, 2*n-len(low))...) }
		shares, err := k.splitAll(3, secret.Take(append(wide([]byte{5}), wide([]byte{6})...)))
		if err != nil {
			t.Fatal(err)
		}
		want := bytes.Repeat([]byte{7}, n)
		want[0] += 256 - 5 - 6
		want[1]-- // the borrow
		last := a.suite.curve.NewScalar().SetWide(want)
		if shares[0].Bytes()[0] != 5 || shares[1].Bytes()[0] != 6 || !bytes.Equal(shares[2].Bytes(), last.Bytes()) {
			t.Errorf("%v: %x %x %x", a, shares[0].Bytes(), shares[1].Bytes(), shares[2].Bytes())
		}
		for what, random := range map[string][]byte{
			"the first share": append(wide(nil), wide([]byte{6})...),
			"the second":      append(wide([]byte{5}), wide(nil)...),
			"the last":        append(wide(k.Bytes()), wide(nil)...)[:2*n],
		} {
			if got, err := k.splitAll(len(random)/(2*n)+1, secret.Take(random)); !errors.Is(err, errZeroShare) || got != nil {
				t.Errorf("%v: %s is 0, and %v", a, what, err)
			}
		}
	}
}
