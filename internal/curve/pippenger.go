package curve

import "math/bits"

// pippenger collects, for each digit of c bits, the points that have the same
// digit, and weights the collections by adding them up twice.
func pippenger[P, C any, PP adding[P, C], CC added[P, C]](sum PP, k []limbs, a []element) {
	c := max(6, bits.Len(uint(len(k)))-2)
	cached, digits := make([]C, len(k)), make([][]int32, len(k))
	places := 0
	for i := range k {
		CC(&cached[i]).from(a[i].(PP))
		digits[i] = signedDigits(&k[i], c)
		places = max(places, len(digits[i]))
	}
	identity := sum.fresh().(PP)
	buckets := make([]P, 1<<(c-1))
	q := CC(new(C))
	running, total := PP(new(P)), PP(new(P))
	for place := places - 1; place >= 0; place-- {
		for range c {
			sum.doubleSelf()
		}
		for i := range buckets {
			buckets[i] = *identity
		}
		for i := range digits {
			if place >= len(digits[i]) || digits[i][place] == 0 {
				continue
			}
			d := digits[i][place]
			*q = cached[i]
			if d < 0 {
				q.negIf(1)
			}
			PP(&buckets[max(d, -d)-1]).addCached(q)
		}
		*running, *total = *identity, *identity
		for i := len(buckets) - 1; i >= 0; i-- {
			q.from(PP(&buckets[i]))
			running.addCached(q)
			q.from(running)
			total.addCached(q)
		}
		q.from(total)
		sum.addCached(q)
	}
}

// signedDigits writes a public integer below 2^447 with digits to the base 2^c
// of at most 2^(c-1) in magnitude, the least first.
func signedDigits(t *limbs, c int) []int32 {
	var digits []int32
	var carry int64
	for i := 0; i < 64*maxLimbs; i += c {
		window := t[i/64] >> (i % 64)
		if i%64+c > 64 && i/64+1 < len(t) {
			window |= t[i/64+1] << (64 - i%64)
		}
		d := int64(window&(1<<c-1)) + carry
		carry = 0
		if d > 1<<(c-1) {
			d -= 1 << c
			carry = 1
		}
		digits = append(digits, int32(d))
	}
	if carry != 0 {
		digits = append(digits, int32(carry))
	}
	for len(digits) > 0 && digits[len(digits)-1] == 0 {
		digits = digits[:len(digits)-1]
	}
	return digits
}
