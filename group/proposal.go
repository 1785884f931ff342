package group

import (
	"bytes"
	"crypto/sha512"
	"errors"
	"fmt"
	"slices"
	"time"

	"meshkey/cogen"
	"meshkey/internal/jsonb"
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
