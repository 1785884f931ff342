package shamir

import (
	"slices"

	"meshkey/internal/field"
	"meshkey/internal/secret"
)

// Combine recovers the secret from as many shares as are needed or more, in any
// order; the secret is the caller's to wipe. A share that is offered twice
// counts once, and every share beyond those needed must agree with them. The
// error is a *LengthError, *TooFewError, *MixedError, *ConflictError or
// *RangeError.
func Combine(shares []Share) ([]byte, error) {
	return interpolate(shares, 0)
}

// Recreate makes the share with the given index, from 1 to MaxOf, be it a lost
// one or a new one, without computing the secret. It takes shares as Combine
// does. The error is an *IndexError or one of Combine's.
func Recreate(shares []Share, index int) (Share, error) {
	if index < 1 || index > MaxOf {
		return Share{}, &IndexError{index}
	}
	value, err := interpolate(shares, index)
	if err != nil {
		return Share{}, err
	}
	return Share{uint8(index), shares[0].need, *secret.Take(value)}, nil
}

// interpolate is the value of the shares' polynomial at a place; the secret is
// at 0.
func interpolate(shares []Share, at int) ([]byte, error) {
	var points points
	defer points.wipe()
	if err := points.gather(shares); err != nil {
		return nil, err
	}
	if err := points.check(); err != nil {
		return nil, err
	}
	weights := field.NewWeights(points.indexes[:points.need], at)
	var value field.Element
	points.prime.Interpolate(&value, &weights, points.values[:points.need])
	octets := make([]byte, points.prime.Octets())
	fits := points.prime.FillBytes(octets, &value)
	value = field.Element{}
	if !fits {
		clear(octets)
		return nil, &RangeError{Index: at, Octets: len(octets)}
	}
	return octets, nil
}

// points are the different shares among those offered, by ascending index.
type points struct {
	prime       field.Prime
	need, count int
	indexes     [field.MaxIndex]int
	values      [field.MaxIndex]field.Element
}

func (p *points) wipe() { field.Wipe(p.values[:p.count]) }

// gather takes the shares in: at least as many as they need, all of one need
// and one length, and no two that differ at one index.
func (p *points) gather(shares []Share) error {
	if len(shares) == 0 {
		return &TooFewError{}
	}
	var byIndex [field.MaxIndex + 1]*Share
	var differ [field.MaxIndex + 1]bool
	conflict := false
	first := &shares[0]
	for i := range shares {
		s := &shares[i]
		if s.SecretLen() == 0 {
			return &LengthError{0}
		}
		if s.need != first.need || s.SecretLen() != first.SecretLen() {
			return mixed(shares)
		}
		if same := byIndex[s.index]; same == nil {
			byIndex[s.index] = s
		} else if !s.Equal(*same) {
			differ[s.index], conflict = true, true
		}
	}
	if conflict {
		return &ConflictError{Indexes: places(differ[:]), Twice: true}
	}
	p.prime, p.need = field.New(first.SecretLen()), first.Need()
	for index, s := range byIndex {
		if s != nil {
			p.indexes[p.count] = index
			p.prime.SetBytes(&p.values[p.count], s.value.Reveal())
			p.count++
		}
	}
	if p.count < p.need {
		return &TooFewError{Have: p.count, Need: p.need}
	}
	return nil
}

// places lists where a slice is true.
func places(set []bool) []int {
	var list []int
	for i, in := range set {
		if in {
			list = append(list, i)
		}
	}
	return list
}

func mixed(shares []Share) error {
	e := &MixedError{}
	for _, s := range shares {
		e.Indexes = append(e.Indexes, s.Index())
		e.Needs = append(e.Needs, s.Need())
		e.SecretLens = append(e.SecretLens, s.SecretLen())
	}
	return e
}

// check tests that every point agrees with the first need.
func (p *points) check() error {
	if p.count > p.need && !p.agree(0) {
		return &ConflictError{Indexes: slices.Clone(p.indexes[:p.count]), Suspects: p.suspects()}
	}
	return nil
}
