package field

// MaxIndex is the largest index at which a polynomial is known. Indexes count
// from 1; 0 is where the secret is.
const MaxIndex = 16

// Weights interpolates a polynomial at one place from its values at a set of
// indexes: f(at) = (w[0]·f(x[0]) + w[1]·f(x[1]) + …) / d, with integers w and
// d in lowest terms. All of it is public and depends on the indexes alone.
type Weights struct {
	prime    Prime
	count    int
	size     [MaxIndex]uint64 // |w|
	negative [MaxIndex]bool   // w < 0
	d        uint64
	inverse  Element // 1/d modulo the prime
}

// Weights computes the weights that give the value at a place from 0 to
// MaxIndex out of those at the given indexes, in their order. It panics if an
// index or at is out of range or an index is given twice.
func (p Prime) Weights(indexes []int, at int) *Weights {
	w := &Weights{prime: p, count: len(indexes)}
	w.integers(indexes, at)
	w.inverse = p.inverse(w.d)
	return w
}

// integers sets w and d. The Lagrange weight of x is the product, over the
// other indexes y, of (at-y)/(x-y). With lo and hi the smallest and the
// largest index and m = hi-lo, its denominator divides (x-lo)!·(hi-x)!, up to
// the sign, and the missing factors are those of the indexes z between lo and
// hi that are not given. Over m! the weight is therefore the integer
//
//	binomial(m, x-lo) · product of |at-y| · product of |x-z|
//
// with a sign. A test goes through all sets of indexes and all places: over
// m! these integers add up to less than 2^60, in lowest terms to less than
// 2^25, and d is below 2^22.
func (w *Weights) integers(indexes []int, at int) {
	given, lo, hi := bounds(indexes, at)
	m := hi - lo
	w.d = factorial[m]
	for i, x := range indexes {
		n := binomial(m, x-lo)
		negative := false
		for y := lo; y <= hi; y++ {
			switch {
			case y == x:
			case given>>y&1 == 1:
				n *= distance(at, y)
				negative = negative != (at < y) != (x < y)
			default:
				n *= distance(x, y)
			}
		}
		w.size[i], w.negative[i] = n, negative
	}
	g := w.d
	for _, n := range w.size[:w.count] {
		g = gcd(g, n)
	}
	w.d /= g
	for i := range w.size[:w.count] {
		w.size[i] /= g
	}
}

// Sum interpolates: values[i] belongs to the index i of the set. It panics if
// there are not as many values as indexes.
func (w *Weights) Sum(values []Element) Element {
	if len(values) != w.count {
		panic("field: values and weights differ in number")
	}
	var signed [MaxIndex]Element
	defer Wipe(signed[:w.count])
	for i := range values {
		if w.negative[i] {
			signed[i] = w.prime.neg(&values[i])
		} else {
			signed[i] = values[i]
		}
	}
	e := w.prime.Sum(w.size[:w.count], signed[:w.count])
	if w.d != 1 {
		e = w.prime.Mul(&e, &w.inverse)
	}
	return e
}

// factorial[m] is m!.
var factorial = [MaxIndex]uint64{
	1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800, 39916800,
	479001600, 6227020800, 87178291200, 1307674368000,
}

func binomial(m, k int) uint64 { return factorial[m] / (factorial[k] * factorial[m-k]) }

func distance(a, b int) uint64 { return uint64(max(a-b, b-a)) }

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// bounds returns the set of indexes, bit x for index x, and its ends.
func bounds(indexes []int, at int) (given uint32, lo, hi int) {
	if len(indexes) == 0 || at < 0 || at > MaxIndex {
		panic("field: no such interpolation")
	}
	lo, hi = MaxIndex, 1
	for _, x := range indexes {
		if x < 1 || x > MaxIndex || given>>x&1 == 1 {
			panic("field: an index out of range or given twice")
		}
		given |= 1 << x
		lo, hi = min(lo, x), max(hi, x)
	}
	return given, lo, hi
}
