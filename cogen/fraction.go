package cogen

import (
	"math"
	"math/bits"
	"slices"
	"sync"

	"meshkey/internal/curve"
)

// Weights of small indexes are small rational numbers: those of any 10 of 19
// have 23 bits over a common denominator. So points are multiplied with a few
// bits each, and only their sum with an inverse, if at all. The numbers are kept
// as exponents of primes, which makes it easy to reduce them.

// maxFactored is above the indexes that are taken apart into primes, and
// maxFractions above the number of them.
const (
	maxFactored  = 1024
	maxFractions = 128
)

// A sieve has the primes below maxFactored and for each number from 2 on which
// of them is its least.
type sieve struct {
	primes []uint64
	least  [maxFactored]uint8
}

var sieved = sync.OnceValue(func() *sieve {
	s := new(sieve)
	for n := 2; n < maxFactored; n++ {
		if s.least[n] != 0 {
			continue
		}
		for multiple := n; multiple < maxFactored; multiple += n {
			if s.least[multiple] == 0 {
				s.least[multiple] = uint8(len(s.primes) + 1)
			}
		}
		s.primes = append(s.primes, uint64(n))
	}
	for n := range s.least {
		s.least[n]-- // numbers below 2 have none
	}
	return s
})

// exponents are those of a rational number, by prime.
type exponents []int16

// mul multiplies with n to the power k.
func (s *sieve) mul(e exponents, n uint64, k int16) {
	for n > 1 {
		p := s.least[n]
		e[p] += k
		n /= s.primes[p]
	}
}

// words returns numbers whose product is that of the primes with exponents of
// the sign of k, as few as fit.
func (s *sieve) words(e exponents, k int16) []uint64 {
	product := []uint64{1}
	for p, exponent := range e {
		for range exponent * k { // none if it is negative
			high, low := bits.Mul64(product[len(product)-1], s.primes[p])
			if high != 0 {
				product, low = append(product, 0), s.primes[p]
			}
			product[len(product)-1] = low
		}
	}
	return product
}

// sumOfFractions is sum, or nil if the indexes are too large or too many.
func (l *interpolation) sumOfFractions(points []*curve.Point, highest int) *curve.Point {
	x := l.small
	if x == nil || len(x) > maxFractions || slices.Max(x) >= maxFactored {
		return nil
	}
	s := sieved()
	n := len(s.primes)
	for n > 1 && s.primes[n-1] > max(slices.Max(x), uint64(highest)) {
		n--
	}
	all := make(exponents, n)
	for i := range x {
		s.mul(all, x[i], 1)
	}
	weights, common := make([]exponents, len(x)), make(exponents, n)
	for i := range x {
		e := slices.Clone(all)
		s.mul(e, x[i], -1)
		for j := range x {
			if i != j {
				s.mul(e, max(x[i], x[j])-min(x[i], x[j]), -1)
			}
		}
		for p := range e {
			common[p] = min(common[p], e[p])
		}
		weights[i] = e
	}
	for _, e := range weights {
		for p := range e {
			e[p] -= common[p]
		}
	}
	for k := 2; k < highest; k++ {
		s.mul(common, uint64(k), 1)
	}
	sum := l.sumOfIntegers(s, x, weights, points)
	if sum == nil {
		return nil
	}
	over, under := s.words(common, 1), s.words(common, -1)
	if len(over) == 1 && len(under) == 1 && under[0] == 1 {
		return sum.MulSmallVarTime(over[0], sum)
	}
	factor := l.product(over)
	for _, w := range under {
		factor.Mul(factor, invertSmall(l.curve, w))
	}
	return sum.MultiScalarMultVarTime([]*curve.Scalar{factor}, []*curve.Point{sum})
}

// sumOfIntegers is the sum of the points with integer weights, whose signs are
// those of the weights at x. It is nil if they are so large that the weights
// themselves cost less.
func (l *interpolation) sumOfIntegers(s *sieve, x []uint64, weights []exponents, points []*curve.Point) *curve.Point {
	small, size := make([]int64, len(x)), 0.0
	products := make([][]uint64, len(x))
	isSmall := true
	for i, e := range weights {
		products[i] = s.words(e, 1)
		small[i] = int64(products[i][0])
		isSmall = isSmall && len(products[i]) == 1 && small[i] > 0
		length := 0.0
		for _, w := range products[i] {
			length += math.Log2(float64(w))
		}
		size = max(size, length)
	}
	negative := func(i int) bool {
		odd := false
		for j := range x {
			odd = odd != (x[j] < x[i])
		}
		return odd
	}
	sum := l.curve.NewPoint()
	if isSmall {
		for i := range small {
			if negative(i) {
				small[i] = -small[i]
			}
		}
		return sum.SumSmallVarTime(small, points)
	}
	// A sum of t products costs a doubling a bit, and for each of them some
	// additions and a sixth of one a bit. That of fractions has one more.
	cost := func(t int, size float64) float64 { return size + float64(t)*(8+size/6) }
	whole := float64(8 * l.curve.ScalarLen())
	if cost(len(x), size)+cost(1, whole) > cost(len(x), whole) {
		return nil
	}
	scalars, signed := make([]*curve.Scalar, len(x)), make([]*curve.Point, len(x))
	for i := range x {
		scalars[i], signed[i] = l.product(products[i]), points[i]
		if negative(i) {
			signed[i] = l.curve.NewPoint().Neg(points[i])
		}
	}
	return sum.MultiScalarMultVarTime(scalars, signed)
}

// product multiplies words.
func (l *interpolation) product(words []uint64) *curve.Scalar {
	product, factor := l.curve.NewScalar().SetUint64(1), l.curve.NewScalar()
	for _, w := range words {
		product.Mul(product, factor.SetUint64(w))
	}
	return product
}
