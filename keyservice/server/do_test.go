package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"meshkey/keyservice/api"
	"meshkey/keyservice/audit"
	"meshkey/keyservice/store"
)

func TestPanicIsAnswered(t *testing.T) {
	w := newWorld(t)
	hello := handlers["Hello"]
	defer func() { handlers["Hello"] = hello }()
	body, err := api.Marshal(&api.HelloRequest{})
	check(t, err)
	for where, prepare := range map[string]func(*job) (*plan, error){
		"preparing": func(*job) (*plan, error) { panic("a secret") },
		"transaction": func(*job) (*plan, error) {
			return &plan{apply: func(store.Writer) (api.Response, error) { panic("a secret") }}, nil
		},
	} {
		handlers["Hello"] = handler{nil, prepare}
		var log strings.Builder
		w.server.log = slog.New(slog.NewTextHandler(&log, nil))
		_, err = w.send(w.server, body)
		isRefusal(t, err, api.ErrUnavailable)
		if text := log.String(); !strings.Contains(text, "panic") || strings.Contains(text, "secret") {
			t.Errorf("%s: the log says %s", where, text)
		}
	}
	handlers["Hello"] = hello
	_, err = w.send(w.server, body)
	check(t, err)
}

func TestContextEnds(t *testing.T) {
	w := newWorld(t, "alice")
	ended, cancel := context.WithCancel(ctx)
	cancel()
	before := dump(t, w.db, Tables()...)
	body := w.sign(by(t, "alice"), w.operation("alice", "groupw", 1))
	octets, status := w.server.Do(ended, peer, body)
	if status != api.ErrUnavailable.Status || strings.Contains(string(octets), "KeyAgreement") {
		t.Errorf("%d %s", status, octets)
	}
	if dump(t, w.db, Tables()...) != before {
		t.Error("a call whose context had ended changed something")
	}
	_, err := w.send(w.server, body)
	check(t, err)
}

// twice is a store whose transactions are all lost once and made again.
type twice struct{ store.Store }

func (s twice) Update(c context.Context, f func(store.Writer) error) error {
	lost := errors.New("lost against another")
	if err := s.Store.Update(c, func(w store.Writer) error {
		if err := f(w); err != nil {
			return err
		}
		return lost
	}); !errors.Is(err, lost) {
		return err
	}
	return s.Store.Update(c, f)
}

// TestTransactionsRunAgain: what is done twice is recorded once, with the
// receipt of what was kept.
func TestTransactionsRunAgain(t *testing.T) {
	w := newWorld(t, "alice")
	s := w.serve(twice{w.db})
	h := w.asks(s, "alice", "groupw")
	var receipts []audit.Receipt
	h.keep = &receipts
	sealed := w.seal("groupw", "x")
	for range 2 {
		if text, err := w.reads("alice", "groupw", sealed, h); err != nil || text != "x" {
			t.Fatalf("alice reads %q, %v", text, err)
		}
	}
	c, err := w.groups["groupw"].admin.Admit(today, identity(t, "bob").Member)
	check(t, err)
	_, err = w.do(s, administers(t, "groupw"), transferOf("groupw", c))
	check(t, err)
	check(t, s.Tie(ctx))
	signer := s.Profile().Key("ServiceSignature")
	check(t, w.db.View(ctx, func(r store.Reader) error {
		report, err := audit.Verify(r, signer, receipts...)
		if err == nil && (len(report.Findings) > 0 || len(receipts) != 2 || report.Roots != 1) {
			t.Errorf("the audit: %+v", report)
		}
		return err
	}))
}

// TestHouseIsKept has time pass, and nothing left running at the end.
func TestHouseIsKept(t *testing.T) {
	w := newWorld(t, "alice")
	check(t, w.server.Tie(ctx))
	body := w.sign(by(t, "alice"), w.operation("alice", "groupw", 1))
	roots := count(t, w.db, "audit-root")
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		check(t, copyStore(m, w.db))
		s, err := New(Config{Store: m, Address: "keys.example.com", Now: w.clock.now, Ties: time.Minute})
		check(t, err)
		check(t, s.Unseal(w.secrets))
		if r, status := s.Do(ctx, peer, body); status != 201 {
			t.Fatalf("%d %s", status, r)
		}
		time.Sleep(61 * time.Second)
		synctest.Wait()
		if n := count(t, m, "audit-root"); n != roots+1 {
			t.Errorf("%d roots after a minute, and %d before", n, roots)
		}
		if r, status := s.Do(ctx, peer, body); status == 201 {
			t.Fatalf("%d %s", status, r)
		}
		check(t, s.Close())
		if n := count(t, m, "audit-root"); n != roots+2 {
			t.Errorf("%d roots after closing", n)
		}
		if !s.Sealed() {
			t.Error("closed, and not sealed")
		}
		if r, status := s.Do(ctx, peer, body); status != 503 {
			t.Errorf("a closed service says %d %s", status, r)
		}
	})
}

// TestManyAtOnce has members read while others come and go, groups are thrown out
// of memory, and the service is sealed. Whoever is a member all the time is never
// refused but while it is sealed.
func TestManyAtOnce(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	w.found("groupx", "alice")
	s, err := New(Config{Store: w.db, Address: "keys.example.com", Now: w.clock.now, Groups: 1})
	check(t, err)
	defer s.Close()
	check(t, s.Unseal(w.secrets))
	operations := []api.Request{w.operation("alice", "groupw", 2), w.operation("alice", "groupx", 1)}
	var changes [][]byte
	admin := w.groups["groupw"].admin
	for i := range 3 {
		c, err := admin.Admit(today, identity(t, fmt.Sprint("guest", i)).Member)
		check(t, err)
		changes = append(changes, w.sign(administers(t, "groupw"), transferOf("groupw", c)))
		c, err = admin.Dismiss(today, fmt.Sprint("guest", i, "@example.com"))
		check(t, err)
		changes = append(changes, w.sign(administers(t, "groupw"), transferOf("groupw", c)))
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 4 {
				_, err := w.do(s, by(t, "alice"), operations[(i+j)%2])
				if err != nil && !errors.Is(err, api.ErrSealed) {
					t.Errorf("alice: %v", err)
				}
			}
		})
	}
	all.Go(func() {
		for _, body := range changes {
			if _, err := w.send(w.server, body); err != nil {
				t.Errorf("a change: %v", err)
			}
		}
	})
	all.Go(func() {
		s.Seal()
		check(t, s.Unseal(w.secrets))
	})
	all.Wait()
	check(t, s.Tie(ctx))
	check(t, w.db.View(ctx, func(r store.Reader) error {
		report, err := audit.Verify(r, s.Profile().Key("ServiceSignature"))
		if err == nil && len(report.Findings) > 0 {
			t.Errorf("the audit: %+v", report)
		}
		return err
	}))
}

// FuzzDo has a call answered, and then others that look like it: not one is,
// but those that anybody may make.
func FuzzDo(f *testing.F) {
	w := newWorld(f, "alice")
	m := &memory{}
	check(f, copyStore(m, w.db))
	w.server = w.serve(m)
	operation := w.operation("alice", "groupw", 1)
	good := w.sign(by(f, "alice"), operation)
	_, err := w.send(w.server, good)
	check(f, err)
	plain, err := api.Marshal(operation)
	check(f, err)
	for _, b := range [][]byte{good, plain, []byte(`{"HelloRequest":{}}`), []byte(`[]`)} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		octets, status := w.server.Do(ctx, peer, body)
		r, err := api.ParseResponse(octets)
		if err != nil || int(r.Base().Status) != status {
			t.Fatalf("status %d: %s: %v", status, octets, err)
		}
		switch r.(type) {
		case *api.MeshHelloResponse, *api.ValidateAccountResponse:
		default:
			if status == api.StatusDone {
				t.Errorf("answered: %s", body)
			}
		}
	})
}
