package cogen

import (
	"errors"
	"slices"

	"meshkey/internal/curve"
)

// A Contributor is a Partial and the public key it has to be proved for.
type Contributor struct {
	Partial *Partial
	Holder  *PublicKey
}

// CombineVerified returns what the private key of key and peer agree on, as
// SharedSecret has it. It verifies every contribution, and that the holders
// together have key: the sum of their public keys, weighted as the partials
// are, is key. If some are wrong, the error has a *ProofError for each of them,
// which errors.As and Unwrap find; if they are right but not all that are
// needed, it is ErrQuorum. Nothing is combined then.
func CombineVerified(key, peer *PublicKey, ctx Context, parts ...Contributor) ([]byte, error) {
	partials, holders, wrong := make([]*Partial, len(parts)), make([]*Partial, len(parts)), []error{}
	for i, p := range parts {
		if err := p.Partial.Verify(p.Holder, peer, ctx); err != nil {
			wrong = append(wrong, err)
		}
		partials[i] = p.Partial
		holders[i] = &Partial{algorithm: p.Holder.algorithm, index: p.Partial.index, point: p.Holder.point}
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	sum, err := combine(holders)
	if err != nil {
		return nil, err
	}
	if len(ctx.Present) > 0 && slices.ContainsFunc(ctx.Present, func(i Index) bool {
		return !slices.ContainsFunc(partials, func(p *Partial) bool { return p.index == i })
	}) {
		return nil, ErrQuorum
	}
	if sum.IsIdentity() == 1 || !key.Equal(&PublicKey{parts[0].Partial.algorithm, sum, sum.Bytes()}) {
		return nil, ErrQuorum
	}
	return CombineAgreements(partials...)
}

// ErrQuorum is returned for contributions that are right but do not make up the
// key: some are missing, or they are of another key.
var ErrQuorum = errors.New("cogen: the contributions are not all that the key needs")

// CombineAgreements returns what the whole private key would agree on with the
// other side, as SharedSecret has it (draft-hallambaker-threshold-06).
// Summands, whose Index is zero, are added; contributions of shares are first
// multiplied with their weights among each other, unless their holders did
// that. So summands, shares and both together are combined alike. It does not
// know how many are needed, and checks nothing: what is wrong gives another
// secret.
//
// Its time depends on the indexes, which are public.
func CombineAgreements(parts ...*Partial) ([]byte, error) {
	sum, err := combine(parts)
	if err != nil {
		return nil, err
	}
	if sum.IsIdentity() == 1 {
		return nil, errors.New("cogen: the contributions to an agreement cancel out")
	}
	return parts[0].algorithm.agreement(sum), nil
}

func combine(parts []*Partial) (*curve.Point, error) {
	if len(parts) == 0 {
		return nil, errors.New("cogen: no contributions to an agreement")
	}
	a := parts[0].algorithm
	sum, scaling := a.suite.curve.NewPoint(), byte(0)
	var at []Index
	var points []*curve.Point
	for _, p := range parts {
		switch {
		case p.algorithm != a:
			return nil, errAlgorithm
		case p.index.IsZero():
			sum.Add(sum, p.point)
			continue
		case len(at) > 0 && p.scaling != scaling:
			return nil, errors.New("cogen: contributions to an agreement are divided or weighted in different ways")
		}
		at, points, scaling = append(at, p.index), append(points, p.point), p.scaling
	}
	if len(at) == 0 {
		return sum, nil
	}
	l, err := newInterpolation(a.suite.curve, at)
	if err != nil {
		return nil, err
	}
	if scaling == weighted {
		for _, q := range points {
			sum.Add(sum, q)
		}
		return sum, nil
	}
	return sum.Add(sum, l.sum(points, int(scaling))), nil
}

// agreement is a point as SharedSecret returns it.
func (a Algorithm) agreement(p *curve.Point) []byte {
	b := p.Bytes()
	if !a.IsSignature() {
		b = b[:a.suite.curve.PlainLen()]
	}
	return b
}
