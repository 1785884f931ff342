package field_test

import (
	"math/big"
	"testing"

	"meshkey/internal/field"
	"meshkey/internal/oracle"
)

// FuzzShare evaluates a polynomial and interpolates it again, beside the
// oracle. The octets of a polynomial are its coefficients, and the rest of the
// last one; the indexes are a set.
func FuzzShare(f *testing.F) {
	f.Add(uint8(0), uint16(1), uint8(0), []byte{1})
	f.Add(uint8(34), uint16(0b10101), uint8(0), make([]byte, 108))
	f.Add(uint8(63), uint16(0xffff), uint8(16), []byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Add(uint8(7), uint16(0xf00f), uint8(9), []byte("eight octets, of which more come than one limb can hold"))
	f.Fuzz(func(t *testing.T, octets uint8, mask uint16, at uint8, b []byte) {
		indexes := set(uint(mask))
		if len(indexes) == 0 || len(indexes) == field.MaxIndex {
			return
		}
		p := field.New(1 + int(octets)%field.MaxOctets)
		m := modulus(p)
		numbers, es := make([]*big.Int, len(indexes)), make([]field.Element, len(indexes))
		for i := range numbers {
			n := min(len(b), p.Octets()+1)
			numbers[i] = new(big.Int).Mod(new(big.Int).SetBytes(b[:n]), m)
			es[i] = element(numbers[i])
			b = b[n:]
		}
		values := make([]field.Element, len(indexes))
		for i, x := range indexes {
			p.Evaluate(&values[i], es, x)
			check(t, p, "a value", &values[i], oracle.Evaluate(m, numbers, x))
		}
		place := int(at) % (field.MaxIndex + 1)
		w := field.NewWeights(indexes, place)
		var e field.Element
		p.Interpolate(&e, &w, values)
		check(t, p, "the interpolation", &e, oracle.Evaluate(m, numbers, place))
	})
}
