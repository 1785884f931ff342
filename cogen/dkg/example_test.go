package dkg_test

import (
	"fmt"

	"meshkey/cogen"
	"meshkey/cogen/dkg"
)

// Three parties make a key of which any two have the use, and which none of
// them ever has. Here all are in one program; else each keeps its Dealer's
// State between the rounds, and messages are signed, deals sealed.
func Example() {
	holders := []cogen.Index{cogen.NewIndex(1), cogen.NewIndex(2), cogen.NewIndex(3)}
	ceremony, err := dkg.Generate(cogen.X448(), []byte("board, 1 May, key 1"), 2, holders)
	if err != nil {
		panic(err)
	}
	dealers := map[cogen.Index]*dkg.Dealer{}
	pledges, openings, receipts := map[cogen.Index][]byte{}, map[cogen.Index][]byte{}, map[cogen.Index][]byte{}
	deals := map[cogen.Index]map[cogen.Index][]byte{} // by who gets it
	for _, i := range holders {
		dealers[i], err = ceremony.Start(i, nil)
		if err != nil {
			panic(err)
		}
		pledges[i] = dealers[i].Pledge()
		deals[i] = map[cogen.Index][]byte{}
	}
	for i, d := range dealers {
		if openings[i], err = d.Open(pledges); err != nil {
			panic(err) // it says who lied, or whose pledge is missing
		}
	}
	for i, d := range dealers {
		out, err := d.Deal(openings)
		if err != nil {
			panic(err)
		}
		for to, m := range out {
			deals[to][i] = m
		}
		d.Wipe()
	}
	pending := map[cogen.Index]*dkg.Pending{}
	for _, i := range holders {
		if pending[i], err = ceremony.Finish(i, nil, openings, deals[i]); err != nil {
			panic(err)
		}
		receipts[i] = pending[i].Receipt()
	}
	var shares []*cogen.Share
	for _, i := range holders {
		share, err := pending[i].Accept(receipts)
		if err != nil {
			panic(err)
		}
		shares = append(shares, share)
	}

	key, err := cogen.Recombine(shares[0], shares[2]) // which is what the ceremony is there to avoid
	if err != nil {
		panic(err)
	}
	fmt.Println(key.PublicKey().Equal(shares[1].Commitment().Key()))

	deals[holders[0]][holders[1]][150] ^= 1
	_, err = ceremony.Finish(holders[0], nil, openings, deals[holders[0]])
	fmt.Println(err)
	// Output:
	// true
	// dkg: party 2 sent a deal that it did not sign
}
