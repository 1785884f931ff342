package server

import (
	"errors"

	"meshkey/group"
	"meshkey/keyservice/api"
	"meshkey/mesh"
)

// take finds the group with an address, nil if there is none, and keeps it until
// the job is over.
func (j *job) take(address string) (*holding, error) {
	h, err := j.server.groups.take(j.ctx, address, func() (*group.Custody, []byte, error) { return j.load(address) })
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
	c := &caller{account: j.call.Account, still: h.still, role: member}
	m := g.Member(c.account)
	if m == nil {
		c.role = deputy
		for _, a := range g.Administrators() {
			if a.Address == c.account {
				m = &a
			}
		}
	}
	if m == nil {
		return nil, errUnknown
	}
	for _, kid := range j.call.Signers() {
		if named(m.Signature, kid) {
			c.key, c.kid = m.Signature, kid
			return j.signed(c)
		}
	}
	return nil, errUnknown
}

// operator finds the member of a group who asks for operations.
func (j *job) operator() (*caller, error) {
	return j.party(j.request.(*mesh.OperateRequest).AccountAddress)
}

// operate makes the contributions that a member asks for.
func (j *job) operate() (*plan, error) {
	custody := j.group.custody
	r, err := group.ParseOperateBy(j.request.(*mesh.OperateRequest), custody.Group(), j.caller.key)
	if err != nil {
		return nil, malformed(err)
	}
	if r.Grantee() != j.caller.account {
		return nil, api.ErrDenied // an answer is for the member who asks
	}
	ids, err := r.Capabilities(custody.Group())
	if err != nil {
		return nil, err
	}
	j.record(ids...)
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
	return &plan{response: response}, nil
}

// malformed refuses a call for what is wrong in it.
func malformed(err error) error {
	if refusal(err) != nil {
		return err
	}
	return api.ErrMalformed.Because(err.Error())
}
