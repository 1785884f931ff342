package shamir

import (
	"errors"
	"fmt"

	"meshkey/internal/field"
	"meshkey/internal/secret"
)

// Trial answers what the secret would be if one share of a quorum had another
// value. A search for slips asks it thousands of times: the weights depend on
// the indexes alone, so that each answer costs one multiplication.
//
// A Trial holds as much of the secret as the known shares do; Wipe it. It is
// safe for use by several goroutines until then.
type Trial struct {
	prime  field.Prime
	known  field.Element // what the known shares contribute to the secret
	weight field.Element // what the doubtful share's value is multiplied by
}

var errEnough = errors.New("shamir: enough shares without the doubtful one: use Recreate")

// NewTrial takes all shares of a quorum but the doubtful one, in any order, and
// the doubtful one, whose value is ignored. The error is one of Combine's, or
// another if the known shares are a quorum of their own: then there is nothing
// to search for.
func NewTrial(known []Share, doubtful Share) (*Trial, error) {
	var points points
	defer points.wipe()
	if err := points.gather(append(append([]Share(nil), known...), doubtful)); err != nil {
		return nil, err
	}
	if points.count > points.need {
		return nil, errEnough
	}
	t := &Trial{prime: points.prime}
	weights := field.NewWeights(points.indexes[:points.count], 0)
	for i, index := range points.indexes[:points.count] {
		if index == doubtful.Index() {
			points.values[i] = field.Element{}
			t.prime.Weight(&t.weight, &weights, i)
		}
	}
	t.prime.Interpolate(&t.known, &weights, points.values[:points.count])
	return t, nil
}

// Secret writes the secret that follows from a value of the doubtful share, and
// reports whether it fits. Both have SecretLen octets; it panics if not.
func (t *Trial) Secret(octets, value []byte) (fits bool) {
	terms := [2]field.Element{1: t.known}
	defer field.Wipe(terms[:])
	product := &terms[0]
	t.prime.SetBytes(product, value)
	t.prime.Mul(product, product, &t.weight)
	t.prime.Sum(product, []int64{1, 1}, terms[:])
	return t.prime.FillBytes(octets, product)
}

// Format implements fmt.Formatter: every verb prints the same, without numbers.
func (t Trial) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }

// Wipe forgets the known shares.
func (t *Trial) Wipe() { t.known = field.Element{} }
