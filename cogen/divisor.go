package cogen

import (
	"sync"

	"meshkey/internal/curve"
)

// MaxHighest is the largest Context.Highest.
const MaxHighest = 20

// A divisor is what all holders of a group divide their shares by if they agree
// on its highest index: (Highest-1)!. It is a multiple of the denominators of
// all Lagrange weights of such indexes, so that these, times the divisor, are
// integers, and small ones.
type divisor struct {
	word            uint64
	scalar, inverse *curve.Scalar
}

type divisorTable [MaxHighest + 1]divisor

var (
	divisors25519 = sync.OnceValue(func() *divisorTable { return newDivisors(curve.Ed25519()) })
	divisors448   = sync.OnceValue(func() *divisorTable { return newDivisors(curve.Ed448()) })
)

// divisorOf returns the divisor for a highest index up to MaxHighest, 1 for 0.
// It must not be changed.
func divisorOf(c *curve.Curve, highest int) divisor {
	if c.ScalarLen() == curve.Ed448().ScalarLen() {
		return divisors448()[highest]
	}
	return divisors25519()[highest]
}

func newDivisors(c *curve.Curve) *divisorTable {
	t, word := new(divisorTable), uint64(1)
	for highest := range t {
		word *= uint64(max(highest-1, 1))
		s := c.NewScalar().SetUint64(word)
		t[highest] = divisor{word, s, c.NewScalar().Invert(s)}
	}
	return t
}
