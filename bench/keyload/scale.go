package main

import (
	"crypto/sha512"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"meshkey/cogen"
)

// Report is what a process took between start and stop, in nanoseconds.
type Report struct {
	CPU    int64 // of the process, without what it took to find the costs
	Agree  int64 // one contribution, from octets, without a proof
	Prove  int64 // the same with one
	Verify int64 // a signature
	Sign   int64 // another
	Signed int64 // how many of these were made
}

// rest is how much longer a scale rests than it weighs.
const rest = 12

// A scale finds what the operations cost while the server is under load, when
// caches and clocks are as they are for the server: on a thread of its own, whose
// time it takes away again.
type scale struct {
	work   [4]func()
	signed func() int64

	end  chan struct{}
	done sync.WaitGroup
	cpu  int64 // of the process at the start
	own  int64
	made int64 // signatures at the start
	cost [4]struct{ nanos, count int64 }
}

func newScale(a cogen.Algorithm, signed func() int64) *scale {
	half, ephemeral := a.GenerateKey(), a.GenerateKey().PublicKey().Bytes()
	signer := cogen.Ed448().GenerateKey()
	public, message := signer.PublicKey(), sha512.Sum512(nil)
	signature, err := signer.Sign(message[:])
	check(err)
	return &scale{signed: signed, work: [4]func(){
		func() { _, _ = half.AgreeEncoded(ephemeral) },
		func() {
			peer, _ := a.NewPublicKey(ephemeral)
			_, _ = half.AgreeProved(peer, cogen.Context{Group: "g", Request: "r", Grantee: "a"})
		},
		func() { public.Verify(message[:], signature) },
		func() { _, _ = signer.Sign(message[:]) },
	}}
}

func (s *scale) start() {
	s.end, s.cpu, s.own, s.cost = make(chan struct{}), processTime(), 0, [4]struct{ nanos, count int64 }{}
	s.made = s.signed()
	s.done.Add(1)
	go s.weigh()
}

// weigh runs each kind of work a few times and rests, until it is told to stop.
func (s *scale) weigh() {
	defer s.done.Done()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for begin := threadTime(); ; {
		before := threadTime()
		for i, f := range s.work {
			from := threadTime()
			f()
			s.cost[i].nanos += threadTime() - from
			s.cost[i].count++
		}
		s.own = threadTime() - begin
		select {
		case <-s.end:
			return
		case <-time.After(time.Duration(rest * (threadTime() - before))):
		}
	}
}

func (s *scale) stop() Report {
	close(s.end)
	s.done.Wait()
	cost := func(i int) int64 { return s.cost[i].nanos / s.cost[i].count }
	return Report{CPU: processTime() - s.cpu - s.own, Agree: cost(0), Prove: cost(1), Verify: cost(2), Sign: cost(3), Signed: s.signed() - s.made}
}

func processTime() int64 {
	var u syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return u.Utime.Nano() + u.Stime.Nano()
}

func threadTime() int64 {
	var t unix.Timespec
	check(unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t))
	return t.Nano()
}
