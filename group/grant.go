package group

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
	"meshkey/mesh"
)

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
