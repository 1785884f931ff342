package check

import (
	"fmt"

	"meshkey/cogen"
	"meshkey/cogen/dkg"
	"meshkey/vectors"
)

// dealing plays a ceremony from what its parties drew.
func dealing(c vectors.Case[vectors.Dealing]) error {
	var f findings
	d := c.Data
	a, err := algorithm(d.Algorithm)
	f.failed("algorithm", err)
	var holders []cogen.Index
	for _, p := range d.Parties {
		i, err := cogen.ParseIndex(p.Index)
		f.failed("index", err)
		holders = append(holders, i)
	}
	if f.err() != nil {
		return f.err()
	}
	ceremony, err := dkg.Generate(a, []byte(d.Context), d.Need, holders)
	if f.failed("ceremony", err) {
		return f.err()
	}
	id := ceremony.ID()
	f.octets("id", id[:], d.ID)
	pledges, openings, receipts := map[cogen.Index][]byte{}, map[cogen.Index][]byte{}, map[cogen.Index][]byte{}
	for k, p := range d.Parties {
		pledges[holders[k]], openings[holders[k]], receipts[holders[k]] = p.Pledge, p.Opening, p.Receipt
	}
	for k, p := range d.Parties {
		if f.failed("party "+p.Index, party(&f, ceremony, holders[k], d, p, pledges, openings, receipts)) {
			return f.err()
		}
	}
	return f.err()
}

// party plays one party, with the messages of the others.
func party(f *findings, c *dkg.Ceremony, i cogen.Index, d vectors.Dealing, p vectors.DealingWord, pledges, openings, receipts map[cogen.Index][]byte) error {
	dealer, err := c.Resume(i, nil, p.State)
	if err != nil {
		return err
	}
	f.octets("pledge", dealer.Pledge(), p.Pledge)
	opening, err := dealer.Open(pledges)
	if err != nil {
		return err
	}
	f.octets("opening", opening, p.Opening)
	deals, err := dealer.Deal(openings)
	if err != nil {
		return err
	}
	if len(deals) != len(p.Deals) {
		f.add("%d deals and not %d", len(p.Deals), len(deals))
	}
	for to, m := range deals {
		f.octets(fmt.Sprintf("deal of %v for %v", i, to), m, p.Deals[to.String()])
	}
	mine := map[cogen.Index][]byte{}
	for _, from := range d.Parties {
		at, err := cogen.ParseIndex(from.Index)
		if err != nil {
			return err
		}
		mine[at] = from.Deals[i.String()]
	}
	pending, err := c.Finish(i, nil, openings, mine)
	if err != nil {
		return err
	}
	f.octets("receipt", pending.Receipt(), p.Receipt)
	f.octets("pending share", pending.State(), p.Pending)
	share, err := pending.Accept(receipts)
	if err != nil {
		return err
	}
	f.octets("key", share.Commitment().Key().Bytes(), d.Key)
	return nil
}
