package bench

import (
	"crypto/rand"
	"fmt"
	"math"
	mrand "math/rand/v2"
	"slices"
	"testing"

	"filippo.io/edwards25519"
	"github.com/cloudflare/circl/ecc/goldilocks"
	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/secretsharing"

	"meshkey/cogen"
	"meshkey/internal/curve"
	"meshkey/shamir"
)

// multiplication is M, the unit of most of what follows: one scalar
// multiplication of a peer on the same field, without reading or writing.
func multiplication(a cogen.Algorithm) func() {
	octets := a.GenerateKey().Bytes()
	if a.PrivateLen() == 56 {
		var s goldilocks.Scalar
		s.FromBytes(octets)
		var c goldilocks.Curve
		p := c.ScalarBaseMult(&s)
		return func() { c.ScalarMult(&s, p) }
	}
	s := must(edwards25519.NewScalar().SetBytesWithClamping(octets))
	p := edwards25519.NewIdentityPoint().ScalarBaseMult(s)
	return func() { new(edwards25519.Point).ScalarMult(s, p) }
}

// An answer is a partial agreement as it is sent.
type answer struct {
	index        cogen.Index
	point, proof []byte
}

func (x answer) read(a cogen.Algorithm) *cogen.Partial {
	return must(a.ParsePartial(x.index, x.point, x.proof))
}

// answers are those of t random holders among the 2t-1, who know the highest
// index, or the set, if ctx says so.
func answers(a cogen.Algorithm, t int, ctx cogen.Context, known bool) ([]answer, *cogen.Sharing, *cogen.PublicKey, cogen.Context) {
	sharing := must(a.GenerateKey().Split(shamir.Quorum{Need: t, Of: 2*t - 1}))
	peer := a.GenerateKey().PublicKey()
	set := mrand.New(mrand.NewPCG(1, uint64(t))).Perm(2*t - 1)[:t]
	slices.Sort(set)
	if known {
		for _, i := range set {
			ctx.Present = append(ctx.Present, sharing.Shares[i].Index())
		}
	}
	var out []answer
	for _, i := range set {
		p := must(sharing.Shares[i].Agree(peer, ctx))
		out = append(out, answer{p.Index(), p.Bytes(), p.Proof()})
	}
	return out, sharing, peer, ctx
}

var both = []cogen.Algorithm{cogen.Ed25519(), cogen.Ed448()}

// Combining t partial agreements, weights included, in multiplications: of
// random holders out of 2t-1. With and without reading the points.
func BenchmarkCombine(b *testing.B) {
	run := func(name string, a cogen.Algorithm, l limits, all []answer, read bool) {
		b.Run(fmt.Sprintf("%s/%v/t=%d", name, a, len(all)), func(b *testing.B) {
			parts := make([]*cogen.Partial, len(all))
			for i := range all {
				parts[i] = all[i].read(a)
			}
			compare(b, l, func() {
				if read {
					for i := range all {
						parts[i] = all[i].read(a)
					}
				}
				must(cogen.CombineAgreements(parts...))
			}, multiplication(a))
		})
	}
	for _, a := range both {
		for _, t := range []int{3, 5, 10} {
			l := map[int]limits{3: {0.40, 0.32}, 5: {0.75, 0.60}, 10: {1.8, 1.55}}[t]
			if a == cogen.Ed25519() && t > 3 {
				l = limits{}
			}
			all, _, _, _ := answers(a, t, cogen.Context{Highest: 2*t - 1}, false)
			run("divided", a, l, all, true)
			l = limits{}
			if a == cogen.Ed448() {
				l = map[int]limits{3: {1.4, 1.3}, 5: {1.6, 1.5}, 10: {2.4, 2.15}}[t]
			}
			all, _, _, _ = answers(a, t, cogen.Context{}, false)
			run("ordinary", a, l, all, true)
		}
		for _, t := range []int{20, 50} {
			l := limits{}
			if a == cogen.Ed448() && t == 50 {
				l = limits{8, 5}
			}
			all, _, _, _ := answers(a, t, cogen.Context{}, false)
			run("ordinary, points read", a, l, all, false)
		}
	}
}

// Combining when the holders know who answers, against its floor: reading the
// points, adding them up and writing the sum.
func BenchmarkCombineKnown(b *testing.B) {
	for _, a := range both {
		c := curve.Ed25519()
		if a == cogen.Ed448() {
			c = curve.Ed448()
		}
		for _, t := range []int{3, 10, 50} {
			all, _, _, _ := answers(a, t, cogen.Context{}, true)
			b.Run(fmt.Sprintf("%v/t=%d", a, t), func(b *testing.B) {
				compare(b, limits{1.1, 1.03}, func() {
					parts := make([]*cogen.Partial, len(all))
					for i := range all {
						parts[i] = all[i].read(a)
					}
					must(cogen.CombineAgreements(parts...))
				}, func() {
					sum := c.NewPoint()
					for i := range all {
						sum.Add(sum, must(c.Decode(all[i].point)))
					}
					sum.Bytes()
				})
			})
		}
	}
}

// Proofs by themselves, in multiplications: the holder's, beside the partial
// agreement, and the recipient's for one partial.
func BenchmarkPartial(b *testing.B) {
	ctx := cogen.Context{Group: "group", Request: "request", Grantee: "grantee"}
	for _, a := range []cogen.Algorithm{cogen.X25519(), cogen.Ed25519(), cogen.X448(), cogen.Ed448()} {
		k, peer := a.GenerateKey(), a.GenerateKey().PublicKey()
		p := must(k.AgreeProved(peer, ctx))
		b.Run(a.String()+"/agree", func(b *testing.B) {
			compare(b, limits{}, func() { must(k.Agree(peer)) }, multiplication(a))
		})
		b.Run(a.String()+"/agree and prove", func(b *testing.B) {
			compare(b, limits{}, func() { must(k.AgreeProved(peer, ctx)) }, multiplication(a))
		})
		b.Run(a.String()+"/verify", func(b *testing.B) {
			compare(b, limits{}, func() {
				if err := p.Verify(k.PublicKey(), peer, ctx); err != nil {
					b.Fatal(err)
				}
			}, multiplication(a))
		})
	}
}

// One holder's check of a share of 501 needed, commitment read, against that of
// circl on ristretto255.
func BenchmarkVerifyShare(b *testing.B) {
	const need = 501
	g := group.Ristretto255
	ss := secretsharing.New(rand.Reader, need-1, g.RandomScalar(rand.Reader))
	theirs := ss.Share(need)[need-1]
	commitment := ss.CommitSecret()
	for _, v := range []struct {
		algorithm cogen.Algorithm
		limits    limits
	}{{cogen.Ed25519(), limits{0.08, 0.05}}, {cogen.Ed448(), limits{}}} {
		shares := must(v.algorithm.GenerateKey().Split(shamir.Quorum{Need: need, Of: need})).Shares
		b.Run(v.algorithm.String(), func(b *testing.B) {
			compare(b, v.limits, func() {
				if err := shares[need-1].Verify(); err != nil {
					b.Fatal(err)
				}
			}, func() { secretsharing.Verify(need-1, theirs, commitment) })
		})
	}
}

// Growth from n = 300 to n = 3,000 with n/2+1 needed: the slope of the logarithm
// of the time. Below some hundred, combining costs less than this foretells.
func BenchmarkSharingGrowth(b *testing.B) {
	const small, large = 300, 3000
	a := cogen.Ed25519()
	k := a.GenerateKey()
	type sized struct {
		sharing *cogen.Sharing
		parts   []*cogen.Partial
	}
	sizes := map[int]sized{}
	peer := a.GenerateKey().PublicKey()
	for _, n := range []int{small, large} {
		s := sized{sharing: must(k.Split(shamir.Quorum{Need: n/2 + 1, Of: n}))}
		for i := range n {
			s.parts = append(s.parts, must(s.sharing.Shares[i].Key().Agree(peer)))
			s.parts[i] = must(a.ParsePartial(s.sharing.Shares[i].Index(), s.parts[i].Bytes(), nil))
		}
		sizes[n] = s
	}
	spread := func(n int) []*cogen.Share { // every other one, and one more
		var out []*cogen.Share
		for i := 0; i < n; i += 2 {
			out = append(out, sizes[n].sharing.Shares[i])
		}
		return append(out, sizes[n].sharing.Shares[1])
	}
	for _, v := range []struct {
		name string
		must float64
		f    func(n int)
	}{
		{"split", 2.2, func(n int) { must(k.Split(shamir.Quorum{Need: n/2 + 1, Of: n})).Wipe() }},
		{"recombine, a run", 1.2, func(n int) { must(cogen.Recombine(sizes[n].sharing.Shares[:n/2+1]...)).Wipe() }},
		{"recombine, any", 2.2, func(n int) { must(cogen.Recombine(spread(n)...)).Wipe() }},
		{"combine, any", 2.2, func(n int) {
			var parts []*cogen.Partial
			for i := 0; i < n; i += 2 {
				parts = append(parts, sizes[n].parts[i])
			}
			must(cogen.CombineAgreements(append(parts, sizes[n].parts[1])...))
		}},
		{"combine, a run", 1.2, func(n int) { must(cogen.CombineAgreements(sizes[n].parts[:n/2+1]...)) }},
		{"verify", 1.2, func(n int) {
			if err := sizes[n].sharing.Shares[n-1].Verify(); err != nil {
				panic(err)
			}
		}},
	} {
		b.Run(v.name, func(b *testing.B) {
			var slopes []float64
			for b.Loop() {
				slopes = append(slopes, math.Log10(clock(1, func() { v.f(large) })/clock(5, func() { v.f(small) })))
			}
			b.ReportMetric(median(slopes), "slope")
			b.ReportMetric(v.must, "must")
		})
	}
}
