package field_test

import (
	"math/big"
	"testing"

	"meshkey/internal/field"
	"meshkey/internal/oracle"
	"meshkey/vectors"
)

// Each prime is the smallest above 2^(8n): the oracle searches it.
func TestPrimes(t *testing.T) {
	for n := 1; n <= field.MaxOctets; n++ {
		p := field.New(n)
		if p.Octets() != n {
			t.Errorf("the prime for %d octets is for %d", n, p.Octets())
		}
		if modulus(p).Cmp(oracle.SharingPrime(n)) != 0 {
			t.Errorf("%d octets: 2^%d+%d is not the smallest prime", n, 8*n, p.Offset())
		}
	}
}

func TestPublishedPrimes(t *testing.T) {
	for c := range vectors.Each[vectors.Prime]("udf-primes") {
		p := field.New(c.Data.Octets)
		if p.Offset() != c.Data.Offset {
			t.Errorf("%d octets: offset %d, published %d", c.Data.Octets, p.Offset(), c.Data.Offset)
		}
	}
}

func TestNoPrime(t *testing.T) {
	for _, n := range []int{-1, 0, field.MaxOctets + 1} {
		mustPanic(t, func() { field.New(n) })
	}
}

func mustPanic(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	f()
}

// modulus is p as a number.
func modulus(p field.Prime) *big.Int {
	m := new(big.Int).Lsh(big.NewInt(1), uint(8*p.Octets()))
	return m.Add(m, new(big.Int).SetUint64(p.Offset()))
}

// number is e as a number, from its limbs.
func number(e *field.Element) *big.Int {
	m := new(big.Int)
	limbs := e.Limbs()
	for i := range limbs {
		m.Lsh(m, 64).Add(m, new(big.Int).SetUint64(limbs[len(limbs)-1-i]))
	}
	return m
}

// element is m, below 2^640, as an Element, reduced or not.
func element(m *big.Int) (e field.Element) {
	var limbs []uint64
	word := new(big.Int).SetUint64(1<<64 - 1)
	for m := new(big.Int).Set(m); m.Sign() > 0; m.Rsh(m, 64) {
		limbs = append(limbs, new(big.Int).And(m, word).Uint64())
	}
	e.SetLimbs(limbs)
	return e
}
