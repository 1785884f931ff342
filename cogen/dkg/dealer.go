package dkg

import (
	"errors"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/curve"
	"meshkey/internal/secret"
)

// seedLen is the number of random octets that all secrets of a dealer come
// from.
const seedLen = 64

var (
	errNoDealer  = errors.New("dkg: not a dealer of this ceremony")
	errNoHolder  = errors.New("dkg: not a holder of this ceremony")
	errShare     = errors.New("dkg: not the dealer's share of the key that is dealt")
	errState     = errors.New("dkg: not a state of this dealer in this ceremony")
	errOpened    = errors.New("dkg: opened before, to other pledges")
	errNotOpened = errors.New("dkg: not opened yet")
	errOwn       = errors.New("dkg: another message than the dealer's own stands in its place")
	errWiped     = errors.New("dkg: wiped")
)

// A Dealer is a party on its way from its pledge to its deals. All it does
// follows from its State and the messages of the others, so that it says the
// same if it is asked again. It is not for several goroutines at once.
type Dealer struct {
	c       *Ceremony
	self    cogen.Index
	seed    *secret.Bytes
	pledges []byte // that it opened to; nil before
	f       polynomial
	key     *curve.Scalar // that signs the deals
	core    []byte        // of the opening
	pledge  []byte        // digest of core
}

// Start makes a dealer with a fresh polynomial. For Reshare share is the
// dealer's share, else nil.
func (c *Ceremony) Start(self cogen.Index, share *cogen.Share) (*Dealer, error) {
	return c.newDealer(self, share, secret.Random(seedLen), nil)
}

// Resume makes the dealer of whom State wrote the state, with the share that
// Start had.
func (c *Ceremony) Resume(self cogen.Index, share *cogen.Share, state []byte) (*Dealer, error) {
	for _, n := range []int{seedLen, seedLen + idLen*len(c.dealers)} {
		if b, wrong := c.body(dealerState, self, state, n); wrong == "" {
			var pledges []byte
			if n > seedLen {
				pledges = slices.Clone(b[seedLen:])
			}
			return c.newDealer(self, share, secret.Copy(b[:seedLen]), pledges)
		}
	}
	return nil, errState
}

// newDealer takes seed as its own.
func (c *Ceremony) newDealer(self cogen.Index, share *cogen.Share, seed *secret.Bytes, pledges []byte) (*Dealer, error) {
	d := &Dealer{c: c, self: self, seed: seed, pledges: pledges}
	if err := d.derive(share); err != nil {
		d.Wipe()
		return nil, err
	}
	return d, nil
}

// derive finds the polynomial, the key and the proof.
func (d *Dealer) derive(share *cogen.Share) error {
	c := d.c
	if !slices.Contains(c.dealers, d.self) {
		return errNoDealer
	}
	x := c.scalar(d.self)
	d.f = c.scalars(c.size, "polynomial", d.seed.Reveal(), c.id, x.Bytes())
	d.key = c.scalars(1, "key for deals", d.seed.Reveal(), c.id, x.Bytes())[0]
	if c.purpose == reshare {
		if err := d.weigh(share, d.f[0]); err != nil {
			return err
		}
	}
	commitment := d.f.commitment(c.suite)
	public := commitment[:c.curve.PointLen()]
	first := d.f[0].Bytes()
	defer secret.Wipe(first)
	nonce := c.scalars(1, "nonce of a proof", d.seed.Reveal(), first, c.id, x.Bytes(), public)[0]
	defer nonce.Wipe()
	key := c.curve.NewPoint().ScalarBaseMult(d.key).Bytes()
	d.core = slices.Concat(commitment, key, c.prove(c.id, x, d.f[0], nonce, public))
	d.pledge = c.pledgeOf(d.self, d.core)
	return nil
}

// weigh sets s to the share times its weight among the dealers.
func (d *Dealer) weigh(share *cogen.Share, s *curve.Scalar) error {
	if share == nil || share.Index() != d.self || !share.Commitment().Equal(d.c.old) {
		return errShare
	}
	octets := share.Scalar()
	defer secret.Wipe(octets)
	if octets == nil {
		return errWiped
	}
	w := d.c.weightsAt(d.c.curve.NewScalar(), d.c.dealers)
	s.SetWide(octets)
	s.Mul(s, w[slices.Index(d.c.dealers, d.self)])
	return nil
}

// State returns what Resume goes on from. It is secret until the ceremony ends.
func (d *Dealer) State() []byte {
	if d.seed.Len() == 0 {
		return nil
	}
	return d.c.message(dealerState, d.self, d.seed.Reveal(), d.pledges)
}

// Wipe clears the secrets. Nothing but an error comes from d then.
func (d *Dealer) Wipe() {
	d.seed.Wipe()
	d.f.wipe()
	if d.key != nil {
		d.key.Wipe()
	}
}

// Pledge returns the message of the first round, for all: a digest of what the
// dealer will open.
func (d *Dealer) Pledge() []byte {
	return d.c.message(pledge, d.self, d.pledge)
}

// Open returns the message of the second round, for all, once the pledges of
// all dealers are there, the dealer's own among them. It opens to one set of
// pledges only, and State from then on knows which: it must be kept before the
// message goes out.
func (d *Dealer) Open(pledges map[cogen.Index][]byte) ([]byte, error) {
	if d.seed.Len() == 0 {
		return nil, errWiped
	}
	bodies, err := d.c.bodies(pledge, d.c.dealers, pledges, idLen)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(bodies...)
	switch {
	case !slices.Equal(bodies[slices.Index(d.c.dealers, d.self)], d.pledge):
		return nil, errOwn
	case d.pledges != nil && !slices.Equal(d.pledges, all):
		return nil, errOpened
	}
	d.pledges = all
	return d.c.message(opening, d.self, d.core, all), nil
}

// Deal returns the messages of the third round, one for each holder and for
// his eyes only, the dealer's own among them. It checks that all dealers opened
// what they pledged, that all were told the same, and the proofs.
//
// The dealer has done its part then, and its State should be wiped.
func (d *Dealer) Deal(openings map[cogen.Index][]byte) (map[cogen.Index][]byte, error) {
	c := d.c
	switch {
	case d.seed.Len() == 0:
		return nil, errWiped
	case d.pledges == nil:
		return nil, errNotOpened
	}
	if _, err := c.read(openings, d.pledges); err != nil {
		return nil, err
	}
	out := make(map[cogen.Index][]byte, len(c.holders))
	for _, to := range c.holders {
		out[to] = d.deal(to)
	}
	return out, nil
}

// deal is a signed value of the polynomial.
func (d *Dealer) deal(to cogen.Index) []byte {
	c := d.c
	value := d.f.at(c.suite, c.scalar(to))
	defer value.Wipe()
	share, key := value.Bytes(), d.key.Bytes()
	defer secret.Wipe(share)
	defer secret.Wipe(key)
	statement := c.statement(d.self, to, d.pledge, share)
	nonce := c.scalars(1, "nonce of a deal", d.seed.Reveal(), key, statement)[0]
	defer nonce.Wipe()
	signature := c.sign(d.key, nonce, func(r []byte) *curve.Scalar { return c.dealt(statement, r) })
	return c.message(deal, d.self, c.scalar(to).Bytes(), share, signature)
}
