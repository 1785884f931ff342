package frost

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"slices"
	"testing"

	"github.com/cloudflare/circl/sign/ed448"

	"meshkey/cogen"
	"meshkey/internal/curve"
	"meshkey/shamir"
)

// Every property is tested with all suites.
func eachSuite(t *testing.T, f func(t *testing.T, s Suite)) {
	for _, s := range suites {
		t.Run(s.String(), func(t *testing.T) { f(t, s) })
	}
}

func deal(t *testing.T, s Suite, need, of int) (*Group, []*Signer) {
	t.Helper()
	g, signers, err := s.Deal(shamir.Quorum{Need: need, Of: of})
	if err != nil {
		t.Fatal(err)
	}
	return g, signers
}

// A session is one signature in the making.
type session struct {
	*Group
	message     []byte
	signers     []*Signer
	nonces      []*Nonces
	commitments []*Commitment
	p           *Package
	shares      []*SignatureShare
}

func committed(t testing.TB, message string, signers ...*Signer) *session {
	t.Helper()
	x := &session{Group: signers[0].group, message: []byte(message), signers: signers}
	for _, s := range signers {
		n, c, err := s.Commit()
		if err != nil {
			t.Fatal(err)
		}
		x.nonces, x.commitments = append(x.nonces, n), append(x.commitments, c)
	}
	var err error
	if x.p, err = x.NewPackage(x.message, x.commitments...); err != nil {
		t.Fatal(err)
	}
	return x
}

func signed(t *testing.T, message string, signers ...*Signer) *session {
	t.Helper()
	x := committed(t, message, signers...)
	for i, s := range signers {
		share, err := s.Sign(x.nonces[i], x.message, x.p)
		if err != nil {
			t.Fatal(err)
		}
		x.shares = append(x.shares, share)
	}
	return x
}

// good checks that the signature is made and that others verify it.
func (x *session) good(t *testing.T) {
	t.Helper()
	signature, err := x.Aggregate(x.p, x.shares...)
	if err != nil {
		t.Fatal(err)
	}
	if !verifies(t, x.Group, x.message, signature) {
		t.Fatal("the signature does not verify")
	}
}

// verifies asks every verifier there is, and wants them to agree.
func verifies(t *testing.T, g *Group, message, signature []byte) bool {
	t.Helper()
	ours := g.Verify(message, signature)
	var others []bool
	switch g.Suite() {
	case Ed25519():
		p, err := cogen.Ed25519().NewPublicKey(g.Key())
		others = append(others, ed25519.Verify(g.Key(), message, signature), err == nil && p.Verify(message, signature))
	case Ed448():
		p, err := cogen.Ed448().NewPublicKey(g.Key())
		others = append(others, ed448.Verify(g.Key(), message, signature, ""), err == nil && p.Verify(message, signature))
	}
	if slices.Contains(others, !ours) {
		t.Errorf("verifiers disagree: %v, others %v", ours, others)
	}
	return ours
}

// subsets lists all of k of list.
func subsets[T any](list []T, k int) [][]T {
	if k == 0 {
		return [][]T{nil}
	}
	var out [][]T
	for i := range list {
		for _, rest := range subsets(list[i+1:], k-1) {
			out = append(out, append([]T{list[i]}, rest...))
		}
	}
	return out
}

func TestEverySubset(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		for of := 1; of <= 7; of++ {
			if testing.Short() && of%3 != 0 {
				continue
			}
			for need := 1; need <= of; need++ {
				g, signers := deal(t, s, need, of)
				if g.Need() != need {
					t.Fatalf("%d needed, want %d", g.Need(), need)
				}
				for _, some := range subsets(signers, need) {
					signed(t, "message", some...).good(t)
				}
				signed(t, "", signers...).good(t)
				if need > 1 {
					few := signed(t, "message", signers...)
					if _, err := g.NewPackage(few.message, few.commitments[1:need]...); err == nil {
						t.Fatal("a package for too few signers")
					}
				}
			}
		}
	})
}

func TestManyHolders(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		g, signers := deal(t, s, 51, 100)
		x := signed(t, "message", signers[49:]...)
		x.good(t)
		// Cheats are found among many.
		x.shares[7] = x.shares[7].plus(1)
		x.shares[50] = x.shares[50].plus(1)
		_, err := g.Aggregate(x.p, x.shares...)
		wantCheats(t, err, 57, 100)
	})
}

func (s *SignatureShare) plus(n uint64) *SignatureShare {
	c := s.group.curve
	changed := *s
	changed.z = c.NewScalar().Add(s.z, c.NewScalar().SetUint64(n))
	return &changed
}

// Indexes are any numbers below the group order.
func TestLargeIndexes(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		c := s.curve
		minusOne := c.NewScalar().SetUint64(1)
		minusOne.Neg(minusOne)
		var polynomial []*curve.Scalar
		var points [][]byte
		for k := range uint64(3) {
			a := c.NewScalar().SetUint64(1<<63 + k)
			polynomial = append(polynomial, a)
			points = append(points, c.NewPoint().ScalarBaseMult(a).Bytes())
		}
		g, err := s.NewGroup(points)
		if err != nil {
			t.Fatal(err)
		}
		half := c.NewScalar().SetUint64(2)
		indexes := []*curve.Scalar{
			minusOne, c.NewScalar().SetUint64(1), half.Invert(half), c.NewScalar().SetUint64(1<<64 - 1),
		}
		var signers []*Signer
		for _, x := range indexes {
			i, _, err := s.decodeIndex(s.encodeScalar(x))
			if err != nil {
				t.Fatal(err)
			}
			signer, err := g.NewSignerScalar(i, valueAt(s.suite, polynomial, x).Bytes())
			if err != nil {
				t.Fatal(err)
			}
			signers = append(signers, signer)
		}
		for _, some := range subsets(signers, 3) {
			signed(t, "message", some...).good(t)
		}
		x := signed(t, "message", signers...)
		x.shares[0] = x.shares[0].plus(1)
		_, err = g.Aggregate(x.p, x.shares...)
		if cheat, ok := err.(*CheatError); !ok || len(cheat.Indexes) != 1 || cheat.Indexes[0] != signers[0].index {
			t.Errorf("%v", err)
		}
	})
}

// Signers may be told the packages of several sessions in any order.
func TestSessionsOverlap(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		_, signers := deal(t, s, 2, 3)
		var sessions []*session
		for i := range 5 {
			sessions = append(sessions, committed(t, fmt.Sprint("message ", i), signers[i%2:i%2+2]...))
		}
		slices.Reverse(sessions)
		for _, x := range sessions {
			for i, signer := range x.signers {
				share, err := signer.Sign(x.nonces[i], x.message, x.p)
				if err != nil {
					t.Fatal(err)
				}
				x.shares = append(x.shares, share)
			}
			slices.Reverse(x.shares)
			x.good(t)
		}
	})
}

// A signature is one of its message by its key, and has one encoding.
func TestVerify(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		g, signers := deal(t, s, 2, 2)
		x := signed(t, "message", signers...)
		signature, err := g.Aggregate(x.p, x.shares...)
		if err != nil {
			t.Fatal(err)
		}
		other, _ := deal(t, s, 1, 1)
		if verifies(t, other, x.message, signature) || verifies(t, g, []byte("massage"), signature) {
			t.Error("verifies under another key, or for another message")
		}
		for i := range signature {
			changed := bytes.Clone(signature)
			changed[i] ^= 1 << (i % 8)
			if verifies(t, g, x.message, changed) {
				t.Errorf("verifies with octet %d changed", i)
			}
		}
		// S + L stands for the same scalar.
		n := g.curve.PointLen()
		order := g.curve.NewScalar().SetUint64(1)
		order.Neg(order)
		carry := 1
		for i, b := range append(order.Bytes(), make([]byte, n-g.curve.ScalarLen())...) {
			carry += int(b) + int(signature[n+i])
			signature[n+i] = byte(carry)
			carry >>= 8
		}
		if verifies(t, g, x.message, signature) {
			t.Error("verifies with S + L")
		}
		if verifies(t, g, x.message, signature[:len(signature)-1]) || verifies(t, g, x.message, nil) {
			t.Error("verifies when short")
		}
	})
}

func wantCheats(t *testing.T, err error, want ...uint64) {
	t.Helper()
	cheat, ok := err.(*CheatError)
	if !ok {
		t.Fatalf("%v, want cheats %v", err, want)
	}
	wantIndexes(t, cheat.Indexes, want)
}

func wantHolders(t *testing.T, err error, want ...uint64) {
	t.Helper()
	holders, ok := err.(*HolderError)
	if !ok {
		t.Fatalf("%v, want holders %v named", err, want)
	}
	wantIndexes(t, holders.Indexes, want)
}

func wantIndexes(t *testing.T, got []cogen.Index, want []uint64) {
	t.Helper()
	list := make([]cogen.Index, len(want))
	for i, x := range want {
		list[i] = cogen.NewIndex(x)
	}
	if !slices.Equal(got, list) {
		t.Errorf("%v named, want %v", got, want)
	}
}
