package dkg

import (
	"bytes"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/curve"
)

// An opening's body is the commitment to the dealer's polynomial, the key that
// it signs its deals by, the proof that it knows the first coefficient, and the
// digests that all dealers pledged, as it got them.
//
// The key is one of its own, since coefficients do not stay the dealer's: who
// is dealt as many values as there are coefficients has them all.

func (c *Ceremony) commitmentLen() int { return c.size * c.curve.PointLen() }

// coreLen is the number of octets that a pledge is a digest of: commitment, key
// and proof.
func (c *Ceremony) coreLen() int { return c.commitmentLen() + c.curve.PointLen() + c.proofLen() }

func (c *Ceremony) openingLen() int { return c.coreLen() + idLen*len(c.dealers) }

// pledgeOf is the digest that a dealer pledges. It tells nothing: the proof in
// core is a random one of 2^252 or more.
func (c *Ceremony) pledgeOf(dealer cogen.Index, core []byte) []byte {
	return tagged("pledge", idLen, c.id, c.scalar(dealer).Bytes(), core)
}

// A transcript is what all parties must have seen alike.
type transcript struct {
	cores   [][]byte // of the dealers, in their order
	pledges []byte   // their digests, one after the other
	keys    []*curve.Point
}

// digest stands for all that was pledged and opened.
func (c *Ceremony) digest(t *transcript) []byte { return tagged("transcript", idLen, c.id, t.pledges) }

// read checks the openings of all dealers: form, pledges, proofs. Pledged are
// the digests that came in the first round, nil for a holder who did not deal.
// Of a commitment only the first point is looked at.
func (c *Ceremony) read(openings map[cogen.Index][]byte, pledged []byte) (*transcript, error) {
	bodies, err := c.bodies(opening, c.dealers, openings, c.openingLen())
	if err != nil {
		return nil, err
	}
	t := &transcript{cores: bodies}
	views := make([][]byte, len(bodies))
	for i, b := range bodies {
		t.cores[i], views[i] = b[:c.coreLen()], b[c.coreLen():]
		t.pledges = append(t.pledges, c.pledgeOf(c.dealers[i], t.cores[i])...)
	}
	if err := compare(c.dealers, t.pledges, views, pledged); err != nil {
		return nil, err
	}
	var wrong faults
	for i, core := range t.cores {
		key, what := c.readCore(i, core)
		if what != "" {
			wrong.add(c.dealers[i], what)
		}
		t.keys = append(t.keys, key)
	}
	return t, wrong.err()
}

// readCore checks the proof of dealer number i, and returns its key.
func (c *Ceremony) readCore(i int, core []byte) (key *curve.Point, wrong string) {
	n := c.curve.PointLen()
	encoded, rest := core[:n], core[c.commitmentLen():]
	p, err := c.curve.Decode(encoded)
	key, badKey := c.curve.Decode(rest[:n])
	switch {
	case err != nil || badKey != nil:
		return nil, "commits to what is no point to use"
	case !c.isConstant(i, p):
		return nil, "deals something else than its share"
	case !c.proves(c.id, c.scalar(c.dealers[i]), p, encoded, rest[n:]):
		return nil, "does not prove that it knows what it commits to, in this ceremony and under this index"
	}
	return key, ""
}

// compare looks whether all parties saw the same: opened is what we see now,
// pledged what we were told before, or nil, and views what each party says it
// was told. All are digests, one for each party, one after the other.
func compare(parties []cogen.Index, opened []byte, views [][]byte, pledged []byte) error {
	at := func(list []byte, i int) []byte { return list[i*idLen : (i+1)*idLen] }
	tellers := map[int][]cogen.Index{}
	for j, view := range views {
		if bytes.Equal(view, opened) {
			continue
		}
		for i := range parties {
			if !bytes.Equal(at(view, i), at(opened, i)) {
				tellers[i] = append(tellers[i], parties[j])
			}
		}
	}
	var wrong faults
	for i, x := range parties {
		switch {
		case pledged != nil && !bytes.Equal(at(pledged, i), at(opened, i)):
			wrong.add(x, "opened something else than it pledged")
		case slices.Contains(tellers[i], x):
			wrong.add(x, "says itself that it told others something else")
		case tellers[i] != nil:
			wrong = append(wrong, &DisputeError{x, tellers[i]})
		}
	}
	return wrong.err()
}
