package frost

import (
	"fmt"

	"meshkey/cogen"
	"meshkey/internal/curve"
	"meshkey/internal/secret"
	"meshkey/shamir"
)

// Deal makes a key and shares it, any q.Need of q.Of, with indexes from 1: the
// trusted dealer of RFC 9591, Appendix C. Who calls it could keep the key. For
// Ed25519 and Ed448 shares are better made by package dkg, where nobody can,
// or by cogen.PrivateKey.Split of a key that is there.
func (s Suite) Deal(q shamir.Quorum) (*Group, []*Signer, error) {
	if q.Need < 1 || q.Need > q.Of || q.Of > MaxSigners {
		return nil, nil, fmt.Errorf("frost: a quorum has 1 to %d holders, and needs 1 to all of them", MaxSigners)
	}
	random := secret.Random(q.Need * 2 * s.curve.ScalarLen())
	defer random.Wipe()
	return s.deal(q, random)
}

// deal takes the coefficients, the constant one first, from random octets.
func (s Suite) deal(q shamir.Quorum, random *secret.Bytes) (*Group, []*Signer, error) {
	wide := 2 * s.curve.ScalarLen()
	coefficients := make([]*curve.Scalar, q.Need)
	points := make([][]byte, q.Need)
	for k := range coefficients {
		a := s.curve.NewScalar().SetWide(random.Reveal()[k*wide : (k+1)*wide])
		defer a.Wipe()
		coefficients[k], points[k] = a, s.curve.NewPoint().ScalarBaseMult(a).Bytes()
	}
	indexes := make([]cogen.Index, q.Of)
	for i := range indexes {
		indexes[i] = cogen.NewIndex(uint64(i + 1))
	}
	g, err := s.NewGroup(points, indexes...)
	if err != nil {
		return nil, nil, err
	}
	signers := make([]*Signer, q.Of)
	share := s.curve.NewScalar()
	defer share.Wipe()
	for i, index := range indexes {
		x := s.curve.NewScalar().SetUint64(uint64(i + 1))
		share.Set(coefficients[q.Need-1])
		for k := q.Need - 2; k >= 0; k-- {
			share.Mul(share, x).Add(share, coefficients[k])
		}
		signers[i] = &Signer{g, index, secret.Take(s.encodeScalar(share))}
	}
	return g, signers, nil
}
