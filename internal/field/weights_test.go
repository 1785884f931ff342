package field_test

import (
	"math/big"
	"math/bits"
	"math/rand/v2"
	"testing"

	"meshkey/internal/field"
	"meshkey/internal/oracle"
)

// set is the indexes in a set, bit i for index i+1.
func set(mask uint) (indexes []int) {
	for i := range field.MaxIndex {
		if mask>>i&1 == 1 {
			indexes = append(indexes, i+1)
		}
	}
	return indexes
}

// All sets of indexes, all places: the weights give every power of x of fewer
// than the set has, which is to give every polynomial, and they and what they
// are made from are as small as NewWeights says.
func TestWeights(t *testing.T) {
	every := uint(1)
	if testing.Short() {
		every = 31
	}
	for mask := uint(1); mask < 1<<field.MaxIndex; mask += every {
		indexes := set(mask)
		for at := range field.MaxIndex + 1 {
			w := field.NewWeights(indexes, at)
			words, d := w.Integers()
			var size uint64
			for _, w := range words {
				size += uint64(max(w, -w))
			}
			if d < 1 || d >= 1<<22 || size >= 1<<26 || len(words) != len(indexes) {
				t.Fatalf("%v at %d: weights of %d over %d", indexes, at, size, d)
			}
			powers := make([]int64, len(indexes))
			for i := range powers {
				powers[i] = 1
			}
			power := int64(1)
			for range indexes {
				sum := int64(0) // modulo 2^64
				for i, w := range words {
					sum += w * powers[i]
					powers[i] *= int64(indexes[i])
				}
				if sum != d*power {
					t.Fatalf("%v at %d: %v over %d is wrong", indexes, at, words, d)
				}
				power *= int64(at)
			}
		}
	}
}

// Over m! the weights add up to less than 2^60, and no product overflows.
func TestWeightsBeforeLowestTerms(t *testing.T) {
	var binomial [field.MaxIndex][field.MaxIndex]uint64
	for m := range binomial {
		for k := range m + 1 {
			binomial[m][k] = new(big.Int).Binomial(int64(m), int64(k)).Uint64()
		}
	}
	every := uint(1)
	if testing.Short() {
		every = 31
	}
	for mask := uint(1); mask < 1<<field.MaxIndex; mask += every {
		indexes := set(mask)
		lowest, highest := indexes[0], indexes[len(indexes)-1]
		for at := range field.MaxIndex + 1 {
			var size uint64
			for _, x := range indexes {
				n := binomial[highest-lowest][x-lowest]
				for y := lowest; y <= highest; y++ {
					var factor int
					switch {
					case y == x:
						factor = 1
					case mask>>(y-1)&1 == 1:
						factor = max(at-y, y-at)
					default:
						factor = max(x-y, y-x)
					}
					over, product := bits.Mul64(n, uint64(factor))
					if over != 0 || product >= 1<<63 {
						t.Fatalf("%v at %d overflows", indexes, at)
					}
					n = product
				}
				size += n
				if size >= 1<<60 {
					t.Fatalf("%v at %d: %d", indexes, at, size)
				}
			}
		}
	}
}

func TestWeightsPanic(t *testing.T) {
	for _, indexes := range [][]int{nil, {0}, {17}, {1, 1}, {1, -1}} {
		mustPanic(t, func() { field.NewWeights(indexes, 0) })
	}
	mustPanic(t, func() { field.NewWeights([]int{1}, -1) })
	mustPanic(t, func() { field.NewWeights([]int{1}, 17) })
}

// Interpolation, agreement and single weights are the oracle's, for indexes in
// any order.
func TestInterpolate(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand, p field.Prime, m *big.Int) {
		for range 40 {
			count := 1 + r.IntN(field.MaxIndex)
			indexes := r.Perm(field.MaxIndex)[:count]
			numbers, values := make([]*big.Int, count), make([]field.Element, count+1)
			for i := range indexes {
				indexes[i]++
				numbers[i] = draw(r, p)
				values[i] = element(numbers[i])
			}
			at := r.IntN(field.MaxIndex + 1)
			w := field.NewWeights(indexes, at)
			want := oracle.Interpolate(m, indexes, numbers, at)
			var e field.Element
			p.Interpolate(&e, &w, values[:count])
			check(t, p, "the interpolation", &e, want)

			values[count] = e
			if !p.Agree(&w, values) {
				t.Fatal("the interpolated value does not agree")
			}
			other := new(big.Int).Add(want, draw(r, p))
			values[count] = element(other.Mod(other, m))
			if p.Agree(&w, values) != (other.Cmp(want) == 0) {
				t.Fatal("another value agrees")
			}

			i := r.IntN(count)
			unit := make([]*big.Int, count)
			for j := range unit {
				unit[j] = new(big.Int)
			}
			unit[i].SetInt64(1)
			p.Weight(&e, &w, i)
			check(t, p, "a weight", &e, oracle.Interpolate(m, indexes, unit, at))
		}
	})
}
