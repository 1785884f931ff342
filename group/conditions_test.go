package group

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"meshkey/internal/dare"
)

func (w *world) set(c *Conditions, members ...string) {
	w.Helper()
	change, err := w.admin.SetConditions(today, c, members...)
	check(w, err)
	w.deliver(change)
}

// Conditions stand in the record, a member's own before those for all, until
// they are taken away; a record without any is the one it always was.
func TestConditions(t *testing.T) {
	w := newWorld(t, Serviced, 1, "alice", "bob", "carol")
	if bytes.Contains(body(t, w.group()), []byte("Conditions")) || !w.group().Conditions("alice@example.com").IsZero() {
		t.Fatal("conditions that nobody set")
	}
	w.set(&Conditions{PerDay: 10, Delay: time.Hour, Approvers: []string{"carol@example.com", "bob@example.com", "alice@example.com"}, Need: 2})
	w.set(&Conditions{}, "alice@example.com")
	w.set(&Conditions{PerDay: 1}, "bob@example.com")
	g, err := Parse(w.group().Bytes(), w.group().Fingerprint())
	check(t, err)
	if !g.Conditions("alice@example.com").IsZero() || g.Conditions("bob@example.com").PerDay != 1 || g.Conditions("bob@example.com").Need != 0 {
		t.Error("a member's own conditions do not stand in the place of those for all")
	}
	if c := g.Conditions("carol@example.com"); c.PerDay != 10 || c.Delay != time.Hour || c.Need != 2 || c.Approvers[0] != "alice@example.com" {
		t.Errorf("for all: %+v", c)
	}
	if a := g.Approvers("carol@example.com"); len(a) != 2 || a[0].Address != "alice@example.com" || a[1].Address != "bob@example.com" {
		t.Errorf("carol is approved by %v", a)
	}
	c, err := w.admin.Dismiss(today, "alice@example.com")
	check(t, err)
	w.deliver(c)
	if c := w.group().Conditions("carol@example.com"); len(c.Approvers) != 2 || c.Need != 2 {
		t.Errorf("after one of them was dismissed: %+v", c)
	}
	for member := range w.group().AllConditions() {
		if member == "alice@example.com" {
			t.Error("a dismissed member's conditions are kept")
		}
	}
	if _, err := w.admin.SetConditions(today, nil, "bob@example.com"); !errors.Is(err, ErrTooFewApprovers) {
		t.Errorf("conditions of all that bob cannot fulfil: %v", err)
	}
	w.set(&Conditions{PerDay: 10})
	w.set(nil, "bob@example.com")
	if w.group().Conditions("bob@example.com").PerDay != 10 {
		t.Error("without his own, those for all do not hold")
	}
	w.set(nil)
	if bytes.Contains(body(t, w.group()), []byte("Conditions")) {
		t.Error("conditions that were taken away are in the record")
	}
}

func body(t *testing.T, g *Group) []byte {
	t.Helper()
	e, err := dare.Parse(g.Bytes())
	check(t, err)
	return e.Body
}

// A service that counts nothing does not pass over conditions.
func TestConditionsOfLocalService(t *testing.T) {
	w := newWorld(t, Serviced, 1, "alice", "bob")
	w.set(&Conditions{PerDay: 10}, "alice@example.com")
	sealed := seal(t, w.group(), "secret", identity(t, "bob"))
	if text, err := open(w.member("alice"), sealed, w.service); !errors.Is(err, ErrConditions) {
		t.Errorf("alice reads %q, %v", text, err)
	}
	w.opens("bob", sealed, "secret", w.service)
}

// Conditions that nobody could fulfil are not set.
func TestBadConditions(t *testing.T) {
	w := newWorld(t, Mixed, 2, "alice", "bob", "carol")
	abc := []string{"alice@example.com", "bob@example.com", "carol@example.com"}
	for name, c := range map[string]Conditions{
		"negative quota":       {PerDay: -1},
		"quota beyond":         {PerDay: MaxPerDay + 1},
		"negative delay":       {Delay: -time.Second},
		"part of a second":     {Delay: time.Millisecond},
		"too long":             {Delay: MaxDelay + time.Second},
		"nobody has to":        {Approvers: abc},
		"nobody can":           {Need: 1},
		"himself":              {Approvers: abc, Need: 3},
		"twice":                {Approvers: []string{abc[0], abc[0], abc[1]}, Need: 1},
		"a stranger":           {Approvers: []string{"eve@example.com", abc[0], abc[1]}, Need: 1},
		"the service":          {Approvers: []string{"keys@example.com", abc[0], abc[1]}, Need: 1},
		"nobody":               {Approvers: []string{"", abc[0], abc[1]}, Need: 1},
		"the group itself":     {Approvers: []string{"groupw@example.com", abc[0], abc[1]}, Need: 1},
		"a need out of bounds": {Approvers: abc, Need: -1},
	} {
		if _, err := w.admin.SetConditions(today, &c); err == nil {
			t.Errorf("%s is set", name)
		}
	}
	if _, err := w.admin.SetConditions(today, &Conditions{PerDay: 1}, "eve@example.com"); !errors.Is(err, ErrNotMember) {
		t.Errorf("for a stranger: %v", err)
	}
	if _, err := w.admin.SetConditions(today, &Conditions{PerDay: 1}, ""); err == nil {
		t.Error("for a member without an address")
	}
	// All but himself is enough.
	if _, err := w.admin.SetConditions(today, &Conditions{Approvers: abc, Need: 2}); err != nil {
		t.Error(err)
	}
	off := newWorld(t, Offline, 2, "alice", "bob")
	if _, err := off.admin.SetConditions(today, &Conditions{PerDay: 1}); err == nil {
		t.Error("without a service")
	}
}

// Who is somebody else by address alone does not approve for himself.
func TestApproversOverlap(t *testing.T) {
	w := newWorld(t, Serviced, 1, "alice", "bob")
	alias := identity(t, "alice").Member
	alias.Address = "alicia@example.com"
	c, err := w.admin.AppointSome(today, 2, alias, identity(t, "x").Member, identity(t, "y").Member)
	check(t, err)
	w.deliver(c)
	if _, err := w.admin.SetConditions(today, &Conditions{Approvers: []string{"alicia@example.com"}, Need: 1}, "alice@example.com"); !errors.Is(err, ErrTooFewApprovers) {
		t.Errorf("alice under another address: %v", err)
	}
	w.set(&Conditions{Approvers: []string{"alicia@example.com", "x@example.com"}, Need: 1}, "alice@example.com")
	if a := w.group().Approvers("alice@example.com"); len(a) != 1 || a[0].Address != "x@example.com" {
		t.Errorf("alice is approved by %v", a)
	}
	// An address that two have is nobody's.
	other := identity(t, "z").Member
	other.Address = "bob@example.com"
	c, err = w.admin.AppointSome(today, 2, other, identity(t, "y").Member)
	check(t, err)
	w.deliver(c)
	if w.group().Party("bob@example.com") != nil || w.group().Party("y@example.com") == nil {
		t.Error("an address that two have")
	}
	if a := w.group().Approvers("alice@example.com"); len(a) != 0 {
		t.Errorf("after they were appointed anew, %v approve", a)
	}
}

// Records that say of conditions what cannot be are refused.
func TestBadConditionsInRecords(t *testing.T) {
	w := newWorld(t, Serviced, 1, "alice", "bob")
	w.set(&Conditions{Approvers: []string{"alice@example.com", "bob@example.com"}, Need: 1})
	w.set(&Conditions{PerDay: 3}, "bob@example.com")
	for name, change := range map[string]func(*recordBody){
		"version":    func(b *recordBody) { b.Version = 1 },
		"order":      func(b *recordBody) { b.Conditions[0], b.Conditions[1] = b.Conditions[1], b.Conditions[0] },
		"twice":      func(b *recordBody) { b.Conditions[0].Member = "bob@example.com" },
		"a stranger": func(b *recordBody) { b.Conditions[1].Member = "eve@example.com" },
		"approver":   func(b *recordBody) { b.Conditions[0].Approvers[1] = "eve@example.com" },
		"approvers":  func(b *recordBody) { b.Conditions[0].Approvers[1] = "alice@example.com" },
		"quota":      func(b *recordBody) { b.Conditions[1].PerDay = -1 },
		"delay":      func(b *recordBody) { b.Conditions[1].Delay = 1 << 62 },
		"need":       func(b *recordBody) { b.Conditions[0].Need = 1 << 40 },
		"no need":    func(b *recordBody) { b.Conditions[0].Need = 0 },
	} {
		if err := resigned(t, w, change); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	check(t, resigned(t, w, func(*recordBody) {}))
}

// Who is admitted under the address of an approver, in the change that dismisses
// him, approves nothing, and has no conditions that were his.
func TestSuccessorOfAnApprover(t *testing.T) {
	b := newBoard(t, "x", "y")
	p := b.propose(people(t, "bob"))
	b.conclude(p, b.grants(p))
	var err error
	b.admin, err = Administer(b.admin.account, b.now.Bytes())
	check(t, err)
	for member, c := range map[string]*Conditions{
		"alice@example.com": {Approvers: []string{"bob@example.com", "x@example.com"}, Need: 1},
		"bob@example.com":   {PerDay: 1_000_000},
	} {
		change, err := b.admin.SetConditions(today, c, member)
		check(t, err)
		b.deliver(change)
	}
	b.now = b.admin.Group()
	for _, d := range b.deputies {
		check(t, d.Update(b.now))
	}
	if n := len(b.now.Approvers("alice@example.com")); n != 2 {
		t.Fatalf("%d approvers", n)
	}
	other := identity(t, "mallory").Member
	other.Address = "bob@example.com"
	p = b.propose([]Member{other}, "bob@example.com")
	b.conclude(p, b.grants(p))
	if m := b.now.Member("bob@example.com"); m == nil || !m.same(&other) {
		t.Fatal("nobody took his place")
	}
	if got := b.now.Approvers("alice@example.com"); len(got) != 1 || got[0].Address != "x@example.com" {
		t.Errorf("%v approve", got)
	}
	if c := b.now.Conditions("bob@example.com"); !c.IsZero() {
		t.Errorf("%+v", c)
	}
}
