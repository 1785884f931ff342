package server

import (
	"context"
	"errors"
	"testing"
	"time"

	"meshkey/group"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/mesh"
)

// dismiss dismisses a member and tells a service.
func (w *world) dismiss(name, from string) {
	w.Helper()
	c, err := w.groups[from].admin.Dismiss(today, name+"@example.com")
	check(w, err)
	w.deliver(from, c)
}

func TestDismissedAtOnceEverywhere(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	other := w.serve(w.db) // a second service on the store
	sealed := w.seal("groupw", "x")
	bob := w.asks(other, "bob", "groupw")
	if _, err := w.reads("bob", "groupw", sealed, bob); err != nil {
		t.Fatal(err)
	}
	operation := w.operation("bob", "groupw", 1) // that he had ready
	before := w.groups["groupw"].admin.Group()
	w.dismiss("bob", "groupw") // by the first
	for _, s := range []*Server{other, w.server} {
		_, err := w.do(s, by(t, "bob"), operation)
		isRefusal(t, err, errUnknown)
	}
	alice := w.asks(other, "alice", "groupw")
	if text, err := w.reads("alice", "groupw", sealed, alice); err != nil || text != "x" {
		t.Errorf("alice reads %q, %v", text, err)
	}
	check(t, w.db.View(ctx, func(r store.Reader) error {
		return r.Scan(tableHalves, nil, nil, func(key, _ []byte) bool {
			if place := string(key[len(before.Fingerprint().String())+1:]); place != before.Catalog()[0].MemberCapabilityId+" alice@example.com" {
				t.Errorf("there still is a half in %q", place)
			}
			return true
		})
	}))
}

// TestAdmittedAtOnceEverywhere: what one service has in memory refuses nobody
// whom another was told of.
func TestAdmittedAtOnceEverywhere(t *testing.T) {
	w := newWorld(t, "alice")
	other := w.serve(w.db)
	sealed := w.seal("groupw", "x")
	if _, err := w.reads("alice", "groupw", sealed, w.asks(other, "alice", "groupw")); err != nil {
		t.Fatal(err)
	}
	c, err := w.groups["groupw"].admin.Admit(today, identity(t, "bob").Member)
	check(t, err)
	w.deliver("groupw", c)
	if text, err := w.reads("bob", "groupw", sealed, w.asks(other, "bob", "groupw")); err != nil || text != "x" {
		t.Errorf("bob reads %q, %v", text, err)
	}
}

// TestDismissedMeanwhile has a member dismissed between the computation and the
// transaction.
func TestDismissedMeanwhile(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	gate := &gated{Store: w.db}
	slow := w.serve(gate)
	operation := w.operation("bob", "groupw", 1)
	_, err := w.do(slow, by(t, "bob"), operation)
	check(t, err)
	body := w.sign(by(t, "bob"), operation)
	gate.before = func() {
		gate.before = nil
		w.dismiss("bob", "groupw")
	}
	_, err = w.send(slow, body)
	isRefusal(t, err, errUnknown)
}

// gated calls before once before a transaction.
type gated struct {
	store.Store
	before func()
	fail   error // if set, every transaction fails with it
}

func (g *gated) Update(c context.Context, f func(store.Writer) error) error {
	if g.before != nil {
		g.before()
	}
	if g.fail != nil {
		return g.fail
	}
	return g.Store.Update(c, f)
}

func TestFreshness(t *testing.T) {
	w := newWorld(t, "alice")
	operation := w.operation("alice", "groupw", 1)
	alice := by(t, "alice")
	at := func(d time.Duration) []byte {
		body, err := api.Sign(operation, w.fingerprint(), alice, w.clock.now().Add(d))
		check(t, err)
		return body
	}
	for d, want := range map[time.Duration]*api.Error{
		-119 * time.Second: nil,
		119 * time.Second:  nil,
		-121 * time.Second: api.ErrExpired,
		121 * time.Second:  api.ErrExpired,
		24 * time.Hour:     api.ErrExpired,
	} {
		if _, err := w.send(w.server, at(d)); (want == nil) != (err == nil) || want != nil && !errors.Is(err, want) {
			t.Errorf("%v off: %v", d, err)
		}
	}
	elsewhere, err := NewSecrets(today).Fingerprint()
	check(t, err)
	body, err := api.Sign(operation, elsewhere, alice, today)
	check(t, err)
	_, err = w.send(w.server, body)
	isRefusal(t, err, api.ErrDenied)
	plain, err := api.Marshal(operation)
	check(t, err)
	_, err = w.send(w.server, plain)
	isRefusal(t, err, api.ErrUnsigned)
}

func TestReplay(t *testing.T) {
	w := newWorld(t, "alice")
	body := w.sign(by(t, "alice"), w.operation("alice", "groupw", 1))
	_, err := w.send(w.server, body)
	check(t, err)
	_, err = w.send(w.server, body)
	isRefusal(t, err, api.ErrReplayed)
	w.server.Seal()
	again := w.serve(w.db) // after a restart
	_, err = w.send(again, body)
	isRefusal(t, err, api.ErrReplayed)
	// When its nonce is forgotten, the call is too old.
	w.clock.add(7 * time.Minute)
	check(t, again.prune(ctx))
	if n := count(t, w.db, tableNonces); n != 0 {
		t.Errorf("%d nonces are kept", n)
	}
	_, err = w.send(again, body)
	isRefusal(t, err, api.ErrExpired)
}

// TestPruneKeepsWhatIsFresh: no nonce goes while its call would be taken.
// A service that takes older calls than the one before it, or than another beside
// it, does not take one a second time whose nonce the other has deleted.
func TestReplayAtAnotherSkew(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	at := func() []byte { return w.sign(by(t, "bob"), w.operation("bob", "groupw", 1)) }
	used, unused := at(), at()
	_, err := w.send(w.server, used)
	check(t, err)
	w.clock.add(10 * time.Minute)
	check(t, w.server.prune(ctx))
	s, err := New(Config{Store: w.db, Address: "keys.example.com", Now: w.clock.now, Ties: time.Hour, Skew: time.Hour})
	check(t, err)
	defer s.Close()
	check(t, s.Unseal(w.secrets))
	for range 2 {
		_, err = w.send(s, used)
		isRefusal(t, err, api.ErrExpired)
	}
	_, err = w.send(s, unused) // nobody can tell the two apart
	isRefusal(t, err, api.ErrExpired)
	late := at()
	w.clock.add(5 * time.Minute)
	check(t, w.server.prune(ctx))
	_, err = w.send(s, late)
	check(t, err)
	_, err = w.send(s, late)
	isRefusal(t, err, api.ErrReplayed)
}

func TestPruneKeepsWhatIsFresh(t *testing.T) {
	w := newWorld(t, "alice")
	body := w.sign(by(t, "alice"), w.operation("alice", "groupw", 1))
	_, err := w.send(w.server, body)
	check(t, err)
	for range 8 {
		check(t, w.server.prune(ctx))
		if _, err := w.send(w.server, body); err == nil {
			t.Fatal("a replay is answered")
		}
		w.clock.add(20 * time.Second)
	}
}

func count(t testing.TB, db store.Store, table store.Table) (n int) {
	t.Helper()
	check(t, db.View(ctx, func(r store.Reader) error {
		n = 0
		return r.Scan(table, nil, nil, func(_, _ []byte) bool { n++; return true })
	}))
	return n
}

func TestRefusedWithoutRecord(t *testing.T) {
	w := newWorld(t, "alice")
	gate := &gated{Store: w.db}
	s := w.serve(gate)
	operation := w.operation("alice", "groupw", 1)
	gate.fail = &store.UnavailableError{Err: errors.New("no space left on device")}
	r, err := w.do(s, by(t, "alice"), operation)
	isRefusal(t, err, api.ErrUnavailable)
	if x, ok := r.(*api.OperateResponse); ok && len(x.Results) > 0 {
		t.Error("an answer left without a record")
	}
	_, err = w.do(s, by(t, "mallory"), operation) // the refusal too is one that nobody could record
	isRefusal(t, err, api.ErrUnavailable)
	gate.fail = nil
	_, err = w.do(s, by(t, "alice"), operation)
	check(t, err)
}

func TestEveryRefusalIsRecorded(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	operation := w.operation("bob", "groupw", 1)
	good := w.sign(by(t, "bob"), operation)
	_, err := w.send(w.server, good)
	check(t, err)
	wrong := w.sign(by(t, "bob"), operation)
	wrong[len(wrong)/2] ^= 1
	for _, c := range []struct {
		body      []byte
		want, key string
	}{
		{good, "replayed", operation.(*mesh.OperateRequest).Operations[0].(*mesh.CryptographicOperationKeyAgreement).KeyId},
		{w.sign(by(t, "alice"), operation), "denied", "alice@example.com"}, // what bob asked for
		{w.sign(by(t, "mallory"), operation), "denied", unknownKey},
		{wrong, "signature", unknownKey},
		{[]byte("x"), "malformed", unknownKey},
		{w.sign(by(t, "alice"), transferOf("groupw", &group.Change{Record: w.groups["groupw"].admin.Group().Bytes()})), "denied", "alice@example.com"},
	} {
		_, err := w.send(w.server, c.body)
		var no *api.Error
		if !errors.As(err, &no) || no.Code != c.want {
			t.Errorf("want %s, got %v", c.want, err)
		}
		records := w.records(c.key)
		if last := records[len(records)-1]; last.Refused != c.want || last.Request != digest(c.body) {
			t.Errorf("the last record about %s: %+v", c.key, last)
		}
	}
}

func TestOtherOperations(t *testing.T) {
	w := newWorld(t, "alice")
	good := w.operation("alice", "groupw", 1).(*mesh.OperateRequest)
	key := good.Operations[0].(*mesh.CryptographicOperationKeyAgreement).CryptographicOperation
	for _, c := range []struct {
		o    mesh.AnyOperation
		want *api.Error
	}{
		{&mesh.CryptographicOperationSign{CryptographicOperation: key, Data: []byte("x")}, api.ErrUnsupported},
		{&mesh.CryptographicOperationGenerate{CryptographicOperation: key}, api.ErrUnsupported},
		{&mesh.CryptographicOperationShare{CryptographicOperation: key, Threshold: 2, Shares: 2}, api.ErrDenied},
	} {
		asked := *good
		asked.Operations = []mesh.AnyOperation{c.o}
		_, err := w.do(w.server, by(t, "alice"), &asked)
		isRefusal(t, err, c.want)
	}
	if n := len(w.records("alice@example.com")); n != 3 {
		t.Errorf("%d refusals are recorded", n)
	}
}
