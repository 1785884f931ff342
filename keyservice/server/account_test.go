package server

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"meshkey/keyservice/api"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
)

// loud fails a test when the service logs an error, as after a panic.
type loud struct {
	slog.Handler
	t *testing.T
}

func (l *loud) Handle(_ context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError && l.t != nil {
		r.Attrs(func(a slog.Attr) bool { l.t.Errorf("%s: %s", r.Message, a); return true })
	}
	return nil
}

func (l *loud) Enabled(context.Context, slog.Level) bool { return true }

// Whatever an account's administrator, a device or a stranger asks for is
// answered or refused, and nothing of it makes the service fail.
func FuzzAccountCalls(f *testing.F) {
	log := &loud{Handler: slog.DiscardHandler}
	w := &world{TB: f, db: openBolt(f), secrets: NewSecrets(today), clock: &clock{t: today}, groups: map[string]*circle{}}
	s, err := New(Config{Store: w.db, Address: "keys.example.com", Now: w.clock.now, Ties: time.Hour, Log: slog.New(log), Accounts: Policy{Registration: Open}})
	check(f, err)
	f.Cleanup(func() { check(f, s.Close()) })
	check(f, s.Unseal(w.secrets))
	w.server = s
	w.enrol("alice")
	g := w.asksFor("alice", freshDevice(f))
	check(f, g.start())
	const address = "alice@example.com"
	for _, r := range []api.Request{
		&api.ValidateAccountRequest{AccountAddress: "bob@example.com", Invitation: "N"},
		createRequest(f, "alice", "N"),
		&api.DeleteAccountRequest{AccountAddress: address},
		&api.GetRequest{AccountAddress: address, Select: []*api.ConstraintsSelect{{Container: "MMM_Contact", IndexMin: 1, IndexMax: 2}}},
		recordRequest(f, "alice", 1),
		&api.PublishRequest{AccountAddress: address, EnvelopedProfileAccount: profileOf(f, "alice", today).Bytes()},
		&api.StatusRequest{AccountAddress: address},
		transferTo(address, "MMM_Contact", 0, nil, mesh.Envelope(`[{},"AA"]`)),
		&api.ConnectStartRequest{AccountAddress: address, EnvelopedRequestConnection: g.request.Bytes()},
		&api.ConnectStatusRequest{AccountAddress: address, RequestUdf: g.request.Name().Text(udf.LocatorBits)},
		&api.ConnectPendingRequest{AccountAddress: address},
		g.accept("alice"),
		&api.ConnectCompleteRequest{AccountAddress: address, RemoveDevice: g.device.Fingerprint().String()},
	} {
		b, err := api.Marshal(r)
		check(f, err)
		f.Add(b)
	}
	callers := []api.Caller{
		administers(f, "alice"), g.own(), {Account: strings.Repeat("x", 3), Key: testAccount(f, "mallory").Private(profile.CommonSignature)},
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		log.t = t
		r, err := api.ParseRequest(b)
		if err != nil {
			return
		}
		for _, by := range callers {
			body, err := api.Sign(r, s.Profile().Fingerprint(), by, today)
			if err != nil {
				return
			}
			answer, status := s.Do(ctx, peer, body)
			if x, err := api.ParseResponse(answer); err != nil || int(x.Base().Status) != status {
				t.Errorf("status %d, and a response %s: %v", status, answer, err)
			}
		}
	})
}
