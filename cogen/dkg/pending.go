package dkg

import (
	"bytes"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/secret"
)

// A Pending is a share that is right, but not to be used before all holders
// have said that they have theirs, and of the same transcript.
type Pending struct {
	c      *Ceremony
	digest []byte // of the transcript
	share  *cogen.Share
}

// Commitment returns the commitment to the new shares.
func (p *Pending) Commitment() *cogen.Commitment { return p.share.Commitment() }

// Receipt returns the message of the last round, for all: that its sender has
// his share, and the digest of what he has seen.
func (p *Pending) Receipt() []byte { return p.c.message(receipt, p.share.Index(), p.digest) }

// Accept returns the share once the receipts of all holders are there, the
// holder's own among them. It is p's own: Wipe wipes it. If one of the holders
// has seen other openings, the error is a *DisputeError.
func (p *Pending) Accept(receipts map[cogen.Index][]byte) (*cogen.Share, error) {
	if err := p.c.accepted(p.digest, receipts); err != nil {
		return nil, err
	}
	return p.share, nil
}

// Accepted tells a party that gets no share whether all holders have theirs, as
// Accept does: whether, after Reshare, an old share is to be wiped. It checks
// the openings as Deal does.
func (c *Ceremony) Accepted(openings, receipts map[cogen.Index][]byte) error {
	t, err := c.read(openings, nil)
	if err != nil {
		return err
	}
	return c.accepted(c.digest(t), receipts)
}

func (c *Ceremony) accepted(digest []byte, receipts map[cogen.Index][]byte) error {
	bodies, err := c.bodies(receipt, c.holders, receipts, idLen)
	if err != nil {
		return err
	}
	var others []cogen.Index
	for i, b := range bodies {
		if !bytes.Equal(b, digest) {
			others = append(others, c.holders[i])
		}
	}
	if others != nil {
		return &DisputeError{Tellers: others}
	}
	return nil
}

// State returns what ResumePending goes on from. It is secret, for the share
// is in it.
func (p *Pending) State() []byte {
	octets := p.share.Scalar()
	if octets == nil {
		return nil
	}
	defer secret.Wipe(octets)
	return p.c.message(pendingState, p.share.Index(), p.digest, octets, slices.Concat(p.share.Commitment().Bytes()...))
}

// ResumePending reads what State wrote. The share is checked again.
func (c *Ceremony) ResumePending(self cogen.Index, state []byte) (*Pending, error) {
	n := c.curve.ScalarLen()
	b, wrong := c.body(pendingState, self, state, idLen+n+c.need*c.curve.PointLen())
	if wrong != "" || !slices.Contains(c.holders, self) {
		return nil, errState
	}
	points := slices.Collect(slices.Chunk(bytes.Clone(b[idLen+n:]), c.curve.PointLen()))
	commitment, err := c.algorithm.NewCommitment(points)
	if err != nil {
		return nil, err
	}
	share, err := cogen.NewShare(commitment, self, b[idLen:idLen+n])
	if err != nil {
		return nil, err
	}
	return &Pending{c, bytes.Clone(b[:idLen]), share}, nil
}

// Wipe clears the share.
func (p *Pending) Wipe() { p.share.Wipe() }
