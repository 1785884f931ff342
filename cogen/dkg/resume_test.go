package dkg

import (
	"bytes"
	"errors"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/secret/secrettest"
)

// A party that is a command forgets everything between its rounds but its
// state.
func TestResume(t *testing.T) {
	forPlays(t, func(t *testing.T, p *play) {
		c, share := p.c, p.shares[me]
		d := p.dealers[me]
		resumed := func() *Dealer { return must(c.Resume(me, share, d.State()))(t) }
		if !bytes.Equal(resumed().Pledge(), d.Pledge()) || !bytes.Equal(resumed().State(), d.State()) {
			t.Error("pledges something else")
		}
		if _, err := resumed().Deal(p.openings); !errors.Is(err, errNotOpened) {
			t.Errorf("deals before it opened: %v", err)
		}
		p.open(t)
		if !bytes.Equal(must(resumed().Open(p.pledges))(t), p.openings[me]) {
			t.Error("opens something else")
		}
		again := must(c.Start(other, p.shares[other]))(t)
		if _, err := resumed().Open(with(p.pledges, other, again.Pledge())); !errors.Is(err, errOpened) {
			t.Errorf("opens to other pledges: %v", err)
		}
		p.deal(t)
		for to, m := range must(resumed().Deal(p.openings))(t) {
			if !bytes.Equal(m, p.deals[to][me]) {
				t.Errorf("deals something else to %v", to)
			}
		}
		pending := must(p.finish(me))(t)
		back := must(c.ResumePending(me, pending.State()))(t)
		if !bytes.Equal(back.Receipt(), pending.Receipt()) || !bytes.Equal(back.State(), pending.State()) ||
			!back.Commitment().Equal(pending.Commitment()) {
			t.Error("another pending share")
		}

		for what, state := range map[string][]byte{
			"nothing":          nil,
			"too short":        d.State()[:len(d.State())-1],
			"another's":        p.dealers[other].State(),
			"another ceremony": flipped(d.State(), 5),
			"a pledge":         p.pledges[me],
		} {
			if _, err := c.Resume(me, share, state); err == nil {
				t.Errorf("resumes from %s", what)
			}
		}
		for what, state := range map[string][]byte{
			"nothing":       nil,
			"a wrong share": flipped(pending.State(), c.headLen()+idLen),
			"a wrong point": flipped(pending.State(), -9),
			"another's":     must(p.finish(other))(t).State(),
			"a dealer's":    d.State(),
		} {
			if _, err := c.ResumePending(me, state); err == nil {
				t.Errorf("resumes a pending share from %s", what)
			}
		}
		d.Wipe()
		pending.Wipe()
		if d.State() != nil || pending.State() != nil {
			t.Error("a wiped state is still there")
		}
		if _, err := d.Open(p.pledges); err == nil {
			t.Error("a wiped dealer opens")
		}
		if _, err := d.Deal(p.openings); err == nil {
			t.Error("a wiped dealer deals")
		}
	})
}

func TestHidden(t *testing.T) {
	a := cogen.Ed448()
	p := begin(t, must(Generate(a, nil, 2, first(3)))(t)).open(t).deal(t)
	d := p.dealers[me]
	for _, s := range d.f {
		secrettest.CheckHidden(t, d, s.Bytes())
	}
	secrettest.CheckHidden(t, d, d.seed.Reveal())
	pending := must(p.finish(me))(t)
	secrettest.CheckHidden(t, pending, pending.share.Scalar())
	p.deals[me][liar] = flipped(p.deals[me][liar], -1)
	_, err := p.finish(me)
	secrettest.CheckHidden(t, err, pending.share.Scalar())
}

// Who pledged something else than his own finds out before he opens.
func TestOwnMessages(t *testing.T) {
	p := begin(t, must(Generate(cogen.X448(), nil, 2, first(3)))(t))
	d, double := p.dealers[me], must(p.c.Start(me, nil))(t)
	if _, err := d.Open(with(p.pledges, me, double.Pledge())); !errors.Is(err, errOwn) {
		t.Errorf("opens what is not its own: %v", err)
	}
	_, err := d.Open(with(p.pledges, me, nil))
	missing(t, err, "pledge", me)
}

func TestRefuses(t *testing.T) {
	a := cogen.X25519()
	c := generated(t, a, 2, first(3))[0].Commitment()
	for what, f := range map[string]func() (*Ceremony, error){
		"no algorithm":    func() (*Ceremony, error) { return Generate(cogen.Algorithm{}, nil, 1, first(1)) },
		"nobody":          func() (*Ceremony, error) { return Generate(a, nil, 1, nil) },
		"too many needed": func() (*Ceremony, error) { return Generate(a, nil, 3, first(2)) },
		"none needed":     func() (*Ceremony, error) { return Generate(a, nil, 0, first(2)) },
		"one twice":       func() (*Ceremony, error) { return Generate(a, nil, 1, at(1, 2, 1)) },
		"no index":        func() (*Ceremony, error) { return Generate(a, nil, 1, []cogen.Index{{}}) },
		"the group order": func() (*Ceremony, error) { return Generate(a, nil, 1, []cogen.Index{order(t, a)}) },
		"too large an index": func() (*Ceremony, error) {
			return Generate(a, nil, 1, []cogen.Index{largest(t, cogen.X448())})
		},
		"too many":       func() (*Ceremony, error) { return Generate(a, nil, 1, first(MaxParties+1)) },
		"a long context": func() (*Ceremony, error) { return Generate(a, make([]byte, 1025), 1, first(2)) },
		"few dealers":    func() (*Ceremony, error) { return Reshare(nil, c, first(1), 1, first(2)) },
		"few holders":    func() (*Ceremony, error) { return Reshare(nil, c, first(2), 3, first(2)) },
		"few to refresh": func() (*Ceremony, error) { return Refresh(nil, c, first(1)) },
	} {
		if _, err := f(); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	made := must(Generate(a, nil, 2, at(3, 1, 2)))(t)
	same := must(Generate(a, nil, 2, first(3)))(t)
	if made.ID() != same.ID() {
		t.Error("the order of holders matters")
	}
	seen := map[[idLen]byte]string{}
	for what, c := range map[string]*Ceremony{
		"it":              made,
		"another context": must(Generate(a, []byte{0}, 2, first(3)))(t),
		"another curve":   must(Generate(cogen.Ed25519(), nil, 2, first(3)))(t),
		"another quorum":  must(Generate(a, nil, 3, first(3)))(t),
		"other holders":   must(Generate(a, nil, 2, first(4)))(t),
		"a refresh":       must(Refresh(nil, c, first(3)))(t),
		"a resharing":     must(Reshare(nil, c, first(3), 2, first(3)))(t),
		"by others":       must(Reshare(nil, c, first(2), 2, first(3)))(t),
	} {
		if other, twice := seen[c.ID()]; twice {
			t.Errorf("%s has the id of %s", what, other)
		}
		seen[c.ID()] = what
	}
	if _, err := made.Start(at(9)[0], nil); err == nil {
		t.Error("a stranger deals")
	}
	if _, err := made.Finish(at(9)[0], nil, nil, nil); err == nil {
		t.Error("a stranger finishes")
	}
	if made.Need() != 2 || made.Algorithm() != a || len(made.Dealers()) != 3 || made.Holders()[2] != at(3)[0] {
		t.Error("the ceremony says something else than it was made with")
	}
}
