package server

import (
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"meshkey/keyservice/api"
	"meshkey/keyservice/audit"
	"meshkey/keyservice/store"
	"meshkey/profile"
)

// Calls that share a transaction, one of them refused in it, have receipts with one
// signature, each of its own call.
func TestReceiptsTogether(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	s, err := New(Config{Store: w.db, Address: "keys.example.com", Now: w.clock.now, Ties: time.Hour, Window: time.Hour})
	check(t, err)
	defer func() { check(t, s.Close()) }()
	check(t, s.Unseal(w.secrets))
	var bodies [][]byte
	for _, name := range []string{"alice", "bob", "alice", "bob", "alice"} {
		bodies = append(bodies, w.sign(by(t, name), w.operation(name, "groupw", 1)))
	}
	bodies = append(bodies, bodies[0])

	over := s.committer.Announce() // so the transaction waits
	answers, refused := make([]api.Response, len(bodies)), make([]error, len(bodies))
	var all sync.WaitGroup
	for i, body := range bodies {
		all.Go(func() { answers[i], refused[i] = w.send(s, body) })
	}
	for n := int64(0); n < int64(len(bodies)); n, _ = s.Meter().Work(Signature) {
		runtime.Gosched()
	}
	over()
	all.Wait()

	if n, _ := s.Meter().Work(Receipt); n != 1 {
		t.Errorf("%d signatures", n)
	}
	var receipts []audit.Receipt
	signer := s.Profile().Key(profile.ServiceSignature)
	for i, answer := range answers {
		if refused[i] != nil {
			if i > 0 && i < len(bodies)-1 || !errors.Is(refused[i], api.ErrReplayed) {
				t.Errorf("call %d: %v", i, refused[i])
			}
			continue
		}
		base := answer.Base()
		if len(base.EnvelopedReceipts) != 1 {
			t.Fatalf("call %d: %d receipts", i, len(base.EnvelopedReceipts))
		}
		r := audit.Receipt(base.EnvelopedReceipts[0])
		base.EnvelopedReceipts = nil
		octets, err := api.Marshal(answer)
		check(t, err)
		if _, err := r.Of(signer, bodies[i], octets); err != nil {
			t.Errorf("call %d: %v", i, err)
		}
		if _, err := r.Of(signer, bodies[1+i%4], octets); err == nil { // one that is not the same
			t.Errorf("call %d: a receipt of another", i)
		}
		receipts = append(receipts, r)
	}
	if len(receipts) != len(bodies)-1 {
		t.Errorf("%d receipts", len(receipts))
	}
	check(t, s.config.Store.View(ctx, func(r store.Reader) error {
		report, err := audit.Verify(r, signer, receipts...)
		if err == nil && len(report.Findings) > 0 {
			t.Error(report.Findings)
		}
		return err
	}))
}
