package curve

import "math/bits"

// sumOfProductsVarTime is sumOfProducts for public scalars and points: by
// Straus's method, or from some number of products on by Pippenger's.
func sumOfProductsVarTime[P, C any, PP adding[P, C], CC added[P, C]](sum PP, s []*Scalar, a []element) {
	values := make([]limbs, len(s))
	for i := range s {
		values[i] = s[i].value()
	}
	if len(s) < 400 {
		straus[P, C, PP, CC](sum, values, nil, a, 5)
	} else {
		pippenger[P, C, PP, CC](sum, values, a)
	}
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

// straus is Straus's method with the digits that naf gives: the products share
// their doublings.
func straus[P, C any, PP adding[P, C], CC added[P, C]](sum PP, k []limbs, negative []bool, a []element, width int) {
	odd := 1 << (width - 2) // a, 3a, … of each
	tables, digits := make([]C, odd*len(k)), make([][]int8, len(k))
	top := 0
	r, twice := PP(new(P)), CC(new(C))
	for i := range k {
		digits[i] = naf(&k[i], width)
		top = max(top, len(digits[i]))
		table := tables[odd*i : odd*(i+1)]
		CC(&table[0]).from(a[i].(PP))
		if odd > 1 {
			r.double(a[i])
			twice.from(r)
			r.set(a[i])
		}
		for j := 1; j < odd; j++ {
			r.addCached(twice)
			CC(&table[j]).from(r)
		}
	}
	q := CC(new(C))
	for place := top - 1; place >= 0; place-- {
		if place < top-1 {
			sum.doubleSelf()
		}
		for i := range digits {
			if place >= len(digits[i]) || digits[i][place] == 0 {
				continue
			}
			d := digits[i][place]
			*q = tables[odd*i+int(max(d, -d)/2)]
			if (d < 0) != (negative != nil && negative[i]) {
				q.negIf(1)
			}
			sum.addCached(q)
		}
	}
}

// naf writes a public integer below 2^447 with zeros and odd digits below
// 2^(width-1) in magnitude, no two within width places, the least first. The
// last digit is not zero.
func naf(t *limbs, width int) []int8 {
	n := 0
	for i, word := range t {
		if word != 0 {
			n = 64*i + bits.Len64(word) + 1
		}
	}
	digits := make([]int8, n)
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
	digits := naf(&limbs{x}, 2)
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
