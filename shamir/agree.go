package shamir

import (
	"math/bits"

	"meshkey/internal/field"
)

// agree reports whether the points, but for a set of them that is left out, bit
// i for point i, lie on one polynomial of need coefficients. At least need must
// remain. Which points agree is public.
func (p *points) agree(without uint32) bool {
	var indexes [field.MaxIndex]int
	var values [field.MaxIndex]field.Element
	n := 0
	for i := range p.count {
		if without>>i&1 == 1 {
			continue
		}
		indexes[n], values[n] = p.indexes[i], p.values[i]
		n++
	}
	defer field.Wipe(values[:n])
	for i := p.need; i < n; i++ {
		values[p.need] = values[i]
		weights := field.NewWeights(indexes[:p.need], indexes[i])
		if !p.prime.Agree(&weights, values[:p.need+1]) {
			return false
		}
	}
	return true
}

// suspects are the indexes of the fewest points without which the others
// agree, or nil if those others could do so by chance.
//
// If 2e points more than needed are given and e of them are wrong, only one
// polynomial misses e points or fewer: two such have need points or more in
// common, and are the same. With fewer to spare another set might do as well,
// and none is named. There are at most 16 points and 2^16 sets of them.
func (p *points) suspects() []int {
	for size := 1; 2*size <= p.count-p.need; size++ {
		for set := uint32(1); set < 1<<p.count; set++ {
			if bits.OnesCount32(set) != size || !p.agree(set) {
				continue
			}
			var indexes []int
			for i := range p.count {
				if set>>i&1 == 1 {
					indexes = append(indexes, p.indexes[i])
				}
			}
			return indexes
		}
	}
	return nil
}
