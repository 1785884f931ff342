package keyservice

import (
	"context"
	"errors"
	"sync"

	"meshkey/group"
	"meshkey/keyservice/api"
	"meshkey/mesh"
)

// containerAccess is the container of a group's account that takes its record
// and the service's halves.
const containerAccess = "MMM_Access"

// groups are those that a client knows, by their fingerprints: a request names
// its group by that alone.
type groups struct {
	mu sync.Mutex
	m  map[string]*group.Group
}

func (g *groups) put(known *group.Group) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.m == nil {
		g.m = map[string]*group.Group{}
	}
	g.m[known.Fingerprint().String()] = known
}

func (g *groups) get(fingerprint string) *group.Group {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.m[fingerprint]
}

// ForGroup makes a group known to the client, for Contribute.
func ForGroup(g *group.Group) Option { return func(c *Client) { c.groups.put(g) } }

// Contribute implements group.Helper, for groups that the client knows. The
// caller has to be the member who made the request.
func (c *Client) Contribute(ctx context.Context, r *group.Request) (*group.Answer, error) {
	g := c.groups.get(r.Group())
	if g == nil {
		return nil, errors.New("keyservice: the request is of a group that the client was not told of")
	}
	o, err := r.Operate(g)
	if err != nil {
		return nil, err
	}
	answer, err := c.Do(ctx, o)
	if err != nil {
		return nil, err
	}
	defer api.Wipe(answer)
	return group.ParseResults(answer.(*api.OperateResponse), r)
}

// Assent has the service grant and sign a proposal for a group, of which it is an
// appointed administrator. The caller is another one, who makes the change too;
// grants are those of all who make it but the service. group.Conclude checks the
// answer.
func (c *Client) Assent(ctx context.Context, g *group.Group, p *group.Proposal, grants ...[]byte) (*group.Assent, error) {
	o, err := g.OperateAssent(p, grants...)
	if err != nil {
		return nil, err
	}
	answer, err := c.Do(ctx, o)
	if err != nil {
		return nil, err
	}
	return group.ParseAssent(answer.(*api.OperateResponse))
}

// Keep implements group.Keeper: it gives the service a group's record and halves.
// The caller is the group's administrator or an appointed one. A group that the
// service does not know is registered, if its administrator calls.
func (c *Client) Keep(ctx context.Context, record []byte, halves ...[]byte) error {
	g, err := group.ParseAny(record)
	if err != nil {
		return err
	}
	p := g.Profile()
	u := &api.ContainerUpdate{Envelopes: []mesh.Envelope{record}}
	u.Container = containerAccess
	for _, h := range halves {
		u.Envelopes = append(u.Envelopes, h)
	}
	transfer := &api.TransferRequest{AccountAddress: p.Address(), Updates: []*api.ContainerUpdate{u}}
	_, err = c.Do(ctx, transfer)
	if !errors.Is(err, api.ErrDenied) && !errors.Is(err, api.ErrUnknown) || c.by.Account != p.Address() {
		return err
	}
	if err := c.CreateAccount(ctx, p, ""); err != nil {
		return err
	}
	_, err = c.Do(ctx, transfer)
	return err
}

// Group fetches the newest record of the group with an address, for its parties.
// group.Parse verifies it.
func (c *Client) Group(ctx context.Context, address string) ([]byte, error) {
	answer, err := c.Do(ctx, &api.GetRequest{AccountAddress: address})
	if err != nil {
		return nil, err
	}
	for _, u := range answer.(*api.GetResponse).Updates {
		if u.Container == containerAccess && len(u.Envelopes) > 0 {
			return u.Envelopes[0], nil
		}
	}
	return nil, api.ErrUnknown
}
