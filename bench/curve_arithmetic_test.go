package bench

import (
	"fmt"
	"testing"

	"github.com/cloudflare/circl/dh/x25519"
	"github.com/cloudflare/circl/dh/x448"

	"meshkey/cogen"
	"meshkey/internal/curve"
)

// agreement returns circl's function of RFC 7748 from octets to octets.
func agreement(a cogen.Algorithm, secret, u []byte) func() {
	if a == cogen.X25519() {
		return func() {
			var out x25519.Key
			x25519.Shared(&out, (*x25519.Key)(secret), (*x25519.Key)(u))
		}
	}
	return func() {
		var out x448.Key
		x448.Shared(&out, (*x448.Key)(secret), (*x448.Key)(u))
	}
}

// A contribution to an agreement, from octets to octets with the sign of v,
// against the function of RFC 7748, which has no sign and checks nothing: the
// multiplication by itself; with the public key refused if it is outside the
// subgroup of prime order; and that with a public key read before.
func BenchmarkContribution(b *testing.B) {
	for _, v := range []struct {
		algorithm cogen.Algorithm
		curve     *curve.Curve
		limits    limits
	}{
		{cogen.X448(), curve.X448(), limits{1.10, 0.95}},
		{cogen.X25519(), curve.X25519(), limits{1.15, 1.05}},
	} {
		k, p := v.algorithm.GenerateKey(), v.algorithm.GenerateKey().PublicKey()
		encoded, base := p.Bytes(), agreement(v.algorithm, k.Bytes(), p.Plain())
		s := v.curve.NewScalar().SetClamped(k.Bytes())
		b.Run(v.algorithm.String()+"/bare", func(b *testing.B) {
			compare(b, v.limits, func() { _, _, _ = v.curve.MulEncoded(s, encoded) }, base)
		})
		b.Run(v.algorithm.String()+"/refusing", func(b *testing.B) {
			compare(b, limits{}, func() {
				_, _ = k.AgreeEncoded(encoded)
			}, base)
		})
		b.Run(v.algorithm.String()+"/apart", func(b *testing.B) {
			compare(b, limits{}, func() {
				peer, _ := v.algorithm.NewPublicKey(encoded)
				_, _ = k.Agree(peer)
			}, base)
		})
	}
}

// What points cost, against one multiplication on the same curve.
func BenchmarkPoint(b *testing.B) {
	for _, c := range []*curve.Curve{curve.X25519(), curve.X448(), curve.Ed25519(), curve.Ed448(), curve.Ristretto255()} {
		s := c.NewScalar().SetUint64(3)
		s.Invert(s)
		p, q := c.NewPoint().ScalarBaseMult(s), c.NewPoint()
		encoded := p.Bytes()
		base := func() { q.ScalarMult(s, p) }
		for _, v := range []struct {
			name string
			ours func()
		}{
			{"decode", func() { _, _ = c.Decode(encoded) }},
			{"encode", func() { p.Bytes() }},
			{"torsion", func() { p.IsTorsionFree() }},
			{"add", func() { q.Add(p, p) }},
			{"small", func() { q.MulSmallVarTime(501, p) }},
			{"base", func() { q.ScalarBaseMult(s) }},
		} {
			b.Run(fmt.Sprintf("%v/%s", c, v.name), func(b *testing.B) { compare(b, limits{}, v.ours, base) })
		}
	}
}

// Sums of products, against as many multiplications, and with small weights,
// as those of indexes are, against one.
func BenchmarkSum(b *testing.B) {
	for _, c := range []*curve.Curve{curve.Ed25519(), curve.Ed448()} {
		var s []*curve.Scalar
		var q []*curve.Point
		var w []int64
		p := c.NewPoint()
		x := c.NewScalar().SetUint64(3)
		x.Invert(x)
		for i := range 500 {
			s = append(s, x)
			q = append(q, c.NewPoint().ScalarBaseMult(x))
			w = append(w, int64(7+(i*2654435761)%(1<<22))*int64(1-2*(i%2)))
			x = c.NewScalar().Mul(x, x)
			x.Add(x, s[0])
		}
		base := func() { p.ScalarMult(s[0], q[0]) }
		for _, n := range []int{3, 10, 50, 100, 200, 500} {
			b.Run(fmt.Sprintf("%v/%d", c, n), func(b *testing.B) {
				compare(b, limits{}, func() { p.MultiScalarMultVarTime(s[:n], q[:n]) }, base)
			})
		}
		for _, n := range []int{3, 10} {
			b.Run(fmt.Sprintf("%v/constant/%d", c, n), func(b *testing.B) {
				compare(b, limits{}, func() { p.MultiScalarMult(s[:n], q[:n]) }, base)
			})
			b.Run(fmt.Sprintf("%v/small/%d", c, n), func(b *testing.B) {
				compare(b, limits{}, func() { p.SumSmallVarTime(w[:n], q[:n]) }, base)
			})
		}
	}
}
