package group

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"meshkey/cogen"
	"meshkey/mesh"
)

// A helper who answers with something else than he should.
type liar struct {
	Helper
	change func(*Answer, *Request)
}

func (l liar) Contribute(c context.Context, r *Request) (*Answer, error) {
	a, err := l.Helper.Contribute(c, r)
	if err == nil {
		l.change(a, r)
	}
	return a, err
}

// Every contribution that is not the right one is seen when it is added, and its
// maker is named. Nothing is decrypted.
func TestLyingHelper(t *testing.T) {
	for _, mode := range []Mode{Serviced, Offline, Mixed} {
		t.Run(string(mode), func(t *testing.T) {
			need := 3
			if mode == Serviced {
				need = 1
			}
			w := newWorld(t, mode, need, "alice", "bob", "carol", "dave")
			sealed := seal(t, w.group(), "secret", nil)
			helpers := w.helpers("bob", "carol")
			if mode == Serviced {
				helpers = helpers[:1]
			}
			wrong := cogen.X448().GenerateKey()
			var replayed *Answer
			for name, change := range map[string]func(*Answer, *Request){
				"another half": func(a *Answer, r *Request) {
					p, err := wrong.AgreeProved(r.items[0].Ephemeral, r.context(r.items[0]))
					check(t, err)
					a.partials[0] = withIndex(t, p, a.partials[0].Index(), p.Proof())
				},
				"no proof": func(a *Answer, r *Request) {
					a.partials[0] = withIndex(t, a.partials[0], a.partials[0].Index(), nil)
				},
				"another point with this proof": func(a *Answer, r *Request) {
					p, err := wrong.Agree(r.items[0].Ephemeral)
					check(t, err)
					a.partials[0] = withIndex(t, p, a.partials[0].Index(), a.partials[0].Proof())
				},
				"negated": func(a *Answer, r *Request) {
					b := a.partials[0].Bytes()
					b[len(b)-1] ^= 0x80
					p, err := cogen.X448().ParsePartial(a.partials[0].Index(), b, a.partials[0].Proof())
					check(t, err)
					a.partials[0] = p
				},
				"another index": func(a *Answer, r *Request) {
					a.partials[0] = withIndex(t, a.partials[0], cogen.NewIndex(9), a.partials[0].Proof())
				},
				"no partial":   func(a *Answer, r *Request) { a.partials = nil },
				"two partials": func(a *Answer, r *Request) { a.partials = append(a.partials, a.partials[0]) },
			} {
				for at := range helpers {
					lying := append([]Helper(nil), helpers...)
					lying[at] = liar{helpers[at], change}
					_, err := open(w.member("alice"), sealed, lying...)
					who := map[bool]string{true: Service, false: "bob@example.com"}[mode.hasService() && at == 0]
					if !mode.hasService() && at == 1 || mode.hasService() && at == 2 {
						who = "carol@example.com"
					}
					t.Run(name+" of "+who, func(t *testing.T) { cheats(t, err, who) })
				}
			}
			// An answer to another request is none to this, though its content is
			// the same.
			d1, err := begin(w.member("alice"), sealed)
			check(t, err)
			d2, err := begin(w.member("alice"), sealed)
			check(t, err)
			replayed, err = helpers[0].Contribute(ctx, d1.Request())
			check(t, err)
			if err := d2.Add(replayed); err == nil {
				t.Error("an answer to another request is taken")
			}
			replayed.request = d2.request.name()
			cheats(t, d2.Add(replayed), replayed.from)
			// An answer for another member.
			forged := *d1.request
			forged.grantee = "bob@example.com"
			if _, err := helpers[0].Contribute(ctx, &forged); err == nil {
				t.Error("a request in another's name is answered")
			}
		})
	}
}

func withIndex(t testing.TB, p *cogen.Partial, i cogen.Index, proof []byte) *cogen.Partial {
	t.Helper()
	q, err := p.Algorithm().ParsePartial(i, p.Bytes(), proof)
	check(t, err)
	return q
}

func begin(m *Membership, sealed ...[]byte) (*Decryption, error) {
	var all []*Sealed
	for _, b := range sealed {
		s, err := ReadSealed(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return m.Begin(all...)
}

// A service that has a record and no halves, or other halves, or halves of
// others, refuses, and keeps what it had.
func TestLyingDeposit(t *testing.T) {
	w := newWorld(t, Serviced, 1, "alice", "bob")
	sealed := seal(t, w.group(), "still", nil)
	signer := account(t, "groupw").Private("AdministratorSignature")
	c, err := w.admin.Admit(today, people(t, "carol")...)
	check(t, err)
	if err := w.service.Keep(ctx, c.Record); err == nil {
		t.Error("a record without its half is kept")
	}
	g := w.group()
	h := g.present().of("carol@example.com")
	m := g.Member("carol@example.com")
	wrong := cogen.X448().GenerateKey()
	bad, err := g.access(&issued{key: g.present(), half: *h, service: wrong}, m, signer)
	check(t, err)
	cheats(t, w.service.Keep(ctx, c.Record, bad), "groupw@example.com")
	forged, err := g.access(&issued{key: g.present(), half: *h, service: wrong}, m, identity(t, "eve").signature)
	check(t, err)
	if err := w.service.Keep(ctx, c.Record, forged); err == nil {
		t.Error("a half that a stranger signed is kept")
	}
	w.opens("alice", sealed, "still", w.service)
	check(t, w.service.Keep(ctx, c.Record, c.Halves...))
	var stale *StaleError
	if err := w.service.Keep(ctx, mustCreate(t)); !errors.As(err, &stale) {
		t.Errorf("an older record: %v", err)
	}
}

// mustCreate is the group's first record again.
func mustCreate(t testing.TB) []byte {
	t.Helper()
	id := identity(t, "keys")
	_, c, err := Create(account(t, "groupw"), Options{Mode: Serviced, Address: "groupw@example.com", At: today, Service: &id.Member})
	check(t, err)
	return c.Record
}

// Invitations are for one member of one group, and the halves in them are the
// ones in the record.
func TestInvitations(t *testing.T) {
	w := newWorld(t, Serviced, 1, "alice", "bob")
	if _, err := Accept(w.group(), identity(t, "bob"), w.mail["alice"]...); err == nil {
		t.Error("bob accepts alice's invitation")
	}
	if _, err := Accept(w.group(), identity(t, "eve"), w.mail["alice"]...); !errors.Is(err, ErrNotMember) {
		t.Errorf("eve accepts: %v", err)
	}
	// bob's name with keys of eve's.
	eve, err := AccountIdentity(account(t, "eve"), "bob@example.com")
	check(t, err)
	if _, err := Accept(w.group(), eve, w.mail["bob"]...); !errors.Is(err, ErrNotMember) {
		t.Errorf("eve accepts as bob: %v", err)
	}
	g, signer := w.group(), account(t, "groupw").Private("AdministratorSignature")
	h, m := g.present().of("alice@example.com"), g.Member("alice@example.com")
	invite := func(share *cogen.PrivateKey, to *Member, change func(*mesh.CapabilityDecryptPartial)) []byte {
		p, err := g.partial(&issued{key: g.present(), half: *h, member: share}, to, signer)
		check(t, err)
		change(p)
		b, err := g.invitation(m, []mesh.AnyCapability{p}, signer)
		check(t, err)
		return b
	}
	_, err = Accept(g, identity(t, "alice"), invite(cogen.X448().GenerateKey(), m, func(*mesh.CapabilityDecryptPartial) {}))
	cheats(t, err, "groupw@example.com")
	bob := g.Member("bob@example.com")
	if _, err = Accept(g, identity(t, "alice"), invite(cogen.X448().GenerateKey(), bob, func(*mesh.CapabilityDecryptPartial) {})); err == nil {
		t.Error("an invitation with bob's capability is accepted")
	}
	var stale *StaleError
	newer := invite(cogen.X448().GenerateKey(), m, func(p *mesh.CapabilityDecryptPartial) { p.Issued = 7 })
	if _, err = Accept(g, identity(t, "alice"), newer); !errors.As(err, &stale) {
		t.Errorf("an invitation newer than the record: %v", err)
	}
}

// The service alone, an administrator of the service's machine, and a member
// alone have nothing that opens an envelope.
func TestAloneCannotRead(t *testing.T) {
	for _, mode := range []Mode{Serviced, Offline, Mixed} {
		need := 3
		if mode == Serviced {
			need = 1
		}
		w := newWorld(t, mode, need, "alice", "bob", "carol", "dave")
		var sealed bytes.Buffer
		check(t, w.group().Encrypt(&sealed, bytes.NewReader([]byte("secret")), -1, nil))
		s, err := ReadSealed(bytes.NewReader(sealed.Bytes()))
		check(t, err)
		i, err := s.item(w.group())
		check(t, err)
		whole, err := PrivateKey(account(t, "groupw"), 1)
		check(t, err)
		want, err := whole.SharedSecret(i.Ephemeral)
		check(t, err)
		try := func(who string, keys ...*cogen.PrivateKey) {
			var parts []*cogen.Partial
			for _, k := range keys {
				p, err := k.Agree(i.Ephemeral)
				check(t, err)
				parts = append(parts, p)
				for set := 1; set < 1<<len(parts); set++ {
					var some []*cogen.Partial
					for n, p := range parts {
						if set>>n&1 == 1 {
							some = append(some, p)
						}
					}
					if got, err := cogen.CombineAgreements(some...); err == nil && bytes.Equal(got, want) {
						t.Errorf("%s: %s reads", mode, who)
					}
				}
			}
		}
		if w.service != nil {
			var all []*cogen.PrivateKey
			for _, k := range w.service.groups {
				for _, h := range k.halves {
					all = append(all, h)
				}
			}
			try("the service", all...)
		}
		// Need - 1 members, with their shares as summands and by their indexes.
		few := need - 1
		if mode == Serviced {
			few = 4
		}
		var keys []*cogen.PrivateKey
		var parts []*cogen.Partial
		for _, n := range []string{"alice", "bob", "carol", "dave"}[:few] {
			h := w.member(n).halves[i.Key]
			if h.share != nil {
				keys = append(keys, h.share.Key())
				p, err := h.share.Agree(i.Ephemeral, cogen.Context{})
				check(t, err)
				parts = append(parts, p)
			} else {
				keys = append(keys, h.half)
			}
		}
		try("too few members", keys...)
		if got, err := cogen.CombineAgreements(parts...); err == nil && bytes.Equal(got, want) {
			t.Errorf("%s: too few shares read", mode)
		}
	}
}
