package group

import (
	"bytes"
	"errors"
	"fmt"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
)

// welcomeBody carries an admission to the members and to the service.
type welcomeBody struct {
	jsonb.Rest
	Version     int64       `jsonb:"Version"`
	Appointment jsonb.Raw   `jsonb:"EnvelopedAppointment"`
	Proposal    []byte      `jsonb:"Proposal"`
	Grants      []jsonb.Raw `jsonb:"EnvelopedGrants"`
}

// draft is the body of the record that follows by a proposal and its grants. It
// is the same for everyone who makes it.
func (g *Group) draft(p *Proposal, grants [][]byte) ([]byte, error) {
	s, err := g.proposed(p)
	if err != nil {
		return nil, err
	}
	all, err := s.appointment.grants(p, grants)
	if err != nil {
		return nil, err
	}
	for i := range p.admit {
		h := half{member: p.admit[i].Address, issued: s.serial}
		if h.own, err = sum(all, p.contextOf(h.member, "member"), func(g *grant) *cogen.Contribution { return g.member[i] }); err != nil {
			return nil, err
		}
		if h.service, err = sum(all, p.contextOf(h.member, "service"), func(g *grant) *cogen.Contribution { return g.service[i] }); err != nil {
			return nil, err
		}
		s.present().halves = append(s.present().halves, h)
	}
	return s.body()
}

func sum(all []*grant, context []byte, of func(*grant) *cogen.Contribution) (*cogen.PublicKey, error) {
	var c []*cogen.Contribution
	for _, g := range all {
		c = append(c, of(g))
	}
	k, err := cogen.CombinePublic(context, c...)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return k, nil
}

// Sign makes the deputy's signature of the record that follows by a proposal,
// after he has checked the grants of all administrators, his own among them.
func (d *Deputy) Sign(p *Proposal, grants ...[]byte) ([]byte, error) {
	body, err := d.group.draft(p, grants)
	if err != nil {
		return nil, err
	}
	e, err := dare.Sign(body, meta(tagRecord), d.id.signature)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return e.Bytes(), nil
}

// Conclude joins what all administrators have signed. It needs no secret, so
// anyone can do it.
func (g *Group) Conclude(p *Proposal, grants [][]byte, signed ...[]byte) (*Change, error) {
	body, err := g.draft(p, grants)
	if err != nil {
		return nil, err
	}
	var joined *dare.Envelope
	missing := &TooFewError{}
	for _, address := range p.by {
		a := &g.appointment.administrators[g.appointment.of(address)]
		e, err := a.signed(signed, body)
		switch {
		case err != nil:
			return nil, err
		case e == nil:
			missing.Need++
			missing.From = append(missing.From, a.Address)
		case joined == nil:
			joined = e
		default:
			joined.Trailer.Signatures = append(joined.Trailer.Signatures, e.Trailer.Signatures...)
		}
	}
	if missing.Need > 0 {
		return nil, missing
	}
	next, err := Parse(joined.Bytes(), g.Fingerprint())
	if err != nil {
		return nil, err
	}
	return g.concluded(next, p, grants)
}

// signed returns what an administrator signed, nil if nothing. Anything but the
// body is a *CheatError.
func (m *Member) signed(all [][]byte, body []byte) (*dare.Envelope, error) {
	for _, b := range all {
		e, err := dare.Parse(b)
		if err != nil {
			return nil, fmt.Errorf("group: %w", err)
		}
		if e.Trailer == nil || len(e.Trailer.Signatures) != 1 || e.Verify(m.Signature) != nil {
			continue
		}
		if !bytes.Equal(e.Body, body) {
			return nil, &CheatError{m.Address, "signs another record than the one proposed"}
		}
		return e, nil
	}
	return nil, nil
}

// concluded puts together what the members and the service get.
func (g *Group) concluded(next *Group, p *Proposal, grants [][]byte) (*Change, error) {
	c := &Change{Record: next.Bytes(), Invitations: map[string][]byte{}}
	if len(p.admit) == 0 {
		return c, nil
	}
	w := &welcomeBody{Version: version, Appointment: g.appointment.octets, Proposal: p.octets}
	for _, b := range grants {
		w.Grants = append(w.Grants, b)
	}
	octets, err := marshal(&tagged{Welcome: w})
	if err != nil {
		return nil, err
	}
	c.Halves = [][]byte{octets}
	for _, m := range p.admit {
		c.Invitations[m.Address] = octets
	}
	return c, nil
}

// admission is a welcome that was verified.
type admission struct {
	key      *cogen.PublicKey // of the group, when it was split
	proposal *Proposal
	grants   []*grant
}

func (b *welcomeBody) admission(g *Group) (*admission, error) {
	if b.Version != version {
		return nil, errVersion
	}
	a, err := parseAppointment(b.Appointment, g.profile)
	if err != nil {
		return nil, err
	}
	p, err := ParseProposal(b.Proposal)
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for _, raw := range b.Grants {
		all = append(all, raw)
	}
	grants, err := a.grants(p, all)
	if err != nil {
		return nil, err
	}
	return &admission{a.key, p, grants}, nil
}

// each calls visit for every member admitted whose half is still the one in the
// group's record.
func (a *admission) each(g *Group, visit func(i int, of servicedHalf) error) error {
	k := g.key(name(a.key))
	if k == nil || k.mode != Serviced {
		return nil
	}
	for i, m := range a.proposal.admit {
		h := k.of(m.Address)
		if h == nil || h.issued > a.proposal.serial+1 {
			continue
		}
		if h.issued < a.proposal.serial+1 {
			return &StaleError{g.serial, a.proposal.serial + 1}
		}
		if err := visit(i, servicedHalf{k, h}); err != nil {
			return err
		}
	}
	return nil
}

// open opens one side of what all administrators granted, and adds it up. Who
// sealed something else than he stated is named.
func (a *admission) open(key *cogen.PrivateKey, public *cogen.PublicKey, side func(*grant) (*cogen.Contribution, []byte)) (*cogen.PrivateKey, error) {
	var parts []*cogen.PrivateKey
	defer func() {
		for _, p := range parts {
			p.Wipe()
		}
	}()
	for _, g := range a.grants {
		stated, sealed := side(g)
		k, err := openShare(sealed, key, g.deputy.Signature, a.key, stated.PublicKey())
		if err != nil {
			return nil, &CheatError{g.deputy.Address, "seals a half that is not the one he stated"}
		}
		parts = append(parts, k)
	}
	k, err := cogen.CombinePrivate(parts...)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	if !k.PublicKey().Equal(public) {
		k.Wipe()
		return nil, errors.New("group: the grants are not those of the group's record")
	}
	return k, nil
}

// welcome takes a member's half from an admission.
func (m *Membership) welcome(b *welcomeBody) error {
	a, err := b.admission(m.group)
	if err != nil {
		return err
	}
	return a.each(m.group, func(i int, of servicedHalf) error {
		if of.half.member != m.id.Address {
			return nil
		}
		k, err := a.open(m.id.encryption, of.half.own, func(g *grant) (*cogen.Contribution, []byte) {
			return g.member[i], g.partial[i].EnvelopedKeyShare
		})
		if err != nil {
			return err
		}
		m.set(name(a.key), &held{half: k})
		return nil
	})
}

// welcome takes the service's halves from an admission.
func (id *Identity) welcome(g *Group, b *welcomeBody, into map[string]*cogen.PrivateKey) error {
	a, err := b.admission(g)
	if err != nil {
		return err
	}
	return a.each(g, func(i int, of servicedHalf) error {
		k, err := a.open(id.encryption, of.half.service, func(g *grant) (*cogen.Contribution, []byte) {
			return g.service[i], g.serviced[i].EnvelopedKeyShare
		})
		if err != nil {
			return err
		}
		into[of.place()] = k
		return nil
	})
}
