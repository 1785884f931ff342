package server

import (
	"testing"
	"time"

	"meshkey/keyservice/api"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
)

func freshDevice(t testing.TB) *profile.Device {
	t.Helper()
	d, err := profile.NewDevice(profile.NewDeviceSeed())
	check(t, err)
	return d
}

// A gadget is a device on its way into an account.
type gadget struct {
	*world
	device  *profile.Device
	request *profile.ConnectionRequest
	active  *profile.Connected // once it is connected
	address string
}

// asks has a device ask for connection to a name's account.
func (w *world) asksFor(name string, device *profile.Device) *gadget {
	w.Helper()
	g := &gadget{w, device, nil, nil, name + "@example.com"}
	var err error
	g.request, err = device.RequestConnection(g.address, nil, w.clock.now())
	check(w, err)
	return g
}

// own signs as the device before it is connected.
func (g *gadget) own() api.Caller {
	return api.Caller{Account: g.address, Key: g.device.Private(profile.ProfileSignature)}
}

// caller signs as the device once it is connected.
func (g *gadget) caller() api.Caller {
	return api.Caller{Account: g.address, Key: g.active.Device.Private(profile.Signature)}
}

func (g *gadget) start() error {
	_, err := g.do(g.server, g.own(), &api.ConnectStartRequest{AccountAddress: g.address, EnvelopedRequestConnection: g.request.Bytes()})
	return err
}

func (g *gadget) status() (mesh.Envelope, error) {
	r, err := g.do(g.server, g.own(), &api.ConnectStatusRequest{AccountAddress: g.address, RequestUdf: g.request.Name().Text(280)})
	if err != nil {
		return nil, err
	}
	return r.(*api.ConnectStatusResponse).EnvelopedRespondConnection, nil
}

// accept is the answer of the account's administrator, not yet sent.
func (g *gadget) accept(name string) *api.ConnectCompleteRequest {
	g.Helper()
	answer, err := testAccount(g, name).Accept(g.request, profileOf(g, name, today), profile.Acceptance{Name: "phone", Time: g.clock.now()})
	check(g, err)
	return &api.ConnectCompleteRequest{AccountAddress: g.address, EnvelopedRespondConnection: answer}
}

// finish reads the answer.
func (g *gadget) finish(name string) {
	g.Helper()
	answer, err := g.status()
	check(g, err)
	g.active, err = g.device.Complete(g.request, answer, profile.Trust{Account: testAccount(g, name).Fingerprint()})
	check(g, err)
}

// connect connects a fresh device to the account of a name.
func (w *world) connect(name string) *gadget {
	w.Helper()
	g := w.asksFor(name, freshDevice(w))
	check(w, g.start())
	_, err := w.do(w.server, administers(w, name), g.accept(name))
	check(w, err)
	g.finish(name)
	return g
}

// A device is nobody until the administrator has accepted it, everywhere at once,
// and nobody again from the moment he has removed it.
func TestConnectDevice(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("alice", "bob")
	other := w.serveWith(Policy{Registration: Open})
	g := w.asksFor("alice", freshDevice(t))
	_, err := g.status()
	isRefusal(t, err, api.ErrDenied)
	r, err := w.do(w.server, g.own(), &api.ConnectStartRequest{AccountAddress: g.address, EnvelopedRequestConnection: g.request.Bytes()})
	check(t, err)
	start := r.(*api.ConnectStartResponse)
	seen, err := profile.Parse(start.EnvelopedProfileAccount)
	check(t, err)
	if expires, err := start.Expires.Time(); err != nil || !expires.Equal(today.Add(24*time.Hour)) {
		t.Errorf("the request waits until %v", start.Expires)
	}
	_, err = g.status()
	isRefusal(t, err, api.ErrWaiting)

	pending := &api.ConnectPendingRequest{AccountAddress: g.address}
	r, err = w.do(other, administers(t, "alice"), pending)
	check(t, err)
	list := r.(*api.ConnectPendingResponse).Pending
	if len(list) != 1 {
		t.Fatalf("%d requests wait, want 1", len(list))
	}
	request, err := profile.ParseConnectionRequest(list[0].EnvelopedRequestConnection)
	check(t, err)
	if request.Witness(testAccount(t, "alice").Fingerprint()).String() != g.request.Witness(seen.Fingerprint()).String() {
		t.Error("the two sides show different witnesses")
	}
	for who, caller := range map[string]api.Caller{"bob": by(t, "bob"), "the device": g.own(), "a stranger": by(t, "carol")} {
		if _, err := w.do(w.server, caller, pending); err == nil {
			t.Errorf("%s sees who waits", who)
		}
	}
	complete := g.accept("alice")
	_, err = w.do(other, administers(t, "alice"), complete)
	check(t, err)
	_, err = w.do(w.server, administers(t, "alice"), complete) // the answer may have been lost
	check(t, err)
	_, err = w.do(w.server, administers(t, "alice"), g.accept("alice"))
	isRefusal(t, err, api.ErrExists)
	g.finish("alice")

	status := &api.StatusRequest{AccountAddress: g.address}
	for _, s := range []*Server{w.server, other} {
		r, err := w.do(s, g.caller(), status)
		check(t, err)
		got := r.(*api.StatusResponse)
		if len(got.Devices) != 1 || got.Devices[0].Name != "phone" || got.Pending != 0 {
			t.Errorf("%d devices, %d wait", len(got.Devices), got.Pending)
		}
		if _, err := profile.ParseConnection(got.Devices[0].EnvelopedConnectionDevice, seen); err != nil {
			t.Error(err)
		}
		// The device's own keys are not those of its connection.
		_, err = w.do(s, api.Caller{Account: g.address, Key: g.device.Private(profile.Signature)}, status)
		isRefusal(t, err, api.ErrDenied)
		// A device of one account is nobody in another.
		_, err = w.do(s, api.Caller{Account: "bob@example.com", Key: g.caller().Key}, &api.StatusRequest{AccountAddress: "bob@example.com"})
		isRefusal(t, err, api.ErrDenied)
	}
	remove := &api.ConnectCompleteRequest{AccountAddress: g.address, RemoveDevice: g.device.Fingerprint().String()}
	for who, caller := range map[string]api.Caller{"the device": g.caller(), "the common key": by(t, "alice"), "bob": administers(t, "bob")} {
		if _, err := w.do(w.server, caller, remove); err == nil {
			t.Errorf("%s removes the device", who)
		}
	}
	_, err = w.do(w.server, administers(t, "alice"), remove)
	check(t, err)
	for _, s := range []*Server{w.server, other} {
		_, err := w.do(s, g.caller(), status)
		isRefusal(t, err, api.ErrDenied)
	}
	_, err = w.do(other, administers(t, "alice"), remove)
	isRefusal(t, err, api.ErrUnknown)
}

// A connection is used once. After a removal the device comes back by a new one
// only, and the new one takes the place of any before.
func TestOlderConnection(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("alice")
	g := w.asksFor("alice", freshDevice(t))
	check(t, g.start())
	old := g.accept("alice")
	_, err := w.do(w.server, administers(t, "alice"), old)
	check(t, err)
	g.finish("alice")
	status := &api.StatusRequest{AccountAddress: g.address}
	remove := &api.ConnectCompleteRequest{AccountAddress: g.address, RemoveDevice: g.device.Fingerprint().String()}
	_, err = w.do(w.server, administers(t, "alice"), remove)
	check(t, err)
	// The administrator's old answer, signed anew as a call, does nothing.
	_, err = w.do(w.server, administers(t, "alice"), old)
	isRefusal(t, err, api.ErrUnknown)
	check(t, g.start())
	_, err = w.do(w.server, administers(t, "alice"), old)
	isRefusal(t, err, api.ErrStale)
	_, err = w.do(w.server, g.caller(), status)
	isRefusal(t, err, api.ErrDenied)

	before := g.active
	for range 2 {
		again := w.asksFor("alice", g.device)
		check(t, again.start())
		_, err = w.do(w.server, administers(t, "alice"), again.accept("alice"))
		check(t, err)
		again.finish("alice")
		_, err = w.do(w.server, again.caller(), status)
		check(t, err)
		_, err = w.do(w.server, api.Caller{Account: g.address, Key: before.Device.Private(profile.Signature)}, status)
		isRefusal(t, err, api.ErrDenied)
		before = again.active
	}
}

// Nobody but the account's administrator answers, and nothing but the request
// that waits.
func TestConnectCompleteRefuses(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("alice", "bob")
	phone := w.connect("alice")
	g := w.asksFor("alice", freshDevice(t))
	_, err := w.do(w.server, administers(t, "alice"), g.accept("alice"))
	isRefusal(t, err, api.ErrUnknown) // nobody asked
	check(t, g.start())
	good := g.accept("alice")
	for who, caller := range map[string]api.Caller{
		"the common key": by(t, "alice"), "another device": phone.caller(), "the device itself": g.own(), "bob": administers(t, "bob"),
	} {
		_, err := w.do(w.server, caller, good)
		isRefusal(t, err, api.ErrDenied)
		_ = who
	}
	// Bob's answer to Alice's request, brought by Alice's administrator.
	posing, err := testAccount(t, "bob").Profile(profile.Details{Address: "alice@example.com", Created: today})
	check(t, err)
	bobs, err := testAccount(t, "bob").Accept(g.request, posing, profile.Acceptance{Time: today})
	check(t, err)
	_, err = w.do(w.server, administers(t, "alice"), &api.ConnectCompleteRequest{AccountAddress: g.address, EnvelopedRespondConnection: bobs})
	isRefusal(t, err, api.ErrMalformed)
	for what, r := range map[string]*api.ConnectCompleteRequest{
		"nothing":       {AccountAddress: g.address},
		"both":          {AccountAddress: g.address, EnvelopedRespondConnection: good.EnvelopedRespondConnection, RemoveDevice: g.device.Fingerprint().String()},
		"half a device": {AccountAddress: g.address, RemoveDevice: g.device.Fingerprint().Text(100)},
		"no answer":     {AccountAddress: g.address, EnvelopedRespondConnection: []byte(`[{},"AA"]`)},
	} {
		if _, err := w.do(w.server, administers(t, "alice"), r); err == nil {
			t.Errorf("%s completes", what)
		}
	}
	// Rejected is rejected.
	no, err := testAccount(t, "alice").Reject(g.request, profileOf(t, "alice", today), today)
	check(t, err)
	_, err = w.do(w.server, administers(t, "alice"), &api.ConnectCompleteRequest{AccountAddress: g.address, EnvelopedRespondConnection: no})
	check(t, err)
	_, err = w.do(w.server, administers(t, "alice"), good)
	isRefusal(t, err, api.ErrExists)
	answer, err := g.status()
	check(t, err)
	if _, err := g.device.Complete(g.request, answer, profile.Trust{Account: testAccount(t, "alice").Fingerprint()}); err == nil {
		t.Error("a device that was rejected is connected")
	}
}

// Requests are few and do not wait for ever, of one device there is one, and the
// answer is only for the device that asked.
func TestConnectRequestsAreBounded(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open, Requests: 2, Devices: 1, Patience: time.Hour})
	w.enrol("alice", "bob")
	first, second, third := w.asksFor("alice", freshDevice(t)), w.asksFor("alice", freshDevice(t)), w.asksFor("alice", freshDevice(t))
	check(t, first.start())
	check(t, first.start())
	check(t, second.start())
	isRefusal(t, third.start(), api.ErrQuota)
	again := w.asksFor("alice", first.device)
	check(t, again.start())
	_, err := first.status()
	isRefusal(t, err, api.ErrDenied) // its place was taken by the newer
	_, err = again.status()
	isRefusal(t, err, api.ErrWaiting)
	again.request, second.request = second.request, again.request
	_, err = again.status()
	isRefusal(t, err, api.ErrDenied) // another device's
	again.request, second.request = second.request, again.request
	w.clock.add(time.Hour)
	_, err = again.status()
	isRefusal(t, err, api.ErrDenied)
	check(t, third.start())
	_, err = w.do(w.server, administers(t, "alice"), third.accept("alice"))
	check(t, err)
	check(t, second.start())
	_, err = w.do(w.server, administers(t, "alice"), second.accept("alice"))
	isRefusal(t, err, api.ErrQuota)

	// Who floods an account from one network keeps nobody out elsewhere.
	w.server = w.serveWith(Policy{Registration: Open, Together: 2})
	flood := func(from string) error {
		o := w.asksFor("bob", freshDevice(t))
		body := w.sign(o.own(), &api.ConnectStartRequest{AccountAddress: o.address, EnvelopedRequestConnection: o.request.Bytes()})
		octets, status := w.server.Do(ctx, Peer{Address: from}, body)
		r, err := api.ParseResponse(octets)
		check(t, err)
		if status == api.StatusDone {
			return nil
		}
		return &api.Error{Status: status, Code: r.Base().Code}
	}
	check(t, flood("[2001:db8::1]:1"))
	check(t, flood("[2001:db8::2]:2"))
	isRefusal(t, flood("[2001:db8::3]:3"), api.ErrQuota)
	check(t, flood("[2001:db8:0:1::3]:3"))
	check(t, flood("192.0.2.9:1"))
	// What was answered does not wait.
	r, err := w.do(w.server, administers(t, "bob"), &api.ConnectPendingRequest{AccountAddress: "bob@example.com"})
	check(t, err)
	for _, p := range r.(*api.ConnectPendingResponse).Pending {
		request, err := profile.ParseConnectionRequest(p.EnvelopedRequestConnection)
		check(t, err)
		no, err := testAccount(t, "bob").Reject(request, profileOf(t, "bob", today), today)
		check(t, err)
		_, err = w.do(w.server, administers(t, "bob"), &api.ConnectCompleteRequest{AccountAddress: "bob@example.com", EnvelopedRespondConnection: no})
		check(t, err)
	}
	check(t, flood("[2001:db8::3]:3"))

	for what, tt := range map[string]struct {
		r    *api.ConnectStartRequest
		want *api.Error
	}{
		"of nobody":          {&api.ConnectStartRequest{AccountAddress: "nobody@example.com", EnvelopedRequestConnection: w.asksFor("nobody", first.device).request.Bytes()}, api.ErrUnknown},
		"to another account": {&api.ConnectStartRequest{AccountAddress: "bob@example.com", EnvelopedRequestConnection: first.request.Bytes()}, api.ErrMalformed},
		"without a request":  {&api.ConnectStartRequest{AccountAddress: "alice@example.com", EnvelopedRequestConnection: mesh.Envelope(`[{},"AA"]`)}, api.ErrMalformed},
	} {
		_, err := w.do(w.server, api.Caller{Account: tt.r.AccountAddress, Key: first.own().Key}, tt.r)
		if isRefusal(t, err, tt.want); t.Failed() {
			t.Fatal(what)
		}
	}
	_, err = w.do(w.server, second.own(), &api.ConnectStartRequest{AccountAddress: first.address, EnvelopedRequestConnection: first.request.Bytes()})
	isRefusal(t, err, api.ErrDenied) // signed by another device
	_, err = w.do(w.server, first.own(), &api.ConnectStatusRequest{AccountAddress: first.address, RequestUdf: first.request.Name().Text(udf.DefaultBits)})
	isRefusal(t, err, api.ErrDenied)
}

// Who sent a request is one under all services of one store, and cannot be found
// from the store: it takes the service's secrets.
func TestSender(t *testing.T) {
	const laptop = "laptop@example.com"
	from := func(address, account string, secrets *Secrets) string {
		j := &job{peer: Peer{Address: address}, keys: &keys{vault: newVault(secrets.storage)}}
		b, err := j.sender(account)
		check(t, err)
		return string(b)
	}
	here, elsewhere := NewSecrets(today), NewSecrets(today)
	one := from("192.0.2.7:4711", laptop, here)
	if len(one) != 8 || one != from("192.0.2.7:4712", laptop, here) {
		t.Error("one network is two")
	}
	for _, other := range []string{from("192.0.2.8:4711", laptop, here), from("192.0.2.7:4711", "other@example.com", here), from("192.0.2.7:4711", laptop, elsewhere)} {
		if other == one {
			t.Error("two senders, accounts or services are one")
		}
	}
}
