package udf_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"math/big"
	"testing"

	"meshkey/cogen"
	"meshkey/udf"
)

func TestMatches(t *testing.T) {
	f, g := udf.FingerprintOf([]byte("one"), "text/plain"), udf.FingerprintOf([]byte("two"), "text/plain")
	for bits := 5; bits <= 520; bits += 5 {
		short, err := udf.ParseFingerprint(f.Text(bits))
		if bits < 10 {
			if err == nil {
				t.Errorf("a fingerprint of %d bits is read", bits)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if short.Bits() != bits || short.Letters() != bits/5 || short.Text(600) != f.Text(bits) {
			t.Errorf("%d bits come back as %d", bits, short.Bits())
		}
		if enough := bits >= udf.MinBits; short.Matches(f) != enough || f.Matches(short) != enough {
			t.Errorf("%d bits match: %v", bits, !enough)
		}
		if short.Matches(g) || g.Matches(short) {
			t.Errorf("%d bits match another fingerprint", bits)
		}
	}
	if (udf.Fingerprint{}).Matches(udf.Fingerprint{}) {
		t.Error("nothing matches nothing")
	}
}

// A fingerprint with any one letter changed no longer matches.
func TestOneLetterWrong(t *testing.T) {
	f := udf.FingerprintOf([]byte("one"), "text/plain")
	text := []byte(f.String())
	for i, old := range text {
		if old == '-' {
			continue
		}
		for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") {
			text[i] = c
			if g, err := udf.ParseFingerprint(string(text)); err == nil && g.Matches(f) != (c == old) {
				t.Errorf("letter %d: %c for %c", i, c, old)
			}
		}
		text[i] = old
	}
}

func TestFingerprintOctets(t *testing.T) {
	f := udf.FingerprintOf([]byte("one"), "text/plain")
	for bits := 16; bits <= 520; bits += 8 {
		g, err := udf.FingerprintFromOctets(f.Octets(bits))
		if err != nil {
			t.Fatal(err)
		}
		if g.Bits() != bits || bits >= udf.MinBits && !g.Matches(f) {
			t.Errorf("%d bits do not come back", bits)
		}
	}
	if got := f.Octets(140); len(got) != 18 || got[17]&15 != 0 {
		t.Errorf("140 bits in %d octets, the last %02x", len(got), got[len(got)-1])
	}
	f.Octets(80)[0] = 0
	if f.Type() != udf.TypeSHA2 {
		t.Error("the octets are the fingerprint's own")
	}
	for _, bad := range [][]byte{nil, {96}, make([]byte, 66), {200, 1, 2, 3}, {101, 1}} {
		if _, err := udf.FingerprintFromOctets(bad); err == nil {
			t.Errorf("%d octets are taken", len(bad))
		}
	}
}

// The type rises with every ten zero bits at the end from twenty on, to four
// steps at most.
func TestCompression(t *testing.T) {
	for zeros := range 513 {
		value := [64]byte{}
		for i := range value {
			value[i] = 0xff
		}
		for i := range zeros {
			value[63-i/8] &^= 1 << (i % 8)
		}
		want := udf.TypeSHA2
		for _, step := range []int{20, 30, 40, 50} {
			if zeros >= step {
				want++
			}
		}
		f := udf.Digest(udf.TypeSHA2, value)
		if f.Type() != want || !f.Type().IsDigest() || [64]byte(f.Octets(520)[1:]) != value {
			t.Errorf("%d zero bits: type %d, want %d", zeros, f.Type(), want)
		}
	}
}

func TestZeroFingerprint(t *testing.T) {
	var f udf.Fingerprint
	if !f.IsZero() || f.String() != "" || len(f.Octets(140)) != 0 {
		t.Error("the zero value is something")
	}
	f = udf.FingerprintOf(nil, "")
	if b, err := json.Marshal(f); err != nil || string(b) != `"`+f.String()+`"` {
		t.Errorf("%s in JSON: %v", b, err)
	}
}

// The key information of an RSA key is the standard one.
func TestRSAFingerprint(t *testing.T) {
	for _, bits := range []uint{512, 1023, 1024, 2048, 16384} {
		n := new(big.Int).Lsh(big.NewInt(1), bits-1)
		n.SetBit(n, 0, 1)
		key := &rsa.PublicKey{N: n, E: 65537}
		spki, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		want := udf.FingerprintOf(spki, udf.KeyContentType)
		got, err := udf.RSAFingerprint(n.Bytes(), []byte{0, 1, 0, 1})
		if err != nil || got.Text(520) != want.Text(520) {
			t.Errorf("%d bits: another fingerprint: %v", bits, err)
		}
	}
	for _, bad := range [][2][]byte{{nil, {3}}, {{1}, nil}, {make([]byte, 2049), {3}}, {{1}, make([]byte, 9)}} {
		if _, err := udf.RSAFingerprint(bad[0], bad[1]); err == nil {
			t.Error("a size that no key has is taken")
		}
	}
}

func TestKeyInfoPanics(t *testing.T) {
	for _, f := range []func(){
		func() { udf.KeyInfo(cogen.Algorithm{}, nil) },
		func() { udf.SpecifierOf(cogen.Algorithm{}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("an algorithm that is none is taken")
				}
			}()
			f()
		}()
	}
}
