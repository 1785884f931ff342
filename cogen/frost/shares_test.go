package frost

import (
	"testing"

	"meshkey/cogen"
	"meshkey/shamir"
)

// Shares of a key that is there sign what the key itself would be asked to
// sign, and its public key verifies.
func TestSharesOfKey(t *testing.T) {
	for _, a := range []cogen.Algorithm{cogen.Ed25519(), cogen.Ed448()} {
		t.Run(a.String(), func(t *testing.T) {
			key := a.GenerateKey()
			dealt, err := key.Split(shamir.Quorum{Need: 2, Of: 3})
			if err != nil {
				t.Fatal(err)
			}
			placed, err := key.SplitAt(2, []cogen.Index{largest(t, a), cogen.NewIndex(1 << 40), cogen.NewIndex(7)})
			if err != nil {
				t.Fatal(err)
			}
			for name, sharing := range map[string]*cogen.Sharing{"Split": dealt, "SplitAt": placed} {
				var indexes []cogen.Index
				for _, s := range sharing.Shares {
					indexes = append(indexes, s.Index())
				}
				g, err := NewGroup(sharing.Commitment, indexes...)
				if err != nil {
					t.Fatal(err)
				}
				var signers []*Signer
				for _, share := range sharing.Shares {
					s, err := g.NewSigner(share)
					if err != nil {
						t.Fatal(err)
					}
					if s.Index() != share.Index() || s.Group() != g || string(s.Scalar()) != string(share.Scalar()) {
						t.Errorf("%s: another share", name)
					}
					signers = append(signers, s)
				}
				for _, some := range subsets(signers, 2) {
					x := signed(t, "message", some...)
					x.good(t)
					signature, err := g.Aggregate(x.p, x.shares...)
					if err != nil || !key.PublicKey().Verify(x.message, signature) {
						t.Errorf("%s: the key does not verify: %v", name, err)
					}
				}
			}
			// The same key, shared anew, is another group: shares of both do not
			// sign together, and it is seen before they do.
			one, err := NewGroup(dealt.Commitment)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := one.NewSigner(placed.Shares[0]); err == nil {
				t.Error("a share of another sharing is taken")
			}
			two, err := NewGroup(placed.Commitment)
			if err != nil {
				t.Fatal(err)
			}
			s, err := two.NewSigner(placed.Shares[2])
			if err != nil {
				t.Fatal(err)
			}
			_, c, err := s.Commit()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := one.ParseCommitment(c.Bytes()); err == nil {
				t.Error("a commitment for another sharing is taken")
			}
		})
	}
}

// A dealer can give two sharings in which a holder's share is the same number.
func TestShareOfAnotherCommitment(t *testing.T) {
	c, a := Ed25519().curve, cogen.Ed25519()
	sharing := func(constant, slope uint64) *cogen.Commitment {
		var points [][]byte
		for _, k := range []uint64{constant, slope} {
			points = append(points, c.NewPoint().ScalarBaseMult(c.NewScalar().SetUint64(k)).Bytes())
		}
		commitment, err := a.NewCommitment(points)
		if err != nil {
			t.Fatal(err)
		}
		return commitment
	}
	one, two := sharing(10, 2), sharing(7, 3) // both 16 at 3
	share, err := cogen.NewShare(one, cogen.NewIndex(3), c.NewScalar().SetUint64(16).Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		commitment *cogen.Commitment
		good       bool
	}{{one, true}, {two, false}} {
		g, err := NewGroup(v.commitment)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.NewSigner(share); (err == nil) != v.good {
			t.Errorf("%v", err)
		}
	}
}

// largest is the group order less 1.
func largest(t *testing.T, a cogen.Algorithm) cogen.Index {
	t.Helper()
	s, err := SuiteOf(a)
	if err != nil {
		t.Fatal(err)
	}
	x := s.curve.NewScalar().SetUint64(1)
	i, err := cogen.IndexOf(x.Neg(x).Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// Keys for agreement do not sign.
func TestOnlySignatureKeys(t *testing.T) {
	for _, a := range []cogen.Algorithm{cogen.X25519(), cogen.X448()} {
		sharing, err := a.GenerateKey().Split(shamir.Quorum{Need: 2, Of: 2})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewGroup(sharing.Commitment); err == nil {
			t.Errorf("%v: a group", a)
		}
		g, _ := deal(t, Ed25519(), 2, 2)
		if _, err := g.NewSigner(sharing.Shares[0]); err == nil {
			t.Errorf("%v: a signer", a)
		}
	}
}
