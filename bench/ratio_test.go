package bench

import (
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"
)

// limits are the ratios to a base that a benchmark should stay below; the
// zero limits are none.
type limits struct{ must, stretch float64 }

// compare measures ours and base turn by turn in short rounds, so that a busy
// machine slows both, and reports the median of the rounds' ratios beside its
// limits. ns/op and allocs are ours.
func compare(b *testing.B, l limits, ours, base func()) {
	const round = 200 * time.Microsecond
	n, m := calibrate(ours, round), calibrate(base, round)
	var ratios, ns []float64
	// The collector would make the one that allocates less pay for the other.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for b.Loop() {
		if len(ns)%64 == 0 {
			runtime.GC()
		}
		t, u := clock(n, ours), clock(m, base)
		ns, ratios = append(ns, t), append(ratios, t/u)
	}
	b.ReportMetric(median(ns), "ns/op")
	b.ReportMetric(median(ratios), "×base")
	if l != (limits{}) {
		b.ReportMetric(l.must, "must")
		b.ReportMetric(l.stretch, "stretch")
	}
	b.ReportMetric(testing.AllocsPerRun(100, ours), "allocs")
}

// calibrate is how many calls of f fill a round.
func calibrate(f func(), round time.Duration) int {
	for n := 1; ; n *= 2 {
		if t := time.Duration(clock(n, f) * float64(n)); t > round || n > 1<<20 {
			return n
		}
	}
}

// clock is the time of one call of f in nanoseconds, over n.
func clock(n int, f func()) float64 {
	start := time.Now()
	for range n {
		f()
	}
	return float64(time.Since(start).Nanoseconds()) / float64(n)
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}
