package dkg

import (
	"encoding/hex"
	"slices"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/secret"
)

// The octets of all messages of a ceremony follow from those that were drawn.
// Other digests than these mean another form, which needs another version.
var forms = map[string]string{
	"X25519":  "2359c61ad834c0eefc33b4fccb9d24ab",
	"X448":    "a8ec73d39a048b75f33ead0a141e4afd",
	"Ed25519": "07c47d18a821fe2c7121067186a01fde",
	"Ed448":   "c67d5a0f057a78ceb43a79ffdd69ee71",
}

func TestForm(t *testing.T) {
	forAll(t, func(t *testing.T, a cogen.Algorithm) {
		c := must(Generate(a, []byte("form"), 2, append(at(1, 300), largest(t, a))))(t)
		p := &play{c: c, dealers: map[cogen.Index]*Dealer{}, pledges: messages{}, openings: messages{},
			deals: map[cogen.Index]messages{}, receipts: messages{}}
		for k, i := range c.dealers {
			seed := secret.Take(slices.Repeat([]byte{byte(k)}, seedLen))
			p.dealers[i] = must(c.newDealer(i, nil, seed, nil))(t)
			p.pledges[i] = p.dealers[i].Pledge()
		}
		p.open(t).deal(t)
		var all []byte
		for _, i := range c.holders {
			pending := must(p.finish(i))(t)
			all = slices.Concat(all, p.pledges[i], p.openings[i], p.dealers[i].State(), pending.Receipt(), pending.State())
			for _, from := range c.dealers {
				all = append(all, p.deals[i][from]...)
			}
		}
		share := must(p.finish(c.holders[0]))(t).share
		r := must(NewRepair([]byte("form"), share.Commitment(), at(7)[0], c.holders))(t)
		random := secret.Take(slices.Repeat([]byte{9}, 2*2*r.curve.ScalarLen()))
		table, deltas, err := r.split(share, random)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, table...)
		for _, i := range c.holders {
			all = append(all, deltas[i]...)
		}
		if got := hex.EncodeToString(tagged("form", 16, all)); got != forms[a.String()] {
			t.Errorf("%q: %q,", a, got)
		}
	})
}
