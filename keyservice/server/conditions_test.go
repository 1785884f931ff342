package server

import (
	"bytes"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meshkey/group"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/udf"
)

// set sets conditions in groupw.
func (w *world) set(c *group.Conditions, names ...string) {
	w.Helper()
	change, err := w.groups["groupw"].admin.SetConditions(w.clock.now(), c, addresses(names)...)
	check(w, err)
	w.deliver("groupw", change)
}

func addresses(names []string) (out []string) {
	for _, n := range names {
		out = append(out, n+"@example.com")
	}
	return out
}

// request makes a member's request for some envelopes.
func (w *world) request(name string, envelopes int) *group.Request {
	w.Helper()
	c := w.groups["groupw"]
	m, err := group.Accept(c.admin.Group(), identity(w, name), c.mail[name+"@example.com"]...)
	check(w, err)
	defer m.Wipe()
	var all []*group.Sealed
	for range envelopes {
		s, err := group.ReadSealed(bytes.NewReader(w.seal("groupw", "secret")))
		check(w, err)
		all = append(all, s)
	}
	d, err := m.Begin(all...)
	check(w, err)
	return d.Request()
}

// operate asks a service, and is nil if it answers.
func (w *world) operate(s *Server, r *group.Request) error {
	w.Helper()
	o, err := r.Operate(w.groups["groupw"].admin.Group())
	check(w, err)
	caller := by(w, name(r.Grantee()))
	response, err := w.do(s, caller, o)
	if err == nil && len(response.(*api.OperateResponse).Results) != len(r.Items()) {
		w.Error("an answer without contributions")
	}
	return err
}

func name(address string) string { return address[:len(address)-len("@example.com")] }

func approves(r *group.Request) *api.ApproveRequest {
	d := r.Digest()
	return &api.ApproveRequest{AccountAddress: "groupw@example.com", GranteeAccount: r.Grantee(), Request: d[:]}
}

func vetoes(r *group.Request) *api.VetoRequest {
	d := r.Digest()
	return &api.VetoRequest{AccountAddress: "groupw@example.com", GranteeAccount: r.Grantee(), Request: d[:]}
}

// waits lists what waits, as somebody sees it.
func (w *world) waits(caller api.Caller) (out []*api.Waiting) {
	w.Helper()
	after := ""
	for {
		r, err := w.do(w.server, caller, &api.WaitingRequest{AccountAddress: "groupw@example.com", After: after})
		check(w, err)
		page := r.(*api.WaitingResponse)
		out = append(out, page.Waiting...)
		if after = page.Next; after == "" {
			return out
		}
	}
}

func TestQuota(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	w.set(&group.Conditions{PerDay: 3})
	check(t, w.operate(w.server, w.request("alice", 2)))
	isRefusal(t, w.operate(w.server, w.request("alice", 2)), api.ErrQuota)
	isRefusal(t, w.operate(w.server, w.request("alice", 4)), api.ErrQuota)
	// What is refused is not counted; every member has a quota of his own.
	check(t, w.operate(w.server, w.request("alice", 1)))
	isRefusal(t, w.operate(w.server, w.request("alice", 1)), api.ErrQuota)
	check(t, w.operate(w.server, w.request("bob", 3)))
	// So does each key.
	c, err := w.groups["groupw"].admin.Rotate(w.clock.now())
	check(t, err)
	w.deliver("groupw", c)
	check(t, w.operate(w.server, w.request("alice", 3)))
	isRefusal(t, w.operate(w.server, w.request("alice", 1)), api.ErrQuota)
	w.clock.add(12 * time.Hour)
	check(t, w.operate(w.server, w.request("alice", 3)))
	// Midnight comes once, whichever way the clock goes.
	for range 3 {
		w.clock.add(-time.Second)
		isRefusal(t, w.operate(w.server, w.request("alice", 1)), api.ErrQuota)
		w.clock.add(time.Second)
		isRefusal(t, w.operate(w.server, w.request("alice", 1)), api.ErrQuota)
	}
	// A clock that was wrong for a moment does not take a year.
	w.clock.add(365 * 24 * time.Hour)
	check(t, w.operate(w.server, w.request("alice", 1)))
	w.clock.add(-365 * 24 * time.Hour)
	check(t, w.operate(w.server, w.request("alice", 2)))
	isRefusal(t, w.operate(w.server, w.request("alice", 1)), api.ErrQuota)
	w.clock.add(24 * time.Hour)
	check(t, w.operate(w.server, w.request("alice", 3)))
}

func TestUsage(t *testing.T) {
	noon := today
	u := parseUsage(nil).on(noon)
	u.count = 5
	if u = parseUsage(u.bytes()); u.on(noon).count != 5 || u.on(noon.Add(12*time.Hour)).count != 0 || u.on(noon.Add(-13*time.Hour)) != u {
		t.Errorf("%+v", u)
	}
	if back := u.on(noon.Add(-48 * time.Hour)); back.count != 5 || back.on(noon.Add(-24*time.Hour)).count != 0 {
		t.Errorf("two days back: %+v", back)
	}
	if r := u.rest(noon); r != 12*time.Hour {
		t.Errorf("the next day is %v away", r)
	}
}

func TestApproval(t *testing.T) {
	w := newWorld(t, "alice", "bob", "carol", "dave")
	w.set(&group.Conditions{Approvers: addresses([]string{"alice", "bob", "carol"}), Need: 2})
	r := w.request("alice", 1)
	_, err := w.do(w.server, by(t, "bob"), approves(r))
	isRefusal(t, err, api.ErrUnknown)
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	for who, caller := range map[string]api.Caller{
		"who asks":                     by(t, "alice"),
		"who asks, in bob's name":      {Account: "bob@example.com", Key: by(t, "alice").Key},
		"a member who is no approver":  by(t, "dave"),
		"a stranger":                   by(t, "mallory"),
		"the group's administrator":    administers(t, "groupw"),
		"the administrator key of bob": administers(t, "bob"),
	} {
		if _, err := w.do(w.server, caller, approves(r)); err == nil {
			t.Errorf("%s approves", who)
		}
	}
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	for range 2 { // one who approves twice counts once
		_, err = w.do(w.server, by(t, "bob"), approves(r))
		check(t, err)
	}
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)

	// Everybody sees it, with what alice signed.
	list := w.waits(by(t, "dave"))
	if len(list) != 1 || list[0].Need != 2 || len(list[0].Approvals) != 1 || list[0].Approvals[0].Address != "bob@example.com" || list[0].Until != "" {
		t.Fatalf("waiting: %+v", list)
	}
	if got := fmt.Sprint(list[0].Approvers); got != "[bob@example.com carol@example.com]" {
		t.Errorf("approvers: %s", got)
	}
	signed, err := group.ParseRequest(list[0].EnvelopedGroupRequest, w.groups["groupw"].admin.Group())
	check(t, err)
	if d := signed.Digest(); d != r.Digest() || !bytes.Equal(list[0].Request, d[:]) {
		t.Error("another request waits")
	}
	if _, err := w.do(w.server, by(t, "mallory"), &api.WaitingRequest{AccountAddress: "groupw@example.com"}); err == nil {
		t.Error("a stranger sees what waits")
	}

	// An approval is for one request, and spent by being sent.
	other := w.request("alice", 1)
	isRefusal(t, w.operate(w.server, other), api.ErrWaiting)
	call := w.sign(by(t, "carol"), approves(other))
	_, err = w.send(w.server, call)
	check(t, err)
	_, err = w.send(w.server, call)
	isRefusal(t, err, api.ErrReplayed)
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	isRefusal(t, w.operate(w.server, other), api.ErrWaiting)

	// Another service on the same store knows it all.
	second := w.serve(w.db)
	_, err = w.do(second, by(t, "carol"), approves(r))
	check(t, err)
	check(t, w.operate(w.server, r))
	check(t, w.operate(second, r)) // once more, for one who lost the answer
	if len(w.waits(administers(t, "groupw"))) != 1 {
		t.Error("what was answered still waits")
	}

	// Who approved is recorded with the capability that it was about.
	ids, err := r.Capabilities(w.groups["groupw"].admin.Group())
	check(t, err)
	calls := map[string]int{}
	for _, one := range w.records(ids[0]) {
		if one.Refused == "" && one.Call == "Approve" {
			calls[one.Caller]++
		}
	}
	if calls[identityKid(t, "bob")] != 2 || calls[identityKid(t, "carol")] != 2 {
		t.Errorf("approvals by key: %v", calls)
	}
}

func identityKid(t *testing.T, name string) string {
	t.Helper()
	key := identity(t, name).Signature
	return udf.KeyFingerprint(key.Algorithm(), key.Bytes()).String()
}

func TestVeto(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	w.set(&group.Conditions{Delay: time.Hour})
	for name, caller := range map[string]api.Caller{"a party": by(t, "bob"), "the administrator": administers(t, "groupw")} {
		r := w.request("alice", 1)
		_, err := w.do(w.server, caller, vetoes(r))
		isRefusal(t, err, api.ErrUnknown)
		isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
		if _, err := w.do(w.server, by(t, "mallory"), vetoes(r)); err == nil {
			t.Error("a stranger vetoes")
		}
		_, err = w.do(w.server, caller, vetoes(r))
		check(t, err)
		w.clock.add(90 * time.Minute)
		isRefusal(t, w.operate(w.server, r), api.ErrVetoed)
		w.clock.add(60 * 24 * time.Hour)
		check(t, w.server.pruneWaiting(ctx))
		if err := w.operate(w.server, r); err == nil {
			t.Errorf("answered in spite of %s", name)
		} else {
			isRefusal(t, err, api.ErrVetoed)
		}
		_, err = w.do(w.server, by(t, "bob"), vetoes(r))
		isRefusal(t, err, api.ErrVetoed)
	}
	// Who asks can ask again, and waits anew.
	r := w.request("alice", 1)
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	w.clock.add(30 * time.Minute)
	_, err := w.do(w.server, by(t, "alice"), vetoes(r))
	check(t, err)
	if len(w.waits(by(t, "bob"))) != 0 {
		t.Error("what was withdrawn waits")
	}
	w.clock.add(31 * time.Minute)
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	// Until the end of the hour, by any clock.
	w.clock.add(-30 * 24 * time.Hour)
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	w.clock.add(59 * time.Minute)
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	w.clock.add(time.Minute)
	check(t, w.operate(w.server, r))
	// A veto ends also what was answered once.
	_, err = w.do(w.server, by(t, "bob"), vetoes(r))
	check(t, err)
	isRefusal(t, w.operate(w.server, r), api.ErrVetoed)
}

// What changes in the group counts at once, for what waits too.
func TestWaitingChanges(t *testing.T) {
	w := newWorld(t, "alice", "bob", "carol")
	admin := w.groups["groupw"].admin
	r := w.request("alice", 1)
	w.set(&group.Conditions{Approvers: addresses([]string{"bob", "carol"}), Need: 1}, "alice")
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	_, err := w.do(w.server, by(t, "bob"), approves(r))
	check(t, err)
	// Who was dismissed has not approved.
	c, err := admin.Dismiss(w.clock.now(), "bob@example.com")
	check(t, err)
	w.deliver("groupw", c)
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	_, err = w.do(w.server, by(t, "bob"), approves(r))
	isRefusal(t, err, errUnknown)
	_, err = w.do(w.server, by(t, "carol"), approves(r))
	check(t, err)
	// A delay that is set later counts from when it was asked.
	w.set(&group.Conditions{Approvers: addresses([]string{"carol"}), Need: 1, Delay: time.Hour}, "alice")
	w.clock.add(30 * time.Minute)
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	w.clock.add(31 * time.Minute)
	check(t, w.operate(w.server, r))
	// So does the end of an approver for what was answered already.
	w.set(&group.Conditions{Approvers: addresses([]string{"alice", "carol"}), Need: 1})
	w.set(nil, "alice")
	check(t, w.operate(w.server, r))
	c, err = admin.Dismiss(w.clock.now(), "carol@example.com")
	check(t, err)
	w.deliver("groupw", c)
	isRefusal(t, w.operate(w.server, r), api.ErrDenied) // nobody is left
	w.set(nil)
	check(t, w.operate(w.server, r))

	// Who comes back begins anew.
	c, err = admin.Admit(w.clock.now(), identity(t, "bob").Member)
	check(t, err)
	w.deliver("groupw", c)
	w.set(&group.Conditions{Delay: time.Hour})
	r = w.request("bob", 1)
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	c, err = admin.Dismiss(w.clock.now(), "bob@example.com")
	check(t, err)
	w.deliver("groupw", c)
	_, err = w.do(w.server, by(t, "alice"), vetoes(r))
	isRefusal(t, err, api.ErrUnknown)
	w.clock.add(2 * time.Hour)
	c, err = admin.Admit(w.clock.now(), identity(t, "bob").Member)
	check(t, err)
	w.deliver("groupw", c)
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
}

// Not more waits than may, and not for ever.
func TestWaitingBounds(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	w.set(&group.Conditions{Delay: time.Hour})
	var all []*group.Request
	for range w.server.config.Waits.Requests {
		r := w.request("alice", 1)
		isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
		all = append(all, r)
	}
	late := w.request("alice", 1)
	isRefusal(t, w.operate(w.server, late), api.ErrTooMany)
	isRefusal(t, w.operate(w.server, w.request("bob", 1)), api.ErrWaiting)
	if n := len(w.waits(by(t, "bob"))); n != len(all)+1 {
		t.Errorf("%d wait", n)
	}
	w.clock.add(time.Hour)
	check(t, w.operate(w.server, all[0]))
	isRefusal(t, w.operate(w.server, late), api.ErrWaiting) // in its place
	w.clock.add(8 * 24 * time.Hour)
	if n := len(w.waits(by(t, "bob"))); n != 0 {
		t.Errorf("%d wait after they have expired", n)
	}
	_, err := w.do(w.server, by(t, "bob"), vetoes(all[1]))
	isRefusal(t, err, api.ErrUnknown)
	isRefusal(t, w.operate(w.server, all[1]), api.ErrWaiting) // anew
	check(t, w.server.pruneWaiting(ctx))
	if n := w.server.Meter().Waiting(); n != 1 {
		t.Errorf("%d are counted of one that waits", n)
	}
	for _, table := range conditionTables[:2] {
		if n := w.count(table); n != 1 {
			t.Errorf("%d are left in %s", n, table)
		}
	}
	w.clock.add(time.Hour)
	check(t, w.operate(w.server, all[1]))
	// With the group goes what was asked of it.
	_, err = w.do(w.server, administers(t, "groupw"), &api.DeleteAccountRequest{AccountAddress: "groupw@example.com"})
	check(t, err)
	for _, table := range conditionTables {
		if n := w.count(table); n != 0 {
			t.Errorf("%d are left in %s", n, table)
		}
	}
}

// count is how many entries a table has.
func (w *world) count(table store.Table) (n int) {
	w.Helper()
	check(w, w.db.View(ctx, func(r store.Reader) error {
		n = 0
		return r.Scan(table, nil, nil, func(_, _ []byte) bool {
			n++
			return true
		})
	}))
	return n
}

// Approvals are given in person: a device that is its owner's in all else signs
// none, least of all for who asks.
func TestDevicesDoNotApprove(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	w.set(&group.Conditions{Approvers: addresses([]string{"bob"}), Need: 1}, "alice")
	r := w.request("alice", 1)
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	for _, name := range []string{"alice", "bob"} {
		w.register(profileOf(t, name, today))
		d := w.connect(name)
		_, err := w.do(w.server, d.caller(), &api.StatusRequest{AccountAddress: name + "@example.com"})
		check(t, err)
		for _, account := range []string{"alice", "bob", "groupw"} {
			caller := api.Caller{Account: account + "@example.com", Key: d.caller().Key}
			_, err = w.do(w.server, caller, approves(r))
			isRefusal(t, err, errUnknown)
			_, err = w.do(w.server, caller, vetoes(r))
			isRefusal(t, err, errUnknown)
		}
	}
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	_, err := w.do(w.server, by(t, "bob"), approves(r))
	check(t, err)
	check(t, w.operate(w.server, r))
}

// An administrator who has a member's address, or is one, is taken for what his
// key says.
func TestAdministratorsAndMembers(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	other := identity(t, "z").Member
	other.Address = "bob@example.com"
	c, err := w.groups["groupw"].admin.AppointSome(w.clock.now(), 2, identity(t, "alice").Member, other)
	check(t, err)
	w.deliver("groupw", c)
	r := w.request("bob", 1)
	o, err := r.Operate(w.groups["groupw"].admin.Group())
	check(t, err)
	z := api.Caller{Account: "bob@example.com", Key: by(t, "z").Key}
	_, err = w.do(w.server, z, o)
	isRefusal(t, err, api.ErrDenied)
	check(t, w.operate(w.server, r))
	check(t, w.operate(w.server, w.request("alice", 1)))
	// A member who is an administrator brings records.
	w.set(&group.Conditions{Delay: time.Hour})
	_, err = w.do(w.server, by(t, "alice"), transferOf("groupw", c))
	isRefusal(t, err, api.ErrStale)
	_, err = w.do(w.server, by(t, "bob"), transferOf("groupw", c))
	isRefusal(t, err, api.ErrDenied)
	// z is not bob, and so vetoes for good what alice only withdraws.
	r = w.request("bob", 1)
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	_, err = w.do(w.server, z, vetoes(r))
	check(t, err)
	isRefusal(t, w.operate(w.server, r), api.ErrVetoed)
	r = w.request("alice", 1)
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	_, err = w.do(w.server, by(t, "alice"), vetoes(r))
	check(t, err)
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
}

// Several who ask at once, of two services on one store, get what the quota is
// and no more; and one answer of a request is counted once.
func TestQuotaAtOnce(t *testing.T) {
	w := newOffice(t, Policy{})
	w.found("groupw", "alice", "bob")
	services := []*Server{w.server, w.serve(w.db)}
	w.set(&group.Conditions{PerDay: 5}, "alice")
	const tries = 12
	calls := make([][]byte, tries)
	for i := range calls {
		o, err := w.request("alice", 1).Operate(w.groups["groupw"].admin.Group())
		check(t, err)
		calls[i] = w.sign(by(t, "alice"), o)
	}
	if n := w.atOnce(services, calls); n != 5 {
		t.Errorf("%d are answered", n)
	}
	w.clock.add(24 * time.Hour)
	w.set(&group.Conditions{PerDay: 5, Approvers: addresses([]string{"bob"}), Need: 1}, "alice")
	r := w.request("alice", 3)
	isRefusal(t, w.operate(w.server, r), api.ErrWaiting)
	_, err := w.do(w.server, by(t, "bob"), approves(r))
	check(t, err)
	o, err := r.Operate(w.groups["groupw"].admin.Group())
	check(t, err)
	for i := range calls {
		calls[i] = w.sign(by(t, "alice"), o)
	}
	if n := w.atOnce(services, calls); n != tries {
		t.Errorf("%d of %d are answered", n, tries)
	}
}

// atOnce sends calls to services in turn, all at once, and counts what is
// answered. What could not be carried out at once is sent again.
func (w *world) atOnce(services []*Server, calls [][]byte) int {
	w.Helper()
	var answered atomic.Int64
	var all sync.WaitGroup
	for i, call := range calls {
		all.Go(func() {
			for {
				switch _, status := services[i%len(services)].Do(ctx, peer, call); status {
				case 503:
					continue
				case api.StatusDone:
					answered.Add(1)
				}
				return
			}
		})
	}
	all.Wait()
	return int(answered.Load())
}
