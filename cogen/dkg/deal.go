package dkg

import (
	"bytes"
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/curve"
)

// A deal's body is the holder's index, the share, and the dealer's signature of
// both and of its pledge.

func (c *Ceremony) dealLen() int { return 2*c.curve.ScalarLen() + c.proofLen() }

// statement is what a dealer signs, who has made that pledge.
func (c *Ceremony) statement(from, to cogen.Index, pledge, share []byte) []byte {
	return tagged("deal", 64, c.id, c.scalar(from).Bytes(), c.scalar(to).Bytes(), pledge, share)
}

// dealt is the challenge of the signature.
func (c *Ceremony) dealt(statement, r []byte) *curve.Scalar {
	return c.scalars(1, "challenge of a deal", statement, r)[0]
}

// readDeal returns the share in a deal, which may be wrong. The signature is
// checked.
func (c *Ceremony) readDeal(from, to cogen.Index, pledge []byte, key *curve.Point, body []byte) (share *curve.Scalar, wrong string) {
	n := c.curve.ScalarLen()
	index, octets, signature := body[:n], body[n:2*n], body[2*n:]
	if !bytes.Equal(index, c.scalar(to).Bytes()) {
		return nil, "sent a deal for another holder"
	}
	share, err := c.curve.NewScalar().SetCanonical(octets)
	if err != nil {
		return nil, "sent a deal with no share in it"
	}
	statement := c.statement(from, to, pledge, octets)
	if !c.signed(key, signature, func(r []byte) *curve.Scalar { return c.dealt(statement, r) }) {
		return nil, "sent a deal that it did not sign"
	}
	return share, ""
}

// value is what a dealer's commitment has at an index, times the base point.
func (c *Ceremony) value(core []byte, at cogen.Index) (*curve.Point, error) {
	points, err := c.points(core[:c.commitmentLen()])
	if err != nil {
		return nil, err
	}
	return c.valueVarTime(points, at), nil
}

// Judge decides a complaint. A holder who was dealt a wrong share shows the
// deal to all, and each looks for himself, with the opening of the accused that
// he has himself, not one that the accuser shows. The error is a *CheatError: it
// names the accused if he signed a share that is not the value of the polynomial
// he is committed to, and else the accuser, since no honest dealer signs one. No
// answer of the accused is waited for, and nothing of an honest dealer's is
// shown. Only of parties who are not in the ceremony is it another error.
//
// A deal that its dealer did not sign proves nothing, and is no ground for a
// complaint. It counts as missing, and is asked for again.
func (c *Ceremony) Judge(accuser, accused cogen.Index, opened, dealt []byte) error {
	if !slices.Contains(c.holders, accuser) {
		return errNoHolder
	}
	i := slices.Index(c.dealers, accused)
	if i < 0 {
		return errNoDealer
	}
	body, wrong := c.body(opening, accused, opened, c.openingLen())
	if wrong != "" {
		return &CheatError{accused, wrong}
	}
	core := body[:c.coreLen()]
	key, wrong := c.readCore(i, core)
	if wrong != "" {
		return &CheatError{accused, wrong}
	}
	if body, wrong = c.body(deal, accused, dealt, c.dealLen()); wrong == "" {
		var share *curve.Scalar
		if share, wrong = c.readDeal(accused, accuser, c.pledgeOf(accused, core), key, body); wrong == "" {
			return c.judge(accuser, accused, core, share)
		}
	}
	return &CheatError{accuser, fmt.Sprintf("complains without ground: party %v %s", accused, wrong)}
}

func (c *Ceremony) judge(accuser, accused cogen.Index, core []byte, share *curve.Scalar) error {
	p, err := c.value(core, accuser)
	switch {
	case err != nil:
		return &CheatError{accused, wrongPoint}
	case p.Equal(c.curve.NewPoint().ScalarBaseMult(share)) == 0:
		return &CheatError{accused, wrongShare}
	}
	return &CheatError{accuser, fmt.Sprintf("complains of a share that is right: that of party %v", accused)}
}

const (
	wrongPoint = "commits to what is no point to use"
	wrongShare = "dealt a share that is not the one it is committed to"
)
