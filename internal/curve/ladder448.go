package curve

import (
	"encoding/binary"
	"math/bits"

	fp "github.com/cloudflare/circl/math/fp448"
)

// ladder448 is ladder25519 over the other field.
func ladder448(s *Scalar, shown []byte, odd byte) (u, v, v0 []byte, done bool) {
	k := s.value()
	defer clear(k[:])
	u0 := fp.Elt(shown)
	x2, z2, x3, z3 := fp.One(), fp.Elt{}, u0, fp.One()
	var swapped uint
	for i := 445; i >= 0; i-- {
		bit := uint(k[i/64]>>(i%64)) & 1
		swapped ^= bit
		a, b, c, d := &x2, &z2, &x3, &z3
		fp.AddSub(a, b)
		fp.AddSub(c, d)
		var da, cb fp.Elt
		fp.Mul(&da, d, a)
		fp.Mul(&cb, c, b)
		fp.Cmov(a, c, swapped)
		fp.Cmov(b, d, swapped)
		fp.AddSub(&da, &cb)
		fp.Sqr(&x3, &da)
		fp.Sqr(&z3, &cb)
		fp.Mul(&z3, &z3, &u0)
		fp.Sqr(a, a)
		fp.Sqr(b, b)
		var e, f fp.Elt
		fp.Sub(&e, a, b)
		mulAdd448(&f, &e, b)
		fp.Mul(&x2, a, b)
		fp.Mul(&z2, &e, &f)
		swapped = bit
	}
	fp.Cswap(&x2, &x3, swapped)
	fp.Cswap(&z2, &z3, swapped)
	return recover448(&u0, odd, &x2, &z2, &x3, &z3)
}

// mulAdd448 sets z = 39082·x + y, where 39082 = (A + 2)/4.
func mulAdd448(z, x, y *fp.Elt) {
	const factor = 39082
	h0, l0 := bits.Mul64(word(x[0:]), factor)
	h1, l1 := bits.Mul64(word(x[8:]), factor)
	h2, l2 := bits.Mul64(word(x[16:]), factor)
	h3, l3 := bits.Mul64(word(x[24:]), factor)
	h4, l4 := bits.Mul64(word(x[32:]), factor)
	h5, l5 := bits.Mul64(word(x[40:]), factor)
	h6, l6 := bits.Mul64(word(x[48:]), factor)
	l0, c := bits.Add64(l0, word(y[0:]), 0)
	l1, c = bits.Add64(l1, word(y[8:]), c)
	l2, c = bits.Add64(l2, word(y[16:]), c)
	l3, c = bits.Add64(l3, word(y[24:]), c)
	l4, c = bits.Add64(l4, word(y[32:]), c)
	l5, c = bits.Add64(l5, word(y[40:]), c)
	l6, c = bits.Add64(l6, word(y[48:]), c)
	h6 += c
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	l4, c = bits.Add64(l4, h3, c)
	l5, c = bits.Add64(l5, h4, c)
	l6, c = bits.Add64(l6, h5, c)
	h6 += c
	// 2^448 = 2^224 + 1, and once more for what that carries out.
	for range 2 {
		l0, c = bits.Add64(l0, h6, 0)
		l1, c = bits.Add64(l1, 0, c)
		l2, c = bits.Add64(l2, 0, c)
		l3, c = bits.Add64(l3, h6<<32, c)
		l4, c = bits.Add64(l4, h6>>32, c)
		l5, c = bits.Add64(l5, 0, c)
		l6, h6 = bits.Add64(l6, 0, c)
	}
	binary.LittleEndian.PutUint64(z[0:], l0)
	binary.LittleEndian.PutUint64(z[8:], l1)
	binary.LittleEndian.PutUint64(z[16:], l2)
	binary.LittleEndian.PutUint64(z[24:], l3)
	binary.LittleEndian.PutUint64(z[32:], l4)
	binary.LittleEndian.PutUint64(z[40:], l5)
	binary.LittleEndian.PutUint64(z[48:], l6)
}

// recover448 is recover25519 over the other field.
func recover448(u0 *fp.Elt, odd byte, x1, z1, x2, z2 *fp.Elt) (u, v, v0 []byte, done bool) {
	one := fp.One()
	var w, d, y, s, t fp.Elt
	fp.Add(&w, u0, &a448)
	fp.Mul(&w, &w, u0)
	fp.Add(&w, &w, &one)
	fp.Mul(&w, &w, u0)
	fp.Mul(&y, u0, z1)
	fp.Mul(&t, &a448, z1)
	fp.Add(&t, &t, &t)
	fp.Sub(&s, x1, &y)
	fp.Add(&y, &y, x1)
	fp.Add(&y, &y, &t)
	fp.Mul(&d, u0, x1)
	fp.Add(&d, &d, z1)
	fp.Mul(&y, &y, &d)
	fp.Mul(&t, &t, z1)
	fp.Sub(&y, &y, &t)
	fp.Mul(&y, &y, z2)
	fp.Sqr(&s, &s)
	fp.Mul(&s, &s, x2)
	fp.Sub(&y, &y, &s)
	fp.Mul(&t, z1, z2)
	fp.Add(&t, &t, &t)
	fp.Mul(&d, &t, z1)

	fp.Mul(&s, &w, &d)
	fp.Mul(&d, &s, &d)
	var r fp.Elt
	if !fp.InvSqrt(&r, &one, &d) || equal448(&d, &fp.Elt{}) == 1 {
		return nil, nil, nil, false
	}
	fp.Mul(&w, &r, &s)
	fp.Modp(&w)
	negIf448(&y, uint(w[0]&1^odd))
	fp.Mul(&t, &t, x1)
	fp.Mul(&t, &t, &r)
	return mul448(&t, &w), mul448(&r, &y), w[:], true
}
