package server

import (
	"sync/atomic"
	"time"
)

// The upper bounds of the buckets of histograms: nanoseconds, and how many.
var (
	timeBounds = [...]int64{
		ms, 2 * ms, 5 * ms, 10 * ms, 20 * ms, 50 * ms, 100 * ms, 200 * ms, 500 * ms, 1000 * ms, 2000 * ms, 5000 * ms,
	}
	sizeBounds = [...]int64{0, 1, 2, 4, 8, 16, 32, 64, 128, 256}
)

const ms = int64(time.Millisecond)

// A Histogram is how many values there were, in buckets.
type Histogram struct {
	Buckets    []Bucket
	Count, Sum int64 // of all values
}

// A Bucket is how many values were at most that great.
type Bucket struct {
	Most, Count int64
}

// A tally counts values in buckets.
type tally struct {
	buckets [len(timeBounds) + 1]atomic.Int64 // as many as the longer bounds need
	sum     atomic.Int64
}

// add counts a value in the bucket whose bound is the first that is not less.
func (c *tally) add(bounds []int64, v int64) {
	i := 0
	for i < len(bounds) && v > bounds[i] {
		i++
	}
	c.buckets[i].Add(1)
	c.sum.Add(v)
}

// histogram is what was counted.
func (c *tally) histogram(bounds []int64) Histogram {
	h := Histogram{Sum: c.sum.Load()}
	for i := range len(bounds) + 1 {
		h.Count += c.buckets[i].Load()
		if i < len(bounds) {
			h.Buckets = append(h.Buckets, Bucket{bounds[i], h.Count})
		}
	}
	return h
}
