package cogen_test

import (
	"bytes"
	"errors"
	"testing"

	"meshkey/cogen"
	"meshkey/shamir"
)

// Every choice of enough shares gives the key and its agreements; a partial of
// another occasion is named.
func TestSharing(t *testing.T) {
	ctx := cogen.Context{Group: "g", Request: "r", Grantee: "m"}
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		k, peer := a.GenerateKey(), a.GenerateKey()
		want, err := k.SharedSecret(peer.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		sharing, err := k.Split(shamir.Quorum{Need: 2, Of: 4})
		if err != nil {
			t.Fatal(err)
		}
		if !sharing.Commitment.Key().Equal(k.PublicKey()) {
			t.Error("the commitment is of another key")
		}
		for set := 1; set < 16; set++ {
			var shares []*cogen.Share
			var parts []cogen.Contributor
			for i, s := range sharing.Shares {
				if set>>i&1 == 0 {
					continue
				}
				partial, err := s.Agree(peer.PublicKey(), ctx)
				if err != nil {
					t.Fatal(err)
				}
				if partial, err = a.ParsePartial(partial.Index(), partial.Bytes(), partial.Proof()); err != nil {
					t.Fatal(err)
				}
				holder, err := sharing.Commitment.PublicShare(s.Index())
				if err != nil {
					t.Fatal(err)
				}
				shares, parts = append(shares, s), append(parts, cogen.Contributor{Partial: partial, Holder: holder})
			}
			again, err := cogen.Recombine(shares...)
			if (err == nil) != (len(shares) >= 2) || err == nil && !again.PublicKey().Equal(k.PublicKey()) {
				t.Errorf("%d shares: %v", len(shares), err)
			}
			got, err := cogen.CombineVerified(k.PublicKey(), peer.PublicKey(), ctx, parts...)
			if len(shares) < 2 && !errors.Is(err, cogen.ErrQuorum) || len(shares) >= 2 && (err != nil || !bytes.Equal(got, want)) {
				t.Errorf("%d shares agree on %x, want %x (%v)", len(shares), got, want, err)
			}
			var wrong *cogen.ProofError
			_, err = cogen.CombineVerified(k.PublicKey(), peer.PublicKey(), cogen.Context{Group: "g", Request: "r2", Grantee: "m"}, parts...)
			if !errors.As(err, &wrong) || wrong.Index != shares[0].Index() {
				t.Errorf("for another request: %v", err)
			}
		}
	})
}
