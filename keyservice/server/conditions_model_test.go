package server

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"meshkey/group"
	"meshkey/keyservice/api"
)

// A conditionsModel says in plain words what the service has to decide.
type conditionsModel struct {
	now        time.Time
	members    []string
	conditions map[string]group.Conditions // by name; "" for all
	waiting    map[*group.Request]*modelled
	vetoed     map[*group.Request]bool
	used       map[string]int // by name and day
}

type modelled struct {
	since, expires time.Time
	answered       bool
	approved       []string
}

func (m *conditionsModel) of(name string) group.Conditions {
	if c, ok := m.conditions[name]; ok {
		return c
	}
	return m.conditions[""]
}

// approvers are the names of those who can approve what a member asks for.
func (m *conditionsModel) approvers(name string) (out []string) {
	for _, a := range m.of(name).Approvers {
		if n := a[:len(a)-len("@example.com")]; n != name && slices.Contains(m.members, n) {
			out = append(out, n)
		}
	}
	return out
}

// spend counts n envelopes of today.
func (m *conditionsModel) spend(name string, n int) *api.Error {
	c, at := m.of(name), name+m.now.Format(time.DateOnly)
	if c.PerDay == 0 {
		return nil
	}
	if m.used[at]+n > c.PerDay {
		return api.ErrQuota
	}
	m.used[at] += n
	return nil
}

func (m *conditionsModel) ask(r *group.Request) *api.Error {
	name, n := name(r.Grantee()), len(r.Items())
	c := m.of(name)
	switch {
	case !slices.Contains(m.members, name):
		return errUnknown
	case c.IsZero():
		return nil
	case m.vetoed[r]:
		return api.ErrVetoed
	case c.PerDay > 0 && n > c.PerDay:
		return api.ErrQuota
	case c.Delay == 0 && c.Need == 0:
		return m.spend(name, n)
	case len(m.approvers(name)) < c.Need:
		return api.ErrDenied
	}
	x := m.waiting[r]
	if x == nil || m.now.After(x.expires) {
		m.waiting[r] = &modelled{since: m.now, expires: m.now.Add(c.Delay + 7*24*time.Hour)}
		return api.ErrWaiting
	}
	x.expires = x.since.Add(c.Delay + 7*24*time.Hour)
	done := 0
	for _, a := range m.approvers(name) {
		if slices.Contains(x.approved, a) {
			done++
		}
	}
	if done < c.Need || m.now.Before(x.since.Add(c.Delay)) {
		return api.ErrWaiting
	}
	if x.answered {
		return nil
	}
	if no := m.spend(name, n); no != nil {
		return no
	}
	x.answered = true
	return nil
}

// open is the refusal of who would approve or veto.
func (m *conditionsModel) open(r *group.Request, who string) *api.Error {
	switch x := m.waiting[r]; {
	case !slices.Contains(m.members, who):
		return errUnknown
	case !slices.Contains(m.members, name(r.Grantee())):
		return api.ErrUnknown
	case m.vetoed[r]:
		return api.ErrVetoed
	case x == nil || m.now.After(x.expires):
		return api.ErrUnknown
	}
	return nil
}

func (m *conditionsModel) approve(r *group.Request, who string) *api.Error {
	if no := m.open(r, who); no != nil {
		return no
	}
	if !slices.Contains(m.approvers(name(r.Grantee())), who) {
		return api.ErrDenied
	}
	x := m.waiting[r]
	x.approved = slices.DeleteFunc(x.approved, func(a string) bool {
		return a == who || !slices.Contains(m.approvers(name(r.Grantee())), a)
	})
	x.approved = append(x.approved, who)
	return nil
}

func (m *conditionsModel) veto(r *group.Request, who string) *api.Error {
	if no := m.open(r, who); no != nil {
		return no
	}
	delete(m.waiting, r)
	m.vetoed[r] = m.vetoed[r] || name(r.Grantee()) != who
	return nil
}

func (m *conditionsModel) dismiss(who string) {
	m.members = slices.DeleteFunc(m.members, func(n string) bool { return n == who })
	delete(m.conditions, who)
	for n, c := range m.conditions {
		c.Approvers = slices.DeleteFunc(slices.Clone(c.Approvers), func(a string) bool { return a == who+"@example.com" })
		m.conditions[n] = c
	}
	for r := range m.waiting {
		if name(r.Grantee()) == who {
			delete(m.waiting, r)
		}
	}
}

// Whatever happens in whatever order, on two services that share a store and are
// started anew at times, the service decides as the model does.
func TestConditionsModel(t *testing.T) {
	runs := uint64(1)
	if os.Getenv("MESHKEY_TEST_ALL") != "" {
		runs = 20
	}
	seen := map[string]int{} // in all runs
	for seed := range runs {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { runConditions(t, rand.New(rand.NewPCG(seed, 7)), 250, seen) })
	}
	for _, want := range []string{"ask done", "ask waiting", "approve done", "approve denied"} {
		if seen[want] == 0 {
			t.Errorf("%q never happened: %v", want, seen)
		}
	}
}

func runConditions(t *testing.T, random *rand.Rand, steps int, seen map[string]int) {
	names := []string{"alice", "bob", "carol", "dave"}
	w := newWorld(t, names...)
	admin := w.groups["groupw"].admin
	services := []*Server{w.server, w.serve(w.db)}
	m := &conditionsModel{
		members: slices.Clone(names), conditions: map[string]group.Conditions{},
		waiting: map[*group.Request]*modelled{}, vetoed: map[*group.Request]bool{}, used: map[string]int{},
	}
	var requests []*group.Request
	for _, n := range names {
		for i := range 3 {
			requests = append(requests, w.request(n, 1+i%2))
		}
	}
	// Dismissed members could not write operations, so they are written now.
	operations := map[*group.Request]api.Request{}
	for _, r := range requests {
		o, err := r.Operate(admin.Group())
		check(t, err)
		operations[r] = o
	}
	same := func(step int, what string, got error, want *api.Error) {
		t.Helper()
		code := "done"
		if want != nil {
			code = want.Code
		}
		seen[what+" "+code]++
		if want == nil && got != nil || want != nil && !errors.Is(got, want) {
			t.Fatalf("step %d: %s: %v, and by the model %s", step, what, got, code)
		}
	}
	for step := range steps {
		m.now = w.clock.now()
		s := services[random.IntN(len(services))]
		r := requests[random.IntN(len(requests))]
		who := names[random.IntN(len(names))]
		switch k := random.IntN(100); {
		case k < 45:
			_, err := w.do(s, by(t, name(r.Grantee())), operations[r])
			same(step, "ask", err, m.ask(r))
		case k < 70:
			_, err := w.do(s, by(t, who), approves(r))
			same(step, "approve", err, m.approve(r, who))
		case k < 74:
			_, err := w.do(s, by(t, who), vetoes(r))
			same(step, "veto", err, m.veto(r, who))
		case k < 86:
			w.clock.add(time.Duration(random.IntN(20)) * time.Hour)
		case k < 95:
			m.change(w, random, who)
		case k < 97:
			services[1] = w.serve(w.db)
		case len(m.members) > 2 && slices.Contains(m.members, who):
			c, err := admin.Dismiss(m.now, who+"@example.com")
			check(t, err)
			w.deliver("groupw", c)
			m.dismiss(who)
			// Who comes back has other halves, under other Ids.
			c, err = admin.Admit(m.now, identity(t, who).Member)
			check(t, err)
			if random.IntN(2) == 0 {
				w.deliver("groupw", c)
				m.members = append(m.members, who)
				for _, r := range requests {
					if name(r.Grantee()) == who {
						operations[r], err = r.Operate(admin.Group())
						check(t, err)
					}
				}
			} else if admin, err = group.Administer(testAccount(t, "groupw"), w.kept()); err != nil {
				t.Fatal(err)
			} else {
				w.groups["groupw"].admin = admin
			}
		}
	}
}

// change sets conditions at random, of a member or of all.
func (m *conditionsModel) change(w *world, random *rand.Rand, who string) {
	var whom []string
	at := ""
	if random.IntN(2) == 0 {
		whom, at = []string{who}, who
	}
	var c *group.Conditions
	if random.IntN(6) > 0 {
		c = &group.Conditions{PerDay: random.IntN(5), Delay: time.Duration(random.IntN(3)*5) * time.Hour}
		if random.IntN(3) > 0 {
			c.Need = 1 + random.IntN(2)
			c.Approvers = addresses(m.members)
		}
	}
	change, err := w.groups["groupw"].admin.SetConditions(m.now, c, addresses(whom)...)
	if err != nil {
		return // they cannot be fulfilled, or there is no such member
	}
	w.deliver("groupw", change)
	if c == nil {
		delete(m.conditions, at)
		return
	}
	slices.Sort(c.Approvers)
	m.conditions[at] = *c
}

// kept is the newest record that the service has.
func (w *world) kept() []byte {
	w.Helper()
	j := &job{ctx: ctx, server: w.server, keys: w.server.keys}
	h := &holding{address: "groupw@example.com"}
	check(w, j.load(h))
	defer h.custody.Wipe()
	return h.custody.Group().Bytes()
}
