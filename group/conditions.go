package group

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"meshkey/internal/jsonb"
)

// Bounds of conditions.
const (
	MaxPerDay    = 1_000_000_000
	MaxDelay     = 30 * 24 * time.Hour
	MaxApprovers = 100
)

// Conditions are what has to hold before the service answers what a member asks
// for. They stand in the group's record, which the group's administrator signs;
// that they are heeded is the service's word. The zero value asks for nothing.
type Conditions struct {
	// PerDay is how many envelopes of each of the group's keys are answered for
	// in a day of UTC; 0 for any number.
	PerDay int
	// Delay is how long a request waits, in whole seconds, so that the group's
	// parties can see and veto it.
	Delay time.Duration
	// Approvers are addresses of members or of appointed administrators, Need of
	// whom have to approve a request. Who asks is never one of them.
	Approvers []string
	Need      int
}

// IsZero tells whether nothing is asked for.
func (c Conditions) IsZero() bool {
	return c.PerDay == 0 && c.Delay == 0 && c.Need == 0 && len(c.Approvers) == 0
}

type conditionsBody struct {
	jsonb.Rest
	Member    string   `jsonb:"Member"` // empty for all who have none of their own
	PerDay    int64    `jsonb:"PerDay"`
	Delay     int64    `jsonb:"Delay"`
	Approvers []string `jsonb:"Approvers"`
	Need      int64    `jsonb:"Need"`
}

// forAll is where the conditions of all stand who have none of their own.
const forAll = ""

// Conditions returns those that hold for what a member asks for: his own if he
// has any, even if they ask for nothing, else those for all.
func (g *Group) Conditions(member string) Conditions {
	c, ok := g.conditions[member]
	if !ok {
		c = g.conditions[forAll]
	}
	c.Approvers = slices.Clone(c.Approvers)
	return c
}

// AllConditions are those for all, under the empty address, and those of members
// who have their own, in the order of their addresses.
func (g *Group) AllConditions() iter.Seq2[string, Conditions] {
	return func(yield func(string, Conditions) bool) {
		for _, member := range slices.Sorted(maps.Keys(g.conditions)) {
			c := g.conditions[member]
			c.Approvers = slices.Clone(c.Approvers)
			if !yield(member, c) {
				return
			}
		}
	}
}

// Party is the member or the appointed administrator with an address. It is nil
// if there is none, or two who are not the same: then nobody can say who is
// meant.
func (g *Group) Party(address string) *Member {
	m := g.Member(address)
	if g.appointment == nil {
		return m
	}
	i := g.appointment.of(address)
	switch {
	case i < 0:
		return m
	case m != nil && !m.same(&g.appointment.administrators[i]):
		return nil
	}
	return &g.appointment.administrators[i]
}

// Approvers are those who can approve what a member asks for, as the conditions
// that hold for him say. Nobody is among them who has anything in common with
// the member, be it under another address.
func (g *Group) Approvers(member string) []Member {
	asker := g.Member(member)
	if asker == nil {
		return nil
	}
	var out []Member
	for _, address := range g.Conditions(member).Approvers {
		if p := g.Party(address); p != nil && !p.overlaps(asker) {
			out = append(out, *p)
		}
	}
	return out
}

// overlaps tells whether two might be one.
func (m *Member) overlaps(o *Member) bool {
	return m.Address == o.Address || m.Udf.Matches(o.Udf) || m.Encryption.Equal(o.Encryption) || m.Signature.Equal(o.Signature)
}

// SetConditions sets what has to hold before the service answers members, named
// by their addresses; without any, what has to hold for all who have no
// conditions of their own. A member's own conditions stand in the place of those
// for all, and are not added to them. nil takes conditions away again: from a
// member his own, so that those for all hold.
//
// Who is approver and dismissed is none any more; if too few are left, the
// service answers nobody whom that concerns until conditions are set anew.
func (a *Administrator) SetConditions(at time.Time, c *Conditions, members ...string) (*Change, error) {
	s := a.group.next(at)
	if s.service == nil {
		return nil, errors.New("group: conditions are for a key service, and the group has none")
	}
	if len(members) == 0 {
		members = []string{forAll}
	} else if slices.Contains(members, forAll) {
		return nil, errors.New("group: a member without an address")
	}
	for _, m := range members {
		if m != forAll && s.Member(m) == nil {
			return nil, fmt.Errorf("group: %q: %w", m, ErrNotMember)
		}
		if c == nil {
			delete(s.conditions, m)
		} else {
			own := *c
			own.Approvers = slices.Sorted(slices.Values(c.Approvers))
			s.conditions[m] = own
		}
	}
	for _, m := range members {
		if err := s.satisfiable(m); err != nil {
			return nil, err
		}
	}
	return a.publish(s, nil)
}

// satisfiable checks the conditions of a member, or of all who have none of their
// own: that there are enough approvers for everyone whom they are for.
func (s *state) satisfiable(member string) error {
	c := s.Conditions(member)
	if err := c.check(); err != nil {
		return err
	}
	for _, address := range c.Approvers {
		if s.Party(address) == nil {
			return fmt.Errorf("group: %q cannot approve: neither a member nor an appointed administrator, or two with one address", address)
		}
	}
	if c.Need > len(c.Approvers) {
		return ErrTooFewApprovers
	}
	for _, m := range s.members {
		if _, own := s.conditions[m.Address]; m.Address != member && (own || member != forAll) {
			continue
		}
		if c.Need > len(s.Approvers(m.Address)) {
			return fmt.Errorf("%w for %q, who cannot approve for himself", ErrTooFewApprovers, m.Address)
		}
	}
	return nil
}

// ErrTooFewApprovers is the error for conditions that somebody could never fulfil.
var ErrTooFewApprovers = errors.New("group: more have to approve than can")

// check checks the bounds.
func (c *Conditions) check() error {
	switch {
	case c.PerDay < 0 || c.PerDay > MaxPerDay:
		return fmt.Errorf("group: a quota is 0 to %d a day", MaxPerDay)
	case c.Delay < 0 || c.Delay > MaxDelay || c.Delay%time.Second != 0:
		return fmt.Errorf("group: a delay is whole seconds, and at most %d days", MaxDelay/(24*time.Hour))
	case c.Need < 0 || c.Need > MaxApprovers || len(c.Approvers) > MaxApprovers:
		return fmt.Errorf("group: at most %d approve", MaxApprovers)
	case c.Need == 0 && len(c.Approvers) > 0:
		return errors.New("group: approvers, and none of them has to approve")
	}
	for i, a := range c.Approvers {
		if a == "" || i > 0 && a <= c.Approvers[i-1] {
			return errors.New("group: an approver comes twice, or without an address")
		}
	}
	return nil
}

// remaining takes those out of conditions who have left the group.
func (s *state) remaining() {
	maps.DeleteFunc(s.conditions, func(member string, _ Conditions) bool {
		return member != forAll && s.Member(member) == nil
	})
	parties := s.approverAddresses()
	for member, c := range s.conditions {
		c.Approvers = slices.DeleteFunc(slices.Clone(c.Approvers), func(a string) bool { return !parties[a] })
		s.conditions[member] = c
	}
}

// approverAddresses are those of members and of appointed administrators.
func (g *Group) approverAddresses() map[string]bool {
	out := map[string]bool{}
	for _, m := range slices.Concat(g.members, g.Administrators()) {
		out[m.Address] = true
	}
	return out
}

// conditionsBodies writes them.
func (g *Group) conditionsBodies() (out []*conditionsBody) {
	for member, c := range g.AllConditions() {
		out = append(out, &conditionsBody{
			Member: member, PerDay: int64(c.PerDay), Delay: int64(c.Delay / time.Second), Approvers: c.Approvers, Need: int64(c.Need),
		})
	}
	return out
}

// readConditions reads what conditionsBodies writes, in its order.
func (g *Group) readConditions(all []*conditionsBody) error {
	if len(all) == 0 {
		return nil
	}
	if g.service == nil || len(all) > MaxMembers+1 {
		return errors.New("group: conditions without a service, or too many")
	}
	g.conditions = map[string]Conditions{}
	parties := g.approverAddresses()
	for i, b := range all {
		if b.Member != forAll && g.Member(b.Member) == nil || i > 0 && b.Member <= all[i-1].Member {
			return errors.New("group: conditions of somebody who is no member, or out of order")
		}
		if b.Delay < 0 || b.Delay > int64(MaxDelay/time.Second) || b.PerDay < 0 || b.PerDay > MaxPerDay || b.Need < 0 || b.Need > MaxApprovers {
			return errors.New("group: conditions out of bounds")
		}
		c := Conditions{int(b.PerDay), time.Duration(b.Delay) * time.Second, b.Approvers, int(b.Need)}
		if err := c.check(); err != nil {
			return err
		}
		if slices.ContainsFunc(c.Approvers, func(a string) bool { return !parties[a] }) {
			return errors.New("group: an approver who is neither a member nor an appointed administrator")
		}
		g.conditions[b.Member] = c
	}
	return nil
}
