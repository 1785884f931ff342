package group

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/mesh"
)

// board is a group whose key is split between administrators.
type board struct {
	*world
	now      *Group
	deputies []*Deputy
}

func newBoard(t testing.TB, names ...string) *board {
	t.Helper()
	return newBoardOf(t, len(names), names...)
}

func newBoardOf(t testing.TB, need int, names ...string) *board {
	t.Helper()
	w := newWorld(t, Serviced, 1, "alice")
	c, err := w.admin.AppointSome(today, need, people(t, names...)...)
	check(t, err)
	w.deliver(c)
	b := &board{world: w, now: w.group()}
	for _, n := range names {
		d, err := NewDeputy(b.now, identity(t, n), c.Appointments[n+"@example.com"])
		check(t, err)
		b.deputies = append(b.deputies, d)
	}
	return b
}

// grants lets all administrators grant a proposal.
func (b *board) grants(p *Proposal) (out [][]byte) {
	b.Helper()
	for _, d := range b.deputies {
		g, err := d.Grant(p)
		check(b, err)
		out = append(out, g)
	}
	return out
}

// signed lets all administrators sign what was granted.
func (b *board) signed(p *Proposal, grants [][]byte) (out [][]byte) {
	b.Helper()
	for _, d := range b.deputies {
		s, err := d.Sign(p, grants...)
		check(b, err)
		out = append(out, s)
	}
	return out
}

func (b *board) propose(admit []Member, dismiss ...string) *Proposal {
	b.Helper()
	p, err := b.now.Propose(today, admit, dismiss...)
	check(b, err)
	return p
}

func (b *board) conclude(p *Proposal, grants [][]byte) {
	b.Helper()
	c, err := b.now.Conclude(p, grants, b.signed(p, grants)...)
	check(b, err)
	b.deliver(c)
	next, err := Parse(c.Record, b.now.Fingerprint())
	check(b, err)
	check(b, next.Succeeds(b.now))
	b.now = next
	for _, d := range b.deputies {
		check(b, d.Update(next))
	}
}

func (b *board) member(name string) *Membership {
	b.Helper()
	m, err := Accept(b.now, identity(b, name), b.mail[name]...)
	check(b, err)
	return m
}

// Administrators none of whom has the key admit two members, who read with the
// service, and dismiss one of them.
func TestAdmission(t *testing.T) {
	for _, n := range [][]string{{"x", "y"}, {"x", "y", "z"}} {
		b := newBoard(t, n...)
		if _, err := b.admin.Admit(today, people(t, "bob")...); err == nil {
			t.Error("the account admits alone")
		}
		p := b.propose(people(t, "bob", "carol"))
		b.conclude(p, b.grants(p))
		sealed := seal(t, b.now, "split", nil)
		for _, name := range []string{"alice", "bob", "carol"} {
			if got, err := open(b.member(name), sealed, b.service); err != nil || got != "split" {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
		bob := b.member("bob")
		b.conclude(b.propose(nil, "bob@example.com"), nil)
		if _, err := open(bob, sealed, b.service); !errors.Is(err, ErrNotMember) {
			t.Errorf("bob reads on: %v", err)
		}
		if len(b.now.Members()) != 2 || len(b.now.Administrators()) != len(n) || b.now.Serial() != 4 {
			t.Errorf("%+v", b.now)
		}
		c, err := b.admin.Group().Propose(today, people(t, "dave"))
		if err != nil || errors.Is(err, ErrNotMember) {
			t.Fatal(err)
		}
		var stale *StaleError
		if _, err := b.deputies[0].Grant(c); !errors.As(err, &stale) {
			t.Errorf("a proposal for an older record: %v", err)
		}
	}
}

// Whatever one administrator gives that is not what he should, he is named.
func TestLyingAdministrator(t *testing.T) {
	b := newBoard(t, "x", "y")
	p := b.propose(people(t, "bob"))
	good := b.grants(p)
	liar := identity(t, "y")
	forge := func(change func(*grantBody)) []byte {
		e, err := dare.Parse(good[1])
		check(t, err)
		x, err := unmarshal(e.Body)
		check(t, err)
		change(x.Grant)
		body, err := marshal(x)
		check(t, err)
		e, err = dare.Sign(body, meta(tagGrant), liar.signature)
		check(t, err)
		return e.Bytes()
	}
	other := b.propose(people(t, "carol"))
	fresh := cogen.X448().GenerateKey()
	stranger, err := fresh.Contribute(p.contextOf("bob@example.com", "member"), liar.Address)
	check(t, err)
	elsewhere, err := fresh.Contribute(other.contextOf("bob@example.com", "member"), liar.Address)
	check(t, err)
	for name, bad := range map[string][]byte{
		"a grant for another proposal":  second(b.grants(other)),
		"halves of something else":      forge(func(g *grantBody) { g.Halves[0].Public = stranger.Bytes() }),
		"a proof for another admission": forge(func(g *grantBody) { g.Halves[0].Public = elsewhere.Bytes() }),
		"sides swapped": forge(func(g *grantBody) {
			g.Halves[0].Public, g.Halves[0].Service = g.Halves[0].Service, g.Halves[0].Public
		}),
		"another member":            forge(func(g *grantBody) { g.Halves[0].Member = "eve@example.com" }),
		"no halves":                 forge(func(g *grantBody) { g.Halves = nil }),
		"in another's name":         forge(func(g *grantBody) { g.Administrator = "x@example.com" }),
		"no capability":             forge(func(g *grantBody) { g.Halves[0].Partial = nil }),
		"another version":           forge(func(g *grantBody) { g.Version = 2 }),
		"a contribution of nothing": forge(func(g *grantBody) { g.Halves[0].Service = []byte{1} }),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.deputies[0].Sign(p, good[0], bad)
			cheats(t, err, liar.Address)
			_, err = b.now.Conclude(p, [][]byte{good[0], bad})
			cheats(t, err, liar.Address)
		})
	}

	var few *TooFewError
	if _, err := b.deputies[0].Sign(p, good[0]); !errors.As(err, &few) || few.From[0] != liar.Address {
		t.Errorf("a missing grant: %v", err)
	}
	if _, err := b.deputies[0].Sign(p, good[0], good[0]); err == nil {
		t.Error("one grant twice is taken")
	}
	signed := b.signed(p, good)
	if _, err := b.now.Conclude(p, good, signed[0]); !errors.As(err, &few) || few.From[0] != liar.Address {
		t.Errorf("a missing signature: %v", err)
	}
	e, err := dare.Sign([]byte(`{"GroupRecord":{}}`), meta(tagRecord), liar.signature)
	check(t, err)
	_, err = b.now.Conclude(p, good, signed[0], e.Bytes())
	cheats(t, err, liar.Address)

	// Halves that are not the ones stated are seen by whom they are for.
	wrong := sealed(t, b, fresh, "bob")
	for name, bad := range map[string][]byte{
		"member":  forge(func(g *grantBody) { g.Halves[0].Partial.(*mesh.CapabilityDecryptPartial).EnvelopedKeyShare = wrong }),
		"service": forge(func(g *grantBody) { g.Halves[0].Serviced.(*mesh.CapabilityDecryptServiced).EnvelopedKeyShare = wrong }),
	} {
		t.Run("wrong half for the "+name, func(t *testing.T) {
			grants := [][]byte{good[0], bad}
			c, err := b.now.Conclude(p, grants, b.signed(p, grants)...)
			check(t, err)
			next, err := Parse(c.Record, b.now.Fingerprint())
			check(t, err)
			if name == "member" {
				_, err = Accept(next, identity(t, "bob"), c.Invitations["bob@example.com"])
			} else {
				err = b.service.Keep(ctx, c.Record, c.Halves...)
			}
			cheats(t, err, liar.Address)
		})
	}
	// Nothing of all that has changed the group at the service.
	b.conclude(p, good)
}

func second(b [][]byte) []byte { return b[1] }

// sealed is a half of fresh, sealed by the liar y.
func sealed(t testing.TB, b *board, fresh *cogen.PrivateKey, to string) []byte {
	t.Helper()
	out, err := sealShare(b.now.Key(), fresh, cogen.Index{}, "", identity(t, to).Encryption, identity(t, "y").signature)
	check(t, err)
	return out
}

// What administrators have between them does not read, unless it is all of
// them: all parts but one, and with all they saw of an admission.
func TestAdministratorsCannotRead(t *testing.T) {
	b := newBoard(t, "x", "y", "z")
	sealed := seal(t, b.now, "not for administrators", nil)
	if _, err := NewDeputy(b.now, identity(t, "bob"), nil); err == nil {
		t.Error("a stranger is an administrator")
	}
	s, err := ReadSealed(bytes.NewReader(sealed))
	check(t, err)
	i, err := s.item(b.now)
	check(t, err)
	whole, err := PrivateKey(account(t, "groupw"), 1)
	check(t, err)
	want, err := whole.SharedSecret(i.Ephemeral)
	check(t, err)
	var parts []*cogen.Partial
	for n, d := range b.deputies {
		part, err := d.share.Weighted([]cogen.Index{index(0), index(1), index(2)})
		check(t, err)
		p, err := part.Agree(i.Ephemeral)
		check(t, err)
		parts = append(parts, p)
		got, err := cogen.CombineAgreements(parts...)
		check(t, err)
		if all := n == len(b.deputies)-1; bytes.Equal(got, want) != all {
			t.Errorf("%d of %d administrators read: %v", n+1, len(b.deputies), !all)
		}
	}
}

// Any two of three administrators admit a member.
func TestSomeAdministrators(t *testing.T) {
	b := newBoardOf(t, 2, "x", "y", "z")
	all := b.deputies
	for _, n := range [][]int{{0, 1}, {2, 0}, {1, 2}, {0, 1, 2}} {
		b.deputies = nil
		var by []string
		for _, i := range n {
			b.deputies = append(b.deputies, all[i])
			by = append(by, all[i].id.Address)
		}
		p, err := b.now.ProposeTo(by, today, people(t, "bob"))
		check(t, err)
		for i, d := range all {
			if _, err := d.Grant(p); (err == nil) != slices.Contains(n, i) {
				t.Errorf("a proposal to %v is granted by %d: %v", n, i, err)
			}
		}
		grants := b.grants(p)
		b.conclude(p, grants)
		if got, err := open(b.member("bob"), seal(t, b.now, "any two", nil), b.service); err != nil || got != "any two" {
			t.Errorf("%v: %q, %v", n, got, err)
		}
		p, err = b.now.ProposeTo(by, today, nil, "bob@example.com")
		check(t, err)
		b.conclude(p, nil)
		for _, d := range all {
			check(t, d.Update(b.now))
		}
	}
	var few *TooFewError
	if _, err := b.now.ProposeTo([]string{"y@example.com"}, today, people(t, "bob")); !errors.As(err, &few) || few.Need != 1 || len(few.From) != 2 {
		t.Errorf("a proposal to one: %v", err)
	}
	for _, by := range [][]string{{"x@example.com", "x@example.com"}, {"x@example.com", "eve@example.com"}} {
		if _, err := b.now.ProposeTo(by, today, people(t, "bob")); err == nil {
			t.Errorf("a proposal to %v", by)
		}
	}
	// A record that one of them signs is none.
	e, err := dare.Sign(b.now.envelope.Body, meta(tagRecord), all[0].id.signature, all[0].id.signature)
	check(t, err)
	if _, err := Parse(e.Bytes(), b.now.Fingerprint()); !errors.As(err, &few) {
		t.Errorf("signed by one, twice: %v", err)
	}
}
