package server

import (
	"sync"
	"time"

	"meshkey/group"
	"meshkey/keyservice/api"
)

// A Rate is how many envelopes, or calls, are answered in a second, over a long time,
// and how many at once after a quiet time. With a negative PerSecond it is no
// limit.
type Rate struct {
	PerSecond float64
	Burst     float64
}

// complete gives a rate that is not stated its value, and one without a burst
// that of a second.
func (r *Rate) complete(value Rate) {
	orDefault(r, value)
	if r.Burst < 1 {
		r.Burst = max(1, r.PerSecond)
	}
}

// Rates hold back who asks too fast. Each service counts for itself and in
// memory: what has to hold for all of them, and through a restart, is a quota
// among the group's conditions.
type Rates struct {
	Member Rate // of one member of a group; 1,000 a second and 50,000 at once if 0
	Key    Rate // of one of a group's keys; 5,000 a second and 250,000 at once if 0

	// Stranger is that of calls from one network address by keys that nobody here
	// knows: registering an account, and asking for a device to be connected. What
	// they write stays. 1 a second and 100 at once if 0.
	Stranger Rate
}

// maxBuckets bounds what is remembered. Beyond it all begin anew.
const maxBuckets = 1 << 16

// buckets have what is left to everyone who asked lately.
type buckets struct {
	mu sync.Mutex
	by map[string]*bucket
}

type bucket struct {
	left float64
	at   time.Time
}

// take takes from all of some buckets, or from none, and then returns when there
// is enough in them. Of no time that passes backwards is anything thought.
func (b *buckets) take(now time.Time, wants []want) (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.by == nil || len(b.by) > maxBuckets {
		b.by = map[string]*bucket{}
	}
	for _, w := range wants {
		wait = max(wait, b.fill(now, w))
	}
	if wait > 0 {
		return wait
	}
	for _, w := range wants {
		b.by[w.name].left -= float64(w.n)
	}
	return 0
}

// want is how much is to be taken from a bucket.
type want struct {
	name string
	n    int
	rate Rate
}

// fill adds what has come in since, and returns how long it takes until there is
// enough. More than a bucket holds is taken from a full one.
func (b *buckets) fill(now time.Time, w want) time.Duration {
	x := b.by[w.name]
	if x == nil {
		x = &bucket{w.rate.Burst, now}
		b.by[w.name] = x
	}
	if past := now.Sub(x.at); past > 0 {
		x.left = min(w.rate.Burst, x.left+past.Seconds()*w.rate.PerSecond)
	}
	x.at = now
	short := min(float64(w.n), w.rate.Burst) - x.left
	if short <= 0 {
		return 0
	}
	return time.Duration(short/w.rate.PerSecond*float64(time.Second)) + 1
}

// hurries refuses a request that comes too soon after others.
func (j *job) hurries(g *group.Group, r *group.Request) error {
	rates := j.server.config.Rates
	var wants []want
	name := g.Fingerprint().String()
	if rates.Member.PerSecond > 0 {
		wants = append(wants, want{"member " + name + " " + r.Grantee(), len(r.Items()), rates.Member})
	}
	if rates.Key.PerSecond > 0 {
		for key, n := range counts(g, r) {
			wants = append(wants, want{"key " + name + " " + key, n, rates.Key})
		}
	}
	return j.taken(wants, "this member, or the members of this group together, ask faster than is answered")
}

// hurriesStranger refuses the call of somebody unknown that comes too soon after
// others from his network, before anything is verified for him.
func (j *job) hurriesStranger() error {
	rate := j.server.config.Rates.Stranger
	if rate.PerSecond <= 0 {
		return nil
	}
	wait := j.server.strangers.take(j.now, []want{{j.peer.Network().String(), 1, rate}})
	return tooSoon(wait, "this network registers accounts, or asks to connect devices, faster than is answered")
}

// taken refuses a request for which there is not enough in the buckets.
func (j *job) taken(wants []want, why string) error {
	return tooSoon(j.server.buckets.take(j.now, wants), why)
}

func tooSoon(wait time.Duration, why string) error {
	if wait == 0 {
		return nil
	}
	no := api.ErrTooMany.Because(why)
	no.RetryAfter = wait
	return no
}

// assentWork is how many envelopes take as long as making the halves of a member.
const assentWork = 10

// hurriesAssent refuses an administrator's request that comes too soon after
// others: who has many admitted at once keeps the service busy for seconds.
func (j *job) hurriesAssent(g *group.Group, p *group.Proposal) error {
	rate := j.server.config.Rates.Member
	if rate.PerSecond <= 0 {
		return nil
	}
	n := assentWork * (1 + len(p.Admit()))
	return j.taken([]want{{"member " + g.Fingerprint().String() + " " + j.caller.account, n, rate}}, "this administrator asks faster than is answered")
}
