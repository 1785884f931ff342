package server

import (
	"errors"
	"strings"
	"testing"
	"time"

	"meshkey/keyservice/api"
	"meshkey/keyservice/audit"
	"meshkey/keyservice/store"
)

func TestSealed(t *testing.T) {
	w := newWorld(t)
	body, err := api.Marshal(&api.HelloRequest{})
	check(t, err)
	if response, status := w.server.Do(ctx, peer, body); status != 201 || !strings.Contains(string(response), "EnvelopedProfileService") {
		t.Errorf("Hello: %d %s", status, response)
	}
	if err := w.server.Unseal(w.secrets); err == nil {
		t.Error("unsealed twice")
	}
	w.server.Seal()
	if !w.server.Sealed() || w.server.Profile() != nil {
		t.Error("a sealed service has keys")
	}
	_, err = w.send(w.server, body)
	isRefusal(t, err, api.ErrSealed)
	check(t, w.server.Unseal(w.secrets))
	_, err = w.send(w.server, body)
	check(t, err)
}

// Whoever asks gets a statement of the host that was signed within a minute, and of
// the key that the host has now.
func TestHostStatement(t *testing.T) {
	w := newWorld(t)
	host := [32]byte{1}
	w.server.TLSKey = func() [32]byte { return host }
	body, err := api.Marshal(&api.HelloRequest{})
	check(t, err)
	p := w.server.Profile()
	last := ""
	for i, step := range []struct {
		after time.Duration
		host  byte
		anew  bool
	}{{0, 1, true}, {30 * time.Second, 1, false}, {30 * time.Second, 1, true}, {0, 2, true}, {0, 2, false}, {-time.Hour, 2, true}} {
		w.clock.add(step.after)
		host[0] = step.host
		r, err := w.send(w.server, body)
		check(t, err)
		statement := r.(*api.MeshHelloResponse).EnvelopedHostStatement
		got, err := api.OpenHost(statement, p.Fingerprint(), p.Key("ServiceSignature"), w.clock.now())
		if err != nil || got != host || (string(statement) != last) != step.anew {
			t.Errorf("%d: %v, anew: %v, %v", i, got[0], string(statement) != last, err)
		}
		last = string(statement)
	}
}

func TestMemberReads(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	sealed := w.seal("groupw", "for the group")
	var receipts []audit.Receipt
	h := w.asks(w.server, "bob", "groupw")
	h.keep = &receipts
	for range 2 {
		if text, err := w.reads("bob", "groupw", sealed, h); err != nil || text != "for the group" {
			t.Errorf("bob reads %q, %v", text, err)
		}
	}
	if len(receipts) != 2 {
		t.Fatalf("%d receipts", len(receipts))
	}
	signer := w.server.Profile().Key("ServiceSignature")
	r, err := receipts[1].Open(signer)
	check(t, err)
	if r.Number != 2 || r.Call != "Operate" || r.Refused != "" {
		t.Errorf("the second receipt: %+v", r)
	}
	check(t, w.server.Tie(ctx))
	check(t, w.db.View(ctx, func(rd store.Reader) error {
		report, err := audit.Verify(rd, signer, receipts...)
		if err != nil {
			return err
		}
		if len(report.Findings) > 0 || report.Records != 3 || report.Untied != 0 {
			t.Errorf("the audit: %+v", report)
		}
		return nil
	}))
}

func TestStrangers(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	sealed := w.seal("groupw", "secret")
	h := w.asks(w.server, "bob", "groupw")
	for name, caller := range map[string]api.Caller{
		"a stranger":              by(t, "mallory"),
		"a stranger as bob":       {Account: "bob@example.com", Key: by(t, "mallory").Key},
		"bob as alice":            {Account: "alice@example.com", Key: by(t, "bob").Key},
		"bob's administrator key": administers(t, "bob"),
	} {
		h.by = caller
		if text, err := w.reads("bob", "groupw", sealed, h); !errors.Is(err, errUnknown) {
			t.Errorf("%s reads %q, %v", name, text, err)
		}
	}
	if n := len(w.records(unknownKey)); n != 4 {
		t.Errorf("%d refusals are recorded", n)
	}
}
