package group

import (
	"bytes"
	"slices"
	"testing"

	"meshkey/internal/dare"
	"meshkey/mesh"
)

// What is read as a record, without its signature, is written again so that the
// same is read.
func FuzzRecord(f *testing.F) {
	for _, mode := range []Mode{Serviced, Offline, Mixed} {
		need := map[Mode]int{Serviced: 1, Offline: 2, Mixed: 2}[mode]
		w := newWorld(f, mode, need, "alice", "bob", "carol")
		f.Add(w.group().envelope.Body)
		c, err := w.admin.Rotate(today)
		check(f, err)
		w.deliver(c)
		f.Add(w.group().envelope.Body)
	}
	b := newBoard(f, "x", "y")
	f.Add(b.now.envelope.Body)
	f.Fuzz(func(t *testing.T, body []byte) {
		g := readRecord(body)
		if g == nil {
			return
		}
		again, err := (&state{g}).body()
		if err != nil {
			t.Fatal(err)
		}
		h := readRecord(again)
		if h == nil {
			t.Fatalf("%s is written as %s, which is not read", body, again)
		}
		if third, err := (&state{h}).body(); err != nil || !bytes.Equal(third, again) {
			t.Fatalf("%s\n%s\n%v", again, third, err)
		}
	})
}

func readRecord(body []byte) *Group {
	t, err := unmarshal(body)
	if err != nil || t.Record == nil {
		return nil
	}
	g := &Group{}
	if g.readHead(t.Record) != nil || g.readBody(t.Record) != nil {
		return nil
	}
	return g
}

// Whatever arrives in place of an envelope, a request, an invitation, a deposit
// or an answer is refused or read, and nothing worse.
func FuzzArrivals(f *testing.F) {
	b := newBoard(f, "x", "y")
	p := b.propose(people(f, "bob", "carol"))
	grants := b.grants(p)
	c, err := b.now.Conclude(p, grants, b.signed(p, grants)...)
	check(f, err)
	d, err := begin(b.member("alice"), seal(f, b.now, "x", nil))
	check(f, err)
	a, err := b.service.Contribute(ctx, d.Request())
	check(f, err)
	answer, err := a.Seal(b.now, d.Request(), identity(f, "keys"))
	check(f, err)
	for _, seed := range slices.Concat(grants, [][]byte{
		p.Bytes(), c.Record, c.Halves[0], d.Request().Bytes(), answer, b.mail["alice"][0], unsigned(f, b.now, "x"),
		b.admin.Group().appointment.octets,
	}) {
		f.Add(seed)
	}
	alice, service := identity(f, "alice"), NewLocalService(identity(f, "keys"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if p, err := ParseProposal(in); err == nil {
			if q, err := ParseProposal(p.Bytes()); err != nil || q.digest != p.digest {
				t.Error("a proposal is not written as it was read")
			}
		}
		if r, err := parseRequest(in); err == nil {
			if s, err := parseRequest(r.Bytes()); err != nil || s.digest != r.digest {
				t.Error("a request is not written as it was read")
			}
		}
		_, _ = parse(in)
		_, _ = parseAppointment(in, b.now.profile)
		_, _, _ = b.now.appointment.parseGrant(p, in)
		_, _ = Accept(b.now, alice, in)
		_, _ = OpenAnswer(in, b.now, d.Request(), alice)
		_ = service.Keep(ctx, c.Record, in)
		if s, err := ReadSealed(bytes.NewReader(in)); err == nil {
			_, _ = s.item(b.now)
		}
	})
}

// What an administrator signs in place of a grant, and a member in place of an
// answer, is blamed on him if it is wrong.
func FuzzSigned(f *testing.F) {
	b := newBoard(f, "x", "y")
	p := b.propose(people(f, "bob"))
	e, err := dare.Parse(b.grants(p)[0])
	check(f, err)
	f.Add(e.Body)
	f.Add([]byte(`{"GroupGrant":{"Version":1,"Halves":[{}]}}`))
	x := identity(f, "x")
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := dare.Sign(body, dare.ContentMeta{}, x.signature)
		if err != nil {
			return
		}
		if _, _, err := b.now.appointment.parseGrant(p, e.Bytes()); err != nil {
			cheats(t, err, x.Address)
		}
	})
}

// What asks the service to assent is refused, or is what the group would ask with.
func FuzzAssent(f *testing.F) {
	b, c := served(f, 2, "x")
	p := b.propose(people(f, "bob"))
	grant, err := b.deputies[0].Grant(p)
	check(f, err)
	o, err := b.now.OperateAssent(p, grant)
	check(f, err)
	octets, err := mesh.Marshal(o)
	check(f, err)
	f.Add(octets)
	f.Add([]byte(`{"OperateRequest":{"Operations":[{"CryptographicOperationShare":{"Threshold":2,"Shares":2,"GroupProposal":"e30"}}]}}`))
	keys := identity(f, "keys")
	f.Fuzz(func(t *testing.T, octets []byte) {
		o, err := mesh.ParseAs[mesh.OperateRequest](octets)
		if err != nil {
			return
		}
		p, grants, err := ParseOperateAssent(o, b.now)
		if err != nil {
			return
		}
		again, err := b.now.OperateAssent(p, grants...)
		check(t, err)
		if _, _, err := ParseOperateAssent(again, b.now); err != nil {
			t.Error(err)
		}
		if a, err := c.Assent(ctx, keys, p, grants...); err == nil {
			if _, err := b.now.draft(p, append(grants, a.Grant)); err != nil && a.Grant != nil {
				t.Errorf("the service assents to nothing: %v", err)
			}
		}
	})
}
