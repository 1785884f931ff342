package cogen

import (
	"errors"
	"slices"
	"sync"

	"meshkey/internal/curve"
)

// MaxHighest is the largest Context.Highest.
const MaxHighest = 20

// divisors has (n-1)! at n, and 1 at 0. All Lagrange weights of indexes up to
// n, times that, are integers, and small ones.
var divisors = func() (d [MaxHighest + 1]uint64) {
	d[0], d[1] = 1, 1
	for n := 2; n < len(d); n++ {
		d[n] = d[n-1] * uint64(n-1)
	}
	return d
}()

// weighted is the octet that stands for shares multiplied with their weights.
const weighted = 0xff

// A scale is what a share is multiplied with before it is used, so that less
// is left to do when all are combined. The zero scale leaves it as it is.
type scale struct {
	octet      byte
	by, undoes *curve.Scalar // public; nil for 1
}

// apply sets s to the scaled s.
func (c scale) apply(s *curve.Scalar) *curve.Scalar {
	if c.by != nil {
		s.Mul(s, c.by)
	}
	return s
}

// undo is the inverse of apply.
func (c scale) undo(s *curve.Scalar) *curve.Scalar {
	if c.by != nil {
		s.Mul(s, c.undoes)
	}
	return s
}

var errContext = errors.New("cogen: the highest index, or the indexes present, cannot be what the context says")

// scale returns how the share with index i is scaled, a summand not at all.
func (c Context) scale(group *curve.Curve, i Index) (scale, error) {
	switch {
	case i.IsZero() || c.Highest == 0 && len(c.Present) == 0:
		return scale{}, nil
	case len(c.Present) == 0:
		if x, ok := i.Uint64(); c.Highest < 0 || c.Highest > MaxHighest || !ok || x > uint64(c.Highest) {
			return scale{}, errContext
		}
		table := inverses25519
		if group.ScalarLen() == curve.Ed448().ScalarLen() {
			table = inverses448
		}
		return scale{byte(c.Highest), table()[c.Highest], group.NewScalar().SetUint64(divisors[c.Highest])}, nil
	}
	// Spec: the drafts have each holder weight his share, who then has to know
	// who else answers. That is done where it is known, and else by whoever
	// combines.
	self := slices.Index(c.Present, i)
	if self < 0 || c.Highest != 0 || len(c.Present) > MaxShares {
		return scale{}, errContext
	}
	l, err := newInterpolation(group, c.Present)
	if err != nil || !slices.IsSortedFunc(c.Present, Index.compare) {
		return scale{}, errContext
	}
	w, inverse := l.weight(self)
	return scale{weighted, w, inverse}, nil
}

var (
	inverses25519 = sync.OnceValue(func() []*curve.Scalar { return invertDivisors(curve.Ed25519()) })
	inverses448   = sync.OnceValue(func() []*curve.Scalar { return invertDivisors(curve.Ed448()) })
)

func invertDivisors(c *curve.Curve) []*curve.Scalar {
	inverses := make([]*curve.Scalar, len(divisors))
	for i, d := range divisors {
		inverses[i] = invertSmall(c, d)
	}
	return inverses
}
