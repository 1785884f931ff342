package server

import (
	"strconv"
	"testing"
	"time"

	"meshkey/keyservice/api"
)

func TestRates(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	w.server.config.Rates = Rates{Member: Rate{0.5, 2}, Key: Rate{1, 3}}
	check(t, w.operate(w.server, w.request("alice", 2)))
	isRefusal(t, w.operate(w.server, w.request("alice", 1)), api.ErrTooMany)
	check(t, w.operate(w.server, w.request("bob", 1)))
	isRefusal(t, w.operate(w.server, w.request("bob", 1)), api.ErrTooMany) // the key's rate
	w.clock.add(-time.Hour)
	isRefusal(t, w.operate(w.server, w.request("bob", 1)), api.ErrTooMany)
	isRefusal(t, w.operate(w.server, w.request("alice", 1)), api.ErrTooMany)
	w.clock.add(2 * time.Second)
	check(t, w.operate(w.server, w.request("alice", 1)))
	isRefusal(t, w.operate(w.server, w.request("alice", 1)), api.ErrTooMany)
	// A request for more than is ever given at once is answered after a quiet
	// time.
	w.clock.add(time.Minute)
	check(t, w.operate(w.server, w.request("alice", 5)))
	isRefusal(t, w.operate(w.server, w.request("alice", 1)), api.ErrTooMany)
}

// Strangers of one network write no more into the log of an account, and register
// no more accounts, than its rate lets them.
func TestStrangersRate(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("alice")
	phone := w.asksFor("alice", freshDevice(t))
	rate := Rate{1, 3}
	w.server.config.Rates.Stranger = rate
	w.server.strangers = buckets{}
	for range 3 {
		check(t, phone.start())
	}
	written := len(w.records("alice@example.com"))
	for range 3 {
		isRefusal(t, phone.start(), api.ErrTooMany)
		_, err := w.do(w.server, by(t, "bob"), createRequest(t, "bob", ""))
		isRefusal(t, err, api.ErrTooMany)
	}
	if n := len(w.records("alice@example.com")); n != written {
		t.Errorf("a stranger made %d records about alice", n-written)
	}
	_, err := w.do(w.server, by(t, "alice"), &api.StatusRequest{AccountAddress: "alice@example.com"})
	check(t, err)
	w.clock.add(time.Second)
	check(t, phone.start())
	isRefusal(t, phone.start(), api.ErrTooMany)
}

func TestBucketsAreBounded(t *testing.T) {
	var b buckets
	for i := range 3 * maxBuckets {
		b.take(today, []want{{strconv.Itoa(i), 1, Rate{1, 1}}})
	}
	if len(b.by) > maxBuckets+1 {
		t.Errorf("%d are remembered", len(b.by))
	}
}
