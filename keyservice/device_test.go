package keyservice_test

import (
	"errors"
	"testing"
	"time"

	"meshkey/keyservice/api"
	"meshkey/profile"
	"meshkey/udf"
)

// A gadget is a device on its way into an account.
type gadget struct {
	*person
	device  *profile.Device
	request *profile.ConnectionRequest
	answer  []byte
	active  *profile.Connected
}

// asks has a fresh device ask for connection, not yet sent.
func (p *person) asks(pin *udf.Key) *gadget {
	p.Helper()
	g := &gadget{person: p}
	var err error
	g.device, err = profile.NewDevice(profile.NewDeviceSeed())
	check(p, err)
	g.request, err = g.device.RequestConnection(p.address, pin, time.Now())
	check(p, err)
	return g
}

// own signs as the device before it is connected.
func (g *gadget) own() api.Caller {
	return api.Caller{Account: g.address, Key: g.device.Private(profile.ProfileSignature)}
}

// caller signs as the device once it is.
func (g *gadget) caller() api.Caller {
	return api.Caller{Account: g.address, Key: g.active.Device.Private(profile.Signature)}
}

// connect connects a fresh device.
func (p *person) connect(pin *udf.Key) *gadget {
	p.Helper()
	g := p.asks(pin)
	own := p.dial(g.own())
	shown, _, err := own.ConnectStart(ctx, g.request)
	check(p, err)
	_, err = own.ConnectStatus(ctx, g.request)
	refused(p, err, api.ErrWaiting)
	waiting, err := p.administrator().ConnectPending(ctx)
	check(p, err)
	seen := waiting[len(waiting)-1].Request
	if seen.Witness(p.account.Fingerprint()).String() != g.request.Witness(shown.Fingerprint()).String() {
		p.Fatal("the witnesses differ")
	}
	answer, err := p.account.Accept(seen, p.profile, profile.Acceptance{Name: "phone", PIN: pin, Time: time.Now()})
	check(p, err)
	check(p, p.administrator().ConnectComplete(ctx, answer))
	g.answer, err = own.ConnectStatus(ctx, g.request)
	check(p, err)
	trust := profile.Trust{Account: shown.Fingerprint()}
	if pin != nil {
		trust = profile.Trust{PIN: pin}
	}
	g.active, err = g.device.Complete(g.request, g.answer, trust)
	check(p, err)
	return g
}

// A device is connected, acts for the account, and is removed.
func TestConnectDevice(t *testing.T) {
	o := newOffice(t)
	alice := o.registered("alice")
	for _, pin := range []*udf.Key{nil, profile.NewPIN()} {
		g := alice.connect(pin)
		c := o.dial(g.caller())
		status, err := c.Status(ctx, g.active.Account.Fingerprint())
		check(t, err)
		if len(status.Devices) != 1 || status.Devices[0].Name != "phone" || !status.Devices[0].Connection.Device().Matches(g.device.Fingerprint()) {
			t.Errorf("devices: %+v", status.Devices)
		}
		refused(t, c.RemoveDevice(ctx, g.device.Fingerprint()), api.ErrDenied)
		check(t, alice.administrator().RemoveDevice(ctx, g.device.Fingerprint()))
		_, err = c.Status(ctx, g.active.Account.Fingerprint())
		refused(t, err, api.ErrDenied)
		refused(t, alice.administrator().RemoveDevice(ctx, g.device.Fingerprint()), api.ErrUnknown)
	}
}

// A service that comes between the device and the administrator is seen by the
// witness, and stopped by a PIN.
func TestServiceInTheMiddle(t *testing.T) {
	o := newOffice(t)
	alice, mallory := o.registered("alice"), o.person("mallory")
	posing, err := mallory.account.Profile(profile.Details{Address: alice.address, Created: time.Now()})
	check(t, err)
	pin := profile.NewPIN()
	g, its := alice.asks(pin), alice.asks(nil)
	// The service shows the device its own account, and the administrator its own
	// device.
	o.lie = func(r api.Response) {
		switch r := r.(type) {
		case *api.ConnectStartResponse:
			r.EnvelopedProfileAccount = posing.Bytes()
		case *api.ConnectPendingResponse:
			r.Pending[0].EnvelopedRequestConnection = its.request.Bytes()
		case *api.ConnectStatusResponse:
			answer, err := mallory.account.Accept(g.request, posing, profile.Acceptance{Time: time.Now()})
			check(t, err)
			r.EnvelopedRespondConnection = answer
		}
	}
	shown, _, err := o.dial(g.own()).ConnectStart(ctx, g.request)
	check(t, err)
	waiting, err := alice.administrator().ConnectPending(ctx)
	check(t, err)
	seen := waiting[0].Request
	if seen.Witness(alice.account.Fingerprint()).String() == g.request.Witness(shown.Fingerprint()).String() {
		t.Error("the witnesses are the same, and somebody is between")
	}
	if _, err := alice.account.Accept(seen, alice.profile, profile.Acceptance{PIN: pin, Time: time.Now()}); err == nil {
		t.Error("the administrator takes a device without the PIN")
	}
	answer, err := alice.account.Accept(g.request, alice.profile, profile.Acceptance{PIN: pin, Time: time.Now()})
	check(t, err)
	check(t, alice.administrator().ConnectComplete(ctx, answer))
	answer, err = o.dial(g.own()).ConnectStatus(ctx, g.request)
	check(t, err)
	for _, trust := range []profile.Trust{{PIN: pin}, {Account: alice.account.Fingerprint()}} {
		if _, err := g.device.Complete(g.request, answer, trust); err == nil || errors.Is(err, profile.ErrRejected) {
			t.Errorf("the device is in somebody else's account: %v", err)
		}
	}
}
