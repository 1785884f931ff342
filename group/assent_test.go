package group

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"meshkey/cogen"
	"meshkey/mesh"
)

// served is a board whose service is one of the administrators.
func served(t testing.TB, need int, names ...string) (*board, *Custody) {
	t.Helper()
	w := newWorld(t, Serviced, 1, "alice")
	c, err := w.admin.AppointSome(today, need, append(people(t, names...), *w.group().Service())...)
	check(t, err)
	if len(c.Halves) != 1 || len(c.Appointments) != len(names) {
		t.Fatalf("%d halves, %d appointments", len(c.Halves), len(c.Appointments))
	}
	if err := w.service.Keep(ctx, c.Record); err == nil {
		t.Error("a record is kept without the part that belongs to it")
	}
	w.deliver(c)
	b := &board{world: w, now: w.group()}
	for _, n := range names {
		d, err := NewDeputy(b.now, identity(t, n), c.Appointments[n+"@example.com"])
		check(t, err)
		b.deputies = append(b.deputies, d)
	}
	return b, b.custody()
}

// custody is what a store has of the group, as the service takes it up again.
func (b *board) custody() *Custody {
	b.Helper()
	kept := map[string][]byte{}
	for place, half := range b.service.groups[b.now.Fingerprint().String()].Halves() {
		kept[place] = half.Bytes()
	}
	c, err := LoadCustody(b.now.Bytes(), func(_ context.Context, place string) ([]byte, error) {
		if kept[place] == nil {
			return nil, errors.New("not kept")
		}
		return slices.Clone(kept[place]), nil
	})
	check(b, err)
	return c
}

// assent has the service grant and sign, by way of what goes to it and back.
func (b *board) assent(c *Custody, p *Proposal, grants ...[]byte) (*Assent, error) {
	b.Helper()
	request, err := b.now.OperateAssent(p, grants...)
	check(b, err)
	octets, err := mesh.Marshal(request)
	check(b, err)
	parsed, err := mesh.ParseAs[mesh.OperateRequest](octets)
	check(b, err)
	q, all, err := ParseOperateAssent(parsed, c.Group())
	check(b, err)
	a, err := c.Assent(ctx, identity(b, "keys"), q, all...)
	if err != nil {
		return nil, err
	}
	octets, err = mesh.Marshal(a.Results())
	check(b, err)
	response, err := mesh.ParseAs[mesh.OperateResponse](octets)
	check(b, err)
	a, err = ParseAssent(response)
	check(b, err)
	return a, nil
}

// An administrator and the service admit a member, who reads, and dismiss him.
// The next record is one for the service too.
func TestAssent(t *testing.T) {
	b, custody := served(t, 2, "x", "y")
	by := []string{"y@example.com", "keys@example.com"}
	change := func(c *Custody, admit []Member, dismiss ...string) *Change {
		p, err := b.now.ProposeTo(by, today, admit, dismiss...)
		check(t, err)
		var grants [][]byte
		if len(admit) > 0 {
			own, err := b.deputies[1].Grant(p)
			check(t, err)
			grants = append(grants, own)
		}
		a, err := b.assent(c, p, grants...)
		check(t, err)
		if len(admit) > 0 {
			grants = append(grants, a.Grant)
		} else if a.Grant != nil {
			t.Error("a grant where nobody is admitted")
		}
		signed, err := b.deputies[1].Sign(p, grants...)
		check(t, err)
		out, err := b.now.Conclude(p, grants, signed, a.Signed)
		check(t, err)
		return out
	}
	next := func(c *Change) {
		b.deliver(c)
		g, err := Parse(c.Record, b.now.Fingerprint())
		check(t, err)
		check(t, g.Succeeds(b.now))
		b.now = g
		for _, d := range b.deputies {
			check(t, d.Update(g))
		}
	}
	next(change(custody, people(t, "bob")))
	sealed := seal(t, b.now, "split", nil)
	bob := b.member("bob")
	for _, name := range []string{"alice", "bob"} {
		if got, err := open(b.member(name), sealed, b.service); err != nil || got != "split" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	next(change(b.custody(), people(t, "carol"), "bob@example.com"))
	if _, err := open(bob, sealed, b.service); !errors.Is(err, ErrNotMember) {
		t.Errorf("bob reads on: %v", err)
	}
	next(change(b.custody(), nil, "carol@example.com"))
	if len(b.now.Members()) != 1 || b.now.Serial() != 5 {
		t.Errorf("%+v", b.now)
	}
	// The service takes no part in what the others do without it.
	p, err := b.now.ProposeTo([]string{"x@example.com", "y@example.com"}, today, people(t, "dave"))
	check(t, err)
	if _, err := b.assent(b.custody(), p); err == nil {
		t.Error("the service assents to what is for others")
	}
	b.conclude(p, b.grants(p))
	if m := b.now.Member("dave@example.com"); m == nil {
		t.Error("the others cannot do without the service")
	}
}

// What the service does not assent to.
func TestNoAssent(t *testing.T) {
	b, custody := served(t, 3, "x", "y")
	all := []string{"x@example.com", "y@example.com", "keys@example.com"}
	p, err := b.now.ProposeTo(all, today, people(t, "bob"))
	check(t, err)
	x, err := b.deputies[0].Grant(p)
	check(t, err)
	y, err := b.deputies[1].Grant(p)
	check(t, err)
	var few *TooFewError
	if _, err := b.assent(custody, p, x); !errors.As(err, &few) || !slices.Equal(few.From, all[1:2]) {
		t.Errorf("a grant is missing: %v", err)
	}
	if _, err := b.assent(custody, p, x, y); err != nil {
		t.Error(err)
	}
	other, err := b.now.ProposeTo(all, today, people(t, "carol"))
	check(t, err)
	wrong, err := b.deputies[1].Grant(other)
	check(t, err)
	_, err = b.assent(custody, p, x, wrong)
	cheats(t, err, "y@example.com")

	// A part is one of the appointment that is in force.
	request, err := b.now.OperateAssent(p, x, y)
	check(t, err)
	old := b.now
	c, err := b.admin.AppointSome(today, 2, append(people(t, "x", "z"), *old.Service())...)
	check(t, err)
	b.deliver(c)
	b.now = b.admin.Group()
	if !b.now.Obsolete(access(t, old, b)) {
		t.Error("a part of the appointment before is not obsolete")
	}
	for _, h := range c.Halves {
		if b.now.Obsolete(h) || old.Obsolete(h) {
			t.Error("a part of this appointment is obsolete")
		}
	}
	if _, _, err := ParseOperateAssent(request, b.now); err == nil {
		t.Error("the part of the appointment before is asked for")
	}
	var stale *StaleError
	if _, err := b.custody().Assent(ctx, identity(t, "keys"), p, x, y); !errors.As(err, &stale) {
		t.Errorf("a proposal for the record before: %v", err)
	}
	if len(b.service.groups[old.Fingerprint().String()].halves) != 2 {
		t.Error("the service keeps a part that it has no longer")
	}

	// With a new key nobody is appointed any more to share it out.
	if c, err = b.admin.Rotate(today); err != nil {
		t.Fatal(err)
	}
	b.deliver(c)
	b.now = b.admin.Group()
	if _, err := b.custody().Assent(ctx, identity(t, "keys"), p, x, y); !errors.Is(err, ErrNotAppointed) || b.now.AssentId() != "" {
		t.Errorf("after a rotation: %v", err)
	}
	if _, err := b.now.OperateAssent(p); !errors.Is(err, ErrNotAppointed) {
		t.Errorf("after a rotation: %v", err)
	}
	w := newBoard(t, "x", "y")
	if _, err := w.custody().Assent(ctx, identity(t, "keys"), p); !errors.Is(err, ErrNotAppointed) {
		t.Errorf("not appointed: %v", err)
	}
}

// access is a part that the account of the board seals to its service, of an
// appointment that is not in force.
func access(t *testing.T, of *Group, b *board) []byte {
	t.Helper()
	whole, err := PrivateKey(account(t, "groupw"), 1)
	check(t, err)
	sharing, err := whole.SplitAll(2)
	check(t, err)
	c := &mesh.CapabilityKeyGenerate{}
	c.Id, c.Issued = name(sharing[0].PublicKey()), of.Serial()
	if c.EnvelopedKeyShare, err = sealShare(of.Key(), sharing[0], cogen.NewIndex(1), "", identity(t, "keys").Encryption, identity(t, "x").signature); err != nil {
		t.Fatal(err)
	}
	out, err := signAccess(c, b.admin.account.Private("AdministratorSignature"))
	check(t, err)
	return out
}

// What comes from the network asks for one thing only.
func TestParseOperateAssent(t *testing.T) {
	b, _ := served(t, 2, "x")
	p, err := b.now.Propose(today, people(t, "bob"))
	check(t, err)
	for name, change := range map[string]func(*mesh.OperateRequest, *mesh.CryptographicOperationShare){
		"another group": func(o *mesh.OperateRequest, _ *mesh.CryptographicOperationShare) {
			o.AccountAddress = "other@example.com"
		},
		"two operations": func(o *mesh.OperateRequest, s *mesh.CryptographicOperationShare) {
			o.Operations = append(o.Operations, s)
		},
		"none": func(o *mesh.OperateRequest, _ *mesh.CryptographicOperationShare) { o.Operations = nil },
		"with a request": func(o *mesh.OperateRequest, _ *mesh.CryptographicOperationShare) {
			o.EnvelopedGroupRequest = []byte("[]")
		},
		"another key":   func(_ *mesh.OperateRequest, s *mesh.CryptographicOperationShare) { s.KeyId = name(b.now.Key()) },
		"a coefficient": func(_ *mesh.OperateRequest, s *mesh.CryptographicOperationShare) { s.KeyCoefficient = []byte{1} },
		"three shares":  func(_ *mesh.OperateRequest, s *mesh.CryptographicOperationShare) { s.Shares = 3 },
		"any share":     func(_ *mesh.OperateRequest, s *mesh.CryptographicOperationShare) { s.Threshold = 1 },
		"no proposal":   func(_ *mesh.OperateRequest, s *mesh.CryptographicOperationShare) { s.GroupProposal = nil },
		"too many grants": func(_ *mesh.OperateRequest, s *mesh.CryptographicOperationShare) {
			s.EnvelopedGrants = make([]mesh.Envelope, 17)
		},
		"an agreement": func(o *mesh.OperateRequest, _ *mesh.CryptographicOperationShare) {
			o.Operations[0] = &mesh.CryptographicOperationKeyAgreement{}
		},
	} {
		o, err := b.now.OperateAssent(p)
		check(t, err)
		change(o, o.Operations[0].(*mesh.CryptographicOperationShare))
		if _, _, err := ParseOperateAssent(o, b.now); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for name, o := range map[string]*mesh.OperateResponse{
		"refused":      {Response: mesh.Response{Status: 403}},
		"nothing":      {Response: mesh.Response{Status: statusDone}},
		"an agreement": {Response: mesh.Response{Status: statusDone}, Results: []mesh.AnyResult{&mesh.CryptographicResultKeyAgreement{}}},
		"no record":    {Response: mesh.Response{Status: statusDone}, Results: []mesh.AnyResult{&mesh.CryptographicResultShare{}}},
	} {
		if _, err := ParseAssent(o); err == nil {
			t.Errorf("%s is taken for an assent", name)
		}
	}
}

// While the service makes many halves, which takes long, its custody is free for
// the members' requests.
func TestAssentHoldsUpNobody(t *testing.T) {
	b, custody := served(t, 2, "x")
	var names []string
	for i := range 50 {
		names = append(names, fmt.Sprint("member", i))
	}
	p, err := b.now.Propose(today, people(t, names...))
	check(t, err)
	own, err := b.deputies[0].Grant(p)
	check(t, err)
	done := make(chan error, 1)
	go func() {
		_, err := custody.Assent(ctx, identity(t, "keys"), p, own)
		done <- err
	}()
	has := func() bool {
		custody.mu.RLock()
		defer custody.mu.RUnlock()
		return len(custody.halves) > 0
	}
	for !has() {
		runtime.Gosched()
	}
	for free := 0; ; runtime.Gosched() {
		select {
		case err := <-done:
			check(t, err)
			if free < 100 {
				t.Errorf("the custody was free %d times", free)
			}
			return
		default:
		}
		if custody.mu.TryLock() {
			free++
			custody.mu.Unlock()
		}
	}
}

// What is wrong with the service's own part is no fault of the proposal.
func TestAssentWithoutPart(t *testing.T) {
	b, _ := served(t, 2, "x")
	p, err := b.now.Propose(today, people(t, "bob"))
	check(t, err)
	own, err := b.deputies[0].Grant(p)
	check(t, err)
	lost := errors.New("lost")
	c, err := LoadCustody(b.now.Bytes(), func(context.Context, string) ([]byte, error) { return nil, lost })
	check(t, err)
	var part *PartError
	if _, err := b.assent(c, p, own); !errors.As(err, &part) || !errors.Is(err, lost) {
		t.Errorf("%v", err)
	}
}

// What one who asks often is given has nothing in common: neither for one proposal,
// nor for several with other administrators, whose weights are others, though he be
// the member himself.
func TestAssentsAreUnrelated(t *testing.T) {
	b, custody := served(t, 2, "x", "y")
	sock := identity(t, "sock")
	seen := map[string]bool{}
	asks := 0
	for _, by := range [][]int{{0}, {0}, {1}, {0, 1}} {
		addresses := []string{"keys@example.com"}
		for _, i := range by {
			addresses = append(addresses, b.deputies[i].id.Address)
		}
		p, err := b.now.ProposeTo(addresses, today, []Member{sock.Member})
		check(t, err)
		var grants [][]byte
		for _, i := range by {
			g, err := b.deputies[i].Grant(p)
			check(t, err)
			grants = append(grants, g)
		}
		for range 2 {
			a, err := b.assent(custody, p, grants...)
			check(t, err)
			_, g, err := b.now.appointment.parseGrant(p, a.Grant)
			check(t, err)
			half, err := openShare(g.partial[0].EnvelopedKeyShare, sock.encryption, g.deputy.Signature, b.now.Key(), g.member[0].PublicKey())
			check(t, err)
			if _, err := openShare(g.serviced[0].EnvelopedKeyShare, sock.encryption, g.deputy.Signature, b.now.Key(), g.service[0].PublicKey()); err == nil {
				t.Error("the member opens the service's half")
			}
			seen[string(half.Bytes())], seen[string(g.service[0].PublicKey().Bytes())] = true, true
			asks++
		}
	}
	if len(seen) != 2*asks {
		t.Errorf("%d asks have %d halves that differ", asks, len(seen))
	}
}
