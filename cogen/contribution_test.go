package cogen_test

import (
	"bytes"
	"crypto/sha3"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/oracle"
	"meshkey/vectors"
)

var ceremony = []byte("a ceremony")

func contribute(t testing.TB, k *cogen.PrivateKey, context []byte, name string) *cogen.Contribution {
	t.Helper()
	c, err := k.Contribute(context, name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// blamed checks that err is a *ContributionError that names the party.
func blamed(t testing.TB, err error, name string) {
	t.Helper()
	var wrong *cogen.ContributionError
	if !errors.As(err, &wrong) || wrong.Name != name || !strings.Contains(err.Error(), fmt.Sprintf("%q", name)) {
		t.Errorf("%v, and %q is to blame", err, name)
	}
}

// forged puts a contribution together from its octets.
func forged(t testing.TB, a cogen.Algorithm, name string, key, proof []byte) *cogen.Contribution {
	t.Helper()
	code := byte(slices.Index(algorithms, a) + 1)
	c, err := cogen.ParseContribution(slices.Concat([]byte{1, code, byte(len(name))}, []byte(name), make([]byte, 32), key, proof))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPossession(t *testing.T) {
	lengths := map[cogen.Algorithm]int{cogen.X25519(): 65, cogen.X448(): 113, cogen.Ed25519(): 64, cogen.Ed448(): 113}
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		for _, isScalar := range []bool{false, true} {
			k := private(t, a, isScalar, a.GenerateKey().Bytes())
			proof, err := k.ProvePossession(ceremony, "alice")
			if err != nil || len(proof) != lengths[a] {
				t.Fatalf("%d octets, %v", len(proof), err)
			}
			again, _ := k.ProvePossession(ceremony, "alice")
			if bytes.Equal(again[:32], proof[:32]) {
				t.Error("two proofs have one nonce")
			}
			p := k.PublicKey()
			if !p.VerifyPossession(ceremony, "alice", proof) {
				t.Error("a proof does not verify")
			}
			if !a.IsSignature() && public(t, a, p.Plain()).VerifyPossession(ceremony, "alice", proof) {
				t.Error("it verifies for a key without sign")
			}
			minus := p.Bytes()
			minus[len(minus)-1] ^= 0x80
			for what, ok := range map[string]bool{
				"another context": p.VerifyPossession([]byte("another"), "alice", proof),
				"no context":      p.VerifyPossession(nil, "alice", proof),
				"another name":    p.VerifyPossession(ceremony, "bob", proof),
				"another split":   p.VerifyPossession(append(bytes.Clone(ceremony), 'a'), "lice", proof),
				"another key":     a.GenerateKey().PublicKey().VerifyPossession(ceremony, "alice", proof),
				"the negative":    public(t, a, minus).VerifyPossession(ceremony, "alice", proof),
			} {
				if ok {
					t.Errorf("it verifies for %s", what)
				}
			}
			if isScalar {
				everyBitCounts(t, p, proof)
			}
			for n := range 2 * len(proof) {
				if n != len(proof) && p.VerifyPossession(ceremony, "alice", slices.Concat(proof, proof)[:n]) {
					t.Errorf("%d octets verify", n)
				}
			}
			// s + L is the same scalar.
			n := len(proof) - a.PrivateLen()
			s := oracle.FromLittleEndian(proof[n:])
			more := slices.Concat(proof[:n], oracle.LittleEndian(s.Add(s, oracleOf(a).L), a.PrivateLen()))
			if p.VerifyPossession(ceremony, "alice", more) {
				t.Error("a second encoding of the scalar verifies")
			}
		}
	})
}

func everyBitCounts(t *testing.T, p *cogen.PublicKey, proof []byte) {
	t.Helper()
	for i := range len(proof) * 8 {
		bad := bytes.Clone(proof)
		bad[i/8] ^= 1 << (i % 8)
		if p.VerifyPossession(ceremony, "alice", bad) {
			t.Errorf("a proof verifies with bit %d turned", i)
		}
	}
}

// The proofs of the vectors, by docs/FORMATS.md and large numbers alone.
func TestPossessionEqualsOracle(t *testing.T) {
	for c := range vectors.Each[vectors.Contributions]("contribution") {
		a, err := cogen.ParseAlgorithm(c.Data.Algorithm)
		if err != nil {
			t.Fatal(err)
		}
		o, n := oracleOf(a), len(c.Data.Public)
		for _, p := range c.Data.Parties {
			h := sha3.NewCSHAKE256(nil, []byte("meshkey possession v1"))
			for _, part := range [][]byte{[]byte(a.String()), []byte(c.Data.Context), []byte(p.Name), p.Public, p.Proof[:n]} {
				_, _ = h.Write(append(binary.BigEndian.AppendUint64(nil, uint64(len(part))), part...))
			}
			wide := make([]byte, 2*a.PrivateLen())
			_, _ = h.Read(wide)
			e, s := oracle.FromLittleEndian(wide), oracle.FromLittleEndian(p.Proof[n:])
			key, _ := o.Decode(p.Public)
			r, ok := o.Decode(p.Proof[:n])
			if !ok || s.Cmp(o.L) >= 0 || !o.Mul(s, o.Base).Equal(o.Add(r, o.Mul(e.Mod(e, o.L), key))) {
				t.Errorf("%s: the proof of %s", c.Name, p.Name)
			}
		}
	}
}

// A proof for one algorithm is none for its sister on the same curve.
func TestPossessionIsOfOneAlgorithm(t *testing.T) {
	for _, pair := range [][2]cogen.Algorithm{{cogen.X448(), cogen.Ed448()}, {cogen.X25519(), cogen.Ed25519()}} {
		scalar := pair[0].GenerateKey().Bytes()
		x, ed := private(t, pair[0], true, scalar), private(t, pair[1], true, scalar)
		proof, err := x.ProvePossession(ceremony, "alice")
		if err != nil {
			t.Fatal(err)
		}
		n := len(proof) - len(scalar)
		proof = append(ed.PublicKey().Bytes(), proof[n:]...)
		if ed.PublicKey().VerifyPossession(ceremony, "alice", proof) {
			t.Errorf("a proof for %v is one for %v", pair[0], pair[1])
		}
	}
}

func TestContributionsAdd(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		var keys []*cogen.PrivateKey
		var contributions []*cogen.Contribution
		for n := 1; n <= 7; n++ {
			k := private(t, a, n%2 == 0, a.GenerateKey().Bytes())
			c := contribute(t, k, ceremony, fmt.Sprint("party ", n))
			read, err := cogen.ParseContribution(c.Bytes())
			if err != nil || !bytes.Equal(read.Bytes(), c.Bytes()) || read.Name() != c.Name() || read.Algorithm() != a ||
				!read.PublicKey().Equal(k.PublicKey()) || read.Commit() != c.Commit() {
				t.Fatalf("a contribution is read as another: %v", err)
			}
			keys, contributions = append(keys, k), append(contributions, read)
			sum, err := cogen.CombinePrivate(keys...)
			if err != nil {
				t.Fatal(err)
			}
			p, err := cogen.CombinePublic(ceremony, contributions...)
			if err != nil || !p.Equal(sum.PublicKey()) {
				t.Errorf("%d contributions: %v", n, err)
			}
		}
	})
}

// Mallory, who has seen Alice's key X, brings P - X, so that the sum is P, whose
// private key he has.
func TestRogueKey(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		o, alice, mallory := oracleOf(a), a.GenerateKey(), a.GenerateKey()
		honest := contribute(t, alice, ceremony, "alice")
		x, _ := o.Decode(alice.PublicKey().Bytes())
		p, _ := o.Decode(mallory.PublicKey().Bytes())
		rogue := o.Encode(o.Add(p, o.Neg(x)))
		if !mallory.PublicKey().IsSum(alice.PublicKey(), public(t, a, rogue)) {
			t.Fatal("the attack would not work anyway")
		}
		own, err := mallory.ProvePossession(ceremony, "mallory")
		if err != nil {
			t.Fatal(err)
		}
		n, m := len(rogue), len(own)
		hers := honest.Bytes()[len(honest.Bytes())-m:]
		// The difference of both proofs, as if the challenges were one.
		r1, _ := o.Decode(own[:n])
		r2, _ := o.Decode(hers[:n])
		s := new(big.Int).Sub(oracle.FromLittleEndian(own[n:]), oracle.FromLittleEndian(hers[n:]))
		difference := slices.Concat(o.Encode(o.Add(r1, o.Neg(r2))), oracle.LittleEndian(s.Mod(s, o.L), m-n))
		for what, proof := range map[string][]byte{
			"his own": own, "hers": hers, "the difference": difference, "zeros": make([]byte, m),
			"the key itself": append(bytes.Clone(rogue), make([]byte, m-n)...),
		} {
			_, err := cogen.CombinePublic(ceremony, honest, forged(t, a, "mallory", rogue, proof))
			if err == nil {
				t.Errorf("%s passes for a proof", what)
			}
			blamed(t, err, "mallory")
		}
	})
}

func TestCombinePublicRefuses(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		k := a.GenerateKey()
		alice, bob := contribute(t, k, ceremony, "alice"), contribute(t, a.GenerateKey(), ceremony, "bob")
		proof := bytes.Clone(alice.Bytes()[len(alice.Bytes())-proofLen(t, a):])
		stranger := algorithms[(slices.Index(algorithms, a)+1)%4]
		for what, mallory := range map[string]*cogen.Contribution{
			"another context":  contribute(t, a.GenerateKey(), []byte("another ceremony"), "mallory"),
			"Alice's, renamed": forged(t, a, "mallory", k.PublicKey().Bytes(), proof),
			"Alice's key":      contribute(t, k, ceremony, "mallory"),
			"another's proof":  forged(t, a, "mallory", a.GenerateKey().PublicKey().Bytes(), proof),
			"algorithm":        contribute(t, stranger.GenerateKey(), ceremony, "mallory"),
		} {
			_, err := cogen.CombinePublic(ceremony, alice, bob, mallory)
			if err == nil {
				t.Errorf("%s: taken", what)
				continue
			}
			blamed(t, err, "mallory")
		}
		_, err := cogen.CombinePublic(ceremony, alice, bob, contribute(t, a.GenerateKey(), ceremony, "bob"))
		blamed(t, err, "bob")
		if _, err := cogen.CombinePublic(ceremony); err == nil {
			t.Error("the sum of nothing is a key")
		}
		// P + (-P), by one who has both.
		o := oracleOf(a)
		minus := new(big.Int).Neg(o.Scalar(k.Bytes()))
		if !a.IsSignature() {
			minus.Neg(oracle.Clamp(k.Bytes()))
		}
		negative := private(t, a, true, oracle.LittleEndian(minus.Mod(minus, o.L), a.PrivateLen()))
		if _, err := cogen.CombinePublic(ceremony, alice, contribute(t, negative, ceremony, "carol")); err == nil {
			t.Error("a sum that is the identity is taken")
		}
		if _, err := cogen.CombinePrivate(k, negative); err == nil {
			t.Error("a sum that is 0 is taken")
		}
	})
}

func proofLen(t testing.TB, a cogen.Algorithm) int {
	proof, err := a.GenerateKey().ProvePossession(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return len(proof)
}

func TestParseContributionRefuses(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		good := contribute(t, a.GenerateKey(), ceremony, "alice").Bytes()
		refuse := func(what string, b []byte) {
			t.Helper()
			if _, err := cogen.ParseContribution(b); err == nil {
				t.Errorf("%s: taken", what)
			}
		}
		for n := range len(good) {
			refuse(fmt.Sprintf("%d octets", n), good[:n])
		}
		refuse("one octet more", append(bytes.Clone(good), 0))
		for i, other := range map[int]byte{0: 2, 1: 0, 2: 4} {
			bad := bytes.Clone(good)
			bad[i] = other
			refuse(fmt.Sprintf("octet %d", i), bad)
		}
		bad := bytes.Clone(good)
		bad[1] = 5
		refuse("an algorithm that is none", bad)
		bad = bytes.Clone(good)
		bad[4] = 0xff
		refuse("a name that is not UTF-8", bad)
		refuse("no name", slices.Concat(good[:2], []byte{0}, good[8:]))
		// Keys that are none: small order, torsion, the identity, a second
		// encoding, the twist, no sign.
		o := oracleOf(a)
		tail := good[len(good)-proofLen(t, a):]
		head := good[:len(good)-len(tail)-len(o.Encode(o.Base))]
		for i, small := range o.Torsion() {
			if small.X == nil {
				refuse("the identity", slices.Concat(head, make([]byte, len(o.Encode(o.Base))), tail))
				continue
			}
			refuse("small order", slices.Concat(head, o.Encode(small), tail))
			if i > 0 {
				refuse("torsion", slices.Concat(head, o.Encode(o.Add(o.Base, small)), tail))
			}
		}
		long := append(oracle.LittleEndian(new(big.Int).Add(o.P, big.NewInt(5)), o.Size()), make([]byte, len(o.Encode(o.Base))-o.Size())...)
		refuse("a second encoding", slices.Concat(head, long, tail))
	})
	for _, name := range []string{"", strings.Repeat("x", 256), "\xff"} {
		if _, err := cogen.X448().GenerateKey().Contribute(ceremony, name); err == nil {
			t.Errorf("the name %q is taken", name)
		}
	}
}

func TestCommit(t *testing.T) {
	k := cogen.X25519().GenerateKey()
	c := contribute(t, k, ceremony, "alice")
	seen := map[[cogen.CommitLen]byte]bool{c.Commit(): true, contribute(t, k, ceremony, "alice").Commit(): true}
	if len(seen) != 2 {
		t.Error("who knows the key knows the commitment")
	}
	b := c.Bytes()
	for i := range b {
		other := bytes.Clone(b)
		other[i] ^= 1
		if read, err := cogen.ParseContribution(other); err == nil {
			if seen[read.Commit()] {
				t.Errorf("octet %d is not committed to", i)
			}
			seen[read.Commit()] = true
		}
	}
	if c.Commit() != contributionOf(t, b).Commit() {
		t.Error("a commitment depends on more than the contribution")
	}
}

func contributionOf(t testing.TB, b []byte) *cogen.Contribution {
	t.Helper()
	c, err := cogen.ParseContribution(b)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWipedKeysContributeNothing(t *testing.T) {
	k := cogen.Ed448().GenerateKey()
	live := cogen.Ed448().GenerateKey()
	k.Wipe()
	if _, err := k.Contribute(ceremony, "alice"); err == nil {
		t.Error("Contribute")
	}
	if _, err := cogen.CombinePrivate(live, k); err == nil {
		t.Error("CombinePrivate")
	}
	if _, err := k.SplitAll(2); err == nil {
		t.Error("SplitAll")
	}
	if _, err := live.PublicKey().Plus(k); err == nil {
		t.Error("Plus")
	}
}

func FuzzParseContribution(f *testing.F) {
	for _, a := range algorithms {
		f.Add(contribute(f, a.GenerateKey(), ceremony, "alice").Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := cogen.ParseContribution(b)
		if err != nil {
			return
		}
		if !bytes.Equal(c.Bytes(), b) {
			t.Errorf("%x is written as %x", b, c.Bytes())
		}
		_, err = cogen.CombinePublic(ceremony, c)
		if (err == nil) != (c.Verify(ceremony) == nil) {
			t.Error("an unproved contribution is combined")
		}
	})
}
