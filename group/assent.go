package group

import (
	"context"
	"errors"
	"slices"

	"meshkey/cogen"
	"meshkey/mesh"
)

// ErrNotAppointed is the error for what only appointed administrators do.
var ErrNotAppointed = errors.New("group: not one of the group's appointed administrators")

// An Assent is what a service that is an appointed administrator contributes to
// a proposal: its grant, nil if nobody is admitted, and its signature of the
// record that follows. Neither is secret. Group.Conclude takes both, and names
// the service if they are not what they should be.
type Assent struct {
	Grant  []byte
	Signed []byte
}

// AssentId is the Id of the service's part as an administrator, under which its
// log has what it assents to. It is empty if the service is none, or if the key
// that was shared out is not the present one.
func (g *Group) AssentId() string {
	p, ok := g.part()
	if !ok {
		return ""
	}
	return name(p.public)
}

// Assent makes the service's contributions to a proposal, as one of those who
// are to make the change. grants are those of all others of them, and are
// checked: a *CheatError names whose is wrong, a *TooFewError whose are missing.
// The error is ErrNotAppointed if the service is no administrator, a *StaleError if
// the proposal is not for the record of the custody, and a *PartError if the part
// cannot be had.
//
// Whether who asks may do so is the caller's to decide: an administrator whom
// the same record appoints.
func (c *Custody) Assent(ctx context.Context, id *Identity, p *Proposal, grants ...[]byte) (*Assent, error) {
	own, ok := c.group.part()
	if !ok {
		return nil, ErrNotAppointed
	}
	who := &Identity{c.group.appointment.administrators[own.at], id.encryption, id.signature}
	if !slices.Contains(p.by, who.Address) {
		return nil, errors.New("group: a proposal to other administrators")
	}
	// His own copy of the part: members are answered meanwhile, however many are
	// admitted.
	var d *Deputy
	err := c.use(ctx, own.deposit, func(part *cogen.PrivateKey) (err error) {
		d, err = newDeputy(c.group, who, own.at, part)
		return err
	})
	if err != nil {
		return nil, &PartError{err}
	}
	defer d.Wipe()
	out, all := &Assent{}, slices.Clone(grants)
	if len(p.admit) > 0 {
		if out.Grant, err = d.Grant(p); err != nil {
			return nil, err
		}
		all = append(all, out.Grant)
	}
	if out.Signed, err = d.Sign(p, all...); err != nil {
		return nil, err
	}
	return out, nil
}

// A PartError is that the service cannot have its part, whatever is proposed.
type PartError struct{ Err error }

// Error implements error.
func (e *PartError) Error() string {
	return "group: the service's part cannot be had: " + e.Err.Error()
}

// Unwrap returns why.
func (e *PartError) Unwrap() error { return e.Err }

// halvesOfOne are into how many a key is split for one member: his half and the
// service's, both of which it takes.
const halvesOfOne = 2

// OperateAssent writes what Assent takes as a request to the group's service.
func (g *Group) OperateAssent(p *Proposal, grants ...[]byte) (*mesh.OperateRequest, error) {
	part, ok := g.part()
	if !ok {
		return nil, ErrNotAppointed
	}
	o := &mesh.CryptographicOperationShare{Threshold: halvesOfOne, Shares: halvesOfOne, GroupProposal: p.Bytes()}
	o.KeyId = name(part.public)
	for _, b := range grants {
		o.EnvelopedGrants = append(o.EnvelopedGrants, b)
	}
	return &mesh.OperateRequest{AccountAddress: g.Address(), Operations: []mesh.AnyOperation{o}}, nil
}

// ParseOperateAssent reads what OperateAssent makes.
func ParseOperateAssent(o *mesh.OperateRequest, g *Group) (p *Proposal, grants [][]byte, err error) {
	part, ok := g.part()
	if !ok {
		return nil, nil, ErrNotAppointed
	}
	if len(o.Operations) != 1 || o.EnvelopedGroupRequest != nil || o.AccountAddress != g.Address() {
		return nil, nil, errors.New("group: a share is asked for alone")
	}
	s, ok := o.Operations[0].(*mesh.CryptographicOperationShare)
	switch {
	case !ok || s.KeyCoefficient != nil || s.Threshold != halvesOfOne || s.Shares != halvesOfOne:
		return nil, nil, errors.New("group: another operation than making the two halves of each member")
	case s.KeyId != name(part.public):
		return nil, nil, errors.New("group: a part that the service does not have")
	case len(s.EnvelopedGrants) > maxDeputies:
		return nil, nil, errors.New("group: more grants than there are administrators")
	}
	if p, err = ParseProposal(s.GroupProposal); err != nil {
		return nil, nil, err
	}
	for _, b := range s.EnvelopedGrants {
		grants = append(grants, b)
	}
	return p, grants, nil
}

// Results writes the assent as the Mesh does.
func (a *Assent) Results() *mesh.OperateResponse {
	out := &mesh.OperateResponse{Response: mesh.Response{Status: statusDone}}
	out.Results = []mesh.AnyResult{&mesh.CryptographicResultShare{EnvelopedGrant: a.Grant, EnvelopedGroupRecord: a.Signed}}
	return out
}

// ParseAssent reads the service's answer. Group.Conclude checks what is in it.
func ParseAssent(o *mesh.OperateResponse) (*Assent, error) {
	if o.Status != statusDone || len(o.Results) != 1 {
		return nil, errors.New("group: the service does not assent")
	}
	r, ok := o.Results[0].(*mesh.CryptographicResultShare)
	if !ok || r.Error != "" || r.EnvelopedGroupRecord == nil {
		return nil, &CheatError{Service, "answers with something that is no assent"}
	}
	return &Assent{r.EnvelopedGrant, r.EnvelopedGroupRecord}, nil
}
