package server

import (
	"errors"
	"slices"

	"meshkey/group"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/mesh"
)

// take finds the group with an address, nil if there is none, and keeps it until
// the job is over.
func (j *job) take(address string) (*holding, error) {
	h, err := j.server.groups.take(j.ctx, address, j.load)
	if errors.Is(err, errNoGroup) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	j.atEnd(func() { j.server.groups.release(h) })
	j.group = h
	return h, nil
}

// party finds who signed the call among the members and the appointed
// administrators of the group with an address, by its newest record.
func (j *job) party(address string) (*caller, error) {
	h, err := j.take(address)
	if err != nil {
		return nil, err
	}
	if h == nil {
		return nil, errUnknown
	}
	g := h.custody.Group()
	c := &caller{account: j.call.Account, still: h.still}
	for _, kid := range j.call.Signers() {
		// Who is both acts as an administrator; two with one address have two keys.
		c.role = deputy
		for _, a := range g.Administrators() {
			if c.is(&a, kid) {
				return j.signed(c)
			}
		}
		c.role = member
		if m := g.Member(c.account); m != nil && c.is(m, kid) {
			return j.signed(c)
		}
	}
	return nil, errUnknown
}

// is tells whether the caller is somebody of a group, by address and key.
func (c *caller) is(m *group.Member, kid string) bool {
	if m.Address != c.account || !named(m.Signature, kid) {
		return false
	}
	c.key, c.kid = m.Signature, kid
	return true
}

// operator finds the party of a group who asks for operations.
func (j *job) operator() (*caller, error) {
	return j.party(j.request.(*mesh.OperateRequest).AccountAddress)
}

// shares tells whether an administrator asks the service to make key shares.
func shares(operations []mesh.AnyOperation) bool {
	return slices.ContainsFunc(operations, func(o mesh.AnyOperation) bool {
		_, ok := o.(*mesh.CryptographicOperationShare)
		return ok
	})
}

// agreements checks that nothing is asked for but contributions to key agreements.
//
// Spec: a service of the drafts contributes to signatures too, and to new keys.
// Ours has no share of a key that signs; signatures are made by those who are
// named for it (docs/FORMATS.md, Signatures of a group), without it.
func agreements(operations []mesh.AnyOperation) error {
	for _, o := range operations {
		if _, ok := o.(*mesh.CryptographicOperationKeyAgreement); !ok {
			return api.ErrUnsupported.Because("of all operations it does key agreements, and makes key shares")
		}
	}
	return nil
}

// operate does what a member or an administrator asks for.
func (j *job) operate() (*plan, error) {
	if shares(j.request.(*mesh.OperateRequest).Operations) {
		return j.assent()
	}
	return j.agree()
}

// agree makes the contributions that a member asks for.
func (j *job) agree() (*plan, error) {
	if err := agreements(j.request.(*mesh.OperateRequest).Operations); err != nil {
		return nil, err
	}
	custody := j.group.custody
	g := custody.Group()
	if m := g.Member(j.caller.account); m == nil || !m.Signature.Equal(j.caller.key) {
		return nil, api.ErrDenied // an administrator, who might have a member's address
	}
	signer := j.caller.key
	if !g.Conditions(j.caller.account).IsZero() {
		signer = nil // who approves sees the request alone, without the call
	}
	r, err := group.ParseOperateBy(j.request.(*mesh.OperateRequest), g, signer)
	if err != nil {
		return nil, malformed(err)
	}
	if r.Grantee() != j.caller.account {
		return nil, api.ErrDenied // an answer is for the member who asks
	}
	ids, err := r.Capabilities(g)
	if err != nil {
		return nil, err
	}
	j.record(ids...)
	if err := j.hurries(g, r); err != nil {
		return nil, err
	}
	asked := j.ask(g, r)
	if asked != nil {
		if p, err := j.refused(asked); err != nil || p != nil {
			return p, err
		}
	}
	stop := j.server.meter.time(Agreement, len(r.Items()))
	answer, err := custody.AnswerVerified(j.ctx, r)
	stop()
	if err != nil {
		return nil, err
	}
	results, err := answer.Results()
	if err != nil {
		return nil, err
	}
	j.atEnd(func() { mesh.Wipe(results) })
	response := &api.OperateResponse{Results: results.Results}
	response.Status = results.Status
	p := &plan{response: response}
	if asked != nil {
		p.apply = func(w store.Writer) (api.Response, error) { return nil, asked.admit(w) }
	}
	return p, nil
}

// assent makes what the service contributes, as an appointed administrator, to
// the change of a group that another of them asks for.
//
// Spec: in the drafts a service splits a key of which it has a share, for whoever
// asks. Ours is one of several administrators if the group's holder appointed it,
// and then never alone: docs/FORMATS.md, Groups.
func (j *job) assent() (*plan, error) {
	custody := j.group.custody
	g := custody.Group()
	if j.caller.role != deputy {
		return nil, api.ErrDenied
	}
	id := g.AssentId()
	if id == "" {
		return nil, api.ErrDenied.Because("the service is not an administrator of the group")
	}
	j.record(id)
	proposal, grants, err := group.ParseOperateAssent(j.request.(*mesh.OperateRequest), g)
	if err != nil {
		return nil, malformed(err)
	}
	if !slices.Contains(proposal.By(), j.caller.account) {
		return nil, api.ErrDenied.Because("who asks is not among those who make the change")
	}
	if err := j.hurriesAssent(g, proposal); err != nil {
		return nil, err
	}
	stop := j.server.meter.time(Agreement, len(proposal.Admit()))
	a, err := custody.Assent(j.ctx, j.keys.identity, proposal, grants...)
	stop()
	if lost, ok := errors.AsType[*group.PartError](err); ok {
		return nil, lost // the operator's to know of, not who asks
	}
	if err != nil {
		return nil, malformed(err)
	}
	results := a.Results()
	response := &api.OperateResponse{Results: results.Results}
	response.Status = results.Status
	return &plan{response: response}, nil
}

// refused is the plan for a request that is not to be answered as things stand:
// it computes nothing. It is nil if the request is to be answered.
func (j *job) refused(a *ask) (*plan, error) {
	var no *api.Error
	err := j.server.config.Store.View(j.ctx, func(r store.Reader) (err error) {
		_, no, err = a.decide(r)
		return err
	})
	if err != nil || no == nil {
		return nil, err
	}
	return &plan{apply: func(w store.Writer) (api.Response, error) {
		if err := a.admit(w); err != nil {
			return nil, err
		}
		return nil, errChanged // it would be answered now
	}}, nil
}

// malformed refuses a call for what is wrong in it.
func malformed(err error) error {
	if refusal(err) != nil {
		return err
	}
	return api.ErrMalformed.Because(err.Error())
}
