package dkg

import (
	"bytes"
	"maps"
	"testing"

	"meshkey/cogen"
)

var algorithms = []cogen.Algorithm{cogen.X25519(), cogen.X448(), cogen.Ed25519(), cogen.Ed448()}

func forAll(t *testing.T, f func(*testing.T, cogen.Algorithm)) {
	for _, a := range algorithms {
		t.Run(a.String(), func(t *testing.T) { f(t, a) })
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// at returns indexes.
func at(of ...uint64) []cogen.Index {
	var out []cogen.Index
	for _, x := range of {
		out = append(out, cogen.NewIndex(x))
	}
	return out
}

// first returns the indexes from 1 to n.
func first(n int) []cogen.Index {
	var all []uint64
	for i := range n {
		all = append(all, uint64(i+1))
	}
	return at(all...)
}

type messages = map[cogen.Index][]byte

// A play is a ceremony and all that was sent in it.
type play struct {
	c        *Ceremony
	shares   map[cogen.Index]*cogen.Share // old ones
	dealers  map[cogen.Index]*Dealer
	pledges  messages
	openings messages
	deals    map[cogen.Index]messages // by holder, then by dealer
	receipts messages
}

// begin has all dealers pledge.
func begin(t testing.TB, c *Ceremony, old ...*cogen.Share) *play {
	t.Helper()
	p := &play{c: c, shares: byIndex(old), dealers: map[cogen.Index]*Dealer{},
		pledges: messages{}, openings: messages{}, deals: map[cogen.Index]messages{}, receipts: messages{}}
	for _, i := range c.dealers {
		p.dealers[i] = must(c.Start(i, p.shares[i]))(t)
		p.pledges[i] = p.dealers[i].Pledge()
	}
	return p
}

func byIndex(shares []*cogen.Share) map[cogen.Index]*cogen.Share {
	out := map[cogen.Index]*cogen.Share{}
	for _, s := range shares {
		out[s.Index()] = s
	}
	return out
}

// open has all dealers open.
func (p *play) open(t testing.TB) *play {
	t.Helper()
	for i, d := range p.dealers {
		p.openings[i] = must(d.Open(p.pledges))(t)
	}
	return p
}

// deal has all dealers deal.
func (p *play) deal(t testing.TB) *play {
	t.Helper()
	for i, d := range p.dealers {
		for to, m := range must(d.Deal(p.openings))(t) {
			if p.deals[to] == nil {
				p.deals[to] = messages{}
			}
			p.deals[to][i] = m
		}
	}
	return p
}

func (p *play) finish(i cogen.Index) (*Pending, error) {
	var old *cogen.Share
	if p.c.purpose == refresh {
		old = p.shares[i]
	}
	return p.c.Finish(i, old, p.openings, p.deals[i])
}

// run plays a ceremony in which nobody lies, to the end.
func run(t testing.TB, c *Ceremony, old ...*cogen.Share) []*cogen.Share {
	t.Helper()
	p := begin(t, c, old...).open(t).deal(t)
	pending := map[cogen.Index]*Pending{}
	for _, i := range c.holders {
		pending[i] = must(p.finish(i))(t)
		p.receipts[i] = pending[i].Receipt()
	}
	var out []*cogen.Share
	for _, i := range c.holders {
		out = append(out, must(pending[i].Accept(p.receipts))(t))
	}
	return out
}

// generate makes shares of a fresh key.
func generated(t testing.TB, a cogen.Algorithm, need int, holders []cogen.Index) []*cogen.Share {
	t.Helper()
	return run(t, must(Generate(a, []byte("made for a test"), need, holders))(t))
}

// names checks that err names this culprit and no other.
func names(t testing.TB, what string, err error, who ...cogen.Index) {
	t.Helper()
	got := Culprits(err)
	if len(who) != len(got) {
		t.Errorf("%s: names %v, not %v: %v", what, got, who, err)
		return
	}
	for k := range who {
		if got[k] != who[k] {
			t.Errorf("%s: names %v, not %v: %v", what, got, who, err)
		}
	}
}

// with returns m with another message of i, or with none.
func with(m messages, i cogen.Index, message []byte) messages {
	out := maps.Clone(m)
	if out[i] = message; message == nil {
		delete(out, i)
	}
	return out
}

// flipped returns b with one bit of octet n changed, counted from the end if n
// is negative.
func flipped(b []byte, n int) []byte {
	b = bytes.Clone(b)
	if n < 0 {
		n += len(b)
	}
	b[n] ^= 1
	return b
}

// subsets calls f with every choice of k of the shares.
func subsets(shares []*cogen.Share, k int, f func([]*cogen.Share)) {
	for set := range 1 << len(shares) {
		var chosen []*cogen.Share
		for i, s := range shares {
			if set>>i&1 == 1 {
				chosen = append(chosen, s)
			}
		}
		if len(chosen) == k {
			f(chosen)
		}
	}
}

// check recombines every quorum (of few shares) or one, and compares the
// public key.
func check(t testing.TB, need int, shares []*cogen.Share) *cogen.PublicKey {
	t.Helper()
	key := shares[0].Commitment().Key()
	try := func(some []*cogen.Share) {
		k := must(cogen.Recombine(some...))(t)
		if !k.PublicKey().Equal(key) {
			t.Errorf("%d shares give another key", len(some))
		}
	}
	for _, s := range shares {
		if !s.Commitment().Equal(shares[0].Commitment()) || s.Commitment().Need() != need {
			t.Fatal("holders have different commitments")
		}
	}
	if len(shares) > 7 {
		try(shares[len(shares)-need:])
	} else {
		subsets(shares, need, try)
	}
	return key
}
