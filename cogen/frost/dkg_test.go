package frost

import (
	"testing"

	"meshkey/cogen"
	"meshkey/cogen/dkg"
)

// play runs a ceremony in which all are honest, and returns the new shares in
// the order of its holders. Shares of the old dealers are by index.
func play(t *testing.T, c *dkg.Ceremony, old map[cogen.Index]*cogen.Share) []*cogen.Share {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	dealers := map[cogen.Index]*dkg.Dealer{}
	pledges, openings, receipts := map[cogen.Index][]byte{}, map[cogen.Index][]byte{}, map[cogen.Index][]byte{}
	deals := map[cogen.Index]map[cogen.Index][]byte{} // by who gets them
	for _, i := range c.Dealers() {
		d, err := c.Start(i, old[i])
		must(err)
		dealers[i], pledges[i] = d, d.Pledge()
	}
	for i, d := range dealers {
		opening, err := d.Open(pledges)
		must(err)
		openings[i] = opening
	}
	for i, d := range dealers {
		out, err := d.Deal(openings)
		must(err)
		for to, m := range out {
			if deals[to] == nil {
				deals[to] = map[cogen.Index][]byte{}
			}
			deals[to][i] = m
		}
	}
	pending := map[cogen.Index]*dkg.Pending{}
	for _, i := range c.Holders() {
		p, err := c.Finish(i, old[i], openings, deals[i])
		must(err)
		pending[i], receipts[i] = p, p.Receipt()
	}
	var shares []*cogen.Share
	for _, i := range c.Holders() {
		share, err := pending[i].Accept(receipts)
		must(err)
		shares = append(shares, share)
	}
	return shares
}

func byIndex(shares []*cogen.Share) map[cogen.Index]*cogen.Share {
	m := map[cogen.Index]*cogen.Share{}
	for _, s := range shares {
		m[s.Index()] = s
	}
	return m
}

// signersOf is the group of shares and their signers.
func signersOf(t *testing.T, shares []*cogen.Share) (*Group, []*Signer) {
	t.Helper()
	g, err := NewGroup(shares[0].Commitment())
	if err != nil {
		t.Fatal(err)
	}
	var signers []*Signer
	for _, share := range shares {
		s, err := g.NewSigner(share)
		if err != nil {
			t.Fatal(err)
		}
		signers = append(signers, s)
	}
	return g, signers
}

// Shares of a key that nobody ever had sign, after each change of hands too;
// those from before a change do not sign with those from after it.
func TestGeneratedKeys(t *testing.T) {
	holders := make([]cogen.Index, 5)
	for i := range holders {
		holders[i] = cogen.NewIndex(uint64(10*i + 1))
	}
	for _, a := range []cogen.Algorithm{cogen.Ed25519(), cogen.Ed448()} {
		t.Run(a.String(), func(t *testing.T) {
			ceremony, err := dkg.Generate(a, []byte("generate"), 2, holders[:3])
			if err != nil {
				t.Fatal(err)
			}
			made := play(t, ceremony, nil)
			key := made[0].Commitment().Key()

			if ceremony, err = dkg.Refresh([]byte("refresh"), made[0].Commitment(), holders[:3]); err != nil {
				t.Fatal(err)
			}
			fresh := play(t, ceremony, byIndex(made))

			if ceremony, err = dkg.Reshare([]byte("reshare"), fresh[0].Commitment(), holders[1:3], 3, holders); err != nil {
				t.Fatal(err)
			}
			passed := play(t, ceremony, byIndex(fresh))

			var before *Group
			var nonces *Nonces
			for _, shares := range [][]*cogen.Share{made, fresh, passed} {
				g, signers := signersOf(t, shares)
				for _, some := range subsets(signers, g.Need()) {
					x := signed(t, "message", some...)
					x.good(t)
					if signature, err := g.Aggregate(x.p, x.shares...); err != nil || !key.Verify(x.message, signature) {
						t.Errorf("the key of the first ceremony does not verify: %v", err)
					}
				}
				if before != nil {
					if _, err := before.NewSigner(shares[0]); err == nil {
						t.Error("a new share is taken for an old one")
					}
					if _, err := g.ParseCommitment(nonces.Commitment().Bytes()); err == nil {
						t.Error("an old holder's commitment is taken")
					}
					if _, err := signers[0].ParseNonces(nonces.Bytes()); err == nil {
						t.Error("old nonces are taken")
					}
				}
				before = g
				if nonces, _, err = signers[0].Commit(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
