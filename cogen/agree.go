package cogen

import (
	"fmt"

	"meshkey/internal/curve"
)

// AgreeEncoded is NewPublicKey and Agree in one, for whoever answers many
// requests and multiplies each public key but once: on X25519 and X448 it takes
// the time of Agree and of half of NewPublicKey. The scalar stays secret, the
// time depends on peer.
func (k *PrivateKey) AgreeEncoded(peer []byte) (*Partial, error) {
	if k.octets.Len() == 0 {
		return nil, errWiped
	}
	s := k.scalar()
	defer s.Wipe()
	q, b, err := k.algorithm.suite.curve.MulChecked(s, peer)
	if err != nil {
		return nil, fmt.Errorf("cogen: not a public key of %v: %w", k.algorithm, err)
	}
	return &Partial{algorithm: k.algorithm, point: q, encoded: b}, nil
}

// times returns s·p and its encoding.
func (p *PublicKey) times(s *curve.Scalar) (*curve.Point, []byte) {
	if !p.algorithm.IsSignature() {
		q, b, err := p.algorithm.suite.curve.MulEncoded(s, p.encoded)
		if err != nil {
			panic("cogen: a public key is none")
		}
		return q, b
	}
	q := p.algorithm.suite.curve.NewPoint().ScalarMult(s, p.point)
	return q, q.Bytes()
}
