package field

import (
	"encoding/binary"
	"math/bits"
)

// Element is a number from 0 to p-1 in little-endian limbs of 64 bits, the
// unused ones zero. The zero Element is 0. An Element does not know its prime;
// mixing primes gives nonsense.
type Element struct{ limb [maxLimbs]uint64 }

// SetBytes sets e to the n octets of b, big-endian; all such numbers are below
// p. It panics if len(b) is not n.
func (p *Prime) SetBytes(e *Element, b []byte) {
	if len(b) != p.octets {
		panic("field: an element of the wrong length")
	}
	e.setBytes(b)
}

// setBytes takes up to 8·maxLimbs octets.
func (e *Element) setBytes(b []byte) {
	clear(e.limb[:])
	i := 0
	for ; len(b) >= 8; i++ {
		e.limb[i] = binary.BigEndian.Uint64(b[len(b)-8:])
		b = b[:len(b)-8]
	}
	for _, octet := range b {
		e.limb[i] = e.limb[i]<<8 | uint64(octet)
	}
}

// FillBytes writes e into the n octets of b, big-endian, and reports whether it
// fits. An e from 2^(8n) to p-1 does not, and leaves e - 2^(8n) there. It
// panics if len(b) is not n.
func (p *Prime) FillBytes(b []byte, e *Element) (fits bool) {
	if len(b) != p.octets {
		panic("field: an element of the wrong length")
	}
	i := 0
	for ; len(b) >= 8; i++ {
		binary.BigEndian.PutUint64(b[len(b)-8:], e.limb[i])
		b = b[:len(b)-8]
	}
	for last := e.limb[i]; len(b) > 0; last >>= 8 {
		b[len(b)-1] = byte(last)
		b = b[:len(b)-1]
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

// Wipe sets all of es to 0.
func Wipe(es []Element) { clear(es) }

// MaxWords bounds the sum of the absolute values of the words of one Sum.
const MaxWords = 1 << 57

// Sum sets e to words[0]·es[0] + words[1]·es[1] + … modulo p. The words are
// public, and their absolute values at most MaxWords together. e may be one of
// es. It panics if es is shorter than words.
func (p *Prime) Sum(e *Element, words []int64, es []Element) {
	// To the sum 2^57·p is added, which makes it positive and less than
	// 2^58·p < 2^59·2^(8n). By absolute values, the products of a column add
	// up to less than 2^57·2^64, the carry into it is less than 2^58, and what
	// 2^57·p adds to the lowest and the highest column is at most 2^68 and
	// 2^113. Two words hold that with its sign.
	es = es[:len(words)]
	hi, lo := bits.Mul64(MaxWords, p.offset)
	for i := 0; ; i++ {
		for j, w := range words {
			limb := es[j].limb[i]
			h, l := bits.Mul64(uint64(w), limb)
			h -= limb & negative(uint64(w))
			var c uint64
			lo, c = bits.Add64(lo, l, 0)
			hi, _ = bits.Add64(hi, h, c)
		}
		if i == p.top {
			break
		}
		e.limb[i], lo, hi = lo, hi, negative(hi)
	}
	h, l := bits.Mul64(MaxWords, 1<<p.shift)
	var c uint64
	e.limb[p.top], c = bits.Add64(lo, l, 0)
	e.limb[p.top+1], _ = bits.Add64(hi, h, c)
	clear(e.limb[p.top+2:])
	p.reduce(e)
}

// Mul sets e to a·b modulo p. e may be a or b.
func (p *Prime) Mul(e, a, b *Element) {
	var product [2 * maxLimbs]uint64
	w := product[:2*p.top+2]
	for i, x := range a.limb[:p.top+1] {
		var carry uint64
		for j, y := range b.limb[:p.top+1] {
			h, l := bits.Mul64(x, y)
			var c uint64
			l, c = bits.Add64(l, w[i+j], 0)
			h += c
			l, c = bits.Add64(l, carry, 0)
			w[i+j], carry = l, h+c
		}
		w[i+p.top+1] = carry
	}
	p.foldWide(e, w)
	clear(w)
	p.fold(e)
	p.reduce(e)
}

// foldWide sets e to lo - c·hi, signed, where w is hi·2^(8n) + lo, at most
// (p-1)², in 2·top+2 limbs. As hi ≤ 2^(8n) + 2c, that is above -2^12·2^(8n),
// and a fold makes of it what reduce takes.
func (p *Prime) foldWide(e *Element, w []uint64) {
	clear(e.limb[:])
	var carry, borrow uint64
	for i := 0; i <= p.top; i++ {
		lo := w[i]
		if i == p.top {
			lo &= 1<<p.shift - 1
		}
		hi := w[p.top+i]>>p.shift | w[p.top+i+1]<<(64-p.shift)
		h, l := bits.Mul64(p.offset, hi)
		var c uint64
		l, c = bits.Add64(l, carry, 0)
		carry = h + c
		e.limb[i], borrow = bits.Sub64(lo, l, borrow)
	}
	e.limb[p.top+1] = -carry - borrow
}
