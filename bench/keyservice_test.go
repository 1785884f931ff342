package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/keyservice/store/storetest"
)

const (
	connections = 64
	roundLen    = 1024 // requests, of one contribution each
)

// A loadCase is one way to ask a key service.
type loadCase struct {
	name        string
	store       string // of the service: memory, bolt or postgres
	items       int    // contributions in a request
	plain       bool   // HTTP, no TLS
	connections int
	share       limits // of the CPU spent on curves; not below
	cpu         limits // × the minimal server's a contribution
	p50         limits // × the minimal server's
	minimal     string // what that writes to: none, log or bolt; empty: it is not asked
}

// Targets K1 to K4 and K6: the share of the service's CPU that its operations on
// curves take, and what it takes beside a server that does the same operations,
// writes a record as durable, signs as seldom, and nothing else, asked in turns
// with it.
func BenchmarkKeyService(b *testing.B) {
	l := newLoad(b)
	for _, c := range []loadCase{
		{name: "K1/http/memory", store: "memory", items: 1, plain: true, connections: connections, share: limits{0.80, 0.84}, minimal: "none"},
		{name: "K2+K4/mtls/bolt", store: "bolt", items: 1, connections: connections, share: limits{0.72, 0.77}, cpu: limits{1.10, 1.00}, minimal: "bolt"},
		{name: "K3/mtls/bolt/16", store: "bolt", items: 16, connections: connections, share: limits{0.90, 0.93}, cpu: limits{1.10, 1.00}, minimal: "bolt"},
		{name: "K2/mtls/postgres", store: "postgres", items: 1, connections: connections},
		{name: "K3/mtls/postgres/16", store: "postgres", items: 16, connections: connections},
		{name: "K6/mtls/bolt/one", store: "bolt", items: 1, connections: 1, p50: limits{1.15, 1.00}, minimal: "log"},
	} {
		b.Run(c.name, func(b *testing.B) { l.run(b, c) })
	}
}

func (l *load) run(b *testing.B, c loadCase) {
	ours := l.serve(b, c.plain, "-kind", "service", "-store", l.place(b, c.store), "-fixture", l.fixture, "-secrets", l.secrets)
	var base *loadServer
	if c.minimal != "" {
		base = l.serve(b, c.plain, "-kind", "minimal", "-store", l.place(b, c.minimal), "-fixture", l.keys)
	}
	n := max(roundLen/c.items, 4*c.connections)
	if c.connections == 1 {
		n = roundLen / 4
	}
	var all, bases []*round
	for i := -1; i < 0 || b.Loop(); i++ { // caches are cold at first
		one, other := ours.ask(b, l.calls(b, n, c.items), c.connections), (*round)(nil)
		if base != nil {
			other = base.ask(b, l.frames(b, n, c.items, cogen.X448()), c.connections)
		}
		if i >= 0 {
			all, bases = append(all, one), append(bases, other)
		}
	}
	report(b, all, c.items)
	if c.share != (limits{}) {
		b.ReportMetric(c.share.must, "share-must")
		b.ReportMetric(c.share.stretch, "share-stretch")
	}
	pair := func(name string, l limits, of func(*round) float64) {
		var ratios []float64
		for i := range bases {
			ratios = append(ratios, of(all[i])/of(bases[i]))
		}
		b.ReportMetric(median(ratios), "×"+name)
		if l != (limits{}) {
			b.ReportMetric(l.must, name+"-must")
			b.ReportMetric(l.stretch, name+"-stretch")
		}
	}
	if base == nil {
		return
	}
	pair("cpu", c.cpu, func(r *round) float64 { return float64(r.CPU) })
	pair("p50", c.p50, func(r *round) float64 { return float64(r.quantile(0.5)) })
}

// Target K5: X25519, by the minimal server alone, since the keys of the Mesh's
// groups are on the other curve. The service's share would be below this.
func BenchmarkKeyServiceX25519(b *testing.B) {
	l := newLoad(b)
	a := cogen.X25519()
	keys := l.newKeys(b, a)
	s := l.serve(b, false, "-kind", "minimal", "-algorithm", a.String(), "-store", l.place(b, "bolt"), "-fixture", keys)
	s.ask(b, l.frames(b, roundLen, 1, a), connections)
	var all []*round
	for b.Loop() {
		all = append(all, s.ask(b, l.frames(b, roundLen, 1, a), connections))
	}
	report(b, all, 1)
	b.ReportMetric(0.50, "share-must")
	b.ReportMetric(0.56, "share-stretch")
}

// report prints the medians of the rounds.
func report(b *testing.B, all []*round, items int) {
	metric := func(name string, of func(*round) float64) {
		var values []float64
		for _, r := range all {
			values = append(values, of(r))
		}
		b.ReportMetric(median(values), name)
	}
	// Each share contains the one before: of contributions without proofs, with
	// them, with the verification of the request, with the receipt.
	share := func(kinds int) func(*round) float64 {
		return func(r *round) float64 {
			n := float64(len(r.waits))
			work := []float64{
				n * float64(r.Agree) * float64(items), n * float64(r.Prove-r.Agree) * float64(items), n * float64(r.Verify),
				float64(r.Signed) * float64(r.Sign),
			}
			sum := 0.0
			for _, nanos := range work[:kinds] {
				sum += nanos
			}
			return sum / float64(r.CPU)
		}
	}
	metric("share-bare", share(1))
	metric("share-proof", share(2))
	metric("share-signature", share(3))
	metric("share", share(4))
	metric("signatures", func(r *round) float64 { return float64(r.Signed) / float64(len(r.waits)) })
	metric("cpu-µs", func(r *round) float64 { return float64(r.CPU) / float64(len(r.waits)*items) / 1e3 })
	metric("other-µs", func(r *round) float64 {
		return float64(r.CPU) / float64(len(r.waits)*items) / 1e3 * (1 - share(4)(r))
	})
	metric("contributions/s", func(r *round) float64 { return float64(len(r.waits)*items) / r.took.Seconds() })
	metric("p50-ms", func(r *round) float64 { return r.quantile(0.5).Seconds() * 1e3 })
	metric("p99-ms", func(r *round) float64 { return r.quantile(0.99).Seconds() * 1e3 })
	b.ReportMetric(0, "ns/op") // says nothing here
}

// A round is what a server was asked between start and stop.
type round struct {
	CPU                        int64 // of the server, in nanoseconds
	Agree, Prove, Verify, Sign int64 // costs of one
	Signed                     int64 // how many receipts' signatures it made
	waits                      []time.Duration
	took                       time.Duration
}

func (r *round) quantile(q float64) time.Duration {
	return r.waits[min(int(q*float64(len(r.waits))), len(r.waits)-1)]
}

// ask sends all requests, over as many connections at a time.
func (s *loadServer) ask(b *testing.B, requests [][]byte, connections int) *round {
	b.Helper()
	s.dial(b, connections)
	r := &round{}
	s.tell(b, "start", &struct{}{})
	begin := time.Now()
	results := make(chan []time.Duration, connections)
	errs := make(chan error, connections)
	for i := range connections {
		go func() {
			var waits []time.Duration
			for k := i; k < len(requests); k += connections {
				from := time.Now()
				if err := s.clients[i].exchange(requests[k]); err != nil {
					errs <- err
					break
				}
				waits = append(waits, time.Since(from))
			}
			results <- waits
		}()
	}
	for range connections {
		r.waits = append(r.waits, <-results...)
	}
	r.took = time.Since(begin)
	select {
	case err := <-errs:
		b.Fatal(err)
	default:
	}
	s.tell(b, "stop", r)
	slices.Sort(r.waits)
	return r
}

// tell gives the server a word and reads what it says.
func (s *loadServer) tell(b *testing.B, word string, answer any) {
	b.Helper()
	if _, err := fmt.Fprintln(s.in, word); err != nil {
		b.Fatal(err)
	}
	if !s.out.Scan() {
		b.Fatal("the server has ended")
	}
	if err := json.Unmarshal(s.out.Bytes(), answer); err != nil {
		b.Fatal(err)
	}
}

// place is where a server is to write.
func (l *load) place(b *testing.B, store string) string {
	switch store {
	case "postgres":
		return storetest.Start(b).URL()
	case "bolt":
		return filepath.Join(b.TempDir(), "db")
	case "log":
		return "log:" + filepath.Join(b.TempDir(), "log")
	}
	return store
}

func writeFile(b *testing.B, name string, octets []byte) string {
	b.Helper()
	if err := os.WriteFile(name, octets, 0o600); err != nil {
		b.Fatal(err)
	}
	return name
}
