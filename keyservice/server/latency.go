package server

import (
	"sync/atomic"
	"time"
)

// latencyBounds are the upper bounds of the buckets of Latency.
var latencyBounds = [...]time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second,
}

// latency counts how long calls took.
type latency struct {
	buckets [len(latencyBounds) + 1]atomic.Int64
	nanos   atomic.Int64
}

// took counts a call that came over HTTP.
func (m *Meter) took(d time.Duration) {
	i := 0
	for i < len(latencyBounds) && d > latencyBounds[i] {
		i++
	}
	m.latency.buckets[i].Add(1)
	m.latency.nanos.Add(int64(d))
}

// A Bucket is how many calls took at most that long.
type Bucket struct {
	Most  time.Duration
	Count int64
}

// Latency is how long calls over HTTP took, from their last octet to the answer's
// first: in buckets, each with those before it, and how many there were, and how
// long they took together.
func (m *Meter) Latency() (buckets []Bucket, count int64, spent time.Duration) {
	for i := range m.latency.buckets {
		count += m.latency.buckets[i].Load()
		if i < len(latencyBounds) {
			buckets = append(buckets, Bucket{latencyBounds[i], count})
		}
	}
	return buckets, count, time.Duration(m.latency.nanos.Load())
}
