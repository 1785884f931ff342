package server

import (
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/mesh"
	"meshkey/profile"
)

// signedBy is x in an envelope, signed by a key.
func signedBy(t testing.TB, x any, at time.Time, key *cogen.PrivateKey) []byte {
	t.Helper()
	body, err := mesh.Marshal(x)
	check(t, err)
	e, err := dare.Sign(body, dare.ContentMeta{MessageType: mesh.Tag(x), Created: string(mesh.NewDateTime(at))}, key)
	check(t, err)
	return e.Bytes()
}

// resigned is the connection of a device, signed by another key.
func resigned(t testing.TB, c *profile.Connection, key *cogen.PrivateKey) []byte {
	t.Helper()
	e, err := dare.Parse(c.Bytes())
	check(t, err)
	x, err := mesh.ParseAs[mesh.ConnectionDevice](e.Body)
	check(t, err)
	return signedBy(t, x, today, key)
}

// Whoever writes devices into the store connects none: the chain from the
// profile by its administrator is verified whenever a device calls.
func TestDeviceChain(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("alice", "bob")
	phone, bobs := w.connect("alice"), w.connect("bob")
	status := &api.StatusRequest{AccountAddress: phone.address}
	tablet := w.asksFor("alice", freshDevice(t))
	posing, err := testAccount(t, "bob").Profile(profile.Details{Address: phone.address, Created: today})
	check(t, err)
	answer, err := testAccount(t, "bob").Accept(tablet.request, posing, profile.Acceptance{Time: today})
	check(t, err)
	tablet.active, err = tablet.device.Complete(tablet.request, answer, profile.Trust{Account: posing.Fingerprint()})
	check(t, err)
	tablets := tablet.active.Connection
	put := func(g *gadget, connection []byte) {
		check(t, w.db.Update(ctx, func(wr store.Writer) error {
			return putRow(wr, deviceTable, deviceKey("alice@example.com", g.active.Connection), &deviceRow{
				Device: g.device.Fingerprint().String(), Connection: connection, Added: mesh.NewDateTime(today),
			})
		}))
	}
	for what, tt := range map[string]struct {
		of         *gadget
		connection []byte
	}{
		"another account's":           {bobs, bobs.active.Connection.Bytes()},
		"another's in Alice's name":   {tablet, tablets.Bytes()},
		"signed by a device":          {tablet, resigned(t, tablets, phone.caller().Key)},
		"signed by the common key":    {tablet, resigned(t, tablets, testAccount(t, "alice").Private(profile.CommonSignature))},
		"signed by the profile's key": {tablet, resigned(t, tablets, testAccount(t, "alice").Private(profile.ProfileSignature))},
		"not signed":                  {tablet, []byte(`[{},"AA"]`)},
	} {
		put(tt.of, tt.connection)
		caller := api.Caller{Account: "alice@example.com", Key: tt.of.caller().Key}
		for range 2 { // the second finds what the first left in memory
			_, err := w.do(w.server, caller, status)
			if isRefusal(t, err, api.ErrDenied); t.Failed() {
				t.Fatal(what)
			}
		}
	}
	// A good connection at the place of another key is noticed as damage.
	put(tablet, phone.active.Connection.Bytes())
	_, err = w.do(w.server, api.Caller{Account: "alice@example.com", Key: tablet.caller().Key}, status)
	isRefusal(t, err, api.ErrUnavailable)
	_, err = w.do(w.server, phone.caller(), status)
	check(t, err)
}

// A profile with another administrator's key disconnects what the old one
// connected, at once and everywhere.
func TestAnotherAdministrator(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("alice")
	other := w.serveWith(Policy{Registration: Open})
	phone := w.connect("alice")
	status := &api.StatusRequest{AccountAddress: phone.address}
	_, err := w.do(other, phone.caller(), status)
	check(t, err)
	alice, next := testAccount(t, "alice"), testAccount(t, "carol").Private(profile.AdministratorSignature)
	e, err := dare.Parse(profileOf(t, "alice", today).Bytes())
	check(t, err)
	x, err := mesh.ParseAs[mesh.ProfileUser](e.Body)
	check(t, err)
	for _, k := range testAccount(t, "carol").Keys() {
		if k.Name == profile.AdministratorSignature {
			x.AdministratorSignature = mesh.NewKeyData(k.Fingerprint.String(), k.Algorithm.String(), k.Public.Bytes())
		}
	}
	newer := signedBy(t, x, today.Add(time.Hour), alice.Private(profile.ProfileSignature))
	_, err = w.do(w.server, administers(t, "alice"), &api.PublishRequest{AccountAddress: phone.address, EnvelopedProfileAccount: newer})
	check(t, err)
	for _, s := range []*Server{w.server, other} {
		for what, caller := range map[string]api.Caller{"the device": phone.caller(), "the old administrator": administers(t, "alice")} {
			_, err := w.do(s, caller, status)
			if isRefusal(t, err, api.ErrDenied); t.Failed() {
				t.Fatal(what)
			}
		}
		_, err := w.do(s, api.Caller{Account: phone.address, Key: next}, status)
		check(t, err)
	}
}
