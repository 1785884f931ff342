package udf_test

import (
	"bytes"
	"crypto/elliptic"
	"crypto/sha512"
	"encoding/hex"
	"math/big"
	"math/rand/v2"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/secret/secrettest"
	"meshkey/udf"
)

func newSeed(t *testing.T, spec udf.Specifier, data []byte) *udf.Seed {
	t.Helper()
	s, err := udf.NewSeed(spec, data)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSeedComesBack(t *testing.T) {
	for n := 1; n <= 61; n++ {
		data := bytes.Repeat([]byte{byte(n)}, n)
		s := newSeed(t, udf.MeshProfileAccount, data)
		if got := s.Octets(); !bytes.Equal(got, append([]byte{200, 1, 2}, data...)) {
			t.Fatalf("%d octets: %x", n, got)
		}
		read, err := udf.ParseSeed(s.Text())
		if err != nil || !read.Equal(s) || read.Specifier() != udf.MeshProfileAccount {
			t.Errorf("%d octets: the text: %v", n, err)
		}
		for zeros := range 4 {
			if len(s.Octets())+zeros > 64 {
				continue
			}
			read, err := udf.SeedFromOctets(append(make([]byte, zeros), s.Octets()...))
			if err != nil || !read.Equal(s) {
				t.Errorf("%d octets behind %d zeros: %v", n, zeros, err)
			}
		}
	}
}

func TestNoSeed(t *testing.T) {
	good := newSeed(t, udf.SpecifierAny, make([]byte, 16)).Octets()
	for _, bad := range [][]byte{nil, {200}, {200, 1, 2}, make([]byte, 35), append([]byte{0, 0, 0, 0}, good...), append([]byte{201}, good[1:]...), append(good, make([]byte, 64)...)} {
		if _, err := udf.SeedFromOctets(bad); err == nil {
			t.Errorf("%d octets are taken for a seed", len(bad))
		}
	}
	for _, n := range []int{0, 62} {
		if _, err := udf.NewSeed(udf.SpecifierAny, make([]byte, n)); err == nil {
			t.Errorf("a seed of %d octets is made", n)
		}
	}
	for _, text := range []string{"", "Z", "ZAAQ", "ZAAQE", "MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V"} {
		if _, err := udf.ParseSeed(text); err == nil {
			t.Errorf("%q is taken for a seed", text)
		}
	}
}

func TestSeedKeepsNothingOfOthers(t *testing.T) {
	data := bytes.Repeat([]byte{7}, 32)
	s := newSeed(t, udf.MeshProfileAccount, data)
	clear(data)
	octets := s.Octets()
	clear(octets)
	if !bytes.Equal(s.Octets()[3:], bytes.Repeat([]byte{7}, 32)) {
		t.Error("the seed shares octets with its maker or its reader")
	}
	s.Wipe()
	if len(s.Octets()) != 0 {
		t.Error("a wiped seed has octets")
	}
}

func TestHidden(t *testing.T) {
	octets := []byte("thirty-two octets nobody may see")
	s := newSeed(t, udf.MeshProfileAccount, octets)
	secrettest.CheckHidden(t, s, octets)
	secrettest.CheckHidden(t, *s, octets)
	k, err := udf.NewKey(octets)
	if err != nil {
		t.Fatal(err)
	}
	secrettest.CheckHidden(t, k, octets)
	secrettest.CheckHidden(t, *k, octets)
	secrettest.CheckHidden(t, k, []byte(k.Text()))
	e, err := udf.ParseEARL("udf://example.com/" + k.Text())
	if err != nil {
		t.Fatal(err)
	}
	secrettest.CheckHidden(t, e, octets)
	secrettest.CheckHidden(t, *e, []byte(k.Text()))
	share, err := udf.ParseShare(shareText)
	if err != nil {
		t.Fatal(err)
	}
	secrettest.CheckHidden(t, share, share.Bytes())
	for i := range shareText { // an error shows no letter of the text, wherever it is
		_, err := udf.ParseShare(shareText[:i] + "\x00" + shareText[i:])
		secrettest.CheckHidden(t, err, []byte(shareText))
		secrettest.CheckHidden(t, err, share.Bytes())
	}
}

func TestDeriveBounds(t *testing.T) {
	s := newSeed(t, udf.SpecifierAny, make([]byte, 16))
	for _, n := range []int{-1, 0, 255*sha512.Size + 1} {
		if _, err := s.Derive("x", n); err == nil {
			t.Errorf("%d octets are derived", n)
		}
		if _, err := s.DeriveSalted("x", "", n); err == nil {
			t.Errorf("%d octets are derived", n)
		}
	}
	all, err := s.Derive("x", 255*sha512.Size)
	if err != nil {
		t.Fatal(err)
	}
	few, err := s.Derive("x", 32)
	if err != nil || !bytes.Equal(few, all[:32]) {
		t.Error("a longer derivation begins otherwise")
	}
}

// Seed, specifier, label and form each change what is derived.
func TestDerivationsDiffer(t *testing.T) {
	seen := map[string]string{}
	add := func(what string, b []byte, err error) {
		if other, ok := seen[string(b)]; ok || err != nil {
			t.Errorf("%s gives the same as %s: %v", what, other, err)
		}
		seen[string(b)] = what
	}
	for _, spec := range []udf.Specifier{udf.SpecifierAny, udf.SpecifierX448, udf.MeshProfileDevice, udf.MeshProfileAccount} {
		for _, data := range []string{"0123456789abcdef", "0123456789abcdeg"} {
			s := newSeed(t, spec, []byte(data))
			for _, label := range []string{"", "a", "ab"} {
				b, err := s.Derive(label, 32)
				add("info "+spec.String()+data+label, b, err)
				b, err = s.DeriveSalted(label, "", 32)
				add("salt "+spec.String()+data+label, b, err)
			}
		}
	}
}

func TestKeysOfOneAlgorithm(t *testing.T) {
	algorithms := []cogen.Algorithm{cogen.X25519(), cogen.X448(), cogen.Ed25519(), cogen.Ed448()}
	for _, a := range algorithms {
		own, whole := newSeed(t, udf.SpecifierOf(a), make([]byte, 16)), newSeed(t, udf.SpecifierAny, make([]byte, 16))
		mesh := newSeed(t, udf.MeshProfileAccount, make([]byte, 16))
		for _, b := range algorithms {
			if _, err := own.Key(b, ""); (err == nil) != (a == b) {
				t.Errorf("a key for %v from a seed for %v: %v", b, a, err)
			}
		}
		for _, s := range []*udf.Seed{own, whole, mesh} {
			k, err := s.Key(a, "label")
			if err != nil {
				t.Fatal(err)
			}
			octets, err := s.PrivateValue(udf.SpecifierOf(a), "label")
			if err != nil || !bytes.Equal(octets, k.Bytes()) || len(octets) != a.PrivateLen() {
				t.Errorf("%v: the private value is not the key's: %v", a, err)
			}
		}
	}
	s := newSeed(t, udf.MeshProfileAccount, make([]byte, 16))
	for _, alg := range []udf.Specifier{udf.SpecifierAny, udf.SpecifierRSA2048, udf.SpecifierRSA4096, udf.MeshProfileAccount, 0x4003} {
		if _, err := s.PrivateValue(alg, ""); err == nil {
			t.Errorf("a key for %v is derived", alg)
		}
	}
}

var nist = map[udf.Specifier]elliptic.Curve{udf.SpecifierP256: elliptic.P256(), udf.SpecifierP384: elliptic.P384(), udf.SpecifierP521: elliptic.P521()}

// The reduction is that of math/big, at its edges too.
func TestReduceNIST(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	one := big.NewInt(1)
	for spec, curve := range nist {
		p := curve.Params().P
		if got := hex.EncodeToString(p.FillBytes(make([]byte, (p.BitLen()+7)/8))); got != udf.NISTField(spec) {
			t.Errorf("%v: the prime of the field is %s", spec, got)
		}
		m := new(big.Int).Sub(p, one)
		n := map[udf.Specifier]int{udf.SpecifierP256: 40, udf.SpecifierP384: 56, udf.SpecifierP521: 74}[spec]
		most := new(big.Int).Sub(new(big.Int).Lsh(one, uint(8*n)), one)
		numbers := []*big.Int{new(big.Int), one, new(big.Int).Sub(m, one), m, p, new(big.Int).Lsh(m, 1), most,
			new(big.Int).Mul(m, new(big.Int).Div(most, m))}
		for range 200 {
			b := make([]byte, n)
			_, _ = random.Read(b)
			numbers = append(numbers, new(big.Int).SetBytes(b))
		}
		for _, x := range numbers {
			want := new(big.Int).Add(new(big.Int).Mod(x, m), one)
			got := udf.ReduceNIST(spec, x.FillBytes(make([]byte, n)))
			if !bytes.Equal(got, want.FillBytes(make([]byte, (p.BitLen()+7)/8))) {
				t.Errorf("%v: %x becomes %x", spec, x, got)
			}
		}
		value, err := newSeed(t, udf.MeshProfileAccount, make([]byte, 16)).PrivateValue(spec, "label")
		if err != nil || len(value) != (p.BitLen()+7)/8 {
			t.Errorf("%v: %d octets: %v", spec, len(value), err)
		}
	}
}

func TestSpecifiers(t *testing.T) {
	for s, want := range map[udf.Specifier]string{
		udf.SpecifierAny: "Any", udf.SpecifierEd448: "Ed448", udf.MeshProfileAccount: "MeshProfileAccount",
		udf.SpecifierX448 | 1<<14: "X448 (encrypt)", udf.SpecifierEd448 | 2<<14: "Ed448 (sign)", 3 << 14: "Any (authenticate)",
		11: "Specifier(11)",
	} {
		if s.String() != want || s.Known() != (s != 11) {
			t.Errorf("specifier %#04x is %v, known %v", uint16(s), s, s.Known())
		}
	}
}
