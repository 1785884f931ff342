package server

import (
	"sync"
	"sync/atomic"
	"time"
)

// A Work is a kind of computation whose time is counted.
type Work int

// The kinds.
const (
	Signature Work = iota // verifying what callers sign
	Agreement             // contributions, with their proofs
	Receipt               // signatures of receipts, one for all of a transaction
	works
)

// String is the name of the kind, as metrics have it.
func (w Work) String() string { return [...]string{"signature", "agreement", "receipt"}[w] }

// A Meter counts what the service does. It holds no names of callers.
type Meter struct {
	work    [works]struct{ count, nanos atomic.Int64 }
	latency latency

	mu    sync.Mutex
	calls map[Outcome]int64
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
	if m.calls == nil {
		m.calls = map[Outcome]int64{}
	}
	m.calls[o]++
}

// Work is how often a kind of work was done, and how long it took together.
func (m *Meter) Work(w Work) (count int64, spent time.Duration) {
	return m.work[w].count.Load(), time.Duration(m.work[w].nanos.Load())
}

// Calls is how many calls came to which end.
func (m *Meter) Calls() map[Outcome]int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[Outcome]int64, len(m.calls))
	for o, n := range m.calls {
		out[o] = n
	}
	return out
}

// Meter counts what the service does.
func (s *Server) Meter() *Meter { return &s.meter }
