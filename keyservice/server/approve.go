package server

import (
	"crypto/sha512"
	"encoding/hex"
	"slices"
	"strings"

	"meshkey/group"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/mesh"
)

// onlooker finds who may see what waits in a group, and veto it: its parties, and
// whoever has its administrator key.
func (j *job) onlooker() (*caller, error) {
	address := ""
	switch r := j.request.(type) {
	case *api.WaitingRequest:
		address = r.AccountAddress
	case *api.VetoRequest:
		address = r.AccountAddress
	}
	c, err := j.keeper(address)
	switch {
	case err != nil:
		return nil, err
	case j.group == nil, c.role != administrator && c.role != member && c.role != deputy:
		return nil, errUnknown
	case c.role == administrator:
		c.still = both(c.still, j.group.still)
	}
	return c, nil
}

func both(x, y func(store.Reader) error) func(store.Reader) error {
	return func(r store.Reader) error {
		if err := x(r); err != nil {
			return err
		}
		return y(r)
	}
}

// approver finds who may approve: a party of the group, in person and not by a
// device.
func (j *job) approver() (*caller, error) {
	return j.party(j.request.(*api.ApproveRequest).AccountAddress)
}

// approve notes that one of the approvers approves a request that waits.
func (j *job) approve() (*plan, error) {
	r := j.request.(*api.ApproveRequest)
	p, err := j.asked(r.GranteeAccount, r.Request)
	if err != nil {
		return nil, err
	}
	approvers := j.group.custody.Group().Approvers(p.grantee)
	if !slices.ContainsFunc(approvers, func(m group.Member) bool {
		return m.Address == j.caller.account && m.Signature.Equal(j.caller.key)
	}) {
		return nil, api.ErrDenied
	}
	response := &api.ApproveResponse{}
	response.Status = api.StatusDone
	return &plan{response: response, apply: func(w store.Writer) (api.Response, error) {
		x, err := j.open(w, p)
		if err != nil {
			return nil, err
		}
		// Those of people who are no approvers any more make room.
		x.approvals = slices.DeleteFunc(x.approvals, func(a *approvalRow) bool {
			return a.Address == j.caller.account || !slices.ContainsFunc(approvers, func(m group.Member) bool { return m.Address == a.Address })
		})
		x.approvals = append(x.approvals, &approvalRow{Address: j.caller.account, Key: j.caller.kid, Time: mesh.NewDateTime(j.now)})
		return nil, carryOut(w, []edit{x.put(p)})
	}}, nil
}

// veto ends a request that waits. It is the member himself who may ask for it
// again.
func (j *job) veto() (*plan, error) {
	r := j.request.(*api.VetoRequest)
	p, err := j.asked(r.GranteeAccount, r.Request)
	if err != nil {
		return nil, err
	}
	edits := p.forget()
	if asker := j.group.custody.Group().Member(p.grantee); !asker.Signature.Equal(j.caller.key) {
		edits = append(edits, putVeto(p, &vetoRow{Address: j.caller.account, Key: j.caller.kid, Time: mesh.NewDateTime(j.now)}))
	}
	response := &api.VetoResponse{}
	response.Status = api.StatusDone
	return &plan{response: response, apply: func(w store.Writer) (api.Response, error) {
		if _, err := j.open(w, p); err != nil {
			return nil, err
		}
		return nil, carryOut(w, edits)
	}}, nil
}

// asked finds a request that waits in the job's group, and puts down what it is
// about for the audit log.
func (j *job) asked(grantee string, digest []byte) (p place, err error) {
	g := j.group.custody.Group()
	if len(digest) != sha512.Size || g.Member(grantee) == nil {
		return p, api.ErrUnknown
	}
	p = place{g.Fingerprint().String(), grantee, digest}
	var request []byte
	err = j.server.config.Store.View(j.ctx, func(r store.Reader) error {
		if _, err := j.open(r, p); err != nil {
			return err
		}
		request, err = r.Get(tableAsked, p.key())
		return err
	})
	if err != nil {
		return p, err
	}
	r, err := group.ParseRequest(request, g)
	if err != nil {
		return p, malformed(err) // of somebody who was dismissed
	}
	ids, err := r.Capabilities(g)
	if err != nil {
		return p, err
	}
	j.record(ids...)
	return p, nil
}

// open reads a request that waits and can still be approved and vetoed.
func (j *job) open(r store.Reader, p place) (*waiting, error) {
	if v, err := p.veto(r); err != nil || v != nil {
		if err != nil {
			return nil, err
		}
		return nil, vetoed(v)
	}
	x, err := p.waiting(r, j.now)
	if err == nil && x == nil {
		return nil, api.ErrUnknown
	}
	return x, err
}

// Bounds of one list of what waits.
const (
	maxListed       = 256
	maxListedOctets = 512 << 10
)

// listWaiting lists what waits in the group, and is not answered yet.
func (j *job) listWaiting() (*plan, error) {
	g := j.group.custody.Group()
	name := g.Fingerprint().String()
	after, err := placeNamed(name, j.request.(*api.WaitingRequest).After)
	if err != nil {
		return nil, err
	}
	out := &api.WaitingResponse{}
	out.Status = api.StatusDone
	err = j.server.config.Store.View(j.ctx, func(r store.Reader) error {
		out.Waiting, out.Next = nil, ""
		entries := 0
		all, err := scanWaiting(r, name, under(name, ""), after, func(entry) bool {
			entries++
			return entries > maxListed
		})
		if err != nil {
			return err
		}
		octets := 0
		for i, e := range all {
			if i == maxListed || octets > maxListedOctets {
				out.Next = all[i-1].name()
				return nil
			}
			x, err := j.listed(r, g, e)
			if err != nil {
				return err
			}
			if x != nil {
				out.Waiting = append(out.Waiting, x)
				octets += len(x.EnvelopedGroupRequest)
			}
		}
		return nil
	})
	return &plan{response: out}, err
}

// listed describes a request, nil if it does not wait any more.
func (j *job) listed(r store.Reader, g *group.Group, e entry) (*api.Waiting, error) {
	c := g.Conditions(e.grantee)
	if e.answered || j.now.After(e.expires) || g.Member(e.grantee) == nil || c.Delay == 0 && c.Need == 0 {
		return nil, nil
	}
	request, err := r.Get(tableAsked, e.key())
	if err != nil {
		return nil, err
	}
	x := &api.Waiting{
		GranteeAccount: e.grantee, Request: e.digest, EnvelopedGroupRequest: request,
		Since: mesh.NewDateTime(e.since), Expires: mesh.NewDateTime(e.expires), Need: int64(c.Need),
	}
	if c.Delay > 0 {
		x.Until = mesh.NewDateTime(e.since.Add(c.Delay))
	}
	for _, m := range g.Approvers(e.grantee) {
		x.Approvers = append(x.Approvers, m.Address)
		i := slices.IndexFunc(e.approvals, func(a *approvalRow) bool { return a.Address == m.Address && named(m.Signature, a.Key) })
		if i >= 0 {
			x.Approvals = append(x.Approvals, &api.Approval{Address: m.Address, Time: e.approvals[i].Time})
		}
	}
	return x, nil
}

// name is what the place is called in lists.
func (p place) name() string { return p.grantee + " " + hex.EncodeToString(p.digest) }

// placeNamed is the key of the place that name gives the name, nil for none.
func placeNamed(group, name string) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	i := strings.LastIndexByte(name, ' ')
	digest, err := hex.DecodeString(name[i+1:])
	if i < 1 || err != nil || len(digest) != sha512.Size {
		return nil, api.ErrMalformed.Because("not the name of a request that waits")
	}
	return place{group, name[:i], digest}.key(), nil
}

// forgetWaiting deletes what members asked for who have left the group.
func forgetWaiting(w store.Writer, old, next *group.Group) error {
	name := old.Fingerprint().String()
	for _, m := range old.Members() {
		if n := next.Member(m.Address); n != nil && n.Signature.Equal(m.Signature) {
			continue // or somebody else has his address
		}
		for _, t := range []store.Table{tableWaiting, tableAsked} {
			if err := deleteAll(w, t, under(name, m.Address, "")); err != nil {
				return err
			}
		}
	}
	return nil
}
