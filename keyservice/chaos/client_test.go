package chaos

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"slices"
	"testing"

	"meshkey/keyservice"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/keyservice/store/storetest"
)

// An errand is what a client does again and again. What failed is done again.
type errand struct {
	*load
	try          func() error
	done, failed int // under l.mu
}

// run does it until end, as do all errands of a load.
func (e *errand) run(end chan struct{}) {
	for {
		select {
		case <-end:
			return
		default:
		}
		err := e.try()
		e.mu.Lock()
		switch {
		case err == nil:
			e.done++
		case errors.Is(err, api.ErrUnavailable):
			e.failed++
		default:
			e.Errorf("a client says %v (%T)", err, err)
		}
		e.changed.Broadcast()
		e.mu.Unlock()
	}
}

// Clients of two services behind a balancer see nothing of it when one is killed.
// When both are, they say that the service cannot answer; and then they go on
// where they were, and nothing was done twice.
func TestClients(t *testing.T) {
	url := storetest.URL(t)
	one, two, invitation := replicas(t, url, url)
	c := found(t, one.at(), invitation, "alice")
	l, m := c.begin(0), c.members[0]
	address := "https://" + balance(t, one.at, two.at) + "/#" + c.service.Fingerprint().String()
	keep := keyservice.OnReceipt(func(r []byte) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.receipts = append(l.receipts, r)
	})
	reader, err := keyservice.NewClient(address, m.caller, keep, keyservice.ForGroup(c.admin.Group()))
	check(t, err)
	writer, err := keyservice.NewClient(address, c.owner, keep)
	check(t, err)
	t.Cleanup(reader.Close)
	t.Cleanup(writer.Close)

	head := keyservice.Head{Container: "diary"}
	var diary [][]byte
	errands := []*errand{{load: l, try: func() error {
		var out bytes.Buffer
		_, err := m.membership.Decrypt(ctx, &out, bytes.NewReader(m.envelope), reader)
		if err == nil && out.String() != "for the group" {
			t.Errorf("a member reads %q", &out)
		}
		return err
	}}, {load: l, try: func() error {
		text := base64.RawURLEncoding.EncodeToString(fmt.Append(nil, len(diary)))
		entry := fmt.Appendf(nil, `[{},%q]`, text)
		next, err := writer.Transfer(ctx, head, entry)
		if err == nil {
			head, diary = next, append(diary, entry)
		}
		return err
	}}}
	// each waits until every errand was done, or failed, n times more.
	each := func(n int, what func(*errand) *int) {
		t.Helper()
		for _, e := range errands {
			l.until(func() func() bool {
				want := *what(e) + n
				return func() bool { return *what(e) >= want }
			})
		}
	}
	done := func(e *errand) *int { return &e.done }
	failed := func(e *errand) *int { return &e.failed }
	end := l.end
	for _, e := range errands {
		l.workers.Go(func() { e.run(end) })
	}
	for i := range times(2, 20) {
		each(2, done)
		l.mu.Lock()
		had := []int{errands[0].failed, errands[1].failed}
		l.mu.Unlock()
		first, second := one, two
		if i%2 == 1 {
			first, second = two, one
		}
		first.kill()
		each(10, done)
		steady := l.steady()
		l.mu.Lock()
		if after := []int{errands[0].failed, errands[1].failed}; steady && !slices.Equal(after, had) {
			t.Errorf("one of two services was killed, and calls failed: %v, %v before", after, had)
		}
		l.mu.Unlock()
		second.kill()
		each(1, failed)
		first.start()
		second.start()
	}
	each(5, done)
	l.stop()
	got, _, err := writer.Get(ctx, keyservice.Head{Container: head.Container})
	check(t, err)
	if !slices.EqualFunc(got, diary, bytes.Equal) {
		t.Errorf("%d entries were written, %d are there: %q", len(diary), len(got), got)
	}
	one.with(func(st store.Store) { l.verify(st) })
}

// balance stands before services: each connection goes to the next of them that
// is there. It returns where it listens.
func balance(t testing.TB, services ...func() string) string {
	t.Helper()
	turn := 0
	p := before(t, func() (far net.Conn, err error) {
		for range services {
			turn++
			if far, err = net.Dial("tcp", services[turn%len(services)]()); err == nil {
				break
			}
		}
		return far, err
	})
	return p.listener.Addr().String()
}
