package dkg

import (
	"errors"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/curve"
	"meshkey/internal/secret"
)

// Commitment returns the commitment to the new shares, and with it the public
// key and every public share, after all checks that the openings allow: those
// of Dealer.Deal, and that all points are points of the curve and their sums
// of the subgroup of prime order. It needs no secret, so that an observer can
// call it.
func (c *Ceremony) Commitment(openings map[cogen.Index][]byte) (*cogen.Commitment, error) {
	t, err := c.read(openings, nil)
	if err != nil {
		return nil, err
	}
	dealt, err := c.sum(t)
	if err != nil {
		return nil, err
	}
	return c.shifted(dealt)
}

// sum adds up the dealers' commitments.
//
// Torsion in one dealer's points matters only if it is left in the sum, and
// there are n times fewer sums than points.
func (c *Ceremony) sum(t *transcript) (*cogen.Commitment, error) {
	sums := make([]*curve.Point, c.size)
	for k := range sums {
		sums[k] = c.curve.NewPoint()
	}
	var wrong faults
	for i, core := range t.cores {
		points, err := c.points(core[:c.commitmentLen()])
		if err != nil {
			wrong.add(c.dealers[i], wrongPoint)
			continue
		}
		for k, p := range points {
			sums[k].Add(sums[k], p)
		}
	}
	if wrong != nil {
		return nil, wrong.err()
	}
	encoded := make([][]byte, c.size)
	for k := range sums {
		encoded[k] = sums[k].Bytes()
	}
	commitment, err := c.algorithm.NewCommitment(encoded)
	if err != nil {
		return nil, errors.Join(c.findTorsion(t, sums), err)
	}
	return commitment, nil
}

// findTorsion names the dealers whose points have torsion where the sum has.
func (c *Ceremony) findTorsion(t *transcript, sums []*curve.Point) error {
	var left []int
	for k, sum := range sums {
		if sum.IsTorsionFree() == 0 {
			left = append(left, k)
		}
	}
	var wrong faults
	n := c.curve.PointLen()
	for i, core := range t.cores {
		for _, k := range left {
			if p, err := c.curve.Decode(core[k*n : (k+1)*n]); err != nil || p.IsTorsionFree() == 0 {
				wrong.add(c.dealers[i], "commits to a point outside the subgroup of prime order")
				break
			}
		}
	}
	return wrong.err()
}

// shifted makes the commitment to the new shares of that to what was dealt:
// for Refresh old + x·dealt, else the same.
func (c *Ceremony) shifted(dealt *cogen.Commitment) (*cogen.Commitment, error) {
	if c.purpose != refresh {
		return dealt, nil
	}
	out := c.old.Bytes()
	for k, b := range dealt.Bytes() {
		p, err := c.curve.Decode(b)
		if err != nil {
			return nil, err
		}
		q, err := c.curve.Decode(out[k+1])
		if err != nil {
			return nil, err
		}
		out[k+1] = p.Add(p, q).Bytes()
	}
	return c.algorithm.NewCommitment(out)
}

// Finish makes a holder's share of the openings of all dealers and of their
// deals to him. For Refresh share is his share of the old commitment, else nil.
// The sum of the shares is checked against the sum of the commitments; if it is
// wrong, every dealer's share is, and the errors name those who cheated. A deal
// with a wrong share is then the ground of a complaint: Judge. After any error
// the ceremony is over, and its messages are good for no other.
//
// The share is not to be used before all holders agree, which Accept sees to.
func (c *Ceremony) Finish(self cogen.Index, share *cogen.Share, openings, deals map[cogen.Index][]byte) (*Pending, error) {
	if !slices.Contains(c.holders, self) {
		return nil, errNoHolder
	}
	t, err := c.read(openings, nil)
	if err != nil {
		return nil, err
	}
	dealt, err := c.sum(t)
	if err != nil {
		return nil, err
	}
	shares, err := c.readDeals(self, t, deals)
	defer polynomial(shares).wipe()
	if err != nil {
		return nil, err
	}
	s := c.curve.NewScalar()
	defer s.Wipe()
	for _, x := range shares {
		s.Add(s, x)
	}
	octets := s.Bytes()
	defer secret.Wipe(octets)
	got, err := cogen.NewShare(dealt, self, octets)
	if err != nil {
		return nil, errors.Join(c.findCheat(self, t, shares), err)
	}
	return c.pending(self, share, got, t)
}

// readDeals returns what each dealer dealt to self, checked for its signature.
func (c *Ceremony) readDeals(self cogen.Index, t *transcript, deals map[cogen.Index][]byte) ([]*curve.Scalar, error) {
	bodies, err := c.bodies(deal, c.dealers, deals, c.dealLen())
	if err != nil {
		return nil, err
	}
	var shares []*curve.Scalar
	var wrong faults
	for i, from := range c.dealers {
		s, what := c.readDeal(from, self, t.pledges[i*idLen:(i+1)*idLen], t.keys[i], bodies[i])
		if what != "" {
			wrong.add(from, what)
			continue
		}
		shares = append(shares, s)
	}
	return shares, wrong.err()
}

// findCheat checks the dealers one by one.
func (c *Ceremony) findCheat(self cogen.Index, t *transcript, shares []*curve.Scalar) error {
	var wrong faults
	for i, core := range t.cores {
		p, err := c.value(core, self)
		if err != nil || p.Equal(c.curve.NewPoint().ScalarBaseMult(shares[i])) == 0 {
			wrong.add(c.dealers[i], wrongShare)
		}
	}
	return wrong.err()
}

// pending makes the new share of what was dealt.
func (c *Ceremony) pending(self cogen.Index, old, dealt *cogen.Share, t *transcript) (*Pending, error) {
	p := &Pending{c: c, digest: c.digest(t), share: dealt}
	if c.purpose != refresh {
		return p, nil
	}
	defer dealt.Wipe()
	if old == nil || old.Index() != self || !old.Commitment().Equal(c.old) {
		return nil, errShare
	}
	commitment, err := c.shifted(dealt.Commitment())
	if err != nil {
		return nil, err
	}
	a, b := dealt.Scalar(), old.Scalar()
	defer secret.Wipe(a)
	defer secret.Wipe(b)
	s, o := c.curve.NewScalar().SetWide(a), c.curve.NewScalar().SetWide(b)
	defer s.Wipe()
	defer o.Wipe()
	s.Add(s.Mul(s, c.scalar(self)), o)
	octets := s.Bytes()
	defer secret.Wipe(octets)
	p.share, err = cogen.NewShare(commitment, self, octets)
	return p, err
}
