package field

// MaxIndex is the largest index at which a polynomial's value is known.
// Indexes count from 1; at 0 is the secret.
const MaxIndex = 16

// Weights interpolates: f(at) = (w[0]·f(x[0]) + w[1]·f(x[1]) + …) / d, for
// every polynomial f with as many coefficients as there are indexes x. The
// integers w and d are in lowest terms, and public: they depend on the
// indexes alone, not even on the prime.
type Weights struct {
	count int
	w     [MaxIndex + 1]int64 // and -d after the last
}

// NewWeights returns the weights for the value at a place from 0 to MaxIndex,
// given those at the indexes, in their order. It panics if an index or at is
// out of range or an index is given twice.
//
// The Lagrange weight of x is the product, over the other indexes y, of
// (at-y)/(x-y). With m the distance from the lowest index to the highest, its
// denominator divides (x-lowest)!·(highest-x)!; the factors x-z that it lacks
// are those of the indexes z in between that are not given. So over m! the
// weight is, up to its sign, the integer
//
//	binomial(m, x-lowest) · product of |at-y| · product of |x-z|
//
// A test goes through all sets of indexes and all places: these integers add
// up to less than 2^60, in lowest terms to less than 2^26, and d is then less
// than 2^22.
func NewWeights(indexes []int, at int) Weights {
	if at < 0 || at > MaxIndex {
		panic("field: no such place")
	}
	given, lowest, highest := span(indexes)
	m := highest - lowest
	w := Weights{count: len(indexes)}
	divisor := factorial[m]
	for i, x := range indexes {
		n := binomial(m, x-lowest)
		for y := lowest; y <= highest; y++ {
			switch {
			case y == x:
			case given>>y&1 == 0:
				n *= distance(x, y)
			case x < y:
				n *= int64(y - at)
			default:
				n *= int64(at - y)
			}
		}
		w.w[i] = n
		divisor = gcd(divisor, n)
	}
	for i := range indexes {
		w.w[i] /= divisor
	}
	w.w[w.count] = -factorial[m] / divisor
	return w
}

// span returns the indexes as a set, bit x for index x, and its ends.
func span(indexes []int) (given uint32, lowest, highest int) {
	lowest, highest = MaxIndex, 1
	for _, x := range indexes {
		if x < 1 || x > MaxIndex || given>>x&1 == 1 {
			panic("field: an index out of range or given twice")
		}
		given |= 1 << x
		lowest, highest = min(lowest, x), max(highest, x)
	}
	if given == 0 {
		panic("field: no indexes")
	}
	return given, lowest, highest
}

// factorial[m] is m!.
var factorial = [MaxIndex]int64{
	1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800, 39916800,
	479001600, 6227020800, 87178291200, 1307674368000,
}

func binomial(m, k int) int64 { return factorial[m] / (factorial[k] * factorial[m-k]) }

func distance(a, b int) int64 { return int64(max(a-b, b-a)) }

// gcd is the greatest common divisor, positive for a positive a.
func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, -a)
}
