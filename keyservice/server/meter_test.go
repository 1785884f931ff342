package server

import (
	"errors"
	"testing"
	"time"

	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
)

// Times are counted in the bucket that they are in.
func TestLatency(t *testing.T) {
	var m Meter
	for _, d := range []time.Duration{0, time.Millisecond, time.Millisecond + 1, 5 * time.Second, time.Minute} {
		m.took(d)
	}
	h := m.Latency()
	b := h.Buckets
	if h.Count != 5 || b[0].Count != 2 || b[1].Count != 3 || b[len(b)-1].Count != 4 || time.Duration(h.Sum) != 65*time.Second+2*time.Millisecond+1 {
		t.Errorf("%+v", h)
	}
}

// Transactions are counted with their records when they are durable, and else by
// whether the store failed: one that the service itself did not want is neither.
func TestCommits(t *testing.T) {
	var m Meter
	m.transaction(nil, 3*time.Millisecond, 1, 0)
	m.transaction(nil, 3*time.Millisecond, 3, 17)
	m.transaction(nil, 3*time.Millisecond, 1, 1000)
	m.transaction(&store.UnavailableError{Err: errors.New("no room")}, time.Second, 2, 4)
	m.transaction(errChanged, time.Second, 1, 4)
	took, records := m.Commits()
	if took.Count != 3 || took.Sum != 9*ms || records.Count != 3 || records.Sum != 1017 {
		t.Errorf("%+v, %+v", took, records)
	}
	b := records.Buckets
	if b[0].Count != 1 || b[5] != (Bucket{16, 1}) || b[6] != (Bucket{32, 2}) || b[len(b)-1] != (Bucket{256, 2}) {
		t.Errorf("%v", b)
	}
	if failed, repeated := m.Lost(); failed != 1 || repeated != 3 {
		t.Errorf("%d failed, %d repeated", failed, repeated)
	}
}

// What calls write is counted as it goes to the store, and what it does not take.
func TestCommitsOfCalls(t *testing.T) {
	w := newWorld(t, "alice")
	before, made := w.server.Meter().Commits()
	own := &api.GetRequest{AccountAddress: "groupw@example.com"}
	w.server.Do(ctx, peer, w.sign(by(t, "alice"), own))
	took, records := w.server.Meter().Commits()
	if took.Count != before.Count+1 || took.Sum <= before.Sum || records.Sum != made.Sum+1 {
		t.Errorf("%+v became %+v, %+v became %+v", before, took, made, records)
	}
}
