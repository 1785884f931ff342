package cogen

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"meshkey/internal/curve"
)

// An interpolation takes the value at 0 of a polynomial from its values at
// other indexes: the sum of the values times weights, Lagrange's coefficients
// for 0. Indexes and weights are public, and its time depends on them.
type interpolation struct {
	curve *curve.Curve
	x     []*curve.Scalar // the indexes
	small []uint64        // the same, nil if they do not all fit
}

// newInterpolation refuses an index that is 0, at or above the group order, or
// there twice.
func newInterpolation(c *curve.Curve, at []Index) (*interpolation, error) {
	x, err := places(c, at)
	if err != nil {
		return nil, err
	}
	return &interpolation{c, x, words(at)}, nil
}

// sum returns the value at 0, from the values as points, each of them over
// divisors[highest].
func (l *interpolation) sum(points []*curve.Point, highest int) *curve.Point {
	if sum := l.sumOfFractions(points, highest); sum != nil {
		return sum
	}
	weights, factor := l.weights(), l.curve.NewScalar().SetUint64(divisors[highest])
	for _, w := range weights {
		w.Mul(w, factor)
	}
	return l.curve.NewPoint().MultiScalarMultVarTime(weights, points)
}

// words returns indexes as words, or nil if they do not all fit.
func words(at []Index) []uint64 {
	x := make([]uint64, len(at))
	for i := range at {
		var ok bool
		if x[i], ok = at[i].Uint64(); !ok {
			return nil
		}
	}
	return x
}

// weights returns the weights as scalars: Π x[j] / Π (x[j] - x[i]), both over
// all j but i. There is one inversion.
func (l *interpolation) weights() []*curve.Scalar {
	w, all := l.denominators(), l.curve.NewScalar().SetUint64(1)
	for i, x := range l.x {
		w[i].Mul(w[i], x)
		all.Mul(all, x)
	}
	invertAll(l.curve, w)
	for i := range w {
		w[i].Mul(w[i], all)
	}
	return w
}

// denominators returns Π (x[j] - x[i]) over all j but i, for all i.
func (l *interpolation) denominators() []*curve.Scalar {
	d := make([]*curve.Scalar, len(l.x))
	if x := l.small; x != nil && slices.Max(x)-slices.Min(x) == uint64(len(x)-1) {
		return l.denominatorsOfRun(x)
	}
	for i := range d {
		d[i] = l.denominator(i)
	}
	return d
}

// weight returns the weight at one index, and its inverse.
func (l *interpolation) weight(i int) (weight, inverse *curve.Scalar) {
	over, under := l.curve.NewScalar().SetUint64(1), l.denominator(i)
	for j, x := range l.x {
		if j != i {
			over.Mul(over, x)
		}
	}
	both := l.curve.NewScalar().Mul(over, under)
	both.Invert(both)
	return over.Mul(over, over).Mul(over, both), under.Mul(under, under).Mul(under, both)
}

// denominator is one of denominators.
func (l *interpolation) denominator(i int) *curve.Scalar {
	if l.small != nil {
		return l.productOfDifferences(l.small, i)
	}
	product, difference := l.curve.NewScalar().SetUint64(1), l.curve.NewScalar()
	for j := range l.x {
		if i != j {
			product.Mul(product, difference.Sub(l.x[j], l.x[i]))
		}
	}
	return product
}

// productOfDifferences is denominator for small indexes. It multiplies in words
// as long as they hold the product.
func (l *interpolation) productOfDifferences(x []uint64, i int) *curve.Scalar {
	all, word, negative := l.curve.NewScalar().SetUint64(1), uint64(1), false
	factor := l.curve.NewScalar()
	for j := range x {
		if i == j {
			continue
		}
		difference := x[j] - x[i]
		if x[j] < x[i] {
			difference, negative = -difference, !negative
		}
		high, low := bits.Mul64(word, difference)
		if high != 0 {
			all.Mul(all, factor.SetUint64(word))
			low = difference
		}
		word = low
	}
	all.Mul(all, factor.SetUint64(word))
	if negative {
		all.Neg(all)
	}
	return all
}

// denominatorsOfRun is denominators for indexes without gaps, in any order,
// for which they are products of two factorials.
func (l *interpolation) denominatorsOfRun(x []uint64) []*curve.Scalar {
	factorials := make([]*curve.Scalar, len(x))
	for i := range factorials {
		factorials[i] = l.curve.NewScalar().SetUint64(uint64(max(i, 1)))
		if i > 0 {
			factorials[i].Mul(factorials[i], factorials[i-1])
		}
	}
	d, least := make([]*curve.Scalar, len(x)), slices.Min(x)
	for i := range d {
		below := int(x[i] - least)
		d[i] = l.curve.NewScalar().Mul(factorials[below], factorials[len(x)-1-below])
		if below%2 == 1 {
			d[i].Neg(d[i])
		}
	}
	return d
}

// invertAll inverts scalars, none of which is 0, with one inversion.
func invertAll(c *curve.Curve, s []*curve.Scalar) {
	before := make([]*curve.Scalar, len(s)) // the product of those before
	all := c.NewScalar().SetUint64(1)
	for i := range s {
		before[i] = c.NewScalar().Set(all)
		all.Mul(all, s[i])
	}
	all.Invert(all)
	for i := range slices.Backward(s) {
		next := c.NewScalar().Mul(all, s[i])
		s[i].Mul(all, before[i])
		all = next
	}
}

// invertSmall returns 1/d, d ≠ 0, by divisions of words: L = q·d + r makes it
// -q/r, with r below d.
func invertSmall(c *curve.Curve, d uint64) *curve.Scalar {
	inverse, q := c.NewScalar().SetUint64(1), c.NewScalar()
	one := c.NewScalar().SetUint64(1)
	top := q.Neg(one).Bytes() // L - 1
	for d > 1 {
		quotient, r := make([]byte, len(top)), uint64(0)
		for i := len(top) - 8; i >= 0; i -= 8 {
			var word uint64
			word, r = bits.Div64(r, binary.LittleEndian.Uint64(top[i:]), d)
			binary.LittleEndian.PutUint64(quotient[i:], word)
		}
		inverse.Mul(inverse, q.Neg(q.SetWide(quotient)))
		d = r + 1 // not d, which would divide L
	}
	return inverse
}
