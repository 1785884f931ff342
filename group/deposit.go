package group

import (
	"errors"
	"fmt"
	"iter"

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
func (h servicedHalf) place() string { return h.key.fingerprint().String() + " " + h.half.member }

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
	if old := into[of.place()]; old != nil {
		old.Wipe()
	}
	into[of.place()] = half
	return nil
}
