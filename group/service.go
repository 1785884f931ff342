package group

import (
	"context"
	"fmt"
	"sync"

	"meshkey/internal/secret"
)

// A Keeper is where the service's halves are put.
type Keeper interface {
	// Keep takes a group's record and the halves that came with it. When it
	// returns without an error, the halves of members that the record does not
	// have are gone, and those of all it has are there and are the ones its
	// public side says; a *CheatError names who sent another. A record that is
	// older than the one known is a *StaleError. Halves that are Obsolete are
	// passed over. With an error nothing has changed.
	Keep(ctx context.Context, record []byte, halves ...[]byte) error
}

// LocalService is a key service in memory: a Keeper and a Helper. It is secret.
// Several goroutines may use it.
type LocalService struct {
	id *Identity

	mu     sync.RWMutex
	groups map[string]*Custody // by fingerprint
}

// NewLocalService makes a service with the keys of id, which stay the caller's.
func NewLocalService(id *Identity) *LocalService {
	return &LocalService{id: id, groups: map[string]*Custody{}}
}

// Keep implements Keeper, for any group.
func (s *LocalService) Keep(_ context.Context, record []byte, halves ...[]byte) error {
	next, err := s.id.take(record, halves)
	if err != nil {
		return err
	}
	name := next.group.Fingerprint().String()
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.groups[name]
	if err := next.follow(old); err != nil {
		next.Wipe()
		return err
	}
	if old != nil {
		next.inherit(old)
	}
	s.groups[name] = next
	return nil
}

// Contribute implements Helper. Whoever signed the request must be a member by
// the newest record that the service has; else it answers with ErrNotMember,
// for a group it does not know too. It counts and remembers nothing, so it does
// not help a member for whom conditions hold: ErrConditions.
func (s *LocalService) Contribute(ctx context.Context, r *Request) (*Answer, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c := s.groups[r.group]
	if c == nil {
		return nil, ErrNotMember
	}
	if !c.group.Conditions(r.grantee).IsZero() {
		return nil, ErrConditions
	}
	return c.Answer(ctx, r)
}

// Groups lists the groups whose halves are kept.
func (s *LocalService) Groups() []*Group {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []*Group
	for _, c := range s.groups {
		out = append(out, c.group)
	}
	return out
}

// Wipe clears all halves and forgets the groups.
func (s *LocalService) Wipe() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.groups {
		c.Wipe()
	}
	clear(s.groups)
}

// Format implements fmt.Formatter and writes "[secret]".
func (s *LocalService) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }
