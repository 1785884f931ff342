package group

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/mesh"
)

// servicedHalf is a half that a service has, and its key.
type servicedHalf struct {
	key  *key
	half *half
}

// place is where the service has it.
func (h servicedHalf) place() string { return h.key.name() + " " + h.half.member }

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

// servicedFor returns the half that the service has of a key for a member.
func (g *Group) servicedFor(key, member string) (servicedHalf, bool) {
	k := g.key(key)
	if k == nil || !k.mode.hasService() {
		return servicedHalf{}, false
	}
	h := k.of(member)
	return servicedHalf{k, h}, h != nil
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

// A deposit is what a service has of a group's keys: its halves, and its part if
// it is an administrator.
type deposit struct {
	place  string
	public *cogen.PublicKey
}

// deposits are all of them.
func (g *Group) deposits() iter.Seq[deposit] {
	return func(yield func(deposit) bool) {
		for of := range g.serviced() {
			if !yield(deposit{of.place(), of.half.service}) {
				return
			}
		}
		if p, ok := g.part(); ok {
			yield(deposit{p.place, p.public})
		}
	}
}

// A part is what the service has as an appointed administrator.
type part struct {
	deposit
	at int // its place among the administrators
}

// part returns it, if the service was appointed and the key is still the present
// one.
func (g *Group) part() (p part, ok bool) {
	a := g.appointment
	if a == nil || !a.key.Equal(g.Key()) {
		return p, false
	}
	if p.at = slices.IndexFunc(a.administrators, func(m Member) bool { return m.isService(g) }); p.at < 0 {
		return p, false
	}
	var err error
	if p.public, err = a.commitment.PublicShare(index(p.at)); err != nil {
		return p, false // a share that is 0, which nobody can have
	}
	p.place = "administrator " + name(p.public) // a half's place begins with a fingerprint
	return p, true
}

// open opens one CatalogedAccess, or what appointed administrators made.
func (id *Identity) open(g *Group, b []byte, into map[string]*cogen.PrivateKey) error {
	if t, err := unmarshal(b); err == nil && t.Welcome != nil {
		return id.welcome(g, t.Welcome, into)
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
	if c, ok := access.Capability.(*mesh.CapabilityKeyGenerate); ok {
		return id.openPart(g, c, into)
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
	half, err := openShare(c.EnvelopedKeyShare, id.encryption, g.administrator(), of.key.public, of.half.service)
	if err != nil {
		return &CheatError{g.Address(), "deposits a half that is not the one in the group's record"}
	}
	put(into, of.place(), half)
	return nil
}

// openPart opens the part of an appointed administrator.
func (id *Identity) openPart(g *Group, c *mesh.CapabilityKeyGenerate, into map[string]*cogen.PrivateKey) error {
	if g.obsoletePart(c) {
		return nil
	}
	p, ok := g.part()
	if !ok || c.Id != name(p.public) {
		return errors.New("group: a part that is not in the group's record")
	}
	k, err := openShare(c.EnvelopedKeyShare, id.encryption, g.administrator(), g.appointment.key, p.public)
	if err != nil {
		return &CheatError{g.Address(), "appoints with a part that is not the one in the appointment"}
	}
	put(into, p.place, k)
	return nil
}

func put(into map[string]*cogen.PrivateKey, place string, k *cogen.PrivateKey) {
	if old := into[place]; old != nil {
		old.Wipe()
	}
	into[place] = k
}
