package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/group"
	"meshkey/keyservice/api"
	"meshkey/keyservice/audit"
	"meshkey/keyservice/store"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
)

var (
	ctx   = context.Background()
	today = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	peer  = Peer{Address: "192.0.2.7:4711"}
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// account makes the account that belongs to a name, always the same.
var accountsMade sync.Map

func testAccount(t testing.TB, name string) *profile.Account {
	t.Helper()
	if a, ok := accountsMade.Load(name); ok {
		return a.(*profile.Account)
	}
	u, err := udf.NewSeed(udf.MeshProfileAccount, fmt.Appendf(nil, "%-32s", name))
	check(t, err)
	s, err := profile.SeedFromOctets(u.Octets())
	check(t, err)
	a, err := s.Account()
	check(t, err)
	accountsMade.Store(name, a)
	return a
}

func identity(t testing.TB, name string) *group.Identity {
	t.Helper()
	id, err := group.AccountIdentity(testAccount(t, name), name+"@example.com")
	check(t, err)
	return id
}

// by signs as the owner of an account.
func by(t testing.TB, name string) api.Caller {
	return api.Caller{Account: name + "@example.com", Key: testAccount(t, name).Private(profile.CommonSignature)}
}

// administers signs with an account's administrator key.
func administers(t testing.TB, name string) api.Caller {
	return api.Caller{Account: name + "@example.com", Key: testAccount(t, name).Private(profile.AdministratorSignature)}
}

// A clock is set by hand.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// A world is a service and a group that it helps.
type world struct {
	testing.TB
	db      store.Store
	secrets *Secrets
	clock   *clock
	server  *Server
	groups  map[string]*circle // by name
}

// A circle is a group with its administrator and what members were sent.
type circle struct {
	admin *group.Administrator
	mail  map[string][][]byte
}

func openBolt(t testing.TB) store.Store {
	t.Helper()
	db, err := store.OpenBolt(filepath.Join(t.TempDir(), "db"))
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	return db
}

// newWorld has a service, and the group groupw with the members named.
func newWorld(t testing.TB, names ...string) *world {
	t.Helper()
	w := &world{TB: t, db: officeStore(t), secrets: NewSecrets(today), clock: &clock{t: today}, groups: map[string]*circle{}}
	w.server = w.serve(w.db)
	w.found("groupw", names...)
	return w
}

// serve starts a service with the world's secrets.
func (w *world) serve(db store.Store) *Server {
	w.Helper()
	s, err := New(Config{Store: db, Address: "keys.example.com", Now: w.clock.now, Ties: time.Hour})
	check(w, err)
	w.Cleanup(func() { check(w, s.Close()) })
	check(w, s.Unseal(w.secrets))
	return s
}

// found makes a group and has the service keep it.
func (w *world) found(name string, names ...string) {
	w.Helper()
	service, err := group.NewMember(w.server.Profile(), "keys.example.com")
	check(w, err)
	var members []group.Member
	for _, n := range names {
		members = append(members, identity(w, n).Member)
	}
	opt := group.Options{Mode: group.Serviced, Address: name + "@example.com", At: today, Service: &service}
	a, c, err := group.Create(testAccount(w, name), opt, members...)
	check(w, err)
	w.register(a.Group().Profile())
	w.groups[name] = &circle{a, map[string][][]byte{}}
	w.deliver(name, c)
}

// register makes a profile that of an account.
func (w *world) register(p *profile.Profile) {
	w.Helper()
	check(w, w.db.Update(ctx, func(wr store.Writer) error {
		return storeAccount(wr, &account{profile: p, created: today}, time.Time{})
	}))
}

func transferOf(name string, c *group.Change) *api.TransferRequest {
	u := &api.ContainerUpdate{Envelopes: []mesh.Envelope{c.Record}}
	u.Container = containerAccess
	for _, h := range c.Halves {
		u.Envelopes = append(u.Envelopes, h)
	}
	return &api.TransferRequest{AccountAddress: name + "@example.com", Updates: []*api.ContainerUpdate{u}}
}

// deliver sends what a change has to whom it is for.
func (w *world) deliver(name string, c *group.Change) {
	w.Helper()
	_, err := w.do(w.server, administers(w, name), transferOf(name, c))
	check(w, err)
	for address, b := range c.Invitations {
		w.groups[name].mail[address] = append(w.groups[name].mail[address], b)
	}
}

// sign signs a call for the world's service, now.
func (w *world) sign(by api.Caller, r api.Request) []byte {
	w.Helper()
	body, err := api.Sign(r, w.fingerprint(), by, w.clock.now())
	check(w, err)
	return body
}

func (w *world) fingerprint() udf.Fingerprint {
	w.Helper()
	f, err := w.secrets.Fingerprint()
	check(w, err)
	return f
}

// do calls a service.
func (w *world) do(s *Server, by api.Caller, r api.Request) (api.Response, error) {
	w.Helper()
	return w.send(s, w.sign(by, r))
}

// send sends octets, and returns refusals as errors.
func (w *world) send(s *Server, body []byte) (api.Response, error) {
	w.Helper()
	octets, status := s.Do(ctx, peer, body)
	r, err := api.ParseResponse(octets)
	check(w, err)
	if int(r.Base().Status) != status {
		w.Errorf("a response of status %d says %d", status, r.Base().Status)
	}
	if status >= 300 || r.Base().Code != "" {
		return r, &api.Error{Status: status, Code: r.Base().Code, Description: r.Base().StatusDescription}
	}
	return r, nil
}

// helper is a service, asked by a member.
type helper struct {
	*world
	server *Server
	by     api.Caller
	group  *group.Group
	keep   *[]audit.Receipt
}

// Contribute implements group.Helper.
func (h helper) Contribute(_ context.Context, r *group.Request) (*group.Answer, error) {
	o, err := r.Operate(h.group)
	if err != nil {
		return nil, err
	}
	response, err := h.do(h.server, h.by, o)
	if err != nil {
		return nil, err
	}
	x := response.(*api.OperateResponse)
	if h.keep != nil {
		for _, e := range x.EnvelopedReceipts {
			*h.keep = append(*h.keep, audit.Receipt(e))
		}
	}
	return group.ParseResults(x, r)
}

// asks is a member's way to a service.
func (w *world) asks(s *Server, name, of string) helper {
	return helper{w, s, by(w, name), w.groups[of].admin.Group(), nil}
}

// seal seals a text for a group.
func (w *world) seal(name, text string) []byte {
	w.Helper()
	var out bytes.Buffer
	check(w, w.groups[name].admin.Group().Encrypt(&out, strings.NewReader(text), -1, testAccount(w, "alice").Private(profile.CommonSignature)))
	return out.Bytes()
}

// reads opens what was sealed for a group as a member of it.
func (w *world) reads(name, of string, sealed []byte, h group.Helper) (string, error) {
	w.Helper()
	c := w.groups[of]
	m, err := group.Accept(c.admin.Group(), identity(w, name), c.mail[name+"@example.com"]...)
	check(w, err)
	defer m.Wipe()
	var out bytes.Buffer
	_, err = m.Decrypt(ctx, &out, bytes.NewReader(sealed), h)
	return out.String(), err
}

// records are those about a key.
func (w *world) records(key string) (out []*audit.Record) {
	w.Helper()
	check(w, w.db.View(ctx, func(r store.Reader) error {
		out = nil
		return audit.Records(r, key, 0, func(one *audit.Record) bool {
			out = append(out, one)
			return true
		})
	}))
	return out
}

func isRefusal(t testing.TB, err error, want *api.Error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("want the refusal %q, got %v", want.Code, err)
	}
}

var _ cogen.Algorithm
