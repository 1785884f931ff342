package shamir

import (
	"meshkey/internal/field"
	"meshkey/internal/secret"
)

// Split makes q.Of shares of the secret, with indexes from 1, of which q.Need
// recover it. The secret has 1 to MaxSecret octets and is not kept. The error
// is a *QuorumError or a *LengthError.
func Split(secretOctets []byte, q Quorum) ([]Share, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	if len(secretOctets) < 1 || len(secretOctets) > MaxSecret {
		return nil, &LengthError{len(secretOctets)}
	}
	prime := field.New(len(secretOctets))
	var coefficients [MaxOf]field.Element
	defer field.Wipe(coefficients[:q.Need])
	coefficients[0] = prime.Element(secretOctets)
	for {
		draw(prime, coefficients[1:q.Need])
		// Spec: a value that does not fit its encoding is not written; the
		// whole polynomial is drawn again.
		if shares, ok := evaluate(prime, coefficients[:q.Need], q); ok {
			return shares, nil
		}
	}
}

// draw sets each element to a uniform number below the prime.
func draw(prime field.Prime, es []field.Element) {
	var buf [MaxSecret + 1]byte
	random := buf[:prime.RandomOctets()]
	defer secret.Wipe(random)
	for i := range es {
		for ok := false; !ok; {
			secret.Fill(random)
			es[i], ok = prime.Uniform(random)
		}
	}
}

// evaluate is the deterministic part of Split: the values of the polynomial at
// 1 to q.Of. It is not ok if one does not fit.
func evaluate(prime field.Prime, coefficients []field.Element, q Quorum) ([]Share, bool) {
	shares := make([]Share, q.Of)
	for i := range shares {
		e := prime.Evaluate(coefficients, i+1)
		b := make([]byte, prime.Octets())
		fits := prime.Fill(b, &e)
		shares[i] = Share{uint8(i + 1), uint8(q.Need), *secret.Take(b)}
		e.Wipe()
		if !fits {
			for _, s := range shares[:i+1] {
				s.Wipe()
			}
			return nil, false
		}
	}
	return shares, true
}
