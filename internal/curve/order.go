package curve

import (
	"encoding/binary"
	"math/bits"
)

// maxLimbs is the number of 64-bit words of the larger of the two orders.
const maxLimbs = 7

type limbs = [maxLimbs]uint64

// An order is the prime order L of a base point, and what it takes to multiply
// modulo L in Montgomery's way, with R = 2^(64n). All its arithmetic takes the
// same time for all values.
type order struct {
	n  int    // limbs in use
	l  limbs  // L, least limb first
	rr limbs  // R² mod L
	k0 uint64 // -1/L mod 2^64
}

// order25519 is 2^252 + 27742317777372353535851937790883648493.
var order25519 = &order{
	n:  4,
	l:  limbs{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000},
	rr: limbs{0xa40611e3449c0f01, 0xd00e1ba768859347, 0xceec73d217f5be65, 0x0399411b7c309a3d},
	k0: 0xd2b51da312547e1b,
}

// order448 is 2^446 - 0x8335dc163bb124b65129c96fde933d8d723a70aadc873d6d54a7bb0d.
var order448 = &order{
	n: 7,
	l: limbs{0x2378c292ab5844f3, 0x216cc2728dc58f55, 0xc44edb49aed63690, 0xffffffff7cca23e9,
		0xffffffffffffffff, 0xffffffffffffffff, 0x3fffffffffffffff},
	rr: limbs{0xe3539257049b9b60, 0x7af32c4bc1b195d9, 0x0d66de2388ea1859, 0xae17cf725ee4d838,
		0x1a9cc14ba3c47c44, 0x2052bcb7e4d070af, 0x3402a939f823b729},
	k0: 0x03bd440fae918bc5,
}

// size is the number of octets of an encoded scalar: 32 or 56.
func (o *order) size() int { return 8 * o.n }

// load reads an integer below R from up to size octets, little-endian.
func (o *order) load(b []byte) (t limbs) {
	for i := 0; len(b) > 0; i++ {
		var word [8]byte
		b = b[copy(word[:], b):]
		t[i] = binary.LittleEndian.Uint64(word[:])
	}
	return t
}

// isBelow returns 1 if t < L, else 0.
func (o *order) isBelow(t *limbs) uint64 {
	var borrow uint64
	for i := range o.n {
		_, borrow = bits.Sub64(t[i], o.l[i], borrow)
	}
	return borrow
}

// add sets z = x + y mod L for x, y < L.
func (o *order) add(z, x, y *limbs) {
	var t limbs
	var carry uint64 // L < R/2, so it ends as 0
	for i := range o.n {
		t[i], carry = bits.Add64(x[i], y[i], carry)
	}
	o.reduceOnce(z, &t)
}

// sub sets z = x - y mod L for x, y < L.
func (o *order) sub(z, x, y *limbs) {
	var borrow, carry uint64
	for i := range o.n {
		z[i], borrow = bits.Sub64(x[i], y[i], borrow)
	}
	for i := range o.n {
		z[i], carry = bits.Add64(z[i], o.l[i]&-borrow, carry)
	}
}

// mul sets z = x·y/R mod L for x < R and y < L.
//
// After a round t is (t + x·y[i] + m·L)/2^64 with m < 2^64, so from t < R + L
// follows (R + L + 2^64·(R-1) + 2^64·L)/2^64 < R + L again, which fits in n
// limbs and one bit. At the end t = (x·y + M·L)/R with M < R, so t < 2L < R.
func (o *order) mul(z, x, y *limbs) {
	var t limbs
	var top uint64 // limb n of t
	n := o.n
	for i := range n {
		var c uint64
		for j := range n {
			c, t[j] = mulAdd(x[j], y[i], t[j], c)
		}
		var over uint64
		top, over = bits.Add64(top, c, 0)
		m := t[0] * o.k0
		c, _ = mulAdd(m, o.l[0], t[0], 0) // the low word is 0
		for j := 1; j < n; j++ {
			c, t[j-1] = mulAdd(m, o.l[j], t[j], c)
		}
		t[n-1], c = bits.Add64(top, c, 0)
		top = over + c
	}
	o.reduceOnce(z, &t)
}

// reduceOnce sets z = t mod L for t < 2L.
func (o *order) reduceOnce(z, t *limbs) {
	var r limbs
	var borrow uint64
	for i := range o.n {
		r[i], borrow = bits.Sub64(t[i], o.l[i], borrow)
	}
	for i := range o.n {
		z[i] = t[i]&-borrow | r[i]&^-borrow
	}
}

// mulAdd is a·b + c + d, which fits in two words.
func mulAdd(a, b, c, d uint64) (hi, lo uint64) {
	hi, lo = bits.Mul64(a, b)
	lo, carry := bits.Add64(lo, c, 0)
	hi += carry
	lo, carry = bits.Add64(lo, d, 0)
	return hi + carry, lo
}
