package frost

import (
	"slices"

	"meshkey/cogen"
	"meshkey/internal/curve"
)

// A SignatureShare is what a signer returns in round two. It names the package
// that it was made for. It does not change, and is public.
type SignatureShare struct {
	group  *Group
	index  cogen.Index
	digest [idLen]byte // of the package
	z      *curve.Scalar
}

// Index returns the index of the signer.
func (s *SignatureShare) Index() cogen.Index { return s.index }

// Bytes returns the encoding of s: docs/FORMATS.md.
func (s *SignatureShare) Bytes() []byte {
	g := s.group
	return slices.Concat(g.prefix(kindShare), g.encodeIndex(s.index), s.digest[:], g.encodeScalar(s.z))
}

// ParseSignatureShare reads what Bytes of a signature share for g writes, and
// nothing else. Whether the share is right, Aggregate finds out.
func (g *Group) ParseSignatureShare(b []byte) (*SignatureShare, error) {
	body, err := g.parsePrefix(kindShare, b)
	if err != nil {
		return nil, err
	}
	n := g.curve.PointLen()
	if len(body) != n+idLen+n {
		return nil, errFormat
	}
	i, _, err := g.decodeIndex(body[:n])
	if err != nil {
		return nil, err
	}
	z, err := g.decodeScalar(body[n+idLen:])
	if err != nil {
		return nil, &HolderError{[]cogen.Index{i}, "its signature share is not below the group order"}
	}
	return &SignatureShare{g, i, [idLen]byte(body[n:]), z}, nil
}

// Aggregate returns the signature from the signature shares for p of all its
// signers, in any order: RFC 9591, Section 5.3.
//
// It is a *HolderError that names those whose shares are missing, come twice,
// are for another package, or should not be there; a *CheatError that names
// those whose shares are wrong. The shares are checked one by one only if the
// signature is not good, so that an honest session pays for one verification.
func (g *Group) Aggregate(p *Package, shares ...*SignatureShare) ([]byte, error) {
	if p.group.id != g.id {
		return nil, errGroup
	}
	zs, err := p.arrange(shares)
	if err != nil {
		return nil, err
	}
	z := g.curve.NewScalar()
	for _, t := range zs {
		z.Add(z, t)
	}
	signature := append(p.r.Bytes(), g.encodeScalar(z)...)
	if g.Verify(p.message, signature) {
		return signature, nil
	}
	return nil, p.blame(zs)
}

// arrange returns the scalars of shares in the order of the signers of p.
func (p *Package) arrange(shares []*SignatureShare) ([]*curve.Scalar, error) {
	zs := make([]*curve.Scalar, len(p.commitments))
	var foreign, missing []cogen.Index
	for _, s := range shares {
		at, found := p.places[s.index]
		switch {
		case !found:
			return nil, &HolderError{[]cogen.Index{s.index}, "not a signer of this package"}
		case s.digest != p.digest:
			foreign = append(foreign, s.index)
		case zs[at] != nil:
			return nil, &HolderError{[]cogen.Index{s.index}, "two signature shares"}
		}
		zs[at] = s.z
	}
	if foreign != nil {
		return nil, &HolderError{foreign, "signed another package than this one"}
	}
	for i, z := range zs {
		if z == nil {
			missing = append(missing, p.commitments[i].index)
		}
	}
	if missing != nil {
		return nil, &HolderError{missing, "no signature share"}
	}
	return zs, nil
}

// blame names the signers whose scalars are wrong. A right one is
// z = d + ρ·e + λ·c·s, so z·B = D + ρ·E + λ·c·S with the public share S:
// RFC 9591, Section 5.4.
func (p *Package) blame(zs []*curve.Scalar) error {
	g := p.group
	var cheats []cogen.Index
	for at, c := range p.commitments {
		weight := p.weight(at)
		sum := g.curve.NewPoint().MultiScalarMultVarTime(
			[]*curve.Scalar{p.factors[at], weight.Mul(weight, p.challenge), g.curve.NewScalar().Neg(zs[at])},
			[]*curve.Point{c.binding, g.publicShare(c.index), g.curve.NewGenerator()})
		if sum.Add(sum, c.hiding).IsIdentity() == 0 {
			cheats = append(cheats, c.index)
		}
	}
	return &CheatError{cheats}
}
