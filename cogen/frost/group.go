package frost

import (
	"bytes"
	"crypto/sha3"
	"errors"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/curve"
)

// MaxSigners bounds how many holders sign together, and how many points the
// commitment of a group has.
const MaxSigners = 10_000

// idLen is the number of octets of a group's digest.
const idLen = 32

// A Group is what is public of a shared key: the Feldman commitment to the
// polynomial whose values are the shares. It does not change, so several
// goroutines may use it.
type Group struct {
	*suite
	points  []*curve.Point // of the coefficients, the constant one first
	key     []byte         // encoding of points[0]
	id      [idLen]byte
	holders map[cogen.Index]bool // nil if anybody may be one
}

// NewGroup returns the group of a commitment, for Ed25519 or Ed448. If holders
// are named, no others may sign. All who sign must have the same commitment,
// from where they trust it.
func NewGroup(c *cogen.Commitment, holders ...cogen.Index) (*Group, error) {
	s, err := SuiteOf(c.Algorithm())
	if err != nil {
		return nil, err
	}
	return s.NewGroup(c.Bytes(), holders...)
}

// NewGroup returns the group with a commitment of 1 to MaxSigners encoded
// points, that of the constant coefficient first, which is the public key. As
// many holders are needed as there are points. If holders are named, no others
// may sign.
func (s Suite) NewGroup(points [][]byte, holders ...cogen.Index) (*Group, error) {
	if len(points) < 1 || len(points) > MaxSigners {
		return nil, errors.New("frost: a commitment has no points, or too many")
	}
	g := &Group{suite: s.suite, key: slices.Clone(points[0])}
	for _, b := range points {
		p, err := s.decodeElement(b)
		if err != nil {
			return nil, err
		}
		g.points = append(g.points, p)
	}
	for _, i := range holders {
		if _, err := s.indexScalar(i); err != nil {
			return nil, err
		}
		if g.holders == nil {
			g.holders = map[cogen.Index]bool{}
		}
		if g.holders[i] {
			return nil, &HolderError{[]cogen.Index{i}, "named twice"}
		}
		g.holders[i] = true
	}
	g.id = s.identify(points)
	return g, nil
}

// identify returns the digest of a group. The points are of one length.
func (u *suite) identify(points [][]byte) (id [idLen]byte) {
	h := sha3.NewCSHAKE256(nil, []byte("meshkey frost group v1"))
	_, _ = h.Write([]byte{u.code})
	for _, b := range points {
		_, _ = h.Write(b)
	}
	_, _ = h.Read(id[:])
	return id
}

// Suite returns the ciphersuite.
func (g *Group) Suite() Suite { return Suite{g.suite} }

// Need is how many holders it takes to sign.
func (g *Group) Need() int { return len(g.points) }

// Key returns the encoded public key: for Ed25519 and Ed448 that of RFC 8032.
func (g *Group) Key() []byte { return bytes.Clone(g.key) }

// Points returns the encoded points that Suite.NewGroup takes.
func (g *Group) Points() [][]byte {
	list := make([][]byte, len(g.points))
	for i, p := range g.points {
		list[i] = p.Bytes()
	}
	return list
}

// Verify reports whether signature is one of message by the group's key. For
// Ed25519 and Ed448 it is the verification of RFC 8032, Sections 5.1.7 and
// 5.2.7, without the cofactor; for ristretto255 that of RFC 9591, Appendix B.
// It takes one encoding of a signature only.
func (g *Group) Verify(message, signature []byte) bool {
	n := g.curve.PointLen()
	if len(signature) != 2*n {
		return false
	}
	z, err := g.decodeScalar(signature[n:])
	if err != nil {
		return false
	}
	c := g.challengeOf(signature[:n], g.key, message)
	// R is compared as octets and so needs no decoding.
	r := g.curve.NewPoint().MultiScalarMultVarTime(
		[]*curve.Scalar{z, c.Neg(c)}, []*curve.Point{g.curve.NewGenerator(), g.points[0]})
	return bytes.Equal(r.Bytes(), signature[:n])
}

// publicShare is the value at x of the polynomial in the exponent.
func (g *Group) publicShare(i cogen.Index) *curve.Point {
	p := g.curve.NewPoint()
	if x, small := i.Uint64(); small {
		return p.HornerVarTime(x, g.points)
	}
	x, _ := g.indexScalar(i)
	power := g.curve.NewScalar().SetUint64(1)
	powers := make([]*curve.Scalar, len(g.points))
	for k := range powers {
		powers[k] = g.curve.NewScalar().Set(power)
		power.Mul(power, x)
	}
	return p.MultiScalarMultVarTime(powers, g.points)
}

// allows reports whether i may be a holder.
func (g *Group) allows(i cogen.Index) bool { return g.holders == nil || g.holders[i] }
