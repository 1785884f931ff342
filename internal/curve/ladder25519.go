package curve

import (
	"encoding/binary"
	"math/bits"

	fp "github.com/cloudflare/circl/math/fp25519"
)

// ladder25519 is the ladder of RFC 7748, Section 5, but for what a swap
// would change and the formulas do not mind; then v is recovered.
func ladder25519(s *Scalar, shown []byte, odd byte) (u, v, v0 []byte, done bool) {
	k := s.value()
	defer clear(k[:])
	u0 := fp.Elt(shown)
	// (x2:z2) and (x3:z3) are multiples that differ by one, the multiple for
	// the bits so far standing first if swapped is 0, and second if it is 1.
	x2, z2, x3, z3 := fp.Elt{1}, fp.Elt{}, u0, fp.Elt{1}
	var swapped uint
	for i := 252; i >= 0; i-- {
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
		// The sum of both, which a swap does not change.
		fp.AddSub(&da, &cb)
		fp.Sqr(&x3, &da)
		fp.Sqr(&z3, &cb)
		fp.Mul(&z3, &z3, &u0)
		// Twice that which the bit says.
		fp.Sqr(a, a)
		fp.Sqr(b, b)
		var e, f fp.Elt
		fp.Sub(&e, a, b)
		mulAdd25519(&f, &e, b)
		fp.Mul(&x2, a, b)
		fp.Mul(&z2, &e, &f)
		swapped = bit
	}
	fp.Cswap(&x2, &x3, swapped)
	fp.Cswap(&z2, &z3, swapped)
	return recover25519(&u0, odd, &x2, &z2, &x3, &z3)
}

// mulAdd25519 sets z = 121666·x + y, where 121666 = (A + 2)/4.
func mulAdd25519(z, x, y *fp.Elt) {
	const factor = 121666
	h0, l0 := bits.Mul64(word(x[0:]), factor)
	h1, l1 := bits.Mul64(word(x[8:]), factor)
	h2, l2 := bits.Mul64(word(x[16:]), factor)
	h3, l3 := bits.Mul64(word(x[24:]), factor)
	l0, c := bits.Add64(l0, word(y[0:]), 0)
	l1, c = bits.Add64(l1, word(y[8:]), c)
	l2, c = bits.Add64(l2, word(y[16:]), c)
	l3, c = bits.Add64(l3, word(y[24:]), c)
	h3 += c
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3 += c
	l0, c = bits.Add64(l0, 38*h3, 0) // 2^256 = 38
	l1, c = bits.Add64(l1, 0, c)
	l2, c = bits.Add64(l2, 0, c)
	l3, c = bits.Add64(l3, 0, c)
	l0 += 38 & -c
	binary.LittleEndian.PutUint64(z[0:], l0)
	binary.LittleEndian.PutUint64(z[8:], l1)
	binary.LittleEndian.PutUint64(z[16:], l2)
	binary.LittleEndian.PutUint64(z[24:], l3)
}

// recover25519 finds both coordinates of Q = (x1:z1) from P, with P + Q =
// (x2:z2), as Okeya and Sakurai do ("Efficient Elliptic Curve Cryptosystems
// from a Scalar Multiplication Algorithm with Recovery of the y-Coordinate",
// 2001, Algorithm 1): v(Q) = y/(v·d) with d = 2·z1²·z2. Of v only the square w
// is known yet. One power gives r = ±1/(v·d), and from it v = ±r·w·d and
// 1/d = r²·w·d.
func recover25519(u0 *fp.Elt, odd byte, x1, z1, x2, z2 *fp.Elt) (u, v, v0 []byte, done bool) {
	one := fp.Elt{1}
	var w, d, y, s, t fp.Elt
	fp.Add(&w, u0, &a25519)
	fp.Mul(&w, &w, u0)
	fp.Add(&w, &w, &one)
	fp.Mul(&w, &w, u0)
	fp.Mul(&y, u0, z1) // (x1 + u·z1 + 2·A·z1)·(u·x1 + z1) - 2·A·z1²
	fp.Mul(&t, &a25519, z1)
	fp.Add(&t, &t, &t)
	fp.Sub(&s, x1, &y)
	fp.Add(&y, &y, x1)
	fp.Add(&y, &y, &t)
	fp.Mul(&d, u0, x1)
	fp.Add(&d, &d, z1)
	fp.Mul(&y, &y, &d)
	fp.Mul(&t, &t, z1)
	fp.Sub(&y, &y, &t)
	fp.Mul(&y, &y, z2) // times z2, less (x1 - u·z1)²·x2
	fp.Sqr(&s, &s)
	fp.Mul(&s, &s, x2)
	fp.Sub(&y, &y, &s)
	fp.Mul(&t, z1, z2)
	fp.Add(&t, &t, &t)
	fp.Mul(&d, &t, z1)

	fp.Mul(&s, &w, &d)
	fp.Mul(&d, &s, &d)
	r, square := sqrt25519(&one, &d)
	if square == 0 {
		return nil, nil, nil, false
	}
	fp.Mul(&w, &r, &s) // v or -v
	fp.Modp(&w)
	negIf25519(&y, uint(w[0]&1^odd))
	fp.Mul(&t, &t, x1) // x1/z1 = x1·t/d
	fp.Mul(&t, &t, &r)
	return product25519(&t, &w), product25519(&r, &y), w[:], true
}

func word(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
