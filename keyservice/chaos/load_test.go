package chaos

import (
	"crypto/sha256"
	"errors"
	"slices"
	"sync"
	"time"

	"meshkey/group"
	"meshkey/keyservice/api"
	"meshkey/keyservice/audit"
	"meshkey/keyservice/store"
	"meshkey/profile"
)

// A load asks a service from several sides at once, and remembers what it said.
type load struct {
	*circle
	addresses []func() string
	end       chan struct{}
	workers   sync.WaitGroup
	calls     sync.RWMutex // read by each call that is under way

	mu       sync.Mutex
	changed  *sync.Cond
	receipts []audit.Receipt  // one for every answer
	last     []byte           // the call that was answered last
	silent   int              // calls without an answer
	refused  map[string]int   // by code, those that a caller may try again
	going    map[*member]bool // is being dismissed
	gone     map[*member]bool // and that is done
	pause    time.Duration    // the longest in which nothing of this program ran
}

// begin has each member ask, with as many calls at a time, at any of the
// addresses: the next one when one is silent.
func (c *circle) begin(each int, addresses ...func() string) *load {
	l := &load{circle: c, addresses: addresses, end: make(chan struct{}), refused: map[string]int{}, going: map[*member]bool{}, gone: map[*member]bool{}}
	l.changed = sync.NewCond(&l.mu)
	for _, m := range c.members {
		for i := range each {
			l.workers.Go(func() { l.work(m, i) })
		}
	}
	end := l.end
	l.workers.Go(func() { l.watch(end) })
	c.Cleanup(l.stop)
	return l
}

// watch looks for pauses of the machine.
func (l *load) watch(end chan struct{}) {
	for last := time.Now(); ; {
		select {
		case <-end:
			return
		case <-time.After(100 * time.Millisecond):
		}
		now := time.Now()
		l.mu.Lock()
		l.pause = max(l.pause, now.Sub(last))
		l.mu.Unlock()
		last = now
	}
}

// steady tells whether the machine did not stand still for so long that service,
// database, and callers may have given each other up, as they do after five seconds.
func (l *load) steady() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pause > 2*time.Second {
		l.Logf("the machine stood still for %v", l.pause)
		return false
	}
	return true
}

// stop returns when the last call is over.
func (l *load) stop() {
	l.mu.Lock()
	if l.end != nil {
		close(l.end)
		l.end = nil
	}
	l.mu.Unlock()
	l.workers.Wait()
}

func (l *load) work(m *member, which int) {
	l.mu.Lock()
	end := l.end
	l.mu.Unlock()
	for end != nil {
		select {
		case <-end:
			return
		default:
		}
		l.mu.Lock()
		gone := l.gone[m]
		l.mu.Unlock()
		body := l.sign(m.caller, m.operation)
		l.calls.RLock()
		answer, err := l.ask(l.addresses[which%len(l.addresses)](), m.operation, body)
		l.calls.RUnlock()
		switch {
		case err == nil && gone:
			l.Error("somebody who was dismissed has an answer")
			return
		case err == nil:
			l.answered(m, body, answer)
		case l.failed(m, err):
			if errors.As(err, &silence{}) {
				which++
			}
			select { // nobody asks without a pause
			case <-end:
			case <-time.After(5 * time.Millisecond):
			}
		default:
			return
		}
	}
}

// quiet runs f while no call is under way.
func (l *load) quiet(f func()) {
	l.calls.Lock()
	defer l.calls.Unlock()
	f()
}

// answered keeps the receipt of an answer, which has to be there.
func (l *load) answered(m *member, body []byte, answer api.Response) {
	x := answer.(*api.OperateResponse)
	if len(x.EnvelopedReceipts) != 1 {
		l.Errorf("an answer with %d receipts", len(x.EnvelopedReceipts))
		return
	}
	receipt := audit.Receipt(x.EnvelopedReceipts[0])
	record, err := receipt.Open(l.service.Key(profile.ServiceSignature))
	if err != nil || record.Request != audit.Hash(sha256.Sum256(body)) || record.Refused != "" {
		l.Errorf("the receipt is of something else: %+v, %v", record, err)
	}
	if _, err := group.ParseResults(x, m.request); err != nil {
		l.Error(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.receipts, l.last = append(l.receipts, receipt), body
	l.changed.Broadcast()
}

// failed tells whether the member may go on after an error.
func (l *load) failed(m *member, err error) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changed.Broadcast()
	no, refused := errors.AsType[*api.Error](err)
	switch {
	case errors.As(err, &silence{}):
		l.silent++
	case refused && errors.Is(no, api.ErrUnavailable):
		l.refused[no.Code]++
	case refused && l.going[m] && errors.Is(no, api.ErrDenied):
		return false
	default:
		l.Errorf("a caller is told %v (%T)", err, err)
		return false
	}
	return true
}

// dismissing says that a member may be refused from now on.
func (l *load) dismissing(m *member) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.going[m] = true
}

// denied checks that a member is refused.
func (l *load) denied(at string, m *member) {
	l.Helper()
	if err := l.insist(at, m.caller, m.operation); !errors.Is(err, api.ErrDenied) {
		l.Errorf("%s was dismissed, and is told %v", m.caller.Account, err)
	}
}

// dismiss says that a member gets no answer to what he asks from now on.
func (l *load) dismiss(m *member) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gone[m] = true
}

// answers waits for n more.
func (l *load) answers(n int) {
	l.Helper()
	l.until(func() func() bool {
		want := len(l.receipts) + n
		return func() bool { return len(l.receipts) >= want }
	})
}

// troubles waits for n more calls that got no answer, or were refused for now.
func (l *load) troubles(n int) {
	l.Helper()
	l.until(func() func() bool {
		want := l.trouble() + n
		return func() bool { return l.trouble() >= want }
	})
}

func (l *load) trouble() int {
	sum := l.silent
	for _, n := range l.refused {
		sum += n
	}
	return sum
}

// until waits for what done says under l.mu, and fails when nothing happens any
// more for long.
func (l *load) until(begin func() (done func() bool)) {
	l.Helper()
	over := time.AfterFunc(3*patience, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.Errorf("nothing happens: %d answers, %d without one, refused %v", len(l.receipts), l.silent, l.refused)
		l.changed.Broadcast()
	})
	defer over.Stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	for done := begin(); !done() && !l.Failed(); {
		l.changed.Wait()
	}
	if l.Failed() {
		l.FailNow()
	}
}

// verify checks that the log is whole and has every receipt.
func (l *load) verify(st store.Store) {
	l.Helper()
	l.mu.Lock()
	kept := slices.Clone(l.receipts)
	l.Logf("%d answers, %d calls without one, refused %v", len(kept), l.silent, l.refused)
	l.mu.Unlock()
	check(l, st.View(ctx, func(r store.Reader) error {
		report, err := audit.Verify(r, l.service.Key(profile.ServiceSignature), kept...)
		if err != nil {
			return err
		}
		for i, f := range report.Findings {
			if i < 10 {
				l.Error(f)
			}
		}
		if report.Records < uint64(len(kept)) {
			l.Errorf("%d answers, and %d records", len(kept), report.Records)
		}
		return nil
	}))
}

// replayed checks that a call that was answered is not answered again.
func (l *load) replayed(at string) {
	l.Helper()
	l.mu.Lock()
	body := l.last
	l.mu.Unlock()
	if _, err := l.patiently(func() (api.Response, error) { return l.ask(at, &api.OperateRequest{}, body) }); !errors.Is(err, api.ErrReplayed) {
		l.Errorf("a call that was answered before: %v", err)
	}
}
