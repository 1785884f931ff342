package profile_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/secret/secrettest"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
)

const aliceAddress = "alice@example.com"

// connecting is a device on its way into Alice's account.
type connecting struct {
	alice   *profile.Account
	profile *profile.Profile // Alice's
	device  *profile.Device
	request *profile.ConnectionRequest
	answer  []byte
}

func newConnecting(t testing.TB, pin *udf.Key) *connecting {
	t.Helper()
	c := &connecting{alice: account(t, aliceSeed), device: newDevice(t, profile.NewDeviceSeed())}
	var err error
	if c.profile, err = c.alice.Profile(profile.Details{Address: aliceAddress, Created: day}); err != nil {
		t.Fatal(err)
	}
	if c.request, err = c.device.RequestConnection(aliceAddress, pin, day); err != nil {
		t.Fatal(err)
	}
	c.answer = c.accept(t, profile.Acceptance{Roles: []string{"mobile"}, Name: "phone", PIN: pin, Time: day})
	return c
}

func (c *connecting) accept(t testing.TB, how profile.Acceptance) []byte {
	t.Helper()
	b, err := c.alice.Accept(c.request, c.profile, how)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// forged is the answer with its content changed and signed by key.
func (c *connecting) forged(t testing.TB, key *cogen.PrivateKey, change func(*mesh.RespondConnection)) []byte {
	t.Helper()
	e, err := dare.Parse(c.answer)
	if err != nil {
		t.Fatal(err)
	}
	x, err := mesh.ParseAs[mesh.RespondConnection](e.Body)
	if err != nil {
		t.Fatal(err)
	}
	change(x)
	return forge(t, x, "", key)
}

func (c *connecting) trust() profile.Trust {
	return profile.Trust{Account: c.alice.Fingerprint()}
}

// Device and administrator each compute the device's keys, and the connection
// shows them. What the device keeps brings them back.
func TestConnect(t *testing.T) {
	for _, pin := range []*udf.Key{nil, profile.NewPIN()} {
		c := newConnecting(t, pin)
		trust := c.trust()
		if pin != nil {
			if trust = (profile.Trust{PIN: pin}); !c.request.Proves(pin) || c.request.Proves(profile.NewPIN()) || c.request.PIN() != profile.PINName(pin, aliceAddress) {
				t.Error("the request does not prove the PIN, or any")
			}
		}
		request, err := profile.ParseConnectionRequest(c.request.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if request.Address() != aliceAddress || !request.Created().Equal(day) || request.Name().Text(280) != c.request.Name().Text(280) || !request.Device().Fingerprint().Matches(c.device.Fingerprint()) {
			t.Error("another request is read than was written")
		}
		for range 2 {
			got, err := c.device.Complete(request, c.answer, trust)
			if err != nil {
				t.Fatal(err)
			}
			if got.Name != "phone" || got.Connection.Roles()[0] != "mobile" || !got.Connection.Updated().Equal(day) ||
				!got.Account.Fingerprint().Matches(c.alice.Fingerprint()) || !got.Connection.Account().Matches(c.alice.Fingerprint()) {
				t.Errorf("connected as %q", got.Name)
			}
			for _, k := range got.Connection.Keys() {
				if !got.Device.Private(k.Name).PublicKey().Equal(k.Public) || k.Public.Equal(c.device.Private(k.Name).PublicKey()) {
					t.Errorf("%s differs, or is the device's alone", k.Name)
				}
			}
			kid := got.Device.Keys()[2].Fingerprint.String()
			if got.Connection.Signer(kid) == nil || got.Connection.Signer(c.device.Fingerprint().String()) != nil {
				t.Error("the device signs with another key")
			}
			secrettest.CheckHidden(t, got.Device, got.Device.Private(profile.Signature).Bytes())
			got.Device.Wipe()
		}
		if _, err := profile.ParseConnectionResponse(c.answer, request, c.profile); err != nil {
			t.Error(err)
		}
	}
}

// The device takes nothing but what its account's administrator made for this
// request, and nothing that does not give the keys in the connection.
func TestCompleteRefuses(t *testing.T) {
	pin := profile.NewPIN()
	c, other := newConnecting(t, pin), newConnecting(t, pin)
	admin := c.alice.Private(profile.AdministratorSignature)
	mallory := account(t, profile.NewSeed().Text())
	theirs, err := mallory.Profile(profile.Details{Address: aliceAddress, Created: day})
	if err != nil {
		t.Fatal(err)
	}
	fromMallory, err := mallory.Accept(c.request, theirs, profile.Acceptance{Time: day})
	if err != nil {
		t.Fatal(err)
	}
	again := c.accept(t, profile.Acceptance{PIN: pin, Time: day})
	part := func(answer []byte) *mesh.CatalogedDevice {
		e, err := dare.Parse(answer)
		if err != nil {
			t.Fatal(err)
		}
		x, err := mesh.ParseAs[mesh.RespondConnection](e.Body)
		if err != nil {
			t.Fatal(err)
		}
		return x.CatalogedDevice
	}
	rejected, err := c.alice.Reject(c.request, c.profile, day)
	if err != nil {
		t.Fatal(err)
	}
	any := func(*mesh.RespondConnection) {}
	tests := map[string][]byte{
		"nothing":                     nil,
		"of another account":          fromMallory,
		"to another request":          other.answer,
		"signed by the device":        c.forged(t, c.device.Private(profile.Signature), any),
		"signed by the account's own": c.forged(t, c.alice.Private(profile.CommonSignature), any),
		"neither yes nor no":          c.forged(t, admin, func(x *mesh.RespondConnection) { x.Result = "Perhaps" }),
		"without a device":            c.forged(t, admin, func(x *mesh.RespondConnection) { x.CatalogedDevice = nil }),
		"without an account":          c.forged(t, admin, func(x *mesh.RespondConnection) { x.CatalogedDevice.EnvelopedProfileUser = nil }),
		"without a connection":        c.forged(t, admin, func(x *mesh.RespondConnection) { x.CatalogedDevice.EnvelopedConnectionDevice = nil }),
		"without an activation":       c.forged(t, admin, func(x *mesh.RespondConnection) { x.CatalogedDevice.EnvelopedActivationAccount = nil }),
		"with a name that rings":      c.forged(t, admin, func(x *mesh.RespondConnection) { x.CatalogedDevice.LocalName = "phone\a" }),
		"with a name without end":     c.forged(t, admin, func(x *mesh.RespondConnection) { x.CatalogedDevice.LocalName = strings.Repeat("x", 256) }),
		"without a PIN":               c.forged(t, admin, func(x *mesh.RespondConnection) { x.PinWitness = nil }),
		"with half a PIN":             c.forged(t, admin, func(x *mesh.RespondConnection) { x.PinWitness = x.PinWitness[:4] }),
		"with another activation": c.forged(t, admin, func(x *mesh.RespondConnection) {
			x.CatalogedDevice.EnvelopedActivationAccount = part(again).EnvelopedActivationAccount
		}),
		"with the activation of another device": c.forged(t, admin, func(x *mesh.RespondConnection) {
			x.CatalogedDevice.EnvelopedActivationAccount = part(other.answer).EnvelopedActivationAccount
		}),
		"with the activation of another account": c.forged(t, admin, func(x *mesh.RespondConnection) {
			x.CatalogedDevice.EnvelopedActivationAccount = part(fromMallory).EnvelopedActivationAccount
		}),
		"with the connection of another device": c.forged(t, admin, func(x *mesh.RespondConnection) {
			x.CatalogedDevice.EnvelopedConnectionDevice = part(other.answer).EnvelopedConnectionDevice
		}),
		"with the connection of another account": c.forged(t, admin, func(x *mesh.RespondConnection) {
			x.CatalogedDevice.EnvelopedConnectionDevice = part(fromMallory).EnvelopedConnectionDevice
		}),
	}
	both := profile.Trust{Account: c.alice.Fingerprint(), PIN: pin}
	if _, err := c.device.Complete(c.request, c.answer, both); err != nil {
		t.Fatal(err)
	}
	for what, answer := range tests {
		if got, err := c.device.Complete(c.request, answer, both); err == nil || got != nil {
			t.Errorf("an answer %s is taken", what)
		}
	}
	if _, err := c.device.Complete(c.request, rejected, both); !errors.Is(err, profile.ErrRejected) {
		t.Errorf("rejected: %v", err)
	}
	// Mallory has everything but what the device trusts.
	for what, trust := range map[string]profile.Trust{
		"nobody": {}, "another": {Account: c.device.Fingerprint()}, "a PIN": {PIN: profile.NewPIN()},
	} {
		if _, err := c.device.Complete(c.request, c.answer, trust); err == nil {
			t.Errorf("who trusts %s is connected", what)
		}
	}
	if _, err := c.device.Complete(c.request, fromMallory, profile.Trust{PIN: pin}); err == nil {
		t.Error("an account without the PIN takes the device")
	}
	if _, err := other.device.Complete(c.request, c.answer, both); err == nil {
		t.Error("a device takes what another asked for")
	}
}

// A connection is one by the account's own administrator and of nobody else.
func TestParseConnectionRefuses(t *testing.T) {
	c := newConnecting(t, nil)
	got, err := c.device.Complete(c.request, c.answer, c.trust())
	if err != nil {
		t.Fatal(err)
	}
	e, err := dare.Parse(got.Connection.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	admin := c.alice.Private(profile.AdministratorSignature)
	sign := func(key *cogen.PrivateKey, change func(*mesh.ConnectionDevice)) []byte {
		x, err := mesh.ParseAs[mesh.ConnectionDevice](e.Body)
		if err != nil {
			t.Fatal(err)
		}
		change(x)
		return forge(t, x, "", key)
	}
	same := func(*mesh.ConnectionDevice) {}
	if _, err := profile.ParseConnection(sign(admin, same), c.profile); err != nil {
		t.Fatal(err)
	}
	for what, b := range map[string][]byte{
		"signed by the device":       sign(got.Device.Private(profile.Signature), same),
		"signed by the profile":      sign(c.alice.Private(profile.ProfileSignature), same),
		"to another account":         sign(admin, func(x *mesh.ConnectionDevice) { x.ProfileUdf = c.device.Fingerprint().String() }),
		"to no account":              sign(admin, func(x *mesh.ConnectionDevice) { x.ProfileUdf = "" }),
		"of no device":               sign(admin, func(x *mesh.ConnectionDevice) { x.Subject = "" }),
		"of hardly a device":         sign(admin, func(x *mesh.ConnectionDevice) { x.Subject = x.Subject[:20] }),
		"without a date":             sign(admin, func(x *mesh.ConnectionDevice) { x.Updated = "" }),
		"without a signature key":    sign(admin, func(x *mesh.ConnectionDevice) { x.Signature = nil }),
		"with a key that is another": sign(admin, func(x *mesh.ConnectionDevice) { x.Signature.Udf = x.Encryption.Udf }),
		"with keys mixed up":         sign(admin, func(x *mesh.ConnectionDevice) { x.Signature = x.Encryption }),
	} {
		if c, err := profile.ParseConnection(b, c.profile); err == nil || c != nil {
			t.Errorf("a connection %s is taken", what)
		}
	}
	device, err := c.device.Profile(day)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := profile.ParseConnection(got.Connection.Bytes(), device); err == nil {
		t.Error("a device connects another")
	}
	mallory, err := account(t, profile.NewSeed().Text()).Profile(profile.Details{Address: aliceAddress, Created: day})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := profile.ParseConnection(got.Connection.Bytes(), mallory); err == nil {
		t.Error("a connection to another account is taken")
	}
}

// Whoever comes between device and administrator is seen: the witness is of
// both, the request and the account.
func TestWitness(t *testing.T) {
	c, other := newConnecting(t, nil), newConnecting(t, nil)
	again, err := c.device.RequestConnection(aliceAddress, nil, day)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range []*profile.ConnectionRequest{c.request, again, other.request} {
		for _, account := range []udf.Fingerprint{c.alice.Fingerprint(), c.device.Fingerprint()} {
			seen[r.Witness(account).String()] = true
		}
	}
	if len(seen) != 6 {
		t.Errorf("%d witnesses, want 6", len(seen))
	}
	read, err := profile.ParseConnectionRequest(c.request.Bytes())
	if err != nil || read.Witness(c.profile.Fingerprint()).String() != c.request.Witness(c.alice.Fingerprint()).String() {
		t.Error("both sides show something else")
	}
}

// A request is signed by the device it is about.
func TestParseConnectionRequestRefuses(t *testing.T) {
	c, other := newConnecting(t, profile.NewPIN()), newConnecting(t, nil)
	e, err := dare.Parse(c.request.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	meta := dare.ContentMeta{Created: string(mesh.NewDateTime(day))}
	sign := func(key *cogen.PrivateKey, meta dare.ContentMeta, change func(*mesh.RequestConnection)) []byte {
		x, err := mesh.ParseAs[mesh.RequestConnection](e.Body)
		if err != nil {
			t.Fatal(err)
		}
		change(x)
		body, err := mesh.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		e, err := dare.Sign(body, meta, key)
		if err != nil {
			t.Fatal(err)
		}
		return e.Bytes()
	}
	own := c.device.Private(profile.ProfileSignature)
	for what, b := range map[string][]byte{
		"signed by another device": sign(other.device.Private(profile.ProfileSignature), meta, func(*mesh.RequestConnection) {}),
		"signed by another key":    sign(c.device.Private(profile.Signature), meta, func(*mesh.RequestConnection) {}),
		"of another device":        sign(own, meta, func(x *mesh.RequestConnection) { x.AuthenticatedData = other.request.Device().Bytes() }),
		"of an account":            sign(c.alice.Private(profile.ProfileSignature), meta, func(x *mesh.RequestConnection) { x.AuthenticatedData = c.profile.Bytes() }),
		"of nothing":               sign(own, meta, func(x *mesh.RequestConnection) { x.AuthenticatedData = nil }),
		"without a nonce":          sign(own, meta, func(x *mesh.RequestConnection) { x.ClientNonce = nil }),
		"with half a PIN":          sign(own, meta, func(x *mesh.RequestConnection) { x.PinId = "" }),
		"with a bad PIN":           sign(own, meta, func(x *mesh.RequestConnection) { x.PinWitness = []byte{1} }),
		"without a date":           sign(own, dare.ContentMeta{}, func(x *mesh.RequestConnection) {}),
	} {
		if r, err := profile.ParseConnectionRequest(b); err == nil || r != nil {
			t.Errorf("a request %s is taken", what)
		}
	}
	if _, err := c.alice.Accept(c.request, c.profile, profile.Acceptance{PIN: profile.NewPIN(), Time: day}); err == nil {
		t.Error("a request with another PIN is accepted")
	}
	if _, err := c.alice.Accept(other.request, c.profile, profile.Acceptance{PIN: profile.NewPIN(), Time: day}); err == nil {
		t.Error("a request without a PIN is accepted")
	}
	elsewhere, err := c.device.RequestConnection("bob@example.com", nil, day)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.alice.Accept(elsewhere, c.profile, profile.Acceptance{Time: day}); err == nil {
		t.Error("a request to another account is accepted")
	}
}

// Nothing that is read panics, and what is read is written again.
func FuzzConnection(f *testing.F) {
	c := newConnecting(f, profile.NewPIN())
	got, err := c.device.Complete(c.request, c.answer, c.trust())
	if err != nil {
		f.Fatal(err)
	}
	body := func(b []byte) []byte {
		e, err := dare.Parse(b)
		if err != nil {
			f.Fatal(err)
		}
		return e.Body
	}
	for _, b := range [][]byte{c.request.Bytes(), got.Connection.Bytes(), c.answer} {
		f.Add(b, body(b))
	}
	meta := dare.ContentMeta{Created: string(mesh.NewDateTime(time.Unix(0, 0)))}
	f.Fuzz(func(t *testing.T, envelope, body []byte) {
		check := func(b []byte) {
			if r, err := profile.ParseConnectionRequest(b); err == nil {
				if again, err := profile.ParseConnectionRequest(r.Bytes()); err != nil || !bytes.Equal(again.Bytes(), r.Bytes()) {
					t.Error("a request is not written again", err)
				}
			}
			if d, err := profile.ParseConnection(b, c.profile); err == nil {
				if again, err := profile.ParseConnection(d.Bytes(), c.profile); err != nil || !bytes.Equal(again.Bytes(), d.Bytes()) {
					t.Error("a connection is not written again", err)
				}
			}
			_, _ = profile.ParseConnectionResponse(b, c.request, c.profile)
			_, _ = c.device.Complete(c.request, b, c.trust())
		}
		check(envelope)
		for _, key := range []*cogen.PrivateKey{c.device.Private(profile.ProfileSignature), c.alice.Private(profile.AdministratorSignature)} {
			e, err := dare.Sign(body, meta, key)
			if err != nil {
				t.Fatal(err)
			}
			check(e.Bytes())
		}
	})
}
