package curve

import (
	"math/bits"

	fp "github.com/cloudflare/circl/math/fp448"
)

// isSquare448VarTime is true for the squares of the field but 0. It computes Jacobi's symbol as a greatest common divisor is
// computed, in time that depends on x.
func isSquare448VarTime(x *fp.Elt) bool {
	var a, n [words448]uint64
	t := *x
	fp.Modp(&t)
	unpackWords(&a, &t)
	p := fp.P()
	unpackWords(&n, &p)
	negative := uint64(0)
	for top := words448; ; {
		for top > 0 && a[top-1]|n[top-1] == 0 {
			top--
		}
		zeros := 0
		for a[0] == 0 {
			// A word of zeros; or all of them.
			if zeros++; zeros == words448 {
				return false
			}
			copy(a[:], a[1:])
			a[words448-1] = 0
		}
		// 64 factors of 2 change nothing, an odd number of them does for
		// n = 3 or 5 modulo 8.
		k := bits.TrailingZeros64(a[0])
		if k > 0 {
			for i := range top - 1 {
				a[i] = a[i]>>k | a[i+1]<<(64-k)
			}
			a[top-1] >>= k
		}
		negative ^= uint64(k) & (n[0]>>1 ^ n[0]>>2)
		// Both are odd now. (a/n) = ((a-n)/n), and (a/n) = (n/a) unless both
		// are 3 modulo 4.
		var d [words448]uint64
		var borrow uint64
		for i := range top {
			d[i], borrow = bits.Sub64(a[i], n[i], borrow)
		}
		if borrow == 1 {
			negative ^= (a[0] & n[0]) >> 1
			var carry uint64 = 1
			for i := range top {
				d[i], carry = bits.Add64(^d[i], 0, carry)
			}
			n = a
		}
		a = d
		if a == [words448]uint64{} {
			one := n == [words448]uint64{1}
			return one && negative&1 == 0
		}
	}
}

func unpackWords(w *[words448]uint64, x *fp.Elt) {
	for i := range w {
		w[i] = word(x[8*i:])
	}
}
