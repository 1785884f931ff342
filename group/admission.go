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
	"meshkey/internal/jsonb"
	"meshkey/mesh"
)

// A Proposal is a change of a group's members that appointed administrators are
// to make together. It holds no secret. docs/FORMATS.md, Groups.
type Proposal struct {
	octets  []byte
	digest  [sha512.Size]byte
	serial  int64
	record  []byte
	at      time.Time
	by      []string
	admit   []Member
	dismiss []string
}

type proposalBody struct {
	jsonb.Rest
	Version int64         `jsonb:"Version"`
	Id      string        `jsonb:"Id"`
	Group   string        `jsonb:"Group"`
	Serial  int64         `jsonb:"Serial"`
	Record  []byte        `jsonb:"Record"`
	Updated string        `jsonb:"Updated"`
	By      []string      `jsonb:"By"`
	Admit   []*memberBody `jsonb:"Admit"`
	Dismiss []string      `jsonb:"Dismiss"`
}

// grantBody is what one administrator contributes to an admission.
type grantBody struct {
	jsonb.Rest
	Version       int64        `jsonb:"Version"`
	Proposal      []byte       `jsonb:"Proposal"`
	Administrator string       `jsonb:"Administrator"`
	Halves        []*grantHalf `jsonb:"Halves"`
}

type grantHalf struct {
	jsonb.Rest
	Member   string             `jsonb:"Member"`
	Public   []byte             `jsonb:"Public"`
	Service  []byte             `jsonb:"Service"`
	Partial  mesh.AnyCapability `jsonb:"Partial"`
	Serviced mesh.AnyCapability `jsonb:"Serviced"`
}

// grant is a grantBody that was verified: for each member of the proposal the
// public sides that this administrator gives, with proofs of possession.
type grant struct {
	deputy   *Member
	member   []*cogen.Contribution
	service  []*cogen.Contribution
	partial  []*mesh.CapabilityDecryptPartial
	serviced []*mesh.CapabilityDecryptServiced
}

// welcomeBody carries an admission to the members and to the service.
type welcomeBody struct {
	jsonb.Rest
	Version     int64       `jsonb:"Version"`
	Appointment jsonb.Raw   `jsonb:"EnvelopedAppointment"`
	Proposal    []byte      `jsonb:"Proposal"`
	Grants      []jsonb.Raw `jsonb:"EnvelopedGrants"`
}

// Propose puts down a change of members: who is admitted, and the addresses of
// those who are dismissed. It is good for the group as it stands, once. All
// administrators are to make it.
func (g *Group) Propose(at time.Time, admit []Member, dismiss ...string) (*Proposal, error) {
	var by []string
	for _, a := range g.Administrators() {
		by = append(by, a.Address)
	}
	return g.ProposeTo(by, at, admit, dismiss...)
}

// ProposeTo is Propose to some administrators, by their addresses: as many as
// have to act together, or more. All of these are to make the change.
func (g *Group) ProposeTo(by []string, at time.Time, admit []Member, dismiss ...string) (*Proposal, error) {
	if g.appointment == nil {
		return nil, errors.New("group: the group has no appointed administrators")
	}
	id, err := newNonce()
	if err != nil {
		return nil, err
	}
	b := &proposalBody{
		Version: version, Id: id, Group: g.Fingerprint().String(), Serial: g.serial, Record: g.digest[:],
		Updated: formatTime(at), By: by, Dismiss: dismiss,
	}
	for i := range admit {
		b.Admit = append(b.Admit, admit[i].body())
	}
	octets, err := marshal(&tagged{Proposal: b})
	if err != nil {
		return nil, err
	}
	p, err := ParseProposal(octets)
	if err != nil {
		return nil, err
	}
	_, err = g.proposed(p)
	return p, err
}

// ParseProposal reads a proposal. Whether it fits a group is checked when it is
// granted and signed.
func ParseProposal(b []byte) (*Proposal, error) {
	t, err := unmarshal(b)
	if err != nil {
		return nil, err
	}
	d := t.Proposal
	switch {
	case d == nil:
		return nil, errors.New("group: not a proposal")
	case d.Version != version:
		return nil, errVersion
	case len(d.Admit)+len(d.Dismiss) == 0 || len(d.Admit)+len(d.Dismiss) > MaxMembers:
		return nil, errors.New("group: a proposal of no change, or of too many")
	}
	p := &Proposal{octets: bytes.Clone(b), digest: sha512.Sum512(b), serial: d.Serial, record: d.Record, by: d.By, dismiss: d.Dismiss}
	if p.at, err = parseTime(d.Updated); err != nil {
		return nil, err
	}
	for _, mb := range d.Admit {
		m, err := mb.member()
		if err != nil {
			return nil, err
		}
		p.admit = append(p.admit, m)
	}
	return p, nil
}

// Bytes writes the proposal.
func (p *Proposal) Bytes() []byte { return bytes.Clone(p.octets) }

// By lists the addresses of the administrators who are to make the change.
func (p *Proposal) By() []string { return slices.Clone(p.by) }

// Admit lists who is to be admitted. Their fingerprints are what an
// administrator has to compare before he grants.
func (p *Proposal) Admit() []Member { return slices.Clone(p.admit) }

// Dismiss lists the addresses of those who are to be dismissed.
func (p *Proposal) Dismiss() []string { return slices.Clone(p.dismiss) }

// proposed is the record that follows g by a proposal, without new halves.
func (g *Group) proposed(p *Proposal) (*state, error) {
	if p.serial != g.serial || !bytes.Equal(p.record, g.digest[:]) {
		return nil, &StaleError{p.serial, g.serial}
	}
	if g.appointment == nil || !g.appointment.key.Equal(g.Key()) {
		return nil, errors.New("group: nobody is appointed to share out the present key")
	}
	if _, err := g.appointment.present(p); err != nil {
		return nil, err
	}
	s := g.next(p.at)
	if err := s.dismiss(p.dismiss); err != nil {
		return nil, err
	}
	return s, s.admit(p.admit)
}

// present returns the indexes of the administrators that a proposal is for.
func (a *appointment) present(p *Proposal) ([]cogen.Index, error) {
	var at []cogen.Index
	for _, address := range p.by {
		place := a.of(address)
		if place < 0 || slices.Contains(at, index(place)) {
			return nil, errors.New("group: a proposal to somebody who is no administrator, or twice to one")
		}
		at = append(at, index(place))
	}
	if len(at) < a.need {
		return nil, &TooFewError{Need: a.need - len(at), From: a.but(p.by)}
	}
	return at, nil
}

// but lists the addresses of the other administrators.
func (a *appointment) but(addresses []string) []string {
	var out []string
	for _, m := range a.administrators {
		if !slices.Contains(addresses, m.Address) {
			out = append(out, m.Address)
		}
	}
	return out
}

// contextOf is what the proofs of possession in grants are bound to.
func (p *Proposal) contextOf(member, side string) []byte {
	return fmt.Appendf(nil, "meshkey group admission v1 %x %s %s", p.digest, side, member)
}

// Grant makes the deputy's halves for those who are to be admitted. What he has
// is, among those who make the change, a summand of the key: of that he gives a
// random half to each member and the rest to the service, sealed to them, with
// their public sides. For who is dismissed there is nothing to grant.
func (d *Deputy) Grant(p *Proposal) ([]byte, error) {
	if _, err := d.group.proposed(p); err != nil {
		return nil, err
	}
	at, err := d.group.appointment.present(p)
	if err != nil {
		return nil, err
	}
	part, err := d.share.Weighted(at)
	if err != nil {
		return nil, errors.New("group: a proposal to other administrators")
	}
	defer part.Wipe()
	b := &grantBody{Version: version, Proposal: p.digest[:], Administrator: d.id.Address}
	for i := range p.admit {
		h, err := d.grant(part, p, &p.admit[i])
		if err != nil {
			return nil, err
		}
		b.Halves = append(b.Halves, h)
	}
	body, err := marshal(&tagged{Grant: b})
	if err != nil {
		return nil, err
	}
	e, err := dare.Sign(body, meta(tagGrant), d.id.signature)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return e.Bytes(), nil
}

// grant makes two halves of the deputy's part.
func (d *Deputy) grant(part *cogen.PrivateKey, p *Proposal, m *Member) (*grantHalf, error) {
	halves, err := part.SplitAll(2)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	defer halves[0].Wipe()
	defer halves[1].Wipe()
	member, err := halves[0].Contribute(p.contextOf(m.Address, "member"), d.id.Address)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	service, err := halves[1].Contribute(p.contextOf(m.Address, "service"), d.id.Address)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	i := &issued{
		key: d.group.present(), member: halves[0], service: halves[1],
		half: half{member: m.Address, issued: p.serial + 1, own: halves[0].PublicKey()},
	}
	partial, err := d.group.partial(i, m, d.id.signature)
	if err != nil {
		return nil, err
	}
	serviced, err := d.group.servicedCapability(i, m, d.id.signature)
	if err != nil {
		return nil, err
	}
	return &grantHalf{Member: m.Address, Public: member.Bytes(), Service: service.Bytes(), Partial: partial, Serviced: serviced}, nil
}

// grants reads and verifies the grants of all administrators that a proposal is
// for, and returns them in its order. The error is a *CheatError for one that does
// not keep to the proposal, and a *TooFewError for those that are missing.
func (a *appointment) grants(p *Proposal, all [][]byte) ([]*grant, error) {
	if _, err := a.present(p); err != nil {
		return nil, err
	}
	out := make([]*grant, len(p.by))
	for _, b := range all {
		place, g, err := a.parseGrant(p, b)
		if err != nil {
			return nil, err
		}
		if out[place] != nil {
			return nil, fmt.Errorf("group: two grants of %q", g.deputy.Address)
		}
		out[place] = g
	}
	missing := &TooFewError{}
	for i, g := range out {
		if g == nil {
			missing.Need++
			missing.From = append(missing.From, p.by[i])
		}
	}
	if missing.Need > 0 && len(p.admit) > 0 {
		return nil, missing
	}
	return out, nil
}

func (a *appointment) parseGrant(p *Proposal, b []byte) (int, *grant, error) {
	e, err := dare.Parse(b)
	if err != nil {
		return 0, nil, fmt.Errorf("group: %w", err)
	}
	var wrong error
	place := slices.IndexFunc(a.administrators, func(m Member) bool {
		err := e.Verify(m.Signature)
		if errors.As(err, new(*dare.SignatureError)) {
			wrong = fmt.Errorf("group: a grant in the name of %q: %w", m.Address, err)
		}
		return err == nil
	})
	switch {
	case place < 0 && wrong != nil:
		return 0, nil, wrong
	case place < 0:
		return 0, nil, errors.New("group: a grant that none of the administrators signed")
	}
	g := &grant{deputy: &a.administrators[place]}
	at, err := a.present(p)
	if err != nil {
		return 0, nil, err
	}
	n := slices.Index(p.by, g.deputy.Address)
	if n < 0 {
		return 0, nil, fmt.Errorf("group: a grant of %q, whom the proposal is not for", g.deputy.Address)
	}
	part, err := a.commitment.WeightedShare(index(place), at)
	if err != nil {
		return 0, nil, fmt.Errorf("group: %w", err)
	}
	return n, g, g.read(e, p, part)
}

// read checks what an administrator signed: from here on, whatever is wrong is
// his doing.
func (g *grant) read(e *dare.Envelope, p *Proposal, part *cogen.PublicKey) error {
	cheat := func(what string) error { return &CheatError{g.deputy.Address, what} }
	body, err := e.Payload()
	if err != nil {
		return fmt.Errorf("group: %w", err)
	}
	t, err := unmarshal(body)
	if err != nil || t.Grant == nil || t.Grant.Version != version || t.Grant.Administrator != g.deputy.Address {
		return cheat("signs something that is no grant")
	}
	if !bytes.Equal(t.Grant.Proposal, p.digest[:]) {
		return cheat("a grant for another proposal")
	}
	if len(t.Grant.Halves) != len(p.admit) {
		return cheat("grants halves for other members than were proposed")
	}
	for i, h := range t.Grant.Halves {
		m := &p.admit[i]
		partial, ok := h.Partial.(*mesh.CapabilityDecryptPartial)
		serviced, ok2 := h.Serviced.(*mesh.CapabilityDecryptServiced)
		if h.Member != m.Address || !ok || !ok2 {
			return cheat("grants halves for other members than were proposed")
		}
		member, err := contribution(h.Public, p.contextOf(m.Address, "member"), g.deputy.Address)
		if err != nil {
			return cheat("a half without proof that he has it")
		}
		service, err := contribution(h.Service, p.contextOf(m.Address, "service"), g.deputy.Address)
		if err != nil {
			return cheat("a half without proof that he has it")
		}
		if !part.IsSum(member.PublicKey(), service.PublicKey()) {
			return cheat("halves that are not those of his part of the group's key")
		}
		g.member, g.service = append(g.member, member), append(g.service, service)
		g.partial, g.serviced = append(g.partial, partial), append(g.serviced, serviced)
	}
	return nil
}

func contribution(b, context []byte, maker string) (*cogen.Contribution, error) {
	c, err := cogen.ParseContribution(b)
	if err != nil {
		return nil, err
	}
	if c.Name() != maker {
		return nil, errors.New("group: a contribution under another's name")
	}
	return c, c.Verify(context)
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
