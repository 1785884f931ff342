package server

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"meshkey/keyservice/api"
	"meshkey/mesh"
	"meshkey/profile"
)

// all runs f for 0 to n−1 at once, and counts those that have no error.
func all(n int, f func(i int) error) (done int, failed []error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			err := f(i)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				done++
			} else {
				failed = append(failed, err)
			}
		})
	}
	wg.Wait()
	return done, failed
}

// Of several who want one thing at once, at two services, one gets it.
func TestAccountsAtOnce(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("bob")
	servers := []*Server{w.server, w.serveWith(Policy{Registration: Open})}
	const n = 6
	expect := func(what string, want int, done int, failed []error, no *api.Error) {
		t.Helper()
		if done != want {
			t.Errorf("%s: %d, want %d: %v", what, done, want, failed)
		}
		for _, err := range failed {
			if !errors.Is(err, no) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	type sent struct {
		body []byte
		s    *Server
	}
	send := func(calls []sent) (int, []error) {
		return all(len(calls), func(i int) error { _, err := w.send(calls[i].s, calls[i].body); return err })
	}
	var calls []sent
	for i := range n {
		a := testAccount(t, fmt.Sprint("alice", i))
		p, err := a.Profile(profile.Details{Address: "alice@example.com", Created: today})
		check(t, err)
		r := &api.CreateAccountRequest{AccountAddress: "alice@example.com", EnvelopedProfileAccount: p.Bytes()}
		calls = append(calls, sent{w.sign(api.Caller{Account: "alice@example.com", Key: a.Private(profile.CommonSignature)}, r), servers[i%2]})
	}
	done, failed := send(calls)
	expect("registered", 1, done, failed, api.ErrExists)

	calls = nil
	for i := range n {
		r := transferTo("bob@example.com", "MMM_Contact", 0, nil, envelope(t, fmt.Sprint(i)))
		calls = append(calls, sent{w.sign(by(t, "bob"), r), servers[i%2]})
	}
	done, failed = send(calls)
	expect("first envelopes", 1, done, failed, api.ErrStale)

	calls = nil
	body := w.sign(administers(t, "bob"), recordRequest(t, "bob", 1))
	for i := range n {
		calls = append(calls, sent{body, servers[i%2]})
	}
	done, failed = send(calls)
	expect("one call, sent often", 1, done, failed, api.ErrReplayed)

	g := w.asksFor("bob", freshDevice(t))
	check(t, g.start())
	calls = nil
	for i := range n {
		calls = append(calls, sent{w.sign(administers(t, "bob"), g.accept("bob")), servers[i%2]})
	}
	done, failed = send(calls)
	expect("answers to a device", 1, done, failed, api.ErrExists)

	one := w.invite(Invitation{Uses: 2, Expires: today.Add(1 << 40)})
	invited := []*Server{w.serveWith(Policy{}), w.serveWith(Policy{})}
	calls = nil
	for i := range n {
		name := fmt.Sprint("guest", i)
		calls = append(calls, sent{w.sign(by(t, name), createRequest(t, name, one)), invited[i%2]})
	}
	done, failed = send(calls)
	expect("invited", 2, done, failed, api.ErrDenied)

	var envelopes []mesh.Envelope
	r, err := w.do(w.server, by(t, "bob"), &api.GetRequest{AccountAddress: "bob@example.com", Select: []*api.ConstraintsSelect{{Container: "MMM_Contact"}}})
	check(t, err)
	if envelopes = r.(*api.GetResponse).Updates[0].Envelopes; len(envelopes) != 1 {
		t.Errorf("%d envelopes at one place", len(envelopes))
	}
}
