package cogen

import (
	"errors"
	"fmt"

	"meshkey/internal/curve"
)

// A Contributor is a Partial and the public key it has to be proved for.
type Contributor struct {
	Partial *Partial
	Holder  *PublicKey
}

// CombineVerified verifies every contribution and then combines them as
// CombineAgreements does. If some are wrong, the error has a *ProofError for
// each of them, which errors.As and Unwrap find, and nothing is combined.
func CombineVerified(peer *PublicKey, ctx Context, parts ...Contributor) ([]byte, error) {
	partials, wrong := make([]*Partial, len(parts)), []error{}
	for i, p := range parts {
		if err := p.Partial.Verify(p.Holder, peer, ctx); err != nil {
			wrong = append(wrong, err)
		}
		partials[i] = p.Partial
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return CombineAgreements(partials...)
}

// CombineAgreements returns what the whole private key would agree on with the
// other side, as SharedSecret has it: draft-hallambaker-threshold-06, Section
// 4. Summands, whose Index is zero, are added; contributions of shares are
// first multiplied with their weights among each other, so that summands, shares
// and both together are combined alike. It does not know how many are needed,
// and checks nothing: what is wrong gives another secret.
//
// Its time depends on the indexes, which are public.
func CombineAgreements(parts ...*Partial) ([]byte, error) {
	if len(parts) == 0 {
		return nil, errors.New("cogen: no contributions to an agreement")
	}
	a := parts[0].algorithm
	sum := a.suite.curve.NewPoint()
	var at []Index
	var points []*curve.Point
	for _, p := range parts {
		switch {
		case p.algorithm != a:
			return nil, errAlgorithm
		case p.index.IsZero():
			sum.Add(sum, p.point)
		default:
			at, points = append(at, p.index), append(points, p.point)
		}
	}
	if len(at) > 0 {
		w, err := weights(a.suite.curve, at)
		if err != nil {
			return nil, err
		}
		sum.Add(sum, a.suite.curve.NewPoint().MultiScalarMultVarTime(w, points))
	}
	if sum.IsIdentity() == 1 {
		return nil, fmt.Errorf("cogen: the contributions to an agreement cancel out")
	}
	return a.agreement(sum), nil
}

// agreement is a point as SharedSecret returns it.
func (a Algorithm) agreement(p *curve.Point) []byte {
	b := p.Bytes()
	if !a.IsSignature() {
		b = b[:a.suite.curve.PlainLen()]
	}
	return b
}
