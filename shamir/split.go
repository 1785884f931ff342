package shamir

import (
	"meshkey/internal/field"
	"meshkey/internal/secret"
)

// Split makes q.Of shares, with indexes from 1, of which any q.Need recover
// the secret of 1 to MaxSecret octets; the secret stays the caller's. The
// error is a *QuorumError or a *LengthError.
//
// Spec: the draft calls the degree of the polynomial n; its examples have as
// many coefficients as shares are needed, the secret among them.
func Split(secretOctets []byte, q Quorum) ([]Share, error) {
	if err := q.Validate(); err != nil {
		return nil, err
	}
	if len(secretOctets) < 1 || len(secretOctets) > MaxSecret {
		return nil, &LengthError{len(secretOctets)}
	}
	prime := field.New(len(secretOctets))
	var room [MaxOf]field.Element
	polynomial := room[:q.Need]
	defer field.Wipe(polynomial)
	prime.SetBytes(&polynomial[0], secretOctets)
	for {
		draw(&prime, polynomial[1:])
		// Spec: where a share's value does not fit its octets, the draft asks
		// for new parameters; the reference never notices.
		if shares, ok := evaluate(&prime, polynomial, q); ok {
			return shares, nil
		}
	}
}

// draw sets the coefficients to uniformly random numbers below the prime.
func draw(prime *field.Prime, coefficients []field.Element) {
	var room [(MaxOf - 1) * (MaxSecret + 1)]byte
	size := prime.RandomOctets()
	random := room[:size*len(coefficients)]
	defer clear(random)
	secret.Fill(random)
	for i := range coefficients {
		octets := random[i*size : (i+1)*size]
		for !prime.Uniform(&coefficients[i], octets) {
			secret.Fill(octets)
		}
	}
}

// evaluate is the part of Split that follows from the coefficients, the first
// of which is the secret: the shares 1 to q.Of. It is not ok if a value does
// not fit its octets.
func evaluate(prime *field.Prime, polynomial []field.Element, q Quorum) (shares []Share, ok bool) {
	n := prime.Octets()
	octets := make([]byte, n*q.Of)
	var value field.Element
	ok = true
	for i := range q.Of {
		prime.Evaluate(&value, polynomial, i+1)
		ok = prime.FillBytes(octets[i*n:(i+1)*n], &value) && ok
	}
	value = field.Element{}
	if !ok {
		clear(octets)
		return nil, false
	}
	shares = make([]Share, q.Of)
	for i, box := range secret.Cut(octets, n) {
		shares[i] = Share{index: uint8(i + 1), need: uint8(q.Need), value: box}
	}
	return shares, true
}
