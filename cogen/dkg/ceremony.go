package dkg

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/curve"
)

// MaxParties bounds the dealers and the holders of a ceremony.
const MaxParties = cogen.MaxContributions

// maxContext bounds the octets of a context.
const maxContext = 1024

// A Ceremony is what all parties agree on before they begin. Its dealers each
// bring a polynomial, and the holders end up with shares of the sum: for
// Generate and Refresh they are the same parties. It does not change.
type Ceremony struct {
	session
	algorithm cogen.Algorithm
	purpose   purpose
	dealers   []cogen.Index // in ascending order
	holders   []cogen.Index
	need      int               // of the new shares
	size      int               // coefficients of what is dealt
	old       *cogen.Commitment // nil for generate
	constants []*curve.Point    // those that the dealers must have, for reshare
}

// A purpose is what a ceremony is for.
type purpose string

const (
	generate purpose = "generate"
	refresh  purpose = "refresh"
	reshare  purpose = "reshare"
)

// Generate is the ceremony that makes a new key, of which need of the holders'
// shares are needed; if one is, each share is the key. A context, at most 1024
// octets, should stand for one ceremony and no other. The order of holders does
// not matter.
func Generate(a cogen.Algorithm, context []byte, need int, holders []cogen.Index) (*Ceremony, error) {
	c := &Ceremony{algorithm: a, purpose: generate, need: need, size: need, dealers: holders, holders: holders}
	return c.begin(context)
}

// Refresh is the ceremony that gives the holders new shares of the same key,
// of which as many are needed as before. Who is left out of holders is out:
// his old share does not go with the new ones. The package comment says what
// that does not undo. A quorum of one cannot be refreshed, for then each share
// is the key.
func Refresh(context []byte, old *cogen.Commitment, holders []cogen.Index) (*Ceremony, error) {
	if len(holders) < old.Need() {
		return nil, fmt.Errorf("dkg: fewer holders than the %d whose shares are needed", old.Need())
	}
	// A polynomial that is 0 at 0 is x·g(x). What is dealt are values of g, so
	// that there is nothing to check about a constant.
	c := &Ceremony{algorithm: old.Algorithm(), purpose: refresh, need: old.Need(), size: old.Need() - 1,
		dealers: holders, holders: holders, old: old}
	return c.begin(context)
}

// Reshare is the ceremony in which some holders of a key, as many as are
// needed or more, deal it to new holders, of whose shares need are needed. Old
// and new holders may have indexes in common; that does not make them the same
// parties.
func Reshare(context []byte, old *cogen.Commitment, dealers []cogen.Index, need int, holders []cogen.Index) (*Ceremony, error) {
	if len(dealers) < old.Need() {
		return nil, fmt.Errorf("dkg: fewer dealers than the %d whose shares are needed", old.Need())
	}
	c := &Ceremony{algorithm: old.Algorithm(), purpose: reshare, need: need, size: need,
		dealers: dealers, holders: holders, old: old}
	return c.begin(context)
}

var errNoCoefficients = errors.New("dkg: a quorum of one cannot be refreshed")

// begin checks what the parties agree on, and names it.
func (c *Ceremony) begin(context []byte) (*Ceremony, error) {
	var err error
	if c.suite = suites[c.algorithm]; c.suite == nil {
		return nil, errors.New("dkg: no algorithm")
	}
	if c.dealers, err = c.roster(c.dealers); err != nil {
		return nil, err
	}
	if c.holders, err = c.roster(c.holders); err != nil {
		return nil, err
	}
	switch {
	case len(context) > maxContext:
		return nil, fmt.Errorf("dkg: a context has more than %d octets", maxContext)
	case c.need < 1 || c.need > len(c.holders):
		return nil, fmt.Errorf("dkg: %d shares of %d cannot be needed", c.need, len(c.holders))
	case c.size == 0:
		return nil, errNoCoefficients
	}
	var old []byte
	if c.old != nil {
		old = slices.Concat(c.old.Bytes()...)
	}
	c.id = tagged("ceremony", idLen, []byte(c.purpose), []byte(c.algorithm.String()), context, old,
		binary.BigEndian.AppendUint64(nil, uint64(c.need)), c.indexes(c.dealers), c.indexes(c.holders))
	if c.purpose == reshare {
		c.constants, err = c.publicShares(c.old, c.dealers, c.weightsAt(c.curve.NewScalar(), c.dealers))
		return c, err
	}
	return c, nil
}

// ID returns what names the ceremony: a digest of all that its parties agree
// on. Every message carries it.
func (c *Ceremony) ID() [idLen]byte { return [idLen]byte(c.id) }

// Algorithm returns the algorithm of the key.
func (c *Ceremony) Algorithm() cogen.Algorithm { return c.algorithm }

// Need is how many of the new shares give the key.
func (c *Ceremony) Need() int { return c.need }

// Dealers returns who deals, in ascending order.
func (c *Ceremony) Dealers() []cogen.Index { return slices.Clone(c.dealers) }

// Holders returns who gets a share, in ascending order.
func (c *Ceremony) Holders() []cogen.Index { return slices.Clone(c.holders) }

// isConstant tells whether p is what dealer number i must begin with.
func (c *Ceremony) isConstant(i int, p *curve.Point) bool {
	return c.constants == nil || p.Equal(c.constants[i]) == 1
}
