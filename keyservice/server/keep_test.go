package server

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"meshkey/group"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/mesh"
	"meshkey/profile"
)

func TestKeepOnlyForward(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	admin := w.groups["groupw"].admin
	first := &group.Change{Record: admin.Group().Bytes()}
	c, err := admin.Dismiss(today, "bob@example.com")
	check(t, err)
	w.deliver("groupw", c)
	before := dump(t, w.db, tableGroups, tableRecords, tableHalves)
	_, err = w.do(w.server, administers(t, "groupw"), transferOf("groupw", first))
	isRefusal(t, err, api.ErrStale)
	w.deliver("groupw", c) // the same once more changes nothing
	if after := dump(t, w.db, tableGroups, tableRecords, tableHalves); after != before {
		t.Errorf("the store changed from\n%s\nto\n%s", before, after)
	}
}

func TestKeepAllOrNothing(t *testing.T) {
	w := newWorld(t, "alice")
	c, err := w.groups["groupw"].admin.Admit(today, identity(t, "bob").Member, identity(t, "carol").Member)
	check(t, err)
	before := dump(t, w.db, tableGroups, tableRecords, tableHalves)
	wrong := transferOf("groupw", c)
	e := wrong.Updates[0].Envelopes
	e[2] = e[1]
	_, err = w.do(w.server, administers(t, "groupw"), wrong)
	isRefusal(t, err, api.ErrMalformed)
	if dump(t, w.db, tableGroups, tableRecords, tableHalves) != before {
		t.Error("a transfer that was refused changed something")
	}
	w.deliver("groupw", c)
}

// TestKeepWhoseGroup: nobody puts a record but who may sign for the group.
func TestKeepWhoseGroup(t *testing.T) {
	w := newWorld(t, "alice")
	w.found("groupx", "alice")
	c, err := w.groups["groupw"].admin.Admit(today, identity(t, "bob").Member)
	check(t, err)
	x := w.groups["groupx"].admin.Group()
	asX := transferOf("groupx", c)
	for name, try := range map[string]struct {
		by   api.Caller
		r    *api.TransferRequest
		want *api.Error
	}{
		"another group's administrator":       {administers(t, "groupx"), transferOf("groupw", c), api.ErrDenied},
		"under another's address":             {administers(t, "groupx"), asX, api.ErrMalformed},
		"another's key under the right name":  {api.Caller{Account: "groupw@example.com", Key: administers(t, "groupx").Key}, transferOf("groupw", c), errUnknown},
		"a group without an account":          {administers(t, "groupy"), transferOf("groupy", c), errUnknown},
		"a member":                            {by(t, "alice"), transferOf("groupw", c), api.ErrDenied},
		"the group's profile, not its signer": {api.Caller{Account: "groupw@example.com", Key: testAccount(t, "groupw").Private(profile.CommonSignature)}, transferOf("groupw", c), errUnknown},
		"a record of another group, unsigned": {administers(t, "groupw"), transferOf("groupw", &group.Change{Record: x.Bytes()}), api.ErrMalformed},
	} {
		if _, err := w.do(w.server, try.by, try.r); !errors.Is(err, try.want) {
			t.Errorf("%s: want %v, got %v", name, try.want, err)
		}
	}
}

func TestTwoGroups(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	w.found("groupx", "alice", "carol")
	x := w.seal("groupx", "x")
	if text, err := w.reads("carol", "groupx", x, w.asks(w.server, "carol", "groupx")); err != nil || text != "x" {
		t.Errorf("carol reads %q, %v", text, err)
	}
	_, err := w.do(w.server, by(t, "bob"), w.operation("carol", "groupx", 1))
	isRefusal(t, err, errUnknown)
	// What is asked of one group is not answered with another's half.
	o := *w.operation("alice", "groupx", 1).(*mesh.OperateRequest)
	o.AccountAddress = "groupw@example.com"
	_, err = w.do(w.server, by(t, "alice"), &o)
	isRefusal(t, err, api.ErrMalformed)
}

// Records take a bounded room in memory, however few they are; and a group whose
// reading did not end is read again.
func TestHoldingsAreBounded(t *testing.T) {
	c := newHoldings(1024)
	c.most = 1000
	take := func(name string, octets int) *holding {
		h, err := c.take(ctx, name, func(h *holding) error { h.octets = octets; return nil })
		check(t, err)
		c.release(h)
		return h
	}
	for i := range 10 {
		take(fmt.Sprint(i), 300)
	}
	if c.order.Len() != 3 || c.octets != 900 {
		t.Errorf("%d groups with %d octets are in memory", c.order.Len(), c.octets)
	}
	take("large", 5000) // it is of no use to refuse it
	if c.order.Len() != 1 || c.octets != 5000 {
		t.Errorf("%d groups with %d octets are in memory", c.order.Len(), c.octets)
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = c.take(ctx, "new", func(*holding) error { panic("") })
	}()
	take("new", 1)
	c.clear()
	if c.octets != 0 || len(c.by) != 0 {
		t.Errorf("%d octets are held of nothing", c.octets)
	}
}

// However many ask for groups that are not in memory, few are read at once, and a
// reading that ends badly makes room for others.
func TestFewAreReadAtOnce(t *testing.T) {
	c := newHoldings(1024)
	var now, most atomic.Int32
	var calls sync.WaitGroup
	begun, goOn := make(chan struct{}, maxReading), make(chan struct{})
	for i := range 4 * maxReading {
		calls.Go(func() {
			defer func() { _ = recover() }()
			h, err := c.take(ctx, fmt.Sprint(i), func(*holding) error {
				defer now.Add(-1)
				if n := now.Add(1); n > most.Load() {
					most.Store(n)
				}
				select {
				case begun <- struct{}{}:
				default:
				}
				<-goOn
				switch i % 3 {
				case 0:
					panic("")
				case 1:
					return errNoGroup
				}
				return nil
			})
			if err == nil {
				c.release(h)
			}
		})
	}
	for range maxReading {
		<-begun
	}
	close(goOn)
	calls.Wait()
	if most.Load() > maxReading || len(c.reading) != 0 {
		t.Errorf("%d were read at once, and %d still are", most.Load(), len(c.reading))
	}
}

// TestEviction has room for one group in memory and uses two.
func TestEviction(t *testing.T) {
	w := newWorld(t, "alice")
	w.found("groupx", "alice")
	s, err := New(Config{Store: w.db, Address: "keys.example.com", Now: w.clock.now, Groups: 1})
	check(t, err)
	defer s.Close()
	check(t, s.Unseal(w.secrets))
	for range 2 {
		for _, name := range []string{"groupw", "groupx"} {
			if text, err := w.reads("alice", name, w.seal(name, name), w.asks(s, "alice", name)); err != nil || text != name {
				t.Errorf("alice reads %q, %v", text, err)
			}
			if n := s.groups.order.Len(); n != 1 || len(s.groups.by) != 1 {
				t.Errorf("%d groups are in memory", n)
			}
		}
	}
	// Who asks for what is not there throws nothing out.
	_, err = w.do(s, by(t, "mallory"), &mesh.OperateRequest{AccountAddress: "groupz@example.com", Operations: w.operation("alice", "groupx", 1).(*mesh.OperateRequest).Operations})
	isRefusal(t, err, errUnknown)
	if n := s.groups.order.Len(); n != 1 || s.groups.by["groupx@example.com"] == nil {
		t.Errorf("%d groups are in memory", n)
	}
	var last *holding
	for _, e := range s.groups.by {
		last = e.Value.(*holding)
	}
	s.Seal()
	if last.custody != nil {
		t.Error("sealing left a group in memory")
	}
}

// TestLargeRecord is one of more octets than an entry of the store takes.
func TestLargeRecord(t *testing.T) {
	w := newWorld(t, "alice")
	b := bytes.Repeat([]byte("record"), pieceLen/3)
	d := &deposit{fingerprint: "f"}
	check(t, w.db.Update(ctx, func(wr store.Writer) error { return d.put(wr, "g@example.com", []byte("head"), b) }))
	check(t, w.db.Update(ctx, func(wr store.Writer) error { return d.put(wr, "g@example.com", []byte("head"), b[:len(b)-9]) }))
	var got []byte
	check(t, w.db.View(ctx, func(r store.Reader) (err error) {
		got, err = readRecord(r, "f")
		return err
	}))
	if !bytes.Equal(got, b[:len(b)-9]) {
		t.Errorf("%d octets come back of %d", len(got), len(b)-9)
	}
}

// dump is all that is in some tables.
func dump(t testing.TB, db store.Store, tables ...store.Table) string {
	t.Helper()
	var out bytes.Buffer
	check(t, db.View(ctx, func(r store.Reader) error {
		out.Reset()
		for _, table := range tables {
			err := r.Scan(table, nil, nil, func(key, value []byte) bool {
				fmt.Fprintf(&out, "%s %q %x\n", table, key, value)
				return true
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	return out.String()
}

// TestRecordOutOfPlace has somebody who can write the store put another group's
// record in the place of one.
func TestRecordOutOfPlace(t *testing.T) {
	w := newWorld(t, "alice")
	w.found("groupx", "alice")
	operation := w.operation("alice", "groupw", 1)
	check(t, w.db.Update(ctx, func(wr store.Writer) error {
		other, err := wr.Get(tableGroups, []byte("groupx@example.com"))
		if err != nil {
			return err
		}
		return wr.Put(tableGroups, []byte("groupw@example.com"), other)
	}))
	_, err := w.do(w.serve(w.db), by(t, "alice"), operation)
	isRefusal(t, err, api.ErrUnavailable)
}
