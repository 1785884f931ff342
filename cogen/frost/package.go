package frost

import (
	"bytes"
	"crypto/sha3"
	"encoding/binary"
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/curve"
)

// MaxMessage bounds the octets of a message. What is longer is signed by its
// digest.
const MaxMessage = 1 << 24

// A Package is what the coordinator sends to all signers: the message and the
// commitments of those who sign. It does not change, so several goroutines may
// use it.
type Package struct {
	group       *Group
	message     []byte
	commitments []*Commitment       // by ascending index
	places      map[cogen.Index]int // in commitments
	digest      [idLen]byte

	prefix    []byte          // of what binding factors are hashed from
	factors   []*curve.Scalar // binding factors, in the order of commitments
	r         *curve.Point    // group commitment
	challenge *curve.Scalar
}

// NewPackage returns the package for message and commitments in any order:
// those of at least Need signers, each of them once. All of these must sign, so
// there should be none who may not.
func (g *Group) NewPackage(message []byte, commitments ...*Commitment) (*Package, error) {
	if len(message) > MaxMessage {
		return nil, fmt.Errorf("frost: a message has at most %d octets", MaxMessage)
	}
	if len(commitments) > MaxSigners {
		return nil, errMany
	}
	list := slices.Clone(commitments)
	slices.SortFunc(list, (*Commitment).compare)
	return g.newPackage(bytes.Clone(message), list)
}

// compare orders commitments by index, as RFC 9591, Section 4.3, wants them.
func (c *Commitment) compare(d *Commitment) int {
	n := c.group.curve.PointLen()
	a, b := slices.Clone(c.encoded[:n]), slices.Clone(d.encoded[:n]) // little-endian
	slices.Reverse(a)
	slices.Reverse(b)
	return bytes.Compare(a, b)
}

// newPackage takes its arguments as its own, the commitments in order.
func (g *Group) newPackage(message []byte, commitments []*Commitment) (*Package, error) {
	if len(commitments) < g.Need() {
		return nil, errNeed
	}
	p := &Package{group: g, message: message, commitments: commitments, places: map[cogen.Index]int{}}
	for i, c := range commitments {
		_, twice := p.places[c.index]
		switch {
		case c.group.id != g.id:
			return nil, &HolderError{[]cogen.Index{c.index}, "its commitment is for another group"}
		case !g.allows(c.index):
			return nil, &HolderError{[]cogen.Index{c.index}, "not a holder of this group"}
		case twice:
			return nil, &HolderError{[]cogen.Index{c.index}, "two commitments"}
		}
		p.places[c.index] = i
	}
	if p.bind(); p.r.IsIdentity() == 1 {
		return nil, errZero
	}
	return p, nil
}

// bind computes what follows from message and commitments: RFC 9591, Sections
// 4.4 to 4.6.
func (p *Package) bind() {
	g := p.group
	list := []byte{}
	for _, c := range p.commitments {
		list = append(list, c.encoded...)
	}
	p.prefix = slices.Concat(g.key, g.tagged("msg", p.message), g.tagged("com", list))
	points := make([]*curve.Point, len(p.commitments))
	p.r = g.curve.NewPoint()
	for i, c := range p.commitments {
		p.factors = append(p.factors, g.curve.NewScalar().SetWide(g.tagged("rho", p.bindingInput(i))))
		points[i] = c.binding
		p.r.Add(p.r, c.hiding)
	}
	p.r.Add(p.r, g.curve.NewPoint().MultiScalarMultVarTime(p.factors, points))
	p.challenge = g.challengeOf(p.r.Bytes(), g.key, p.message)
	h := sha3.NewCSHAKE256(nil, []byte("meshkey frost package v1"))
	_, _ = h.Write(p.Bytes())
	_, _ = h.Read(p.digest[:])
}

// bindingInput is what the binding factor of the signer at that place is
// hashed from.
func (p *Package) bindingInput(at int) []byte {
	return append(p.prefix[:len(p.prefix):len(p.prefix)], p.commitments[at].encoded[:p.group.curve.PointLen()]...)
}

// Message returns the message. A signer shows it to its holder, who approves
// it or not.
func (p *Package) Message() []byte { return bytes.Clone(p.message) }

// Signers returns the indexes of those who sign, in ascending order.
func (p *Package) Signers() []cogen.Index {
	list := make([]cogen.Index, len(p.commitments))
	for i, c := range p.commitments {
		list[i] = c.index
	}
	return list
}

// Bytes returns the encoding of p: docs/FORMATS.md.
func (p *Package) Bytes() []byte {
	b := p.group.prefix(kindPackage)
	b = binary.BigEndian.AppendUint16(b, uint16(len(p.commitments)))
	for _, c := range p.commitments {
		b = append(b, c.encoded...)
	}
	return append(b, p.message...)
}

// ParsePackage reads what Bytes of a package for g writes, and nothing else:
// it makes the demands of NewPackage, and the commitments are in order.
func (g *Group) ParsePackage(b []byte) (*Package, error) {
	b, err := g.parsePrefix(kindPackage, b)
	if err != nil {
		return nil, err
	}
	if len(b) < 2 {
		return nil, errFormat
	}
	n, size := int(binary.BigEndian.Uint16(b)), 3*g.curve.PointLen()
	if b = b[2:]; n > MaxSigners || len(b) < n*size || len(b)-n*size > MaxMessage {
		return nil, errFormat
	}
	var list []*Commitment
	for i := range n {
		c, err := g.parseCommitment(b[i*size : (i+1)*size])
		if err != nil {
			return nil, err
		}
		if i > 0 && list[i-1].compare(c) > 0 {
			return nil, errFormat
		}
		list = append(list, c)
	}
	return g.newPackage(bytes.Clone(b[n*size:]), list)
}
