package server

import (
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"meshkey/keyservice/store"
)

// A Work is a kind of computation whose time is counted.
type Work int

// The kinds.
const (
	Signature Work = iota // verifying what callers sign
	Agreement             // contributions, each with its proof
	Receipt               // signatures of receipts, one for all of a transaction
	works
)

// String is the name of the kind, as metrics have it.
func (w Work) String() string { return [...]string{"signature", "agreement", "receipt"}[w] }

// A Meter counts what the service does. It holds no names of callers.
type Meter struct {
	work    [works]struct{ count, nanos atomic.Int64 }
	calls   tally // how long they took over HTTP
	commits tally // how long transactions took
	records tally // how many they made

	failed, repeated atomic.Int64 // transactions
	waiting          atomic.Int64 // requests

	mu       sync.Mutex
	outcomes map[Outcome]int64
}

// An Outcome is what became of calls of a name.
type Outcome struct {
	Call string // empty if it was not known
	Code string // of the refusal, empty for an answer
}

// time counts the time from now until the function returned is called.
func (m *Meter) time(w Work, count int) (stop func()) {
	start := time.Now()
	return func() {
		m.work[w].count.Add(int64(count))
		m.work[w].nanos.Add(int64(time.Since(start)))
	}
}

func (m *Meter) outcome(o Outcome) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.outcomes == nil {
		m.outcomes = map[Outcome]int64{}
	}
	m.outcomes[o]++
}

// Work is how often a kind of work was done, and how long it took together, by the
// clock: waiting for a processor is in it.
func (m *Meter) Work(w Work) (count int64, spent time.Duration) {
	return m.work[w].count.Load(), time.Duration(m.work[w].nanos.Load())
}

// Calls is how many calls came to which end.
func (m *Meter) Calls() map[Outcome]int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.outcomes)
}

// took counts a call that came over HTTP.
func (m *Meter) took(d time.Duration) { m.calls.add(timeBounds[:], int64(d)) }

// Latency is how long calls over HTTP took, from their last octet to the answer's
// first, in nanoseconds.
func (m *Meter) Latency() Histogram { return m.calls.histogram(timeBounds[:]) }

// transaction counts one of so many tries, which made so many records of the audit
// log.
func (m *Meter) transaction(err error, took time.Duration, tries, records int) {
	m.repeated.Add(int64(max(0, tries-1)))
	if err == nil {
		m.commits.add(timeBounds[:], int64(took))
		m.records.add(sizeBounds[:], int64(records))
	} else if _, down := errors.AsType[*store.UnavailableError](err); down {
		m.failed.Add(1)
	}
}

// Commits is how long transactions took that were made durable, in nanoseconds, and
// how many records of the audit log each made.
func (m *Meter) Commits() (took, records Histogram) {
	return m.commits.histogram(timeBounds[:]), m.records.histogram(sizeBounds[:])
}

// Lost is how many transactions the store did not make, and how often it began one
// anew because it met another.
func (m *Meter) Lost() (failed, repeated int64) { return m.failed.Load(), m.repeated.Load() }

// Waiting is how many requests waited for approval, or for their delay, when the
// service last cleaned up, as it does whenever it signs a root.
func (m *Meter) Waiting() int64 { return m.waiting.Load() }

// Meter counts what the service does.
func (s *Server) Meter() *Meter { return &s.meter }
