package group

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
)

// A Change is what an administrator made of a group: its new record, and what
// has to reach its service and its members. Nothing in it is secret that is not
// sealed to whom it is for.
type Change struct {
	Record      []byte            // for everyone: Parse
	Halves      [][]byte          // for the service: Keeper
	Invitations map[string][]byte // for members, by address: Accept

	// Appointments are for appointed administrators, by address: NewDeputy.
	Appointments map[string][]byte
}

// state is a record that is being put together.
type state struct{ *Group }

// next copies g, to become the record that follows it.
func (g *Group) next(at time.Time) *state {
	n := &Group{
		serial: g.serial + 1, previous: g.digest[:], updated: at,
		profile: g.profile, appointment: g.appointment, service: g.service,
		members: slices.Clone(g.members), conditions: maps.Clone(g.conditions),
	}
	if n.conditions == nil {
		n.conditions = map[string]Conditions{}
	}
	for _, k := range g.keys {
		clone := *k
		clone.halves = slices.Clone(k.halves)
		n.keys = append(n.keys, &clone)
	}
	return &state{n}
}

// admit adds members, who have no halves yet.
func (s *state) admit(members []Member) error {
	for _, m := range members {
		if err := m.check(); err != nil {
			return err
		}
		s.members = append(s.members, m)
	}
	if err := distinct(s.parties()); err != nil {
		return err
	}
	if len(s.members) > MaxMembers {
		return fmt.Errorf("group: at most %d members", MaxMembers)
	}
	return nil
}

// dismiss takes members and all their halves away, and them out of conditions: who
// is admitted under the address of one of them in the same change is another.
func (s *state) dismiss(addresses []string) error {
	for _, address := range addresses {
		if s.Member(address) == nil {
			return fmt.Errorf("group: %q: %w", address, ErrNotMember)
		}
		s.members = slices.DeleteFunc(s.members, func(m Member) bool { return m.Address == address })
		for _, k := range s.keys {
			k.halves = slices.DeleteFunc(k.halves, func(h half) bool { return h.member == address })
		}
	}
	s.remaining()
	return nil
}

// body writes the record.
func (s *state) body() ([]byte, error) {
	s.remaining()
	b := &recordBody{
		Serial: s.serial, Updated: formatTime(s.updated), Profile: s.profile.Bytes(),
	}
	if s.serial > 1 {
		b.Previous = s.previous
	}
	if s.appointment != nil {
		b.Appointment = s.appointment.octets
	}
	if s.service != nil {
		b.Service = s.service.body()
	}
	for i := range s.members {
		b.Members = append(b.Members, s.members[i].body())
	}
	for _, k := range s.keys {
		b.Keys = append(b.Keys, k.body())
	}
	b.Conditions = s.conditionsBodies()
	b.Version = b.version()
	return marshal(&tagged{Record: b})
}

// sign makes the record, and reads it back.
func (s *state) sign(signers ...*cogen.PrivateKey) (*Group, error) {
	body, err := s.body()
	if err != nil {
		return nil, err
	}
	e, err := dare.Sign(body, meta(tagRecord), signers...)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return Parse(e.Bytes(), s.Fingerprint())
}
