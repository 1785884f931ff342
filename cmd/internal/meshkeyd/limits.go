package meshkeyd

import (
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"meshkey/keyservice/api"
	"meshkey/keyservice/server"
)

// What somebody unknown gets into the audit log: a few refusals, then they are
// counted only, or he could fill the disk.
const (
	strangerRate  = 1 // a second
	strangerBurst = 20
	strangersRate = 10 // of all together
)

// maxBuckets bounds how many addresses are known at a time.
const maxBuckets = 1 << 16

// limits are what one network address may take of the service.
type limits struct {
	requests, strangers *buckets
	together            *buckets
	connections         chan struct{}
	turnedAway          atomic.Int64 // requests
	closed, unsaid      atomic.Int64 // connections: too many of an address; without the header of a proxy

	each int // connections of one network address
	mu   sync.Mutex
	of   map[netip.Prefix]int // connections
}

func newLimits(s *settings) *limits {
	return &limits{
		requests: newBuckets(float64(s.rate), float64(2*s.rate)), strangers: newBuckets(strangerRate, strangerBurst),
		together: newBuckets(strangersRate, 10*strangersRate), connections: make(chan struct{}, s.conns),
		each: s.eachConn, of: map[netip.Prefix]int{},
	}
}

// ratePerSecond is a rate of which 50 seconds' worth can be had at once.
func ratePerSecond(n int) server.Rate {
	return server.Rate{PerSecond: float64(n), Burst: 50 * float64(n)}
}

// crowded tells whether so many connections are open that none is kept for its
// caller's next request: a few addresses with idle ones would keep all others out.
func (l *limits) crowded() bool { return 8*len(l.connections) > 7*cap(l.connections) }

// guard turns away who asks too often. Every request has a name from here on.
func (l *limits) guard(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		server.NameRequest(w)
		if l.crowded() {
			w.Header().Set("Connection", "close")
		}
		if l.requests.take(server.Peer{Address: r.RemoteAddr}.Network(), time.Now()) {
			h.ServeHTTP(w, r)
			return
		}
		l.turnedAway.Add(1)
		no := api.ErrTooMany.After(time.Second)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(no.Status)
		_, _ = w.Write(api.Refuse("", no))
	})
}

// audible tells whether the refusal of somebody unknown is written down.
func (l *limits) audible(p server.Peer) bool {
	now := time.Now()
	return l.strangers.take(p.Network(), now) && l.together.take(netip.Prefix{}, now)
}

// buckets are tokens of many addresses: rate a second, at most burst.
type buckets struct {
	rate, burst float64

	mu  sync.Mutex
	all map[netip.Prefix]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newBuckets(rate, burst float64) *buckets {
	return &buckets{rate: rate, burst: burst, all: map[netip.Prefix]bucket{}}
}

// take takes a token, if there is one.
func (b *buckets) take(who netip.Prefix, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	have, known := b.all[who]
	if !known {
		b.makeRoom(now)
		have.tokens = b.burst
	} else if passed := now.Sub(have.at).Seconds(); passed > 0 {
		have.tokens = min(b.burst, have.tokens+passed*b.rate)
	}
	have.at = now
	ok := have.tokens >= 1
	if ok {
		have.tokens--
	}
	b.all[who] = have
	return ok
}

// makeRoom forgets who has all his tokens again, and if there are none such,
// everybody: whoever has that many addresses is not held up by this.
func (b *buckets) makeRoom(now time.Time) {
	if len(b.all) < maxBuckets {
		return
	}
	for who, have := range b.all {
		if have.tokens+now.Sub(have.at).Seconds()*b.rate >= b.burst {
			delete(b.all, who)
		}
	}
	if len(b.all) >= maxBuckets {
		clear(b.all)
	}
}

// enter counts a connection from a network, if it has not as many as it may;
// leave ends it.
func (l *limits) enter(n netip.Prefix) (leave func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of[n] >= l.each {
		l.closed.Add(1)
		return nil, false
	}
	l.of[n]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.of[n]--; l.of[n] == 0 {
			delete(l.of, n)
		}
	}, true
}
