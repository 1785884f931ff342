package group

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
	"meshkey/mesh"
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
	groups map[string]*kept // by fingerprint
}

// kept is what the service has of one group.
type kept struct {
	group  *Group
	halves map[string]*cogen.PrivateKey // by servicedHalf.place
}

// NewLocalService makes a service with the keys of id, which stay the caller's.
func NewLocalService(id *Identity) *LocalService {
	return &LocalService{id: id, groups: map[string]*kept{}}
}

// Keep implements Keeper, for any group.
func (s *LocalService) Keep(_ context.Context, record []byte, halves ...[]byte) error {
	g, err := parse(record)
	if err != nil {
		return err
	}
	if g.service == nil || !g.service.Encryption.Equal(s.id.Encryption) || !g.service.Signature.Equal(s.id.Signature) {
		return errors.New("group: the group is one of another service, or of none")
	}
	fresh := map[string]*cogen.PrivateKey{}
	for _, b := range halves {
		if err := s.open(g, b, fresh); err != nil {
			wipeAll(fresh)
			return err
		}
	}
	if err := s.replace(g, fresh); err != nil {
		wipeAll(fresh)
		return err
	}
	return nil
}

// replace takes a record and fresh halves, all of which belong to it.
func (s *LocalService) replace(g *Group, fresh map[string]*cogen.PrivateKey) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.groups[g.Fingerprint().String()]
	if old == nil {
		old = &kept{}
	} else if err := g.Succeeds(old.group); err != nil {
		return err
	}
	next := &kept{g, map[string]*cogen.PrivateKey{}}
	for of := range g.serviced() {
		place := of.place()
		half := fresh[place]
		if half == nil {
			half = old.halves[place]
		}
		if half == nil || !half.PublicKey().Equal(of.half.service) {
			return fmt.Errorf("group: the service's half for %q is missing", of.half.member)
		}
		next.halves[place] = half
	}
	for place, half := range old.halves {
		if next.halves[place] != half {
			half.Wipe()
		}
	}
	s.groups[g.Fingerprint().String()] = next
	return nil
}

func wipeAll(halves map[string]*cogen.PrivateKey) {
	for _, h := range halves {
		h.Wipe()
	}
}

// servicedHalf is a half that a service has, and its key.
type servicedHalf struct {
	key  *key
	half *half
}

// place is where the service has it.
func (h servicedHalf) place() string { return name(h.key.public) + " " + h.half.member }

// serviced are the halves that the service has.
func (g *Group) serviced() iter.Seq[servicedHalf] {
	return func(yield func(servicedHalf) bool) {
		for _, k := range g.keys {
			for i := range k.halves {
				if k.mode.hasService() && !yield(servicedHalf{k, &k.halves[i]}) {
					return
				}
			}
		}
	}
}

// deposit returns the half that a capability of the service is for.
func (g *Group) deposit(c *mesh.CapabilityDecryptServiced) (servicedHalf, bool) {
	for of := range g.serviced() {
		if of.half.member == c.GranteeAccount && of.half.issued == c.Issued && of.half.id() == c.Id {
			return of, true
		}
	}
	return servicedHalf{}, false
}

// open opens one CatalogedAccess, or what appointed administrators made.
func (s *LocalService) open(g *Group, b []byte, into map[string]*cogen.PrivateKey) error {
	if t, err := unmarshal(b); err == nil && t.Welcome != nil {
		return s.welcome(g, t.Welcome, into)
	}
	e, err := dare.Parse(b)
	if err != nil {
		return fmt.Errorf("group: %w", err)
	}
	if err := e.Verify(g.administrator()); err != nil {
		return fmt.Errorf("group: %w", err)
	}
	body, err := e.Payload()
	if err != nil {
		return fmt.Errorf("group: %w", err)
	}
	access, err := mesh.ParseAs[mesh.CatalogedAccess](body)
	if err != nil {
		return fmt.Errorf("group: %w", err)
	}
	c, ok := access.Capability.(*mesh.CapabilityDecryptServiced)
	if !ok {
		return errors.New("group: a capability of another kind than the service's")
	}
	if g.obsolete(c) {
		return nil
	}
	of, ok := g.deposit(c)
	if !ok {
		return errors.New("group: a half that is not in the group's record")
	}
	half, err := openShare(c.EnvelopedKeyShare, s.id.encryption, g.administrator(), of.key.public, of.half.service)
	if err != nil {
		return &CheatError{g.Address(), "deposits a half that is not the one in the group's record"}
	}
	if old := into[of.place()]; old != nil {
		old.Wipe()
	}
	into[of.place()] = half
	return nil
}

// Contribute implements Helper. Whoever signed the request must be a member by
// the newest record that the service has; else it answers with ErrNotMember,
// for a group it does not know too.
func (s *LocalService) Contribute(ctx context.Context, r *Request) (*Answer, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	k := s.groups[r.group]
	if k == nil {
		return nil, ErrNotMember
	}
	m, err := r.verify(k.group)
	if err != nil {
		return nil, err
	}
	a := &Answer{from: Service, request: r.name()}
	for _, i := range r.items {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		half := k.of(i.Key, m.Address)
		if half == nil {
			return nil, ErrNotMember
		}
		p, err := half.AgreeProved(i.Ephemeral, r.context(i))
		if err != nil {
			return nil, fmt.Errorf("group: %w", err)
		}
		a.partials = append(a.partials, p)
	}
	return a, nil
}

// of returns the service's half of a key for a member, or nil.
func (k *kept) of(key, member string) *cogen.PrivateKey {
	of := k.group.key(key)
	if of == nil || !of.mode.hasService() {
		return nil
	}
	h := of.of(member)
	if h == nil {
		return nil
	}
	return k.halves[servicedHalf{of, h}.place()]
}

// Groups lists the groups whose halves are kept.
func (s *LocalService) Groups() []*Group {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []*Group
	for _, k := range s.groups {
		out = append(out, k.group)
	}
	return out
}

// Wipe clears all halves and forgets the groups.
func (s *LocalService) Wipe() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.groups {
		wipeAll(k.halves)
	}
	clear(s.groups)
}

// Format implements fmt.Formatter and writes "[secret]".
func (s *LocalService) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }
