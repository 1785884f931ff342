package group

import (
	"meshkey/internal/dare"
	"meshkey/mesh"
)

// Obsolete tells whether something that came for the service holds no half that
// the group's record still gives it, because members were dismissed or a key was
// shared out anew. A service deletes it: Keeper. What is malformed, of another
// group, or newer than the record, is not obsolete.
func (g *Group) Obsolete(half []byte) bool {
	if t, err := unmarshal(half); err == nil && t.Welcome != nil {
		a, err := t.Welcome.admission(g)
		if err != nil {
			return false
		}
		current := false
		err = a.each(g, func(int, servicedHalf) error {
			current = true
			return nil
		})
		return err == nil && !current
	}
	e, err := dare.Parse(half)
	if err != nil || e.Verify(g.administrator()) != nil {
		return false
	}
	access, err := mesh.ParseAs[mesh.CatalogedAccess](e.Body)
	if err != nil {
		return false
	}
	switch c := access.Capability.(type) {
	case *mesh.CapabilityDecryptServiced:
		return g.obsolete(c)
	case *mesh.CapabilityKeyGenerate:
		return g.obsoletePart(c)
	}
	return false
}

// obsoletePart tells whether it is another part than the service now has.
func (g *Group) obsoletePart(c *mesh.CapabilityKeyGenerate) bool {
	p, ok := g.part()
	return c.Issued <= g.serial && !(ok && c.Id == name(p.public))
}

func (g *Group) obsolete(c *mesh.CapabilityDecryptServiced) bool {
	if c.Issued > g.serial {
		return false
	}
	for of := range g.serviced() {
		if of.half.member == c.GranteeAccount && of.half.id() == c.Id && of.half.issued <= c.Issued {
			return false
		}
	}
	return true
}
