package cogen_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/cloudflare/circl/sign/ed448"

	"meshkey/cogen"
	"meshkey/internal/oracle"
	"meshkey/internal/secret/secrettest"
	"meshkey/vectors"
)

// eachPair calls f with two keys of each pair of kinds and their scalars.
func eachPair(t *testing.T, a cogen.Algorithm, f func(x, y *cogen.PrivateKey, sx, sy *big.Int)) {
	t.Helper()
	source := rand.NewChaCha8([32]byte([]byte("the octets of every run are same")))
	octets := func() []byte {
		b := make([]byte, a.PrivateLen())
		_, _ = source.Read(b)
		return b
	}
	for pair := range 9 {
		x, sx := anyKey(t, a, pair/3, octets())
		y, sy := anyKey(t, a, pair%3, octets())
		f(x, y, sx, sy)
	}
}

// anyKey makes a key of any kind and returns its scalar below the order:
// octets to be clamped or hashed, a scalar above the order, one near 0.
func anyKey(t *testing.T, a cogen.Algorithm, kind int, octets []byte) (*cogen.PrivateKey, *big.Int) {
	t.Helper()
	o := oracleOf(a)
	scalar := oracle.FromLittleEndian(octets)
	switch kind {
	case 0:
		if scalar = oracle.Clamp(octets); a.IsSignature() {
			scalar = o.Scalar(octets)
		}
	case 2:
		scalar = big.NewInt(int64(octets[0]%4) - 2) // -2, -1, 0 and so 1, 1
		if scalar.Sign() == 0 {
			scalar.SetInt64(1)
		}
		octets = oracle.LittleEndian(scalar.Mod(scalar, o.L), a.PrivateLen())
	}
	return private(t, a, kind != 0, octets), scalar.Mod(scalar, o.L)
}

// (a+b)·P = a·P + b·P for keys of all kinds, added on either side, and
// (a+b)·B is what the oracle says it is.
func TestSums(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		o := oracleOf(a)
		eachPair(t, a, func(x, y *cogen.PrivateKey, sx, sy *big.Int) {
			z, err := cogen.CombinePrivate(x, y)
			sum := new(big.Int).Mod(new(big.Int).Add(sx, sy), o.L)
			if sum.Sign() == 0 {
				if err == nil {
					t.Error("the sum is 0")
				}
				return
			}
			if err != nil || !z.IsScalar() || !bytes.Equal(z.Bytes(), oracle.LittleEndian(sum, a.PrivateLen())) {
				t.Fatalf("the sum differs: %v", err)
			}
			p := z.PublicKey()
			if !p.IsSum(x.PublicKey(), y.PublicKey()) || p.IsSum(x.PublicKey()) || p.IsSum(y.PublicKey(), y.PublicKey()) != (sx.Cmp(sy) == 0) {
				t.Error("IsSum")
			}
			for _, two := range [][2]*cogen.PrivateKey{{x, y}, {y, x}} {
				if q, err := two[0].PublicKey().Plus(two[1]); err != nil || !q.Equal(p) {
					t.Errorf("Plus: %v", err)
				}
			}
			if want := o.Encode(o.Mul(sum, o.Base)); !bytes.Equal(p.Bytes(), want) {
				t.Errorf("public key %x, want %x", p.Bytes(), want)
			}
			// What it agrees on is the sum of what both agree on.
			peer := a.GenerateKey().PublicKey()
			got, err := z.SharedSecret(peer)
			e, _ := o.Decode(peer.Bytes())
			want := o.Encode(o.Add(o.Mul(sx, e), o.Mul(sy, e)))
			if err != nil || !bytes.Equal(got, want[:len(got)]) {
				t.Errorf("%x, want %x (%v)", got, want, err)
			}
		})
	})
}

func TestPlusAndIsSumWantWholePoints(t *testing.T) {
	for _, a := range []cogen.Algorithm{cogen.X25519(), cogen.X448()} {
		k, l := a.GenerateKey(), a.GenerateKey()
		sum, err := k.PublicKey().Plus(l)
		if err != nil {
			t.Fatal(err)
		}
		plain := public(t, a, k.PublicKey().Plain())
		if _, err := plain.Plus(l); err == nil || sum.IsSum(plain, l.PublicKey()) {
			t.Error("a key without sign is added")
		}
		// A printed sum without sign can still be checked, up to its sign.
		if !public(t, a, sum.Plain()).IsSum(k.PublicKey(), l.PublicKey()) {
			t.Error("a sum without sign is not recognized")
		}
	}
	for _, a := range algorithms {
		for _, b := range algorithms {
			k, l := a.GenerateKey(), b.GenerateKey()
			_, err1 := k.PublicKey().Plus(l)
			_, err2 := cogen.CombinePrivate(k, l)
			if (err1 == nil) != (a == b) || (err2 == nil) != (a == b) {
				t.Errorf("%v and %v: %v, %v", a, b, err1, err2)
			}
		}
	}
	if _, err := cogen.CombinePrivate(); err == nil || cogen.X448().GenerateKey().PublicKey().IsSum() {
		t.Error("a sum of nothing")
	}
}

// What a composite signs, others verify; the nonce depends on the whole
// scalar, so that no summand and no other composite has it.
func TestCompositeSigns(t *testing.T) {
	eachSigner(t, func(t *testing.T, a cogen.Algorithm) {
		eachPair(t, a, func(x, y *cogen.PrivateKey, sx, sy *big.Int) {
			message := x.PublicKey().Bytes()
			z, err := cogen.CombinePrivate(x, y)
			if err != nil {
				if sx.Add(sx, sy).Cmp(oracleOf(a).L) != 0 {
					t.Error(err)
				}
				return
			}
			signature, err := z.Sign(message)
			p := z.PublicKey().Bytes()
			if err != nil || !z.PublicKey().Verify(message, signature) ||
				a == cogen.Ed25519() && !ed25519.Verify(p, message, signature) ||
				a == cogen.Ed448() && !ed448.Verify(p, message, signature, "") {
				t.Errorf("the signature does not verify: %v", err)
			}
			for _, k := range []*cogen.PrivateKey{x, y} {
				other, err := k.Sign(message)
				if err != nil || bytes.Equal(other[:len(p)], signature[:len(p)]) && !k.PublicKey().Equal(z.PublicKey()) {
					t.Errorf("a summand has the nonce of the sum: %v", err)
				}
			}
		})
	})
}

func TestSplitAll(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		for _, isScalar := range []bool{false, true} {
			k := private(t, a, isScalar, a.GenerateKey().Bytes())
			for _, n := range []int{1, 2, 3, 7, 40} {
				shares, err := k.SplitAll(n)
				if err != nil || len(shares) != n {
					t.Fatalf("%d shares, %v", len(shares), err)
				}
				var publics []*cogen.PublicKey
				for _, s := range shares {
					secrettest.CheckHidden(t, s, s.Bytes())
					if !s.IsScalar() || oracle.FromLittleEndian(s.Bytes()).Cmp(oracleOf(a).L) >= 0 {
						t.Error("a share is no reduced scalar")
					}
					publics = append(publics, s.PublicKey())
				}
				whole, err := cogen.CombinePrivate(shares...)
				if err != nil || !whole.PublicKey().Equal(k.PublicKey()) || !k.PublicKey().IsSum(publics...) {
					t.Errorf("%d shares give another key: %v", n, err)
				}
				if n > 1 && k.PublicKey().IsSum(publics[1:]...) {
					t.Error("a share is not needed")
				}
			}
		}
		for _, n := range []int{-1, 0, cogen.MaxContributions + 1} {
			if _, err := a.GenerateKey().SplitAll(n); err == nil {
				t.Errorf("split into %d", n)
			}
		}
	})
}

// Every share takes all values alike: over many splits of one key, each bit of
// each share is set in half of them, but for the top bits that the order cuts.
func TestSplitAllIsUniform(t *testing.T) {
	a, splits := cogen.Ed25519(), 600
	k := a.GenerateKey()
	counts := make([][252]int, 3)
	for range splits {
		shares, err := k.SplitAll(len(counts))
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range shares {
			for bit := range counts[i] {
				counts[i][bit] += int(s.Bytes()[bit/8] >> (bit % 8) & 1)
			}
		}
	}
	for i := range counts {
		for bit, n := range counts[i] {
			// Six standard deviations; L is 2^252 and a little.
			if d := n - splits/2; d*d > 36*splits/4 {
				t.Errorf("bit %d of share %d is set in %d of %d", bit, i, n, splits)
			}
		}
	}
}

// Two parties and a combiner, who all see the same key.
func ExampleCombinePublic() {
	context := []byte("device key of alice, 22 November 2026")
	device, administrator := cogen.Ed448().GenerateKey(), cogen.Ed448().GenerateKey()
	one, err := device.Contribute(context, "device")
	if err != nil {
		panic(err)
	}
	two, err := administrator.Contribute(context, "administrator")
	if err != nil {
		panic(err)
	}
	public, err := cogen.CombinePublic(context, one, two)
	if err != nil {
		panic(err)
	}
	// The administrator sends his private half to the device, which adds.
	private, err := cogen.CombinePrivate(device, administrator)
	if err != nil {
		panic(err)
	}
	fmt.Println("both have one key:", public.Equal(private.PublicKey()))

	_, err = cogen.CombinePublic([]byte("another occasion"), one, two)
	fmt.Println(err)
	// Output:
	// both have one key: true
	// cogen: the contribution of "device": it does not prove that its maker has the private key, in this ceremony and under this name
}

// withoutPrefix computes the private scalar from a signature whose nonce was
// made of the message alone, from S = r + k·s; of another signature it computes
// some other number.
func withoutPrefix(a cogen.Algorithm, prefix, public, message, signature []byte) *big.Int {
	o, half := oracleOf(a), len(signature)/2
	r := o.Number(dom(a), prefix, message)
	k := o.Number(dom(a), signature[:half], public, message)
	s := new(big.Int).Sub(oracle.FromLittleEndian(signature[half:]), r)
	return s.Mul(s, k.ModInverse(k, o.L)).Mod(s, o.L)
}

// The reference signs with composite keys without a prefix. One signature gives
// the private key; here it is computed from two that were published.
func TestEmptyPrefix(t *testing.T) {
	found := 0
	for c := range vectors.Each[vectors.EmptyPrefix]("mesh-empty-prefix") {
		found++
		a, d := cogen.Ed448(), c.Data
		scalar := oracle.LittleEndian(withoutPrefix(a, nil, d.Public, d.Digest, d.Signature), a.PrivateLen())
		k := private(t, a, true, scalar)
		if !bytes.Equal(k.PublicKey().Bytes(), d.Public) || !bytes.Equal(scalar, d.Scalar) {
			t.Errorf("%s: the private key is not found", c.Name)
		}
		ours := sign(t, k, d.Digest)
		if !k.PublicKey().Verify(d.Digest, ours) || bytes.Equal(ours, d.Signature) {
			t.Errorf("%s: we sign so, too, or not at all", c.Name)
		}
	}
	if found == 0 {
		t.Error("no signature was published")
	}
	eachSigner(t, func(t *testing.T, a cogen.Algorithm) {
		x, y := a.GenerateKey(), a.GenerateKey()
		z, err := cogen.CombinePrivate(x, y)
		if err != nil {
			t.Fatal(err)
		}
		message, public := []byte("message"), z.PublicKey().Bytes()
		signature := sign(t, z, message)
		for what, prefix := range map[string][]byte{
			"nothing": nil, "the public key": public, "a summand's public key": x.PublicKey().Bytes(),
			"zeros": make([]byte, len(public)),
		} {
			scalar := withoutPrefix(a, prefix, public, message, signature)
			if bytes.Equal(oracle.LittleEndian(scalar, a.PrivateLen()), z.Bytes()) {
				t.Errorf("a prefix of %s gives the private key", what)
			}
		}
	})
}
