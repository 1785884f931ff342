package group

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/shamir"
)

// maxDeputies bounds the administrators of a group.
const maxDeputies = 16

// appointment says who admits members together: need of the administrators, each
// of whom has a share of the group's key, by his place from 1.
type appointment struct {
	octets         []byte
	serial         int64
	key            *cogen.PublicKey
	need           int
	commitment     *cogen.Commitment
	administrators []Member
}

type appointmentBody struct {
	jsonb.Rest
	Version        int64         `jsonb:"Version"`
	Group          string        `jsonb:"Group"`
	Serial         int64         `jsonb:"Serial"`
	Key            *mesh.KeyData `jsonb:"Key"`
	Need           int64         `jsonb:"Need"`
	Commitment     [][]byte      `jsonb:"Commitment"`
	Administrators []*memberBody `jsonb:"Administrators"`
}

// serialOf is 0 for no appointment.
func (a *appointment) serialOf() int64 {
	if a == nil {
		return 0
	}
	return a.serial
}

// Appoint splits the present key between administrators, two at least. All of
// them together admit and dismiss members from then on; none of them, nor all but
// one, can read. The mode must be Serviced. Change.Appointments are for them.
//
// Whoever has the account, or the paper that brings it back, still has the whole
// key: when the change is out, the account is wiped.
func (a *Administrator) Appoint(at time.Time, administrators ...Member) (*Change, error) {
	return a.AppointSome(at, len(administrators), administrators...)
}

// AppointSome is Appoint of administrators any need of whom, two at least, admit
// and dismiss members, and fewer than need cannot read.
//
// The group's service may be one of them: it then makes halves when another asks
// for it, Custody.Assent, whoever is to be admitted. Its part goes with
// Change.Halves. If need is 2, each of the others so admits whom he likes, and the
// service, which has a half for every member besides, can read together with any
// one of them.
func (a *Administrator) AppointSome(at time.Time, need int, administrators ...Member) (*Change, error) {
	if a.group.Mode() != Serviced {
		return nil, errors.New("group: only halves of the mode Serviced can be made by several administrators")
	}
	q := shamir.Quorum{Need: need, Of: len(administrators)}
	if q.Need < 2 || q.Of < q.Need || q.Of > maxDeputies {
		return nil, fmt.Errorf("group: from 2 to %d administrators are appointed, of whom 2 at least act together", maxDeputies)
	}
	whole, err := PrivateKey(a.account, len(a.group.keys))
	if err != nil {
		return nil, err
	}
	defer whole.Wipe()
	sharing, err := whole.Split(q)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	defer sharing.Wipe()
	b := &appointmentBody{
		Version: version, Group: a.group.Fingerprint().String(), Serial: a.group.appointment.serialOf() + 1,
		Key: keyData(whole.PublicKey()), Need: int64(need), Commitment: sharing.Commitment.Bytes(),
	}
	for i := range administrators {
		b.Administrators = append(b.Administrators, administrators[i].body())
	}
	body, err := marshal(&tagged{Appointment: b})
	if err != nil {
		return nil, err
	}
	signer := a.account.Private(profile.AdministratorSignature)
	e, err := dare.Sign(body, meta(tagAppointment), signer)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	s := a.group.next(at)
	if s.appointment, err = parseAppointment(e.Bytes(), s.profile); err != nil {
		return nil, err
	}
	appointments, halves := map[string][]byte{}, [][]byte(nil)
	for i := range administrators {
		m := &administrators[i]
		c, err := a.generate(sharing.Shares[i], m, s.serial)
		if err != nil {
			return nil, err
		}
		if !m.isService(a.group) {
			appointments[m.Address], err = sealTo(c, m.Encryption, signer)
		} else {
			c.Id = name(sharing.Shares[i].Key().PublicKey())
			var access []byte
			access, err = signAccess(c, signer)
			halves = append(halves, access)
		}
		if err != nil {
			return nil, err
		}
	}
	c, err := a.publish(s, nil)
	if err != nil {
		return nil, err
	}
	c.Appointments, c.Halves = appointments, append(c.Halves, halves...)
	return c, nil
}

// isService tells whether it is the service of a group that is meant, whatever
// its address.
func (m *Member) isService(g *Group) bool {
	return g.service != nil && m.Encryption.Equal(g.service.Encryption) && m.Signature.Equal(g.service.Signature)
}

// generate is a CapabilityKeyGenerate with an administrator's part.
func (a *Administrator) generate(part *cogen.Share, m *Member, issued int64) (*mesh.CapabilityKeyGenerate, error) {
	signer := a.account.Private(profile.AdministratorSignature)
	share, err := sealShare(a.group.Key(), part.Key(), part.Index(), a.group.serviceAddress(), m.Encryption, signer)
	if err != nil {
		return nil, err
	}
	c := &mesh.CapabilityKeyGenerate{}
	c.Id, c.Active, c.Issued = name(a.group.Key()), true, issued
	c.GranteeAccount, c.GranteeUdf, c.EnvelopedKeyShare = m.Address, m.Udf.String(), share
	return c, nil
}

// parseAppointment reads an appointment that the group's AdministratorSignature
// key signed, and checks that what is shared is the key it names.
func parseAppointment(b []byte, p *profile.Profile) (*appointment, error) {
	e, err := dare.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	if err := e.Verify(p.Key(profile.AdministratorSignature)); err != nil {
		return nil, fmt.Errorf("group: the appointment: %w", err)
	}
	body, err := e.Payload()
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	t, err := unmarshal(body)
	if err != nil {
		return nil, err
	}
	d := t.Appointment
	switch {
	case d == nil:
		return nil, errors.New("group: the envelope holds no appointment")
	case d.Version != version:
		return nil, errVersion
	case d.Group != p.Fingerprint().String() || d.Serial < 1:
		return nil, errors.New("group: an appointment of another group")
	case d.Need < 2 || int(d.Need) > len(d.Administrators) || len(d.Administrators) > maxDeputies:
		return nil, errors.New("group: an appointment of one administrator or too many")
	}
	a := &appointment{octets: slices.Clone(b), serial: d.Serial, need: int(d.Need)}
	if a.key, err = publicKey(d.Key); err != nil {
		return nil, err
	}
	for _, ab := range d.Administrators {
		m, err := ab.member()
		if err != nil {
			return nil, err
		}
		a.administrators = append(a.administrators, m)
	}
	if err := distinct(a.administrators); err != nil {
		return nil, err
	}
	if a.commitment, err = a.key.Algorithm().NewCommitment(d.Commitment); err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	if a.commitment.Need() != a.need || !a.commitment.Key().Equal(a.key) {
		return nil, errors.New("group: what the administrators share is not the group's key")
	}
	return a, nil
}

// of returns the place of an administrator, or -1.
func (a *appointment) of(address string) int {
	return slices.IndexFunc(a.administrators, func(m Member) bool { return m.Address == address })
}

// index is that of the administrator at a place.
func index(place int) cogen.Index { return cogen.NewIndex(uint64(place + 1)) }

// A Deputy is one of the administrators who were appointed. It holds a part of
// the group's key, and so is secret; a part is of no use in reading.
type Deputy struct {
	group *Group
	id    *Identity
	share *cogen.Share
}

// NewDeputy takes up an appointment: what Appoint made for id.
func NewDeputy(g *Group, id *Identity, appointed []byte) (*Deputy, error) {
	if g.appointment == nil {
		return nil, errors.New("group: the group has no appointed administrators")
	}
	place := g.appointment.of(id.Address)
	if place < 0 || !g.appointment.administrators[place].same(&id.Member) {
		return nil, errors.New("group: not an administrator of the group")
	}
	plaintext, err := openFrom(appointed, id.encryption, g.administrator())
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(plaintext)
	c, err := mesh.ParseAs[mesh.CapabilityKeyGenerate](plaintext)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	public, err := g.appointment.commitment.PublicShare(index(place))
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	part, err := openShare(c.EnvelopedKeyShare, id.encryption, g.administrator(), g.appointment.key, public)
	if err != nil {
		return nil, &CheatError{g.Address(), "appoints with a part that is not the one in the appointment"}
	}
	defer part.Wipe()
	return newDeputy(g, id, place, part)
}

// newDeputy is the administrator at a place of the appointment, who has a part.
func newDeputy(g *Group, id *Identity, place int, part *cogen.PrivateKey) (*Deputy, error) {
	scalar := part.Bytes()
	defer secret.Wipe(scalar)
	share, err := cogen.NewShare(g.appointment.commitment, index(place), scalar)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return &Deputy{g, id, share}, nil
}

// Group is the group as the deputy knows it.
func (d *Deputy) Group() *Group { return d.group }

// Update takes a later record of the group.
func (d *Deputy) Update(g *Group) error {
	if err := g.Succeeds(d.group); err != nil {
		return err
	}
	if g.appointment.serialOf() != d.group.appointment.serial {
		return errors.New("group: the administrators have been appointed anew")
	}
	d.group = g
	return nil
}

// Wipe clears the part.
func (d *Deputy) Wipe() { d.share.Wipe() }

// Format implements fmt.Formatter and writes "[secret]".
func (d Deputy) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }
