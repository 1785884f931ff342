package bench

import (
	"crypto/rand"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/secretsharing"

	"meshkey/cogen"
	"meshkey/cogen/dkg"
	"meshkey/internal/curve"
)

// A dealing is a key generation of n parties, of whom n/2+1 are needed, and
// what the last of them, the one with the largest index, has on the wire.
type dealing struct {
	c        *dkg.Ceremony
	me       cogen.Index
	dealers  map[cogen.Index]*dkg.Dealer
	pledges  map[cogen.Index][]byte
	openings map[cogen.Index][]byte
	deals    map[cogen.Index]map[cogen.Index][]byte // by who gets it
	receipts map[cogen.Index][]byte
}

func indexes(n int) []cogen.Index {
	var out []cogen.Index
	for i := range n {
		out = append(out, cogen.NewIndex(uint64(i+1)))
	}
	return out
}

// deal plays a ceremony up to the deals.
func deal(a cogen.Algorithm, n int) *dealing {
	holders := indexes(n)
	p := &dealing{
		c: must(dkg.Generate(a, nil, n/2+1, holders)), me: holders[n-1],
		dealers: map[cogen.Index]*dkg.Dealer{}, pledges: map[cogen.Index][]byte{},
		openings: map[cogen.Index][]byte{}, deals: map[cogen.Index]map[cogen.Index][]byte{},
		receipts: map[cogen.Index][]byte{},
	}
	for _, i := range holders {
		p.dealers[i] = must(p.c.Start(i, nil))
		p.pledges[i] = p.dealers[i].Pledge()
		p.deals[i] = map[cogen.Index][]byte{}
	}
	for i, d := range p.dealers {
		p.openings[i] = must(d.Open(p.pledges))
	}
	for i, d := range p.dealers {
		for to, m := range must(d.Deal(p.openings)) {
			p.deals[to][i] = m
		}
		if i != p.me { // each has read all openings, which is much to keep
			delete(p.dealers, i)
		}
	}
	return p
}

// finish plays it to the end.
func (p *dealing) finish() {
	pending := map[cogen.Index]*dkg.Pending{}
	for i, deals := range p.deals {
		pending[i] = must(p.c.Finish(i, nil, p.openings, deals))
		p.receipts[i] = pending[i].Receipt()
	}
	for _, q := range pending {
		must(q.Accept(p.receipts))
	}
}

var curves = map[cogen.Algorithm]*curve.Curve{
	cogen.X25519(): curve.X25519(), cogen.X448(): curve.X448(),
	cogen.Ed25519(): curve.Ed25519(), cogen.Ed448(): curve.Ed448(),
}

// decode reads the points of all commitments, which every check begins with.
func (p *dealing) decode() {
	c := curves[p.c.Algorithm()]
	head := 2 + 32 + c.ScalarLen()
	for _, m := range p.openings {
		for k := range p.c.Need() {
			at := head + k*c.PointLen()
			_ = must(c.Decode(m[at : at+c.PointLen()]))
		}
	}
}

// What a party checks before it has its share, from the wire: pledges, proofs,
// signatures, points, sums, its share. The limits are for 1,000 parties, where
// proofs and signatures are few beside the points; those take minutes to
// prepare.
func BenchmarkDealCheck(b *testing.B) {
	sizes := map[int]limits{100: {}}
	if os.Getenv("MESHKEY_BENCH_ALL") != "" {
		sizes[1000] = limits{1.3, 1.1}
	}
	for _, a := range []cogen.Algorithm{cogen.X25519(), cogen.X448(), cogen.Ed25519(), cogen.Ed448()} {
		for n, l := range sizes {
			b.Run(fmt.Sprintf("%v/%d", a, n), func(b *testing.B) {
				p := deal(a, n)
				compare(b, l, func() { must(p.c.Finish(p.me, nil, p.openings, p.deals[p.me])) }, p.decode)
			})
		}
	}
}

// A whole key generation of 100 parties, all in this process, against nothing
// but the 100 checks of a share that each of them needs one by one, by circl.
func BenchmarkDealWhole(b *testing.B) {
	const n, t = 100, 51
	g := group.Ristretto255
	ss := secretsharing.New(rand.Reader, t-1, g.RandomScalar(rand.Reader))
	share, commitment := ss.Share(n)[n-1], ss.CommitSecret()
	for _, a := range []cogen.Algorithm{cogen.X25519(), cogen.X448(), cogen.Ed25519(), cogen.Ed448()} {
		b.Run(a.String(), func(b *testing.B) {
			var ours, base []float64
			for b.Loop() {
				base = append(base, clock(10, func() {
					if !secretsharing.Verify(t-1, share, commitment) {
						b.Fatal("circl's share is wrong")
					}
				}))
				ours = append(ours, clock(1, func() { deal(a, n).finish() }))
			}
			b.ReportMetric(median(ours), "ns/op")
			b.ReportMetric(median(ours)/(n*n*median(base)), "×base")
		})
	}
}

// How the work of one party grows with the parties, whose need grows too.
func BenchmarkDealGrowth(b *testing.B) {
	for _, a := range []cogen.Algorithm{cogen.X25519(), cogen.Ed448()} {
		b.Run(a.String(), func(b *testing.B) {
			var ps []*dealing
			sizes := []int{25, 50, 100, 200}
			for _, n := range sizes {
				ps = append(ps, deal(a, n))
			}
			times := make([][]float64, len(ps))
			for b.Loop() {
				for k, p := range ps {
					times[k] = append(times[k], clock(1, func() {
						d := must(p.c.Start(p.me, nil))
						d.Wipe()
						must(p.dealers[p.me].Deal(p.openings))
						must(p.c.Finish(p.me, nil, p.openings, p.deals[p.me]))
					}))
				}
			}
			last := len(ps) - 1
			slope := math.Log(median(times[last])/median(times[0])) / math.Log(float64(sizes[last])/float64(sizes[0]))
			b.ReportMetric(median(times[last]), "ns/op")
			b.ReportMetric(slope, "exponent")
			b.ReportMetric(2.2, "must")
		})
	}
}
