package group

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/secret/secrettest"
	"meshkey/mesh"
	"meshkey/profile"
)

// After a resharing old shares fit no longer to new ones, and each member reads
// with his new one; another number of members is needed.
func TestReshare(t *testing.T) {
	for _, mode := range []Mode{Offline, Mixed} {
		w := newWorld(t, mode, 2, "alice", "bob", "carol")
		sealed := seal(t, w.group(), "x", nil)
		oldGroup, oldBob := w.group(), w.member("bob")
		c, err := w.admin.Reshare(today, 3)
		check(t, err)
		w.deliver(c)
		if !w.group().Key().Equal(oldGroup.Key()) || w.group().Need() != 3 || len(c.Invitations) != 3 {
			t.Errorf("%s: %+v", mode, w.group())
		}
		w.opens("alice", sealed, "x", w.helpers("bob", "carol")...)
		_, err = open(w.member("alice"), sealed, append(w.helpers("carol"), oldBob)...)
		cheats(t, err, "bob@example.com")
		if _, err := Accept(w.group(), identity(t, "alice"), w.mail["alice"][0]); err == nil {
			t.Error("an invitation from before is accepted")
		}
		if mode == Mixed { // all that the old members have, without the service's old half
			if _, err := open(oldBob, sealed, w.service); err == nil {
				t.Error("old shares are of use")
			}
		}
		for _, need := range []int{0, 1, MaxNeed + 1} {
			if _, err := w.admin.Reshare(today, need); err == nil {
				t.Errorf("%d are needed", need)
			}
		}
	}
	if _, err := newWorld(t, Serviced, 1, "alice").admin.Reshare(today, 2); err == nil {
		t.Error("what nobody shares is shared out anew")
	}
}

func TestOptions(t *testing.T) {
	service := identity(t, "keys").Member
	alice := identity(t, "alice").Member
	for name, opt := range map[string]Options{
		"no mode":           {Need: 2},
		"no service":        {Mode: Mixed, Need: 2},
		"no use of one":     {Mode: Offline, Need: 2, Service: &service},
		"one of several":    {Mode: Mixed, Need: 1, Service: &service},
		"one offline":       {Mode: Offline, Need: 1},
		"too many":          {Mode: Offline, Need: MaxNeed + 1},
		"two where one":     {Mode: Serviced, Need: 2, Service: &service},
		"service of no key": {Mode: Serviced, Service: &Member{Address: "keys@example.com"}},
		"member as service": {Mode: Serviced, Service: &alice},
	} {
		opt.At, opt.Address = today, "groupw@example.com"
		if _, _, err := Create(account(t, "groupw"), opt, alice); err == nil {
			t.Error(name)
		}
	}
	w := newWorld(t, Serviced, 1, "alice")
	other := identity(t, "bob").Member
	other.Signature = alice.Signature
	for name, m := range map[string]Member{"a member again": alice, "alice's key": other, "nobody": {}} {
		if _, err := w.admin.Admit(today, m); err == nil {
			t.Errorf("%s is admitted", name)
		}
	}
	if _, err := w.admin.Dismiss(today, "bob@example.com"); !errors.Is(err, ErrNotMember) {
		t.Errorf("bob, who is none, is dismissed: %v", err)
	}
	if w.group().Serial() != 1 {
		t.Error("what failed has changed the group")
	}
	if _, err := Administer(account(t, "alice"), w.group().Bytes()); err == nil {
		t.Error("another account administers")
	}
	for _, n := range []int{0, -1, maxKeys + 1} {
		if _, err := PrivateKey(account(t, "groupw"), n); err == nil {
			t.Errorf("key %d", n)
		}
	}
}

// A member's keys come from his profile, and the profile is that of his address.
func TestNewMember(t *testing.T) {
	a := account(t, "alice")
	p, err := a.Profile(profile.Details{Address: "alice@example.com", Created: today})
	check(t, err)
	m, err := NewMember(p, "alice@example.com")
	check(t, err)
	if id := identity(t, "alice"); !m.same(&id.Member) {
		t.Errorf("%+v", m)
	}
	if _, err := NewMember(p, "bob@example.com"); err == nil {
		t.Error("alice's profile for bob")
	}
	g, err := a.GroupProfile(profile.Details{Address: "alice@example.com", Created: today})
	check(t, err)
	if _, err := NewMember(g, "alice@example.com"); err == nil {
		t.Error("a group is a member")
	}
}

// The halves are written as the Mesh writes them: docs/FORMATS.md, Groups, Halves.
func TestStructures(t *testing.T) {
	w := newWorld(t, Serviced, 1)
	c, err := w.admin.Admit(today, people(t, "bob")...)
	check(t, err)
	g, bob := w.group(), identity(t, "bob")
	group, half := name(g.Key()), g.present().of("bob@example.com")

	plaintext, err := openFrom(c.Invitations["bob@example.com"], bob.encryption, g.administrator())
	check(t, err)
	i, err := mesh.ParseAs[mesh.GroupInvitation](plaintext)
	check(t, err)
	at := i.Contact.(*mesh.ContactPerson).NetworkAddresses[0]
	partial := at.Capabilities[0].(*mesh.CapabilityDecryptPartial)
	if at.Address != g.Address() || partial.Id != group || partial.GranteeAccount != "bob@example.com" || !matches(partial.GranteeUdf, bob.Udf) {
		t.Errorf("%+v", partial)
	}
	if p, err := profile.Parse(at.EnvelopedProfileAccount); err != nil || !p.Fingerprint().Matches(g.Fingerprint()) {
		t.Errorf("the profile of another group, %v", err)
	}
	e, err := dare.Parse(c.Halves[0])
	check(t, err)
	check(t, e.Verify(g.administrator()))
	access, err := mesh.ParseAs[mesh.CatalogedAccess](e.Body)
	check(t, err)
	serviced := access.Capability.(*mesh.CapabilityDecryptServiced)
	if serviced.Id != half.id() || serviced.Id == group || serviced.AuthenticationId != name(bob.Signature) {
		t.Errorf("%+v", serviced)
	}
	sum := []*cogen.PublicKey{}
	for _, sealed := range []struct {
		octets []byte
		to     *Identity
	}{{partial.EnvelopedKeyShare, bob}, {serviced.EnvelopedKeyShare, identity(t, "keys")}} {
		plaintext, err := openFrom(sealed.octets, sealed.to.encryption, g.administrator())
		check(t, err)
		d, err := mesh.ParseAs[mesh.KeyData](plaintext)
		check(t, err)
		share := d.PrivateParameters.(*mesh.KeyShare)
		private := share.Share.(*mesh.PrivateKeyECDH)
		if d.Udf != group || private.Crv != "X448z" || share.ServiceAddress != "keys@example.com" || share.Index != "" ||
			!bytes.Equal(share.PublicPrimary.(*mesh.PublicKeyECDH).Public, g.Key().Bytes()) {
			t.Errorf("%+v", d)
		}
		secrettest.CheckHidden(t, d, private.Private.Reveal())
		k, err := g.Key().Algorithm().NewPrivateScalar(private.Private.Reveal())
		check(t, err)
		sum = append(sum, k.PublicKey())
	}
	if !g.Key().IsSum(sum...) {
		t.Error("the halves are not those of the key")
	}
}

// An appointment says what the group's own key signed, and nothing else.
func TestBadAppointments(t *testing.T) {
	b := newBoard(t, "x", "y")
	a := b.now.appointment
	signer := account(t, "groupw").Private(profile.AdministratorSignature)
	again := func(change func(*appointmentBody), by *cogen.PrivateKey) error {
		e, err := dare.Parse(a.octets)
		check(t, err)
		x, err := unmarshal(e.Body)
		check(t, err)
		change(x.Appointment)
		body, err := marshal(x)
		check(t, err)
		e, err = dare.Sign(body, meta(tagAppointment), by)
		check(t, err)
		_, err = parseAppointment(e.Bytes(), b.now.profile)
		return err
	}
	check(t, again(func(*appointmentBody) {}, signer))
	if again(func(*appointmentBody) {}, identity(t, "x").signature) == nil {
		t.Error("an administrator appoints himself")
	}
	for name, change := range map[string]func(*appointmentBody){
		"version":       func(d *appointmentBody) { d.Version = 2 },
		"another group": func(d *appointmentBody) { d.Group = "MAAA" },
		"serial":        func(d *appointmentBody) { d.Serial = 0 },
		"need of one":   func(d *appointmentBody) { d.Need = 1 },
		"need of all":   func(d *appointmentBody) { d.Need = 3 },
		"one":           func(d *appointmentBody) { d.Administrators = d.Administrators[:1] },
		"one twice":     func(d *appointmentBody) { d.Administrators[1] = d.Administrators[0] },
		"one key":       func(d *appointmentBody) { d.Administrators[1].Signature = d.Administrators[0].Signature },
		"commitment":    func(d *appointmentBody) { d.Commitment[0] = d.Commitment[1] },
		"another need":  func(d *appointmentBody) { d.Commitment = d.Commitment[:1] },
		"no key":        func(d *appointmentBody) { d.Key = nil },
	} {
		if again(change, signer) == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for name, appoint := range map[string]func() error{
		"one alone":   func() error { _, err := b.admin.Appoint(today, people(t, "x")...); return err },
		"one of two":  func() error { _, err := b.admin.AppointSome(today, 1, people(t, "x", "y")...); return err },
		"more of two": func() error { _, err := b.admin.AppointSome(today, 3, people(t, "x", "y")...); return err },
		"in another mode": func() error {
			_, err := newWorld(t, Offline, 2).admin.Appoint(today, people(t, "x", "y")...)
			return err
		},
	} {
		if appoint() == nil {
			t.Errorf("%s: appointed", name)
		}
	}
	// Who is appointed anew is not who was.
	c, err := b.admin.Appoint(today, people(t, "x", "z")...)
	check(t, err)
	g, err := Parse(c.Record, b.now.Fingerprint())
	check(t, err)
	if err := b.deputies[0].Update(g); err == nil {
		t.Error("a part of before goes on")
	}
	if _, err := NewDeputy(g, identity(t, "x"), c.Appointments["z@example.com"]); err == nil {
		t.Error("x takes z's part")
	}
	d, err := NewDeputy(g, identity(t, "x"), c.Appointments["x@example.com"])
	check(t, err)
	secrettest.CheckHidden(t, d, d.share.Scalar())
	if d.Group().AdministratorsNeed() != 2 {
		t.Error("another number of administrators")
	}
	d.Wipe()
}

// A signer from outside is known by his key, and a wrong signature by nobody's.
func TestSenders(t *testing.T) {
	w := newWorld(t, Serviced, 1, "alice")
	eve := identity(t, "eve")
	sealed := seal(t, w.group(), "from outside", eve)
	read := func(senders ...*cogen.PublicKey) (string, string, error) {
		d, err := begin(w.member("alice"), sealed)
		check(t, err)
		a, err := w.service.Contribute(ctx, d.Request())
		check(t, err)
		check(t, d.Add(a))
		s, err := ReadSealed(bytes.NewReader(sealed))
		check(t, err)
		var out strings.Builder
		signer, err := d.Open(&out, s, senders...)
		return out.String(), signer, err
	}
	if text, signer, err := read(eve.Signature); err != nil || text != "from outside" || signer != name(eve.Signature) {
		t.Errorf("%q by %s, %v", text, signer, err)
	}
	if text, _, err := read(identity(t, "bob").Signature); !errors.Is(err, ErrNotMember) || text != "" {
		t.Errorf("%q, %v", text, err)
	}
	sealed = bytes.Replace(sealed, []byte(name(eve.Signature)), []byte(name(identity(t, "alice").Signature)), 1)
	if text, _, err := read(); err == nil || text != "" {
		t.Errorf("eve as alice: %q, %v", text, err)
	}
}
