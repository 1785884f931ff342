package curve

import "math/bits"

// sumOfProductsVarTime is sumOfProducts for public scalars and points.
func sumOfProductsVarTime[P, C any, PP adding[P, C], CC added[P, C]](sum PP, s []*Scalar, a []element) {
	values := make([]limbs, len(s))
	for i := range s {
		values[i] = s[i].value()
	}
	straus[P, C, PP, CC](sum, values, make([]bool, len(s)), a, 5)
}

// sumSmallVarTime adds to sum, which is the identity, w[i]·a[i].
func sumSmallVarTime[P, C any, PP adding[P, C], CC added[P, C]](sum PP, w []int64, a []element) {
	values, negative := make([]limbs, len(w)), make([]bool, len(w))
	var all uint64
	for i, x := range w {
		negative[i] = x < 0
		if x < 0 {
			x = -x // which is right for the least int64 too, when unsigned
		}
		values[i][0] = uint64(x)
		all |= uint64(x)
	}
	width := 2 // without tables
	if bits.Len64(all) > 24 {
		width = 4
	}
	straus[P, C, PP, CC](sum, values, negative, a, width)
}

// together is the number of products that share their doublings. With more,
// the tables leave the processor's cache; for as many as are summed here that
// costs more than Pippenger's method, which needs no tables, would save.
const together = 64

// straus adds to sum, which is the identity, k[i]·a[i], negated where negative
// says so. It is Straus's method with the digits that naf gives.
func straus[P, C any, PP adding[P, C], CC added[P, C]](sum PP, k []limbs, negative []bool, a []element, width int) {
	odd := 1 << (width - 2) // a, 3a, … of each
	n := min(len(k), together)
	tables, digits := make([]C, odd*n), make([][]int8, n)
	some, r, q := PP(new(P)), PP(new(P)), CC(new(C))
	for from := 0; from < len(k); from += together {
		to := min(from+together, len(k))
		top := 0
		for i := from; i < to; i++ {
			d := naf(digits[i-from], &k[i], width)
			digits[i-from] = d
			top = max(top, len(d))
			oddMultiples[P, C, PP, CC](tables[odd*(i-from):odd*(i-from+1)], r, a[i])
		}
		some.set(sum.fresh())
		for place := top - 1; place >= 0; place-- {
			if place < top-1 {
				some.doubleSelf()
			}
			for i, d := range digits[:to-from] {
				if place >= len(d) || d[place] == 0 {
					continue
				}
				*q = tables[odd*i+int(max(d[place], -d[place])/2)]
				if (d[place] < 0) != negative[from+i] {
					q.negIf(1)
				}
				some.addCached(q)
			}
		}
		q.from(some)
		sum.addCached(q)
	}
}

// oddMultiples sets table to a, 3a, 5a and so on; r is for its use.
func oddMultiples[P, C any, PP adding[P, C], CC added[P, C]](table []C, r PP, a element) {
	CC(&table[0]).from(a.(PP))
	if len(table) == 1 {
		return
	}
	twice := CC(new(C))
	r.double(a)
	twice.from(r)
	r.set(a)
	for j := 1; j < len(table); j++ {
		r.addCached(twice)
		CC(&table[j]).from(r)
	}
}

// naf writes a public integer below 2^447 with zeros and odd digits below
// 2^(width-1) in magnitude, no two within width places, the least first. The
// last digit is not zero. It may use the memory of the slice it is given.
func naf(digits []int8, t *limbs, width int) []int8 {
	n := 0
	for i, word := range t {
		if word != 0 {
			n = 64*i + bits.Len64(word) + 1
		}
	}
	digits = append(digits[:0], make([]int8, n)...)
	var carry uint64
	top := 0
	for i := 0; i < n; {
		window := t[i/64] >> (i % 64)
		if i%64+width > 64 && i/64+1 < len(t) {
			window |= t[i/64+1] << (64 - i%64)
		}
		window = window&(1<<width-1) + carry
		if window&1 == 0 {
			i++
			continue
		}
		carry = window >> (width - 1) & 1
		digits[i] = int8(int64(window) - int64(carry<<width))
		top = i + 1
		i += width
	}
	return digits[:top]
}

// hornerVarTime sets sum, which is the identity, to a[0] + x·a[1] + x²·a[2] + ….
func hornerVarTime[P, C any, PP adding[P, C], CC added[P, C]](sum PP, x uint64, a []element) {
	digits := naf(nil, &limbs{x}, 2)
	times, minus, q := CC(new(C)), CC(new(C)), CC(new(C))
	for i := len(a) - 1; i >= 0; i-- {
		if i == len(a)-1 || x == 0 {
			sum.set(a[i])
			continue
		}
		times.from(sum)
		*minus = *times
		minus.negIf(1)
		for place := len(digits) - 2; place >= 0; place-- {
			sum.doubleSelf()
			switch digits[place] {
			case 1:
				sum.addCached(times)
			case -1:
				sum.addCached(minus)
			}
		}
		q.from(a[i].(PP))
		sum.addCached(q)
	}
}
