package shamir

import (
	"slices"

	"meshkey/internal/field"
)

// Combine recovers the secret from at least as many shares as are needed, in
// any order; it is the caller's to wipe. A share that is offered twice counts
// once, and every share beyond those needed must agree with them. The error is
// a *LengthError, *TooFewError, *MixedError, *ConflictError or *RangeError.
func Combine(shares []Share) ([]byte, error) {
	return interpolate(shares, 0)
}

// Recreate makes the share with the given index, from 1 to MaxOf, whether it
// was lost or never made, without computing the secret. It uses the shares as
// Combine does. The error is a *IndexError or one of Combine's.
func Recreate(shares []Share, index int) (Share, error) {
	if index < 1 || index > MaxOf {
		return Share{}, &IndexError{index}
	}
	b, err := interpolate(shares, index)
	if err != nil {
		return Share{}, err
	}
	s, err := ParseShare(append([]byte{uint8(shares[0].Need()<<4 | (index - 1))}, b...))
	clear(b)
	return s, err
}

// interpolate is the value at a place: 0 is the secret's.
func interpolate(shares []Share, at int) ([]byte, error) {
	set, err := gather(shares)
	if err != nil {
		return nil, err
	}
	need := set[0].Need()
	prime := field.New(set[0].SecretLen())
	var values [field.MaxIndex]field.Element
	defer field.Wipe(values[:len(set)])
	indexes := make([]int, len(set))
	for i, s := range set {
		values[i] = prime.Element(s.value.Reveal())
		indexes[i] = s.Index()
	}
	for i := need; i < len(set); i++ {
		v := prime.Weights(indexes[:need], indexes[i]).Sum(values[:need])
		if v != values[i] {
			return nil, &ConflictError{Indexes: indexes}
		}
	}
	e := prime.Weights(indexes[:need], at).Sum(values[:need])
	defer e.Wipe()
	b := make([]byte, prime.Octets())
	if !prime.Fill(b, &e) {
		clear(b)
		return nil, &RangeError{Index: at, Octets: len(b)}
	}
	return b, nil
}

// gather returns the different shares in the order of their indexes, at least
// as many as are needed, all of one need and one length.
func gather(shares []Share) ([]Share, error) {
	if len(shares) == 0 {
		return nil, &TooFewError{}
	}
	for _, s := range shares {
		if s.SecretLen() == 0 {
			return nil, &LengthError{0}
		}
	}
	for _, s := range shares {
		if s.need != shares[0].need || s.SecretLen() != shares[0].SecretLen() {
			return nil, mixed(shares)
		}
	}
	sorted := slices.SortedStableFunc(slices.Values(shares), func(a, b Share) int { return a.Index() - b.Index() })
	set := sorted[:1]
	var twice []int
	for _, s := range sorted[1:] {
		last := set[len(set)-1]
		switch {
		case s.index != last.index:
			set = append(set, s)
		case !s.Equal(last) && !slices.Contains(twice, s.Index()):
			twice = append(twice, s.Index())
		}
	}
	if twice != nil {
		return nil, &ConflictError{Indexes: twice}
	}
	if need := set[0].Need(); len(set) < need {
		return nil, &TooFewError{Have: len(set), Need: need}
	}
	return set, nil
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
