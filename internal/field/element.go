package field

import (
	"encoding/binary"
	"math/bits"
)

// Element is a number from 0 to p-1 as little-endian limbs of 64 bits, its
// unused limbs zero. The zero Element is 0. An Element does not know its
// prime: it belongs to the one that made it.
type Element struct{ limb [maxLimbs]uint64 }

// Wipe sets e to 0.
func (e *Element) Wipe() { e.limb = [maxLimbs]uint64{} }

// Wipe sets all of es to 0.
func Wipe(es []Element) { clear(es) }

// Element reads the n octets of b as a big-endian number. It panics if len(b)
// is not n. Every such number is below the prime.
func (p Prime) Element(b []byte) Element {
	if len(b) != p.octets {
		panic("field: wrong length of an element")
	}
	var e Element
	i := 0
	for ; len(b) >= 8; i++ {
		e.limb[i] = binary.BigEndian.Uint64(b[len(b)-8:])
		b = b[:len(b)-8]
	}
	for _, octet := range b {
		e.limb[i] = e.limb[i]<<8 | uint64(octet)
	}
	return e
}

// Fill writes e into the n octets of b, big-endian, and reports whether it
// fits: an e from 2^(8n) to p-1 does not, and b then holds e - 2^(8n). It
// panics if len(b) is not n.
func (p Prime) Fill(b []byte, e *Element) (fits bool) {
	if len(b) != p.octets {
		panic("field: wrong length of an element")
	}
	i := 0
	for ; len(b) >= 8; i++ {
		binary.BigEndian.PutUint64(b[len(b)-8:], e.limb[i])
		b = b[:len(b)-8]
	}
	last := e.limb[i]
	for j := len(b) - 1; j >= 0; j-- {
		b[j] = byte(last)
		last >>= 8
	}
	return e.limb[p.top]>>p.shift == 0
}

// IsZero reports whether e is 0.
func (e *Element) IsZero() bool {
	var or uint64
	for _, l := range e.limb {
		or |= l
	}
	return or == 0
}

// MaxWords bounds the sum of the words given to one Prime.Sum.
const MaxWords = 1 << 57

// Sum is words[0]·es[0] + words[1]·es[1] + … modulo the prime. The words are
// public and together at most MaxWords. It panics if es is shorter than words.
func (p Prime) Sum(words []uint64, es []Element) Element {
	// Column i of the sum is below MaxWords·2^64 = 2^121 and the carry into it
	// below 2^58, so a column never overflows its two words. The whole sum is
	// at most 2^57·(p-1), which leaves less than 2^58 above bit 8n.
	var a [maxLimbs + 1]uint64
	es = es[:len(words)]
	var carry uint64
	for i := 0; i <= p.top; i++ {
		hi, lo := uint64(0), carry
		for j, w := range words {
			h, l := bits.Mul64(w, es[j].limb[i])
			var c uint64
			lo, c = bits.Add64(lo, l, 0)
			hi, _ = bits.Add64(hi, h, c)
		}
		a[i], carry = lo, hi
	}
	a[p.top+1] = carry
	return p.reduce(&a)
}

// reduce brings a number below 2^58·2^(8n), in top+2 limbs, below p.
//
// A fold replaces hi·2^(8n) + lo by lo - c·hi, which is the same modulo p.
// The number is signed, in two's complement, and hi is rounded down, so that
// lo is always from 0 to 2^(8n)-1. If hi is 0 or -1 before a fold, the result
// is lo or lo + c: from 0 to p-1, which is where reduce must end.
//
// From |hi| ≤ h a fold makes |hi| ≤ ceil(c·h / 2^(8n)), or one more where
// lo overflows on the positive side. Folds of a positive hi leave at most
// 2^(8n)-1 and so hi ≤ 0; folds of a negative hi leave hi ≥ 0. So hi is ≥ 0
// before odd folds and ≤ 0 before even ones, and an even number of folds ends
// well once |hi| ≤ 1 before the last. That is, with h = 2^58 at the start:
//
//   - n ≥ 8: c·2^58 ≤ 2^(8n) (for n = 8, 13·2^58 < 2^62; from n = 9 on c
//     has at most 11 bits), so hi ≥ -1 before the second fold. Two do.
//   - 4 ≤ n ≤ 7: c·2^58 / 2^(8n) < 2^31 (15·2^26, 15·2^18, 21·2^10, 81·2^2),
//     the second fold leaves hi ≤ 1 + c·2^30/2^32 < 2^5, the third -1 or 0. Four do.
//   - n = 2, 3: every fold shortens hi by 16 bits or more (16 - 0 and
//     24 - 6, rounded up by one at most): 58, 42, 26, 10, 1, 1. Six do.
//   - n = 1: by 8 bits: 58, 50, 42, 34, 26, 18, 10, 2, 1, 1. Ten do.
func (p Prime) reduce(a *[maxLimbs + 1]uint64) Element {
	for range p.folds {
		p.fold(a)
	}
	return Element{[maxLimbs]uint64(a[:maxLimbs])}
}

func (p Prime) fold(a *[maxLimbs + 1]uint64) {
	// For shift = 0 the second term is 0, as Go shifts by 64 to 0, and hi is
	// the whole limb: it fits as |hi| < 2^59.
	hi := a[p.top]>>p.shift | a[p.top+1]<<(64-p.shift)
	a[p.top] &= 1<<p.shift - 1
	a[p.top+1] = 0

	// c·hi as a signed number of two words, then its sign in all above.
	h, l := bits.Mul64(p.offset, hi)
	h -= p.offset & uint64(int64(hi)>>63)
	sign := uint64(int64(h) >> 63)
	var b uint64
	a[0], b = bits.Sub64(a[0], l, 0)
	a[1], b = bits.Sub64(a[1], h, b)
	for i := 2; i <= p.top+1; i++ {
		a[i], b = bits.Sub64(a[i], sign, b)
	}
}

// Neg is p - e, congruent to -e; for e = 0 it is p itself, which Sum takes
// like an element.
func (p Prime) neg(e *Element) Element {
	var r Element
	var b uint64
	r.limb[0], b = bits.Sub64(p.limb(0), e.limb[0], 0)
	for i := 1; i <= p.top; i++ {
		r.limb[i], b = bits.Sub64(p.limb(i), e.limb[i], b)
	}
	return r
}

// limb is limb i of the prime.
func (p Prime) limb(i int) uint64 {
	var l uint64
	if i == 0 {
		l = p.offset
	}
	if i == p.top {
		l += 1 << p.shift
	}
	return l
}

// Add is a + b modulo the prime.
func (p Prime) Add(a, b *Element) Element {
	return p.Sum([]uint64{1, 1}, []Element{*a, *b})
}

// Mul is a·b modulo the prime.
func (p Prime) Mul(a, b *Element) Element {
	// Digits of 56 bits of b, from the top: r = r·2^56 + digit·a. The two
	// words add to less than MaxWords.
	es := [2]Element{1: *a}
	defer Wipe(es[:])
	for i := (p.octets*8 + 56) / 56; i >= 0; i-- {
		es[0] = p.Sum([]uint64{1 << 56, b.digit(i)}, es[:])
	}
	return es[0]
}

// digit is digit i of e to the base 2^56.
func (e *Element) digit(i int) uint64 {
	bit := i * 56
	k, s := bit/64, uint(bit%64)
	var d uint64
	if k < maxLimbs {
		d = e.limb[k] >> s
	}
	if k+1 < maxLimbs {
		d |= e.limb[k+1] << (64 - s)
	}
	return d & (1<<56 - 1)
}
