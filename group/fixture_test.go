package group

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/profile"
	"meshkey/udf"
)

var (
	ctx   = context.Background()
	today = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
)

// account makes the account that belongs to a name, always the same.
var accounts sync.Map

func account(t testing.TB, name string) *profile.Account {
	t.Helper()
	if a, ok := accounts.Load(name); ok {
		return a.(*profile.Account)
	}
	u, err := udf.NewSeed(udf.MeshProfileAccount, []byte(fmt.Sprintf("%-32s", name)))
	check(t, err)
	s, err := profile.SeedFromOctets(u.Octets())
	check(t, err)
	a, err := s.Account()
	check(t, err)
	accounts.Store(name, a)
	return a
}

func identity(t testing.TB, name string) *Identity {
	t.Helper()
	id, err := AccountIdentity(account(t, name), name+"@example.com")
	check(t, err)
	return id
}

func people(t testing.TB, names ...string) (out []Member) {
	t.Helper()
	for _, n := range names {
		out = append(out, identity(t, n).Member)
	}
	return out
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A world has a group, its service and what every member was sent.
type world struct {
	testing.TB
	admin   *Administrator
	service *LocalService
	mail    map[string][][]byte // by name
}

func newWorld(t testing.TB, mode Mode, need int, names ...string) *world {
	t.Helper()
	opt := Options{Mode: mode, Need: need, Address: "groupw@example.com", At: today}
	w := &world{TB: t, mail: map[string][][]byte{}}
	if mode.hasService() {
		id := identity(t, "keys")
		opt.Service = &id.Member
		w.service = NewLocalService(id)
	}
	a, c, err := Create(account(t, "groupw"), opt, people(t, names...)...)
	check(t, err)
	w.admin = a
	w.deliver(c)
	return w
}

// deliver sends what a change has to whom it is for.
func (w *world) deliver(c *Change) {
	w.Helper()
	if w.service != nil {
		check(w, w.service.Keep(ctx, c.Record, c.Halves...))
	}
	for address, b := range c.Invitations {
		name, _, _ := strings.Cut(address, "@")
		w.mail[name] = append(w.mail[name], b)
	}
}

func (w *world) group() *Group { return w.admin.Group() }

func (w *world) member(name string) *Membership {
	w.Helper()
	m, err := Accept(w.group(), identity(w, name), w.mail[name]...)
	check(w, err)
	return m
}

// helpers are the service and the members named.
func (w *world) helpers(names ...string) (out []Helper) {
	if w.service != nil {
		out = append(out, w.service)
	}
	for _, n := range names {
		out = append(out, w.member(n))
	}
	return out
}

func seal(t testing.TB, g *Group, text string, signer *Identity) []byte {
	t.Helper()
	var out bytes.Buffer
	if signer == nil {
		check(t, g.Encrypt(&out, strings.NewReader(text), -1, nil))
	} else {
		check(t, g.Encrypt(&out, strings.NewReader(text), -1, signer.signature))
	}
	return out.Bytes()
}

func open(m *Membership, sealed []byte, helpers ...Helper) (string, error) {
	var out bytes.Buffer
	_, err := m.Decrypt(ctx, &out, bytes.NewReader(sealed), helpers...)
	if err != nil && out.Len() > 0 {
		return "", fmt.Errorf("%w, and %d octets were given out", err, out.Len())
	}
	return out.String(), err
}

// opens checks that a member reads what was sealed.
func (w *world) opens(name string, sealed []byte, want string, helpers ...Helper) {
	w.Helper()
	if got, err := open(w.member(name), sealed, helpers...); err != nil || got != want {
		w.Errorf("%s reads %q, %v", name, got, err)
	}
}

// cheats checks that err names someone.
func cheats(t testing.TB, err error, who string) {
	t.Helper()
	var c *CheatError
	if !errors.As(err, &c) || c.Who != who {
		t.Errorf("want a cheat of %s, got %v", who, err)
	}
}

// unsigned is an envelope as other programs of the Mesh write it.
func unsigned(t testing.TB, g *Group, text string) []byte {
	t.Helper()
	e, err := dare.Seal([]byte(text), dare.SealOptions{Recipients: []*cogen.PublicKey{g.Key()}, Unsigned: true})
	check(t, err)
	return e.Bytes()
}
