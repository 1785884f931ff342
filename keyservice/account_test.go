package keyservice_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"meshkey/internal/dare"
	"meshkey/keyservice"
	"meshkey/keyservice/api"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/record"
	"meshkey/udf"
)

func newSeed(t testing.TB, name string) *profile.Seed {
	t.Helper()
	u, err := udf.NewSeed(udf.MeshProfileAccount, fmt.Appendf(nil, "%-32s", name))
	check(t, err)
	s, err := profile.SeedFromOctets(u.Octets())
	check(t, err)
	return s
}

// A person has an account at a service.
type person struct {
	*office
	seed    *profile.Seed
	account *profile.Account
	profile *profile.Profile
	address string
}

func (o *office) person(name string) *person {
	o.Helper()
	p := &person{office: o, seed: newSeed(o, name), address: name + "@example.com"}
	var err error
	p.account, err = p.seed.Account()
	check(o, err)
	p.profile = p.signed(time.Now())
	return p
}

func (p *person) signed(at time.Time) *profile.Profile {
	p.Helper()
	signed, err := p.account.Profile(profile.Details{Address: p.address, Created: at})
	check(p, err)
	return signed
}

// registered is person, with the account registered.
func (o *office) registered(name string) *person {
	o.Helper()
	p := o.person(name)
	check(o, p.client(profile.CommonSignature).CreateAccount(ctx, p.profile, ""))
	return p
}

// client signs with one of the account's keys.
func (p *person) client(key string) *keyservice.Client {
	p.Helper()
	return p.dial(api.Caller{Account: p.address, Key: p.account.Private(key)})
}

func (p *person) administrator() *keyservice.Client { return p.client(profile.AdministratorSignature) }

func (p *person) owner() *keyservice.Client { return p.client(profile.CommonSignature) }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t testing.TB, err error, want *api.Error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("want the refusal %q, got %v", want.Code, err)
	}
}

var ctx = context.Background()

// What others read of an account is what its owner published.
func TestProfiles(t *testing.T) {
	o := newOffice(t)
	alice, bob := o.registered("alice"), o.registered("bob")
	check(t, alice.owner().CreateAccount(ctx, alice.profile, ""))
	v, err := alice.owner().ValidateAccount(ctx, "alice@example.com", "")
	if err != nil || !v.Valid || v.Available {
		t.Errorf("the address is free: %+v, %v", v, err)
	}
	got, err := bob.owner().Profile(ctx, alice.address, alice.account.Fingerprint())
	if err != nil || !bytes.Equal(got.Bytes(), alice.profile.Bytes()) {
		t.Fatalf("another profile: %v", err)
	}
	_, err = bob.owner().Profile(ctx, alice.address, bob.account.Fingerprint())
	isFalse(t, err)
	newer := alice.signed(time.Now().Add(time.Hour))
	check(t, alice.administrator().PublishProfile(ctx, newer))
	refused(t, alice.administrator().PublishProfile(ctx, alice.profile), api.ErrStale)
	if got, err = bob.owner().Profile(ctx, alice.address, udf.Fingerprint{}); err != nil || !bytes.Equal(got.Bytes(), newer.Bytes()) {
		t.Errorf("the older profile: %v", err)
	}
	check(t, alice.administrator().DeleteAccount(ctx))
	_, err = bob.owner().Profile(ctx, alice.address, udf.Fingerprint{})
	refused(t, err, api.ErrUnknown)
}

// A recovery record comes back to whoever has the seed, by its locator alone.
func TestRecord(t *testing.T) {
	o := newOffice(t)
	alice := o.registered("alice")
	key, err := record.NewKey(alice.seed.Octets())
	check(t, err)
	administrator := alice.account.Private(profile.AdministratorSignature)
	locator := key.Locator()
	for serial := range int64(2) {
		r := &record.Record{Serial: serial + 1, Created: time.Now(), Address: alice.address, Profile: alice.profile.Bytes()}
		sealed, err := r.Seal(key, administrator)
		check(t, err)
		check(t, alice.administrator().PublishRecord(ctx, locator, r.Serial, sealed))
		b, err := o.dial(api.Caller{}).FetchRecord(ctx, locator)
		check(t, err)
		back, err := record.Open(b, key, administrator.PublicKey())
		check(t, err)
		if back.Serial != r.Serial || back.Address != alice.address || !bytes.Equal(back.Profile, r.Profile) {
			t.Errorf("another record comes back than was put: %+v", back)
		}
		if serial == 1 {
			refused(t, alice.administrator().PublishRecord(ctx, locator, 1, sealed), api.ErrStale)
		}
	}
	check(t, alice.administrator().WithdrawRecord(ctx, locator, 3))
	_, err = o.dial(api.Caller{}).FetchRecord(ctx, locator)
	refused(t, err, api.ErrUnknown)
}

// What is read from a container is what was put there, however it was put and
// read, and a service that changes any of it is found.
func TestContainers(t *testing.T) {
	o := newOffice(t)
	alice := o.registered("alice")
	c := alice.owner()
	var all [][]byte
	heads := []keyservice.Head{{Container: "MMM_Contact"}}
	for _, n := range []int{1, 3, 2} {
		var run [][]byte
		for range n {
			e, err := dare.Sign(fmt.Append(nil, len(all)+len(run)), dare.ContentMeta{}, alice.account.Private(profile.CommonSignature))
			check(t, err)
			run = append(run, e.Bytes())
		}
		head, err := c.Transfer(ctx, heads[len(heads)-1], run...)
		check(t, err)
		all, heads = append(all, run...), append(heads, head)
		// The same again, as after an answer that was lost, is done; another in
		// its place is not.
		again, err := c.Transfer(ctx, heads[len(heads)-2], run...)
		if err != nil || !reflect.DeepEqual(again, head) {
			t.Errorf("again: %v", err)
		}
		_, err = c.Transfer(ctx, heads[len(heads)-2], append(run, run[0])...)
		refused(t, err, api.ErrStale)
	}
	for _, from := range heads {
		got, head, err := c.Get(ctx, from)
		if err != nil || !reflect.DeepEqual(head, heads[len(heads)-1]) || len(got) != len(all)-int(from.Index) {
			t.Fatalf("from %d: %d envelopes, %v", from.Index, len(got), err)
		}
		for i, e := range got {
			if !bytes.Equal(e, all[int(from.Index)+i]) {
				t.Errorf("from %d: another envelope at %d", from.Index, i)
			}
		}
	}
	status, err := c.Status(ctx, alice.account.Fingerprint())
	if err != nil || !reflect.DeepEqual(status.Containers, heads[len(heads)-1:]) || status.Octets > status.Quota || status.Octets == 0 {
		t.Errorf("%+v, %v", status, err)
	}
	first := func(r api.Response, f func(*api.ContainerUpdate)) {
		if got, ok := r.(*api.GetResponse); ok && len(got.Updates[0].Envelopes) > 1 {
			f(got.Updates[0])
		}
	}
	known := heads[1]
	for what, lie := range map[string]func(*api.ContainerUpdate){
		"swapped":           func(u *api.ContainerUpdate) { u.Envelopes[0], u.Envelopes[1] = u.Envelopes[1], u.Envelopes[0] },
		"one left out":      func(u *api.ContainerUpdate) { u.Envelopes = u.Envelopes[1:] },
		"one changed":       func(u *api.ContainerUpdate) { u.Envelopes[0] = u.Envelopes[1] },
		"from another past": func(u *api.ContainerUpdate) { u.Digest = api.ChainDigest(nil, u.Envelopes[0]) },
		"from elsewhere":    func(u *api.ContainerUpdate) { u.Index++ },
		"another one":       func(u *api.ContainerUpdate) { u.Container = "MMM_Local" },
	} {
		o.lie = func(r api.Response) { first(r, lie) }
		_, _, err := c.Get(ctx, known)
		if isFalse(t, err); t.Failed() {
			t.Fatal(what)
		}
	}
	// A service that goes back behind what it told before.
	o.lie = func(r api.Response) {
		if got, ok := r.(*api.GetResponse); ok {
			got.Updates[0] = &api.ContainerUpdate{ContainerStatus: api.ContainerStatus{Container: "MMM_Contact", Index: known.Index, Digest: known.Digest}}
		}
	}
	_, _, err = c.Get(ctx, heads[2])
	isFalse(t, err)
}

func isFalse(t testing.TB, err error) {
	t.Helper()
	var lie *keyservice.FalseError
	if !errors.As(err, &lie) {
		t.Errorf("want a *FalseError, got %v", err)
	}
}

// A lying service is found out wherever there is something to hold its answer
// against.
func TestLies(t *testing.T) {
	o := newOffice(t)
	alice, bob := o.registered("alice"), o.registered("bob")
	phone := alice.connect(nil)
	laptop := alice.connect(nil)
	waiting := alice.asks(nil)
	_, _, err := o.dial(waiting.own()).ConnectStart(ctx, waiting.request)
	check(t, err)
	mallory := o.person("mallory")
	posing, err := mallory.account.Profile(profile.Details{Address: alice.address, Created: time.Now()})
	check(t, err)
	status := func() error { _, err := alice.owner().Status(ctx, alice.account.Fingerprint()); return err }
	pending := func() error { _, err := alice.owner().ConnectPending(ctx); return err }
	theirs := func() error {
		_, err := bob.owner().Profile(ctx, alice.address, alice.account.Fingerprint())
		return err
	}
	start := func() error { _, _, err := o.dial(waiting.own()).ConnectStart(ctx, waiting.request); return err }
	for _, ask := range []func() error{status, pending, theirs, start} {
		check(t, ask())
	}
	elsewhere, err := waiting.device.RequestConnection(bob.address, nil, time.Now())
	check(t, err)
	for what, tt := range map[string]struct {
		ask func() error
		lie func(api.Response)
	}{
		"another's profile": {theirs, func(r api.Response) { r.(*api.GetResponse).EnvelopedProfileAccount = posing.Bytes() }},
		"somebody else's":   {theirs, func(r api.Response) { r.(*api.GetResponse).EnvelopedProfileAccount = bob.profile.Bytes() }},
		"no profile":        {theirs, func(r api.Response) { r.(*api.GetResponse).EnvelopedProfileAccount = mesh.Envelope(`[{},"AA"]`) }},
		"another's status":  {status, func(r api.Response) { r.(*api.StatusResponse).EnvelopedProfileAccount = posing.Bytes() }},
		"a device of another": {status, func(r api.Response) {
			connection, err := mallory.account.Connect(phone.request.Device(), freshActivation(t), nil, time.Now())
			check(t, err)
			r.(*api.StatusResponse).Devices[0].EnvelopedConnectionDevice = connection.Bytes()
		}},
		"a device under another name": {status, func(r api.Response) {
			r.(*api.StatusResponse).Devices[0].DeviceUdf = waiting.device.Fingerprint().String()
		}},
		"a device whose name rings": {status, func(r api.Response) { r.(*api.StatusResponse).Devices[0].Name = "phone\a" }},
		"a device without a date":   {status, func(r api.Response) { r.(*api.StatusResponse).Devices[0].Added = "" }},
		"a request that nobody made": {pending, func(r api.Response) {
			r.(*api.ConnectPendingResponse).Pending[0].EnvelopedRequestConnection = phone.answer
		}},
		"a request to another": {pending, func(r api.Response) {
			r.(*api.ConnectPendingResponse).Pending[0].EnvelopedRequestConnection = elsewhere.Bytes()
		}},
		"a request without a date":  {pending, func(r api.Response) { r.(*api.ConnectPendingResponse).Pending[0].Received = "soon" }},
		"an account under a name":   {start, func(r api.Response) { r.(*api.ConnectStartResponse).EnvelopedProfileAccount = bob.profile.Bytes() }},
		"a request that never ends": {start, func(r api.Response) { r.(*api.ConnectStartResponse).Expires = "" }},
		"a device's profile instead": {start, func(r api.Response) {
			r.(*api.ConnectStartResponse).EnvelopedProfileAccount = laptop.request.Device().Bytes()
		}},
	} {
		o.lie = tt.lie
		err := tt.ask()
		if isFalse(t, err); t.Failed() {
			t.Fatal(what)
		}
	}
}

func freshActivation(t testing.TB) *profile.Activation {
	t.Helper()
	a, err := profile.NewActivation(profile.NewActivationSeed())
	check(t, err)
	return a
}
