package cogen

import (
	"testing"

	"meshkey/shamir"
)

// Whichever shares meet, what they weigh adds up to the key, and everyone can
// compute the public side of each.
func TestWeighted(t *testing.T) {
	for _, a := range []Algorithm{X25519(), X448(), Ed25519(), Ed448()} {
		k := a.GenerateKey()
		sharing, err := k.Split(shamir.Quorum{Need: 2, Of: 4})
		if err != nil {
			t.Fatal(err)
		}
		for set := 1; set < 1<<4; set++ {
			var at []Index
			var present []*Share
			for i, s := range sharing.Shares {
				if set>>i&1 == 1 {
					at, present = append(at, s.Index()), append(present, s)
				}
			}
			var private []*PrivateKey
			for _, s := range present {
				w, err := s.Weighted(at)
				if len(at) < 2 {
					if err == nil {
						t.Error("a share alone weighs something")
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				public, err := sharing.Commitment.WeightedShare(s.Index(), at)
				if err != nil || !public.Equal(w.PublicKey()) {
					t.Errorf("%v: another public side, %v", a, err)
				}
				private = append(private, w)
			}
			if len(at) < 2 {
				continue
			}
			if whole, err := CombinePrivate(private...); err != nil || !whole.PublicKey().Equal(k.PublicKey()) {
				t.Errorf("%v: %v do not add up, %v", a, at, err)
			}
			if _, err := sharing.Commitment.WeightedShare(NewIndex(9), at); err == nil {
				t.Error("an index that is not there")
			}
		}
		s := sharing.Shares[0]
		if _, err := s.Weighted([]Index{s.Index(), s.Index()}); err == nil {
			t.Error("an index twice")
		}
		s.Wipe()
		if _, err := s.Weighted([]Index{NewIndex(1), NewIndex(2)}); err == nil {
			t.Error("a wiped share")
		}
	}
}
