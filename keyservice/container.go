package keyservice

import (
	"bytes"
	"context"
	"errors"

	"meshkey/keyservice/api"
	"meshkey/mesh"
	"meshkey/udf"
)

// A Head is how far a container of an account has come: how many envelopes it
// has, and a digest chained over all of them. Who keeps it sees whether what the
// service gives him later is the same container, only longer.
type Head struct {
	Container string // such as MMM_Contact
	Index     int64
	Digest    []byte
}

// after is the head once envelopes have come.
func (h Head) after(envelopes ...mesh.Envelope) Head {
	for _, e := range envelopes {
		h.Index, h.Digest = h.Index+1, api.ChainDigest(h.Digest, e)
	}
	return h
}

func (h Head) equal(o Head) bool {
	return h.Container == o.Container && h.Index == o.Index && bytes.Equal(h.Digest, o.Digest)
}

// Transfer appends envelopes to a container of the caller's account that is as
// head says, the zero Head with a name for a new one, and returns its new head.
// The error is api.ErrStale if others were there first. What the envelopes hold
// is the caller's to seal: the service reads nothing of it.
func (c *Client) Transfer(ctx context.Context, head Head, envelopes ...[]byte) (Head, error) {
	u := &api.ContainerUpdate{ContainerStatus: api.ContainerStatus{Container: head.Container, Index: head.Index, Digest: head.Digest}}
	for _, e := range envelopes {
		u.Envelopes = append(u.Envelopes, e)
	}
	next := head.after(u.Envelopes...)
	_, err := call[*api.TransferResponse](ctx, c, &api.TransferRequest{AccountAddress: c.by.Account, Updates: []*api.ContainerUpdate{u}})
	if errors.Is(err, api.ErrStale) {
		// An answer may have been lost, and the call made again.
		if now, e := c.head(ctx, head.Container); e == nil && now.equal(next) {
			err = nil
		}
	}
	if err != nil {
		return head, err
	}
	return next, nil
}

// head asks how far a container has come.
func (c *Client) head(ctx context.Context, container string) (Head, error) {
	s, err := c.Status(ctx, udf.Fingerprint{})
	if err != nil {
		return Head{}, err
	}
	for _, h := range s.Containers {
		if h.Container == container {
			return h, nil
		}
	}
	return Head{Container: container}, nil
}

// maxPages bounds how often Get asks.
const maxPages = 1 << 16

// Get returns what a container of the caller's account has after head, the zero
// Head with a name for all of it, and its new head. Each envelope must follow
// the ones before by the digests: a service that changed, dropped or exchanged
// any is found, by a *FalseError. It can still keep back the newest.
func (c *Client) Get(ctx context.Context, head Head) (envelopes [][]byte, next Head, err error) {
	next = head
	for range maxPages {
		r, err := call[*api.GetResponse](ctx, c, &api.GetRequest{
			AccountAddress: c.by.Account,
			Select:         []*api.ConstraintsSelect{{Container: head.Container, IndexMin: next.Index}},
		})
		if err != nil {
			return nil, head, err
		}
		var u *api.ContainerUpdate
		for _, of := range r.Updates {
			if of.Container == head.Container {
				u = of
			}
		}
		if u == nil || !next.equal(Head{u.Container, u.Index, u.Digest}) {
			return nil, head, falsely("another container %s than it had before", head.Container)
		}
		if len(u.Envelopes) == 0 {
			return envelopes, next, nil
		}
		for _, e := range u.Envelopes {
			envelopes = append(envelopes, e)
		}
		next = next.after(u.Envelopes...)
	}
	return nil, head, falsely("a container without an end")
}
