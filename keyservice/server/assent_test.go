package server

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"meshkey/group"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
)

// appoint makes xenia, yann and the service administrators of groupw.
func (w *world) appoint(need int) map[string]*group.Deputy {
	w.Helper()
	circle := w.groups["groupw"]
	g := circle.admin.Group()
	c, err := circle.admin.AppointSome(today, need, identity(w, "xenia").Member, identity(w, "yann").Member, *g.Service())
	check(w, err)
	w.deliver("groupw", c)
	out := map[string]*group.Deputy{}
	for _, name := range []string{"xenia", "yann"} {
		out[name], err = group.NewDeputy(circle.admin.Group(), identity(w, name), c.Appointments[name+"@example.com"])
		check(w, err)
	}
	return out
}

// grants has an administrator propose and grant, for himself and the service.
func (w *world) grants(d *group.Deputy, by []string, admit []group.Member, dismiss ...string) (*group.Proposal, [][]byte) {
	w.Helper()
	p, err := d.Group().ProposeTo(by, today, admit, dismiss...)
	check(w, err)
	if len(admit) == 0 {
		return p, nil
	}
	own, err := d.Grant(p)
	check(w, err)
	return p, [][]byte{own}
}

// assent asks the service.
func (w *world) assent(s *Server, by api.Caller, g *group.Group, p *group.Proposal, grants ...[]byte) (*group.Assent, error) {
	w.Helper()
	o, err := g.OperateAssent(p, grants...)
	check(w, err)
	r, err := w.do(s, by, o)
	if err != nil {
		return nil, err
	}
	return group.ParseAssent(r.(*api.OperateResponse))
}

// An appointed administrator admits a member through the service, who reads, and
// dismisses him again. What each asked for is in the log, under the service's
// part. A service that has only the store, started anew, goes on.
func TestAssent(t *testing.T) {
	w := newWorld(t, "alice")
	x := w.appoint(2)["xenia"]
	both := []string{"xenia@example.com", "keys.example.com"}
	id := x.Group().AssentId()
	change := func(s *Server, admit []group.Member, dismiss ...string) {
		t.Helper()
		p, grants := w.grants(x, both, admit, dismiss...)
		a, err := w.assent(s, by(t, "xenia"), x.Group(), p, grants...)
		check(t, err)
		if a.Grant != nil {
			grants = append(grants, a.Grant)
		}
		own, err := x.Sign(p, grants...)
		check(t, err)
		c, err := x.Group().Conclude(p, grants, own, a.Signed)
		check(t, err)
		_, err = w.do(s, by(t, "xenia"), transferOf("groupw", c))
		check(t, err)
		next, err := group.Parse(c.Record, x.Group().Fingerprint())
		check(t, err)
		check(t, x.Update(next))
		for address, b := range c.Invitations {
			w.groups["groupw"].mail[address] = append(w.groups["groupw"].mail[address], b)
		}
	}
	change(w.server, []group.Member{identity(t, "bob").Member})
	other := w.serve(w.db)
	change(other, []group.Member{identity(t, "carol").Member})
	sealed := w.seal("groupw", "split by two")
	read := func(name string) (string, error) {
		m, err := group.Accept(x.Group(), identity(t, name), w.groups["groupw"].mail[name+"@example.com"]...)
		check(t, err)
		defer m.Wipe()
		var out bytes.Buffer
		_, err = m.Decrypt(ctx, &out, bytes.NewReader(sealed), helper{w, other, by(t, name), x.Group(), nil})
		return out.String(), err
	}
	for _, name := range []string{"alice", "bob", "carol"} {
		if got, err := read(name); err != nil || got != "split by two" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	bob, err := group.Accept(x.Group(), identity(t, "bob"), w.groups["groupw"].mail["bob@example.com"]...)
	check(t, err)
	defer bob.Wipe()
	asBob := helper{w, other, by(t, "bob"), x.Group(), nil}
	change(w.server, nil, "bob@example.com")
	if _, err := bob.Decrypt(ctx, io.Discard, bytes.NewReader(sealed), asBob); !errors.Is(err, api.ErrDenied) {
		t.Errorf("bob is answered: %v", err)
	}
	records := w.records(id)
	if len(records) != 3 {
		t.Fatalf("%d records about the service's part", len(records))
	}
	for _, r := range records {
		if r.Call != "Operate" || r.Refused != "" || r.Caller == "" {
			t.Errorf("%+v", r)
		}
	}
}

// Nobody but an appointed administrator who makes the change is assented to, and
// only as long as he is one.
func TestNoAssent(t *testing.T) {
	w := newWorld(t, "alice")
	deputies := w.appoint(2)
	x := deputies["xenia"]
	g := x.Group()
	both := []string{"xenia@example.com", "keys.example.com"}
	bob := []group.Member{identity(t, "bob").Member}
	p, grants := w.grants(x, both, bob)
	for name, c := range map[string]struct {
		by   api.Caller
		want *api.Error
	}{
		"a member":                   {by(t, "alice"), api.ErrDenied},
		"who is to be admitted":      {by(t, "bob"), api.ErrDenied},
		"the group's own account":    {administers(t, "groupw"), api.ErrDenied},
		"who does not make it":       {by(t, "yann"), api.ErrDenied},
		"another in an admin's name": {api.Caller{Account: "xenia@example.com", Key: by(t, "yann").Key}, api.ErrDenied},
	} {
		_, err := w.assent(w.server, c.by, g, p, grants...)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: want %s, got %v", name, c.want.Code, err)
		}
	}
	_, err := w.assent(w.server, by(t, "xenia"), g, p)
	isRefusal(t, err, api.ErrMalformed) // without his own grant
	_, wrong := w.grants(deputies["yann"], []string{"yann@example.com", "keys.example.com"}, bob)
	_, err = w.assent(w.server, by(t, "xenia"), g, p, wrong...)
	isRefusal(t, err, api.ErrMalformed)

	// Nor as fast as she likes.
	config := w.server.config
	config.Rates = Rates{Member: Rate{PerSecond: 1, Burst: assentWork + 1}}
	slow, err := New(config)
	check(t, err)
	defer slow.Close()
	check(t, slow.Unseal(w.secrets))
	if _, err := w.assent(slow, by(t, "xenia"), g, p, grants...); err != nil {
		t.Error(err)
	}
	_, err = w.assent(slow, by(t, "xenia"), g, p, grants...)
	isRefusal(t, err, api.ErrTooMany)

	// Xenia is an administrator no longer, by the record that the service has.
	circle := w.groups["groupw"]
	c, err := circle.admin.AppointSome(today, 2, identity(t, "yann").Member, *g.Service())
	check(t, err)
	w.deliver("groupw", c)
	_, err = w.assent(w.server, by(t, "xenia"), g, p, grants...)
	isRefusal(t, err, api.ErrDenied)
	// Nor does anybody get further with what was proposed before.
	y := deputies["yann"]
	old, own := w.grants(y, []string{"yann@example.com", "keys.example.com"}, bob)
	_, err = w.assent(w.server, by(t, "yann"), g, old, own...)
	isRefusal(t, err, api.ErrMalformed) // another part than the service has now

	// The service, which is no administrator of a group, makes no share for it.
	c, err = circle.admin.Appoint(today, identity(t, "yann").Member, identity(t, "zoe").Member)
	check(t, err)
	w.deliver("groupw", c)
	_, err = w.assent(w.server, by(t, "yann"), g, p, grants...)
	isRefusal(t, err, api.ErrDenied)
	if n := strings.Count(dump(t, w.db, tableHalves), "\n"); n != 1 {
		t.Errorf("the service keeps %d halves, and has one", n)
	}
}

// Whoever steals the store finds no part of the key in it that he could use.
func TestStolenPart(t *testing.T) {
	w := newWorld(t, "alice")
	x := w.appoint(2)["xenia"]
	p, grants := w.grants(x, []string{"xenia@example.com", "keys.example.com"}, []group.Member{identity(t, "bob").Member})
	if _, err := w.assent(w.server, by(t, "xenia"), x.Group(), p, grants...); err != nil {
		t.Fatal(err)
	}
	h, err := (&job{ctx: ctx, server: w.server, keys: w.server.keys}).take("groupw@example.com")
	check(t, err)
	th := steal(t, w.db)
	n := 0
	for _, half := range h.custody.Halves() { // the part alone is in memory
		n++
		b := half.Bytes()
		th.halves[string(half.PublicKey().Bytes())] = true
		if th.shows(b) {
			t.Error("the service's part is in the store in clear")
		}
	}
	if n != 1 || th.scalars(x.Group().Key().Algorithm()) > 0 || th.opened() > 0 {
		t.Errorf("of %d parts some can be read", n)
	}
	if th.opened(w.secrets.storage[0].octets.Reveal()) != 2 {
		t.Error("the part is not where it is looked for")
	}
}

// A part that is in the store no longer is the operator's trouble, and no fault of
// what was asked.
func TestLostPart(t *testing.T) {
	w := newWorld(t, "alice")
	x := w.appoint(2)["xenia"]
	p, grants := w.grants(x, []string{"xenia@example.com", "keys.example.com"}, []group.Member{identity(t, "bob").Member})
	check(t, w.db.Update(ctx, func(wr store.Writer) error { return deleteAll(wr, tableHalves, nil) }))
	_, err := w.assent(w.serve(w.db), by(t, "xenia"), x.Group(), p, grants...)
	isRefusal(t, err, api.ErrUnavailable)
}

// Who has a dismissed member's address, by one change with the dismissal, has
// nothing of what the other asked for.
func TestAddressTakenOver(t *testing.T) {
	w := newWorld(t, "alice")
	w.set(&group.Conditions{Delay: time.Hour})
	x := w.appoint(2)["xenia"]
	isRefusal(t, w.operate(w.server, w.request("alice", 1)), api.ErrWaiting)
	if dump(t, w.db, tableWaiting) == "" || dump(t, w.db, tableAsked) == "" {
		t.Fatal("nothing waits")
	}
	other := identity(t, "mallory").Member
	other.Address = "alice@example.com"
	p, grants := w.grants(x, []string{"xenia@example.com", "keys.example.com"}, []group.Member{other}, "alice@example.com")
	a, err := w.assent(w.server, by(t, "xenia"), x.Group(), p, grants...)
	check(t, err)
	grants = append(grants, a.Grant)
	own, err := x.Sign(p, grants...)
	check(t, err)
	c, err := x.Group().Conclude(p, grants, own, a.Signed)
	check(t, err)
	_, err = w.do(w.server, by(t, "xenia"), transferOf("groupw", c))
	check(t, err)
	if left := dump(t, w.db, tableWaiting) + dump(t, w.db, tableAsked); left != "" {
		t.Errorf("%s is left", left)
	}
}
