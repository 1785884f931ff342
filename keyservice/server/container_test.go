package server

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"meshkey/group"
	"meshkey/internal/dare"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/mesh"
	"meshkey/profile"
)

// envelope is an entry of a container.
func envelope(t testing.TB, text string) mesh.Envelope {
	t.Helper()
	e, err := dare.Sign([]byte(text), dare.ContentMeta{}, testAccount(t, "alice").Private(profile.CommonSignature))
	check(t, err)
	return e.Bytes()
}

func transferTo(address, container string, index int64, digest []byte, envelopes ...mesh.Envelope) *api.TransferRequest {
	u := &api.ContainerUpdate{Envelopes: envelopes}
	u.Container, u.Index, u.Digest = container, index, digest
	return &api.TransferRequest{AccountAddress: address, Updates: []*api.ContainerUpdate{u}}
}

func chain(envelopes ...mesh.Envelope) (digest []byte) {
	for _, e := range envelopes {
		digest = api.ChainDigest(digest, e)
	}
	return digest
}

// What is read back is what was sent, in its order, in ranges of any size, and
// hangs together by its digests.
func TestTransfer(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("alice", "bob")
	other := w.serveWith(Policy{Registration: Open})
	phone := w.connect("alice")
	address := "alice@example.com"
	var all []mesh.Envelope
	for i := range 7 {
		all = append(all, envelope(t, fmt.Sprint(i)))
	}
	callers := []api.Caller{by(t, "alice"), administers(t, "alice"), phone.caller()}
	for i, at := range []int{0, 3, 4} {
		to := []int{3, 4, 7}[i]
		_, err := w.do(w.server, callers[i], transferTo(address, "MMM_Contact", int64(at), chain(all[:at]...), all[at:to]...))
		check(t, err)
	}
	for from := range int64(8) {
		for to := from; to <= 8; to++ {
			r, err := w.do(other, phone.caller(), &api.GetRequest{AccountAddress: address, Select: []*api.ConstraintsSelect{{Container: "MMM_Contact", IndexMin: from, IndexMax: to}}})
			check(t, err)
			u := r.(*api.GetResponse).Updates[0]
			want := all[from:min(max(to, from), 7)]
			if to == 0 {
				want = all
			}
			if u.Index != from || len(u.Envelopes) != len(want) || len(want) > 0 && string(u.Digest) != string(chain(all[:from]...)) {
				t.Fatalf("%d to %d: %d envelopes at %d", from, to, len(u.Envelopes), u.Index)
			}
			for i, e := range u.Envelopes {
				if string(e) != string(want[i]) {
					t.Fatalf("%d to %d: another envelope", from, to)
				}
			}
		}
	}
	r, err := w.do(w.server, by(t, "alice"), &api.StatusRequest{AccountAddress: address})
	check(t, err)
	s := r.(*api.StatusResponse)
	if len(s.ContainerStatus) != 1 || s.ContainerStatus[0].Index != 7 || string(s.ContainerStatus[0].Digest) != string(chain(all...)) || s.Octets == 0 {
		t.Errorf("%+v", s.ContainerStatus)
	}
	// A second time, at another place or behind others nothing is taken.
	for what, r := range map[string]*api.TransferRequest{
		"again":         transferTo(address, "MMM_Contact", 4, chain(all[:4]...), all[4:]...),
		"with a gap":    transferTo(address, "MMM_Contact", 8, chain(all...), all[0]),
		"behind others": transferTo(address, "MMM_Contact", 7, chain(all[1:]...), all[0]),
		"from nothing":  transferTo(address, "MMM_Contact", 0, nil, all[0]),
	} {
		_, err := w.do(other, by(t, "alice"), r)
		if isRefusal(t, err, api.ErrStale); t.Failed() {
			t.Fatal(what)
		}
	}
	// All or nothing.
	both := transferTo(address, "MMM_Local", 0, nil, all[0])
	both.Updates = append(both.Updates, transferTo(address, "MMM_Contact", 9, nil, all[0]).Updates...)
	_, err = w.do(w.server, by(t, "alice"), both)
	isRefusal(t, err, api.ErrStale)
	_, err = w.do(w.server, by(t, "alice"), &api.GetRequest{AccountAddress: address, Select: []*api.ConstraintsSelect{{Container: "MMM_Local", IndexMin: 1}}})
	isRefusal(t, err, api.ErrMalformed)
}

func TestTransferRefuses(t *testing.T) {
	one := envelope(t, "one")
	w := newOffice(t, Policy{Registration: Open, Octets: int64(2 * (len(one) + entryCost))})
	w.enrol("alice", "bob")
	phone := w.connect("alice")
	address := "alice@example.com"
	good := transferTo(address, "MMM_Contact", 0, nil, one)
	_, err := w.do(w.server, by(t, "bob"), good)
	isRefusal(t, err, api.ErrDenied)
	_, err = w.do(w.server, by(t, "carol"), good)
	isRefusal(t, err, api.ErrDenied)
	_, err = w.do(w.server, api.Caller{Account: address, Key: by(t, "bob").Key}, good)
	isRefusal(t, err, api.ErrDenied)
	for what, r := range map[string]*api.TransferRequest{
		"no name":     transferTo(address, "", 0, nil, one),
		"a path":      transferTo(address, "../x", 0, nil, one),
		"a zero":      transferTo(address, "a\x00b", 0, nil, one),
		"nothing":     transferTo(address, "MMM_Contact", 0, nil),
		"no envelope": transferTo(address, "MMM_Contact", 0, nil, mesh.Envelope(`{"a":1}`)),
	} {
		_, err := w.do(w.server, by(t, "alice"), r)
		if isRefusal(t, err, api.ErrMalformed); t.Failed() {
			t.Fatal(what)
		}
	}
	_, err = w.do(w.server, phone.caller(), good)
	check(t, err)
	_, err = w.do(w.server, phone.caller(), transferTo(address, "MMM_Local", 0, nil, one))
	check(t, err)
	_, err = w.do(w.server, phone.caller(), transferTo(address, "MMM_Outbound", 0, nil, one))
	isRefusal(t, err, api.ErrQuota)
	// Others see the profile alone.
	_, err = w.do(w.server, by(t, "bob"), &api.GetRequest{AccountAddress: address})
	check(t, err)
	_, err = w.do(w.server, by(t, "bob"), &api.GetRequest{AccountAddress: address, Select: []*api.ConstraintsSelect{{Container: "MMM_Contact"}}})
	isRefusal(t, err, api.ErrDenied)
	_, err = w.do(w.server, by(t, "bob"), &api.StatusRequest{AccountAddress: address})
	isRefusal(t, err, api.ErrDenied)
	_, err = w.do(w.server, by(t, "carol"), &api.GetRequest{AccountAddress: address})
	isRefusal(t, err, api.ErrDenied)
	_, err = w.do(w.server, by(t, "bob"), &api.GetRequest{AccountAddress: "nobody@example.com"})
	isRefusal(t, err, api.ErrUnknown)
}

// Of an account with much in it the envelopes go by and by, and until then
// nothing comes in their place.
func TestPurge(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("alice", "bob")
	one := envelope(t, "one")
	fill := func(name string) {
		var digest []byte
		for i := range 3 {
			run := make([]mesh.Envelope, maxEnvelopes)
			for k := range run {
				run[k] = one
			}
			_, err := w.do(w.server, by(t, name), transferTo(name+"@example.com", "MMM_Contact", int64(i*maxEnvelopes), digest, run...))
			check(t, err)
			for range run {
				digest = api.ChainDigest(digest, one)
			}
		}
	}
	fill("alice")
	fill("bob")
	_, err := w.do(w.server, administers(t, "alice"), &api.DeleteAccountRequest{AccountAddress: "alice@example.com"})
	check(t, err)
	_, err = w.do(w.server, by(t, "alice"), createRequest(t, "alice", ""))
	isRefusal(t, err, api.ErrUnavailable)
	check(t, w.server.purge(ctx))
	for name, want := range map[string]int{"alice": 0, "bob": 3 * maxEnvelopes} {
		check(t, w.db.View(ctx, func(r store.Reader) error {
			if n, err := countKeys(r, entryTable, under(name+"@example.com", "")); err != nil || n != want {
				t.Errorf("%s has %d envelopes, want %d: %v", name, n, want, err)
			}
			return nil
		}))
	}
	w.enrol("alice")
	check(t, w.server.purge(ctx))
}

// One answer is bounded whatever it is asked for, and says where it stands.
func TestGetIsBounded(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("alice")
	big := envelope(t, strings.Repeat("x", 300<<10))
	var digest []byte
	for i := range 8 {
		_, err := w.do(w.server, by(t, "alice"), transferTo("alice@example.com", "MMM_Contact", int64(i), digest, big))
		check(t, err)
		digest = api.ChainDigest(digest, big)
	}
	r := &api.GetRequest{AccountAddress: "alice@example.com"}
	for range 4 {
		r.Select = append(r.Select, &api.ConstraintsSelect{Container: "MMM_Contact", IndexMin: 1})
	}
	body, status := w.server.Do(ctx, peer, w.sign(by(t, "alice"), r))
	if status != api.StatusDone || len(body) > api.MaxTransfer {
		t.Fatalf("%d octets of status %d", len(body), status)
	}
	x, err := api.ParseAnswer(r, body)
	check(t, err)
	got := x.(*api.GetResponse)
	if n := len(got.Updates[0].Envelopes); n < 1 || n > 6 {
		t.Errorf("%d envelopes", n)
	}
	for _, u := range got.Updates {
		if string(u.Digest) != string(chain(big)) {
			t.Error("an answer does not say where it stands")
		}
	}
}

// Those who belong to a group get its newest record, and others its profile.
func TestGetGroup(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	w.register(profileOf(t, "carol", today))
	get := &api.GetRequest{AccountAddress: "groupw@example.com"}
	for who, tt := range map[string]struct {
		by     api.Caller
		record bool
	}{
		"a member": {by(t, "alice"), true}, "the administrator": {administers(t, "groupw"), true}, "somebody else": {by(t, "carol"), false},
	} {
		r, err := w.do(w.server, tt.by, get)
		check(t, err)
		got := r.(*api.GetResponse)
		if len(got.EnvelopedProfileAccount) == 0 || (len(got.Updates) == 1) != tt.record {
			t.Errorf("%s gets %d updates", who, len(got.Updates))
		}
		if tt.record && string(got.Updates[0].Envelopes[0]) != string(w.groups["groupw"].admin.Group().Bytes()) {
			t.Errorf("%s gets another record", who)
		}
	}
	_, err := w.do(w.server, by(t, "dave"), get)
	isRefusal(t, err, api.ErrDenied)
}

// A member whom the group's record gives the group's own address is a member, and
// does not get what is in the group's account.
func TestGetUnderTheGroupsAddress(t *testing.T) {
	w := newWorld(t, "alice")
	address := "groupw@example.com"
	_, err := w.do(w.server, administers(t, "groupw"), transferTo(address, "MMM_Contact", 0, nil, envelope(t, "one")))
	check(t, err)
	posing, err := testAccount(t, "mallory").Profile(profile.Details{Address: address, Created: today})
	check(t, err)
	mallory, err := group.NewMember(posing, address)
	check(t, err)
	c, err := w.groups["groupw"].admin.Admit(today, mallory)
	check(t, err)
	w.deliver("groupw", c)
	caller := api.Caller{Account: address, Key: testAccount(t, "mallory").Private(profile.CommonSignature)}
	_, err = w.do(w.server, caller, &api.GetRequest{AccountAddress: address})
	check(t, err)
	_, err = w.do(w.server, caller, &api.GetRequest{AccountAddress: address, Select: []*api.ConstraintsSelect{{Container: "MMM_Contact"}}})
	isRefusal(t, err, api.ErrDenied)
}

// What was done once is not done again, and what was sent twice answers for one.
func TestAccountReplays(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("alice")
	other := w.serveWith(Policy{Registration: Open})
	g := w.asksFor("alice", freshDevice(t))
	for _, body := range [][]byte{
		w.sign(by(t, "bob"), createRequest(t, "bob", "")),
		w.sign(administers(t, "alice"), recordRequest(t, "alice", 1)),
		w.sign(by(t, "alice"), transferTo("alice@example.com", "MMM_Contact", 0, nil, envelope(t, "one"))),
		w.sign(g.own(), &api.ConnectStartRequest{AccountAddress: g.address, EnvelopedRequestConnection: g.request.Bytes()}),
		w.sign(administers(t, "alice"), g.accept("alice")),
		w.sign(administers(t, "alice"), &api.ConnectCompleteRequest{AccountAddress: g.address, RemoveDevice: g.device.Fingerprint().String()}),
		w.sign(administers(t, "alice"), &api.DeleteAccountRequest{AccountAddress: "alice@example.com"}),
	} {
		_, err := w.send(w.server, body)
		check(t, err)
		for _, s := range []*Server{w.server, other} {
			if _, err := w.send(s, body); err == nil {
				t.Error("a call is heard twice")
			}
			// The name of the key is not signed: under another form of it the
			// call is still the same.
			kid := regexp.MustCompile(`"kid":"[^"]*"`)
			renamed := kid.ReplaceAllFunc(body, bytes.ToLower)
			if bytes.Equal(renamed, body) {
				t.Fatal("no key is named")
			}
			if _, err := w.send(s, renamed); err == nil {
				t.Error("a call is heard twice, under two names of its key")
			}
		}
	}
}
