package field

// Evaluate is the polynomial es[0] + es[1]·x + es[2]·x^2 + … at a public x from
// 1 to MaxIndex. It panics for another x or more than MaxIndex-1 coefficients.
func (p Prime) Evaluate(es []Element, x int) Element {
	if x < 1 || x > MaxIndex || len(es) >= MaxIndex {
		panic("field: a polynomial or index out of range")
	}
	// The powers add up to less than 16^15/15 < 2^57 = MaxWords.
	var powers [MaxIndex]uint64
	power := uint64(1)
	for i := range es {
		powers[i] = power
		power *= uint64(x)
	}
	return p.Sum(powers[:len(es)], es)
}

// RandomOctets is the number of random octets that Uniform takes.
func (p Prime) RandomOctets() int { return p.octets + 1 }

// Uniform maps uniform random octets to an element, all elements being equally
// likely, or is not ok for one in 256 or fewer of them: then draw again. It
// panics if len(b) is not RandomOctets.
func (p Prime) Uniform(b []byte) (e Element, ok bool) {
	// Of the 256·2^(8n) numbers the lowest 255·p are taken, as 255·c ≤ 2^(8n).
	// Written hi·2^(8n) + lo, a number is too large if hi = 255 and
	// lo ≥ 255·c, that is, if lo - 255·c does not borrow.
	low := p.Element(b[1:])
	words, es := [2]uint64{1, uint64(b[0])}, [2]Element{low}
	es[1].limb[p.top] = 1 << p.shift
	excess := p.limbsBelow(&low, 255*p.offset)
	return p.Sum(words[:], es[:]), b[0] != 255 || excess
}

// limbsBelow reports whether e is below a word, in constant time.
func (p Prime) limbsBelow(e *Element, w uint64) bool {
	var high uint64
	for _, l := range e.limb[1:] {
		high |= l
	}
	return high == 0 && e.limb[0] < w
}
