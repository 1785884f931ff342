package dkg

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/curve"
)

// The ceremonies that liars disturb: the same for all three, since they differ
// only in what is dealt.
func ceremonies(t testing.TB, a cogen.Algorithm) map[string]*play {
	old := generated(t, a, 3, first(4))
	c := old[0].Commitment()
	return map[string]*play{
		"generate": begin(t, must(Generate(a, []byte("one"), 3, first(4)))(t)),
		"refresh":  begin(t, must(Refresh([]byte("two"), c, first(4)))(t), old...),
		"reshare":  begin(t, must(Reshare([]byte("three"), c, first(4), 3, at(1, 2, 3, 7)))(t), old...),
	}
}

func forPlays(t *testing.T, f func(*testing.T, *play)) {
	forAll(t, func(t *testing.T, a cogen.Algorithm) {
		for name, p := range ceremonies(t, a) {
			t.Run(name, func(t *testing.T) { f(t, p) })
		}
	})
}

var (
	liar  = at(2)[0]
	me    = at(1)[0]
	other = at(3)[0]
)

// lie makes a dealer who changes what he opens, and otherwise does as he
// should: he pledges the lie.
func (p *play) lie(t testing.TB, change func(core []byte) []byte) {
	t.Helper()
	d := p.dealers[liar]
	d.core = change(bytes.Clone(d.core))
	d.pledge = p.c.pledgeOf(liar, d.core)
	p.pledges[liar] = d.Pledge()
}

// refused checks that neither deals nor a share come from the openings, and
// that the liar is named.
func (p *play) refused(t testing.TB, what, because string) {
	t.Helper()
	for i, d := range p.dealers {
		out, err := d.Deal(p.openings)
		if out != nil || err == nil || !strings.Contains(err.Error(), because) {
			t.Errorf("%s: party %v deals: %v", what, i, err)
		}
		names(t, what, err, liar)
	}
	p.unfinished(t, what, because)
}

func (p *play) unfinished(t testing.TB, what, because string) {
	t.Helper()
	got, err := p.finish(me)
	if got != nil || err == nil || !strings.Contains(err.Error(), because) {
		t.Errorf("%s: finished: %v", what, err)
	}
	names(t, what, err, liar)
}

func TestLiarProves(t *testing.T) {
	forPlays(t, func(t *testing.T, p *play) {
		c, n := p.c, p.c.commitmentLen()+p.c.curve.PointLen()
		for what, change := range map[string]func([]byte) []byte{
			"a wrong proof":            func(core []byte) []byte { return flipped(core, -20) },
			"a wrong nonce":            func(core []byte) []byte { return flipped(core, n+3) },
			"another's proof":          func(core []byte) []byte { return append(core[:n:n], p.dealers[other].core[n:]...) },
			"another's":                func([]byte) []byte { return p.dealers[other].core },
			"a proof that is too long": func(core []byte) []byte { return slices.Concat(core[:len(core)-1], []byte{0xff}) },
		} {
			mine := p.dealers[liar].core
			p.lie(t, change)
			p.open(t)
			because := "does not prove"
			if c.purpose == reshare && what == "another's" {
				because = "deals something else"
			}
			p.refused(t, what, because)
			p.lie(t, func([]byte) []byte { return mine })
			for _, d := range p.dealers {
				d.pledges = nil
			}
		}
	})
}

// A proof of the same dealer with the same polynomial, from another ceremony.
func TestLiarReplays(t *testing.T) {
	forAll(t, func(t *testing.T, a cogen.Algorithm) {
		p := begin(t, must(Generate(a, []byte("now"), 2, first(3)))(t))
		before := must(Generate(a, []byte("then"), 2, first(3)))(t)
		d := must(before.Start(liar, nil))(t)
		p.lie(t, func([]byte) []byte { return d.core })
		p.open(t).refused(t, "a replayed opening", "does not prove")

		p = begin(t, p.c)
		p.pledges[liar] = d.Pledge()
		_, err := p.dealers[me].Open(p.pledges)
		names(t, "a replayed pledge", err, liar)
	})
}

func TestLiarCommits(t *testing.T) {
	forPlays(t, func(t *testing.T, p *play) {
		s, size := p.c.suite, p.c.curve.PointLen()
		second := p.c.curve.NewPoint().ScalarBaseMult(p.dealers[liar].f[1]) // as all have two coefficients or more
		point := func(b []byte) func([]byte) []byte {
			return func(core []byte) []byte { copy(core[size:], b); return core }
		}
		none := bytes.Repeat([]byte{0xff}, size)
		identity := p.c.curve.NewPoint().Bytes()
		for what, change := range map[string]struct {
			change  func([]byte) []byte
			because string
		}{
			"no point":     {point(none), "no point to use"},
			"the identity": {point(identity), "no point to use"},
			"small order":  {point(smallOrder(s)), "no point to use"},
			"torsion":      {point(second.Add(second, torsion(s)).Bytes()), "outside the subgroup"},
		} {
			mine := bytes.Clone(p.dealers[liar].core)
			p.lie(t, change.change)
			p.open(t).deal(t)
			p.unfinished(t, what, change.because)
			if change.because == "no point to use" {
				names(t, "a complaint of "+what, p.c.Judge(me, liar, p.openings[liar], p.deals[me][liar]), liar)
			}
			if _, err := p.c.Commitment(p.openings); err == nil {
				t.Errorf("%s: an observer sees a commitment", what)
			}
			p.lie(t, func([]byte) []byte { return mine })
			for _, d := range p.dealers {
				d.pledges = nil
			}
		}
		mine := p.dealers[liar].core
		p.lie(t, func(core []byte) []byte { return append(identity, core[size:]...) })
		p.open(t).refused(t, "an identity first", "no point to use")
		for _, d := range p.dealers {
			d.pledges = nil
		}
		p.lie(t, func([]byte) []byte {
			return slices.Concat(mine[:p.c.commitmentLen()], identity, mine[p.c.commitmentLen()+size:])
		})
		p.open(t).refused(t, "a key of small order", "no point to use")
	})
}

// torsion returns a point of small order, but not the identity: L·P for a P
// outside the subgroup.
func torsion(s *suite) *curve.Point {
	b := make([]byte, s.curve.PointLen())
	for x := byte(2); ; x++ {
		b[0] = x
		p, err := s.curve.Decode(b)
		if err != nil || p.IsTorsionFree() == 1 {
			continue
		}
		minus := s.curve.NewScalar().SetUint64(1)
		q := s.curve.NewPoint().ScalarMult(minus.Neg(minus), p) // (L-1)·P
		return q.Add(q, p)
	}
}

func smallOrder(s *suite) []byte { return torsion(s).Bytes() }

func TestLiarOpens(t *testing.T) {
	forPlays(t, func(t *testing.T, p *play) {
		p.open(t)
		honest := maps.Clone(p.openings)
		again := must(p.c.Start(liar, p.shares[liar]))(t)
		for what, m := range map[string][]byte{
			"an opening of something else": p.c.message(opening, liar, again.core, p.dealers[liar].pledges),
			"a commitment too long":        append(bytes.Clone(honest[liar]), make([]byte, p.c.curve.PointLen())...),
			"a commitment too short":       honest[liar][:len(honest[liar])-1],
			"nothing":                      {},
			"another version":              flipped(honest[liar], 0),
			"a pledge":                     p.pledges[liar],
			"another ceremony's":           flipped(honest[liar], 9),
			"another's":                    honest[other],
			"another's in its name":        p.c.message(opening, liar, honest[other][p.c.headLen():]),
		} {
			p.openings = with(honest, liar, m)
			_, err := p.dealers[me].Deal(p.openings)
			names(t, what, err, liar)
			got, err := p.finish(me)
			if got != nil || err == nil {
				t.Errorf("%s: finished", what)
			}
		}
		p.openings = with(honest, liar, nil)
		_, err := p.dealers[me].Deal(p.openings)
		missing(t, err, "opening", liar)
		stranger := at(99)[0]
		p.openings = with(honest, stranger, honest[liar])
		_, err = p.dealers[me].Deal(p.openings)
		names(t, "a stranger", err, stranger)
	})
}

func missing(t testing.TB, err error, what string, from ...cogen.Index) {
	t.Helper()
	var m *MissingError
	if !errors.As(err, &m) || m.What != what || !slices.Equal(m.From, from) || len(Culprits(err)) != 0 {
		t.Errorf("names as missing: %v", err)
	}
}

// A dealer tells one party another thing than the rest.
func TestEquivocation(t *testing.T) {
	forPlays(t, func(t *testing.T, p *play) {
		two := must(p.c.Start(liar, p.shares[liar]))(t) // the liar's other face
		told := with(p.pledges, liar, two.Pledge())     // what the victim is told
		victim := other
		for i, d := range p.dealers {
			if i == victim {
				p.openings[i] = must(d.Open(told))(t)
			} else {
				p.openings[i] = must(d.Open(p.pledges))(t)
			}
		}
		// The victim is shown what the others were told, and then what it was.
		_, err := p.dealers[victim].Deal(p.openings)
		names(t, "what the others were told", err, liar)
		_, err = p.dealers[victim].Deal(with(p.openings, liar, must(two.Open(told))(t)))
		disputed(t, err, liar, 2)
		_, err = p.dealers[me].Deal(p.openings)
		disputed(t, err, liar, 1)
		_, err = p.finish(me)
		disputed(t, err, liar, 1)
		// The liar says himself that he told others otherwise.
		_, err = p.dealers[me].Deal(with(p.openings, liar, p.c.message(opening, liar, p.dealers[liar].core, p.dealers[victim].pledges)))
		names(t, "a liar's own word", err, liar)
	})
}

func disputed(t testing.TB, err error, about cogen.Index, tellers int) {
	t.Helper()
	var d *DisputeError
	if !errors.As(err, &d) || d.About != about || len(d.Tellers) != tellers {
		t.Errorf("disputed: %v", err)
	}
}

func TestLiarDeals(t *testing.T) {
	forPlays(t, func(t *testing.T, p *play) {
		p.open(t).deal(t)
		honest := p.deals[me]
		d := p.dealers[liar]
		wrong := (&Dealer{c: p.c, self: liar, seed: d.seed, key: d.key, core: d.core, pledge: d.pledge, f: slices.Clone(d.f)})
		wrong.f[1] = p.c.curve.NewScalar().SetUint64(7)
		bad := wrong.deal(me)
		for what, m := range map[string][]byte{
			"a wrong share":           bad,
			"one that is not signed":  flipped(honest[liar], -5),
			"another share":           flipped(honest[liar], p.c.headLen()+p.c.curve.ScalarLen()),
			"a share above the order": outOfRange(p.c, honest[liar]),
			"another's":               honest[other],
			"another holder's":        p.deals[other][liar],
			"another's, readdressed":  readdressed(p.c, p.deals[other][liar]),
			"one too long":            append(bytes.Clone(honest[liar]), 0),
			"one of another ceremony": flipped(honest[liar], 9),
			"an opening for a deal":   p.openings[liar],
		} {
			p.deals[me] = with(honest, liar, m)
			p.unfinished(t, what, "")
			err := p.c.Judge(me, liar, p.openings[liar], m)
			if what == "a wrong share" {
				names(t, "a complaint of "+what, err, liar)
			} else {
				names(t, "a false complaint of "+what, err, me)
			}
		}
		p.deals[me] = with(honest, liar, nil)
		_, err := p.finish(me)
		missing(t, err, "deal", liar)
		p.deals[me] = honest
		must(p.finish(me))(t)
		names(t, "a false complaint", p.c.Judge(me, liar, p.openings[liar], honest[liar]), me)
		names(t, "a complaint of another's deal", p.c.Judge(other, liar, p.openings[liar], bad), other)

		// Two who cheat are both named.
		third := p.dealers[other]
		wrong = &Dealer{c: p.c, self: other, seed: third.seed, key: third.key, core: third.core, pledge: third.pledge, f: slices.Clone(third.f)}
		wrong.f[1] = p.c.curve.NewScalar().SetUint64(7)
		p.deals[me] = with(with(honest, liar, bad), other, wrong.deal(me))
		_, err = p.finish(me)
		names(t, "two liars", err, liar, other)
	})
}

// Those who were dealt enough to know a dealer's polynomial still cannot sign
// in his name.
func TestFraming(t *testing.T) {
	forPlays(t, func(t *testing.T, p *play) {
		p.open(t).deal(t)
		d := p.dealers[liar] // who is honest here
		framed := &Dealer{c: p.c, self: liar, seed: p.dealers[me].seed, key: d.f[0], core: d.core, pledge: d.pledge, f: slices.Clone(d.f)}
		framed.f[1] = p.c.curve.NewScalar().SetUint64(7)
		names(t, "a forged deal", p.c.Judge(me, liar, p.openings[liar], framed.deal(me)), me)
		framed.key = p.dealers[me].key
		names(t, "a deal by another key", p.c.Judge(me, liar, p.openings[liar], framed.deal(me)), me)
	})
}

// readdressed is a deal with the index of another holder, me.
func readdressed(c *Ceremony, m []byte) []byte {
	m = bytes.Clone(m)
	copy(m[c.headLen():], c.scalar(me).Bytes())
	return m
}

// outOfRange adds the group order to the share in a deal, which is the same
// share.
func outOfRange(c *Ceremony, m []byte) []byte {
	m = bytes.Clone(m)
	n := c.curve.ScalarLen()
	order := c.curve.NewScalar()
	order.Neg(order.SetUint64(1))
	carry := 1 // L - 1, and 1
	share := m[c.headLen()+n : c.headLen()+2*n]
	for i, x := range order.Bytes() {
		sum := int(share[i]) + int(x) + carry
		share[i], carry = byte(sum), sum>>8
	}
	return m
}

// A holder who deals with a share of his own making, or with none.
func TestLiarReshares(t *testing.T) {
	forAll(t, func(t *testing.T, a cogen.Algorithm) {
		old := generated(t, a, 2, first(3))
		c := must(Reshare(nil, old[0].Commitment(), first(3), 2, at(4, 5)))(t)
		p := begin(t, c, old...)
		fake := must(Generate(a, nil, 2, first(3)))(t)
		fake.id = c.id // so that all is as in this ceremony, but for the constant
		d := must(fake.Start(liar, nil))(t)
		p.lie(t, func([]byte) []byte { return d.core })
		p.open(t).refused2(t)

		for what, s := range map[string]*cogen.Share{
			"no share":        nil,
			"another's share": old[0],
			"another key's":   generated(t, a, 2, first(3))[1],
		} {
			if _, err := c.Start(liar, s); err == nil {
				t.Errorf("deals with %s", what)
			}
		}
	})
}

func (p *play) refused2(t testing.TB) {
	t.Helper()
	for _, d := range p.dealers {
		_, err := d.Deal(p.openings)
		names(t, "another secret", err, liar)
	}
	_, err := p.c.Finish(at(4)[0], nil, p.openings, nil)
	names(t, "another secret", err, liar)
}

// A refresh has no constant that could change the key. One with another number
// of coefficients has another length; one of another key is another ceremony.
func TestLiarRefreshes(t *testing.T) {
	a := cogen.Ed448()
	old := generated(t, a, 3, first(3))
	c := must(Refresh(nil, old[0].Commitment(), first(3)))(t)
	p := begin(t, c, old...).open(t)
	more := must(Generate(a, nil, 3, first(3)))(t) // three coefficients, of which the first would change the key
	more.id = c.id
	d := must(more.Start(liar, nil))(t)
	p.openings[liar] = c.message(opening, liar, d.core, p.dealers[liar].pledges)
	p.refused(t, "a polynomial with a constant", "wrong length")

	p = begin(t, c, old...).open(t).deal(t)
	for what, s := range map[string]*cogen.Share{"no share": nil, "another's": old[1], "another key's": generated(t, a, 3, first(3))[0]} {
		if _, err := c.Finish(me, s, p.openings, p.deals[me]); err == nil {
			t.Errorf("refreshed %s", what)
		}
	}
}

func TestReceipts(t *testing.T) {
	forPlays(t, func(t *testing.T, p *play) {
		p.open(t).deal(t)
		pending := map[cogen.Index]*Pending{}
		for _, i := range p.c.holders {
			pending[i] = must(p.finish(i))(t)
			p.receipts[i] = pending[i].Receipt()
		}
		for what, m := range map[string][]byte{
			"another ceremony's": flipped(p.receipts[liar], 9),
			"another's":          p.receipts[other],
			"one too long":       append(bytes.Clone(p.receipts[liar]), 0),
		} {
			share, err := pending[me].Accept(with(p.receipts, liar, m))
			names(t, what, err, liar)
			if share != nil {
				t.Errorf("%s: accepted", what)
			}
		}
		var d *DisputeError
		share, err := pending[me].Accept(with(p.receipts, liar, flipped(p.receipts[liar], -1)))
		if share != nil || !errors.As(err, &d) || !slices.Equal(d.Tellers, []cogen.Index{liar}) {
			t.Errorf("another transcript: %v", err)
		}
		_, err = pending[me].Accept(with(p.receipts, liar, nil))
		missing(t, err, "receipt", liar)
		must(pending[me].Accept(p.receipts))(t)
		if err := p.c.Accepted(p.openings, p.receipts); err != nil {
			t.Errorf("not accepted: %v", err)
		}
		if p.c.Accepted(p.openings, with(p.receipts, liar, flipped(p.receipts[liar], -1))) == nil ||
			p.c.Accepted(with(p.openings, liar, nil), p.receipts) == nil {
			t.Error("accepted, but not by all")
		}
	})
}

// rogue: the last to speak chooses his constant so that the sum is his key.
// He cannot prove it, and he would have had to pledge it before.
func TestRogueKey(t *testing.T) {
	forAll(t, func(t *testing.T, a cogen.Algorithm) {
		p := begin(t, must(Generate(a, nil, 2, first(3)))(t))
		wanted := a.GenerateKey()
		n := p.c.curve.PointLen()
		rogue := must(p.c.curve.Decode(wanted.PublicKey().Bytes()))(t)
		for i, d := range p.dealers {
			if i != liar {
				rogue.Sub(rogue, must(p.c.curve.Decode(d.core[:n]))(t))
			}
		}
		p.lie(t, func(core []byte) []byte { return append(rogue.Bytes(), core[n:]...) })
		p.open(t).refused(t, "a rogue key", "does not prove")
	})
}
