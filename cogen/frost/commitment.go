package frost

import (
	"bytes"

	"meshkey/cogen"
	"meshkey/internal/curve"
)

// A Commitment is what a signer hands out in round one: the points of his two
// nonces. It does not change.
type Commitment struct {
	group           *Group
	index           cogen.Index
	x               *curve.Scalar // index
	hiding, binding *curve.Point
	encoded         []byte // index ‖ hiding ‖ binding, as RFC 9591, Section 4.3, lists them
}

func newCommitment(g *Group, i cogen.Index, hiding, binding *curve.Point) *Commitment {
	x, _ := g.indexScalar(i) // checked when the signer was made
	encoded := append(append(g.encodeScalar(x), hiding.Bytes()...), binding.Bytes()...)
	return &Commitment{g, i, x, hiding, binding, encoded}
}

// Index returns the index of the signer.
func (c *Commitment) Index() cogen.Index { return c.index }

// Bytes returns the encoding of c: docs/FORMATS.md.
func (c *Commitment) Bytes() []byte {
	return append(c.group.prefix(kindCommitment), c.encoded...)
}

// ParseCommitment reads what Bytes of a commitment for g writes, and nothing
// else. It is a *HolderError if its holder is not one of those named.
func (g *Group) ParseCommitment(b []byte) (*Commitment, error) {
	body, err := g.parsePrefix(kindCommitment, b)
	if err != nil {
		return nil, err
	}
	return g.parseCommitment(body)
}

// parseCommitment reads Commitment.encoded.
func (g *Group) parseCommitment(b []byte) (*Commitment, error) {
	n := g.curve.PointLen()
	if len(b) != 3*n {
		return nil, errFormat
	}
	i, x, err := g.decodeIndex(b[:n])
	if err != nil {
		return nil, err
	}
	if !g.allows(i) {
		return nil, &HolderError{[]cogen.Index{i}, "not a holder of this group"}
	}
	hiding, err := g.decodeElement(b[n : 2*n])
	if err == nil {
		var binding *curve.Point
		if binding, err = g.decodeElement(b[2*n:]); err == nil {
			return &Commitment{g, i, x, hiding, binding, bytes.Clone(b)}, nil
		}
	}
	return nil, &HolderError{[]cogen.Index{i}, "its commitment has a point outside the group, or the identity"}
}
