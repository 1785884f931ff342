package udf

import (
	"encoding/binary"
	"encoding/hex"
	"math/bits"

	"meshkey/internal/secret"
)

// nistFields are the primes of the fields of the NIST curves (FIPS 186-5 and
// SP 800-186, section 3.2.1), big-endian.
var nistFields = map[Specifier]string{
	SpecifierP256: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
	SpecifierP384: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
	SpecifierP521: "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
}

// reduceNIST returns (okm mod (p-1)) + 1 big-endian in as many octets as p,
// the prime of the curve's field. It takes the same time for every okm of a
// length.
//
// Spec: section 4.4.3 reduces by n-1 and calls n the prime field; published
// keys come from the prime of the field and not from the order of the group.
// The value is thus at or above the order once in 2¹²⁸ seeds or less often.
func reduceNIST(curve Specifier, okm []byte) []byte {
	p, err := hex.DecodeString(nistFields[curve])
	if err != nil || len(p) == 0 {
		panic("udf: no such curve")
	}
	modulus := limbs(p)
	modulus[0]-- // p is odd
	d := reduce(okm, modulus)
	defer clear(d)
	carry := uint64(1)
	for i := range d {
		d[i], carry = bits.Add64(d[i], 0, carry)
	}
	wide := make([]byte, 0, 8*len(d))
	for i := len(d) - 1; i >= 0; i-- {
		wide = binary.BigEndian.AppendUint64(wide, d[i])
	}
	defer secret.Wipe(wide)
	return append([]byte(nil), wide[len(wide)-len(p):]...)
}

// limbs turns big-endian octets into words, the lowest first.
func limbs(b []byte) []uint64 {
	out := make([]uint64, (len(b)+7)/8)
	for i, v := range b {
		at := len(b) - 1 - i
		out[at/8] |= uint64(v) << (8 * (at % 8))
	}
	return out
}

// reduce returns x, big-endian, mod m. It takes in one bit of x at a time: what
// it has is below m, so twice that and a bit is below 2m, and m is taken off
// once or not at all.
func reduce(x []byte, m []uint64) []uint64 {
	r := make([]uint64, len(m))
	less := make([]uint64, len(m))
	defer clear(less)
	for i := range 8 * len(x) {
		carry := uint64(x[i/8]>>(7-i%8)) & 1
		for j := range r {
			r[j], carry = r[j]<<1|carry, r[j]>>63
		}
		var borrow uint64
		for j := range r {
			less[j], borrow = bits.Sub64(r[j], m[j], borrow)
		}
		keep := -(borrow &^ carry) // all ones if it was below m: it borrows, and no bit went out at the top
		for j := range r {
			r[j] = r[j]&keep | less[j]&^keep
		}
	}
	return r
}
