package group

import (
	"bytes"
	"crypto/sha512"
	"errors"
	"fmt"
	"slices"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
)

// MaxMembers is the greatest number of members.
const MaxMembers = 1000

// MaxNeed is the greatest number of members that a decryption can take.
const MaxNeed = 100

// maxKeys bounds how often a group's key can be rotated.
const maxKeys = 100

// A Group is the public side of a group, as its newest known record has it:
// its keys, its members, and what their contributions are checked against.
// There is none that was not verified, and none is changed once made. It holds
// no secret, but says who the members are. docs/FORMATS.md, Groups.
type Group struct {
	envelope    *dare.Envelope
	digest      [sha512.Size]byte // of the body
	serial      int64
	previous    []byte
	updated     time.Time
	profile     *profile.Profile
	appointment *appointment // nil if there is none
	service     *Member      // nil if there is none
	members     []Member
	keys        []*key                // the present one last
	conditions  map[string]Conditions // by member, or forAll
}

// Parse reads a group's record and verifies it: it must be signed by the
// AdministratorSignature key of the profile that has the fingerprint, or by as many
// of the administrators whom that key appointed as have to act together, and every half in it must belong to
// the group's key. b is not kept.
//
// It cannot tell whether the record is the newest. Who has an older one calls
// Succeeds.
func Parse(b []byte, fingerprint udf.Fingerprint) (*Group, error) {
	g, err := parse(b)
	if err != nil {
		return nil, err
	}
	if !g.Fingerprint().Matches(fingerprint) {
		return nil, fmt.Errorf("group: the record of another group, %s", g.Fingerprint())
	}
	return g, nil
}

// parse is Parse of the record of any group.
func parse(b []byte) (*Group, error) {
	e, err := dare.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	// The keys that verify the body stand in the body, in structures that
	// have signatures of their own.
	t, err := unmarshal(e.Body)
	if err != nil {
		return nil, err
	}
	if t.Record == nil || e.Encrypted() {
		return nil, errors.New("group: the envelope holds no record of a group")
	}
	g := &Group{envelope: e, digest: sha512.Sum512(e.Body)}
	if err := g.readHead(t.Record); err != nil {
		return nil, err
	}
	if err := g.verify(); err != nil {
		return nil, err
	}
	if err := g.readBody(t.Record); err != nil {
		return nil, err
	}
	return g, nil
}

// readHead reads what says who may sign the record.
func (g *Group) readHead(b *recordBody) (err error) {
	if b.Version != b.version() {
		return errVersion
	}
	if g.profile, err = profile.Parse(b.Profile); err != nil {
		return fmt.Errorf("group: %w", err)
	}
	if g.profile.Kind() != "ProfileGroup" || g.administrator() == nil || g.profile.Key(profile.CommonEncryption) == nil {
		return errors.New("group: the profile is not one of a group")
	}
	if b.Appointment != nil {
		if g.appointment, err = parseAppointment(b.Appointment, g.profile); err != nil {
			return err
		}
	}
	return nil
}

// verify checks the record's signatures.
func (g *Group) verify() error {
	err := g.envelope.Verify(g.administrator())
	if err == nil {
		return nil
	}
	if g.appointment == nil {
		return fmt.Errorf("group: %w", err)
	}
	missing := &TooFewError{Need: g.appointment.need}
	for _, a := range g.appointment.administrators {
		if g.envelope.Verify(a.Signature) == nil {
			missing.Need--
		} else {
			missing.From = append(missing.From, a.Address)
		}
	}
	if missing.Need > 0 {
		return fmt.Errorf("group: signed neither for the group nor by its administrators: %w", missing)
	}
	return nil
}

func (g *Group) readBody(b *recordBody) (err error) {
	if g.serial, g.previous = b.Serial, b.Previous; b.Serial < 1 || (b.Serial > 1) != (len(b.Previous) == sha512.Size) {
		return errors.New("group: the record has no place among the group's records")
	}
	if g.updated, err = parseTime(b.Updated); err != nil {
		return err
	}
	if len(b.Members) > MaxMembers || len(b.Keys) == 0 || len(b.Keys) > maxKeys {
		return errors.New("group: too many members or keys, or none")
	}
	for _, mb := range b.Members {
		m, err := mb.member()
		if err != nil {
			return err
		}
		g.members = append(g.members, m)
	}
	if b.Service != nil {
		service, err := b.Service.member()
		if err != nil {
			return err
		}
		g.service = &service
	}
	if err := distinct(g.parties()); err != nil {
		return err
	}
	if err := g.readConditions(b.Conditions); err != nil {
		return err
	}
	for _, kb := range b.Keys {
		k, err := kb.key()
		if err != nil {
			return err
		}
		if err := g.add(k); err != nil {
			return err
		}
	}
	return g.checkPresent()
}

// parties are all who answer or ask: the members and the service.
func (g *Group) parties() []Member {
	if g.service == nil {
		return g.members
	}
	return append(slices.Clone(g.members), *g.service)
}

// add takes one more key.
func (g *Group) add(k *key) error {
	if k.mode.hasService() && g.service == nil {
		return errors.New("group: nobody is the service")
	}
	if g.key(name(k.public)) != nil {
		return errors.New("group: a key comes twice")
	}
	for _, h := range k.halves {
		if g.Member(h.member) == nil {
			return errors.New("group: a half of somebody who is no member")
		}
		if h.issued > g.serial {
			return errors.New("group: a half that is newer than the record")
		}
	}
	g.keys = append(g.keys, k)
	return nil
}

// checkPresent checks that the present key is the one the profile tells senders
// to use, and that every member has a half of it.
func (g *Group) checkPresent() error {
	k := g.present()
	if !k.public.Equal(g.profile.Key(profile.CommonEncryption)) {
		return errors.New("group: the present key is not that of the profile")
	}
	if len(k.halves) != len(g.members) {
		return errors.New("group: a member has no half of the present key")
	}
	return nil
}

// present is the key that is encrypted to.
func (g *Group) present() *key { return g.keys[len(g.keys)-1] }

// key returns the key with a fingerprint, or nil.
func (g *Group) key(fingerprint string) *key {
	for _, k := range g.keys {
		if k.text == fingerprint && k.text != "" { // as it nearly always is written
			return k
		}
	}
	f, err := udf.ParseFingerprint(fingerprint)
	if err != nil {
		return nil
	}
	i := slices.IndexFunc(g.keys, func(k *key) bool { return k.fingerprint().Matches(f) })
	if i < 0 {
		return nil
	}
	return g.keys[i]
}

// administrator is the key that signs for the group.
func (g *Group) administrator() *cogen.PublicKey {
	return g.profile.Key(profile.AdministratorSignature)
}

// Bytes writes the record. The signed octets are those that were read.
func (g *Group) Bytes() []byte { return g.envelope.Bytes() }

// Fingerprint is the group's name, that of its profile.
func (g *Group) Fingerprint() udf.Fingerprint { return g.profile.Fingerprint() }

// Address is the group's, such as groupw@example.com.
func (g *Group) Address() string { return g.profile.Address() }

// Profile is the group's profile as last signed.
func (g *Group) Profile() *profile.Profile { return g.profile }

// Serial counts the group's records from 1. Of two records the one with the
// higher serial counts.
func (g *Group) Serial() int64 { return g.serial }

// Updated is when the record was signed, as its signer says.
func (g *Group) Updated() time.Time { return g.updated }

// Mode is that of the present key.
func (g *Group) Mode() Mode { return g.present().mode }

// Need is how many members a decryption takes.
func (g *Group) Need() int { return g.present().need }

// Key is the key that is encrypted to.
func (g *Group) Key() *cogen.PublicKey { return g.present().public }

// KeyName is a fingerprint of one of the group's keys as the Mesh writes it, empty
// if it is none: texts of one fingerprint differ in letters and length.
func (g *Group) KeyName(fingerprint string) string {
	k := g.key(fingerprint)
	if k == nil {
		return ""
	}
	return k.name()
}

// Keys are all keys the group has had, the present one last.
func (g *Group) Keys() []*cogen.PublicKey {
	out := make([]*cogen.PublicKey, len(g.keys))
	for i, k := range g.keys {
		out[i] = k.public
	}
	return out
}

// Service is the key service, nil if the group has none.
func (g *Group) Service() *Member { return g.service }

// Members lists the members in the order they were admitted.
func (g *Group) Members() []Member { return slices.Clone(g.members) }

// Member returns the member with an address, or nil.
func (g *Group) Member(address string) *Member {
	i := slices.IndexFunc(g.members, func(m Member) bool { return m.Address == address })
	if i < 0 {
		return nil
	}
	return &g.members[i]
}

// Administrators are those who were appointed to admit members together, none
// if the holder of the group's account does it.
func (g *Group) Administrators() []Member {
	if g.appointment == nil {
		return nil
	}
	return slices.Clone(g.appointment.administrators)
}

// AdministratorsNeed is how many of the appointed administrators act together, 0
// if there are none.
func (g *Group) AdministratorsNeed() int {
	if g.appointment == nil {
		return 0
	}
	return g.appointment.need
}

// Succeeds checks that g is a later state of the group that old is an earlier
// one of, or the same. The error is a *StaleError if g is older. Keys are never
// taken away or put in before others, and of two records with successive serial
// numbers the later one names the earlier: a group with two histories shows.
func (g *Group) Succeeds(old *Group) error {
	switch {
	case !g.Fingerprint().Matches(old.Fingerprint()):
		return errors.New("group: the record of another group")
	case g.serial < old.serial || g.appointment.serialOf() < old.appointment.serialOf():
		return &StaleError{g.serial, old.serial}
	case g.serial == old.serial && g.digest != old.digest,
		g.serial == old.serial+1 && !bytes.Equal(g.previous, old.digest[:]):
		return errors.New("group: the group has two histories: its administrator has signed records that exclude each other")
	case len(g.keys) < len(old.keys):
		return errors.New("group: a key has been taken away")
	}
	for i, k := range old.keys {
		if !g.keys[i].public.Equal(k.public) {
			return errors.New("group: a key has been replaced")
		}
	}
	return nil
}

// Catalog lists the members as the Mesh's catalog has them: each ties the two
// Ids of a member's halves of the present key.
func (g *Group) Catalog() []*mesh.CatalogedMember {
	var out []*mesh.CatalogedMember
	for _, h := range g.present().halves {
		m := &mesh.CatalogedMember{ContactAddress: h.member, MemberCapabilityId: name(g.Key())}
		if h.service != nil {
			m.ServiceCapabilityId = h.id()
		}
		out = append(out, m)
	}
	return out
}

// Entry describes the group as the catalog of its administrator's account has
// it.
func (g *Group) Entry() *mesh.CatalogedGroup {
	e := &mesh.CatalogedGroup{EnvelopedProfileGroup: g.profile.Bytes()}
	e.Key, e.LocalName = g.Fingerprint().String(), g.Address()
	return e
}
