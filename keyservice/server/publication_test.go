package server

import (
	"errors"
	"strings"
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/keyservice/api"
	"meshkey/profile"
	"meshkey/udf"
)

// locatorOf is that of the record of the account that belongs to a name.
func locatorOf(t testing.TB, name string) udf.Fingerprint {
	return recordKey(t, name).Locator()
}

func recordKey(t testing.TB, name string) *udf.Key {
	t.Helper()
	fingerprint := testAccount(t, name).Fingerprint()
	k, err := udf.NewKey(fingerprint.Octets(256))
	check(t, err)
	return k
}

func sealedRecord(t testing.TB, name, text string, signer *cogen.PrivateKey) []byte {
	t.Helper()
	e, err := dare.Seal([]byte(text), dare.SealOptions{Keys: []*udf.Key{recordKey(t, name)}, Signer: signer})
	check(t, err)
	return e.Bytes()
}

func recordRequest(t testing.TB, name string, serial int64) *api.PublishRequest {
	return &api.PublishRequest{
		AccountAddress: name + "@example.com", Locator: locatorOf(t, name).Text(280), Serial: serial,
		EnvelopedRecord: sealedRecord(t, name, "record", testAccount(t, name).Private(profile.AdministratorSignature)),
	}
}

// A record waits at its locator for whoever has it, and only moves forward.
func TestPublishRecord(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("alice", "bob")
	other := w.serveWith(Policy{Registration: Open})
	locator := locatorOf(t, "alice").Text(280)
	_, err := w.server.Record(ctx, locator)
	isRefusal(t, err, api.ErrUnknown)
	first, second := recordRequest(t, "alice", 1), recordRequest(t, "alice", 2)
	for _, r := range []*api.PublishRequest{first, first, second} {
		_, err := w.do(w.server, administers(t, "alice"), r)
		check(t, err)
		for _, text := range []string{locator, strings.ToLower(locator), strings.ReplaceAll(locator, "-", " ")} {
			if got, err := other.Record(ctx, text); err != nil || string(got) != string(r.EnvelopedRecord) {
				t.Errorf("what was put does not come back: %v", err)
			}
		}
	}
	_, err = w.do(other, administers(t, "alice"), first)
	isRefusal(t, err, api.ErrStale)
	changed := recordRequest(t, "alice", 2) // sealed anew
	_, err = w.do(w.server, administers(t, "alice"), changed)
	isRefusal(t, err, api.ErrStale)

	theirs := recordRequest(t, "bob", 9)
	theirs.Locator = locator
	_, err = w.do(w.server, administers(t, "bob"), theirs)
	isRefusal(t, err, api.ErrExists)

	away := &api.PublishRequest{AccountAddress: "alice@example.com", Locator: locator, Serial: 3}
	_, err = w.do(w.server, administers(t, "alice"), away)
	check(t, err)
	_, err = other.Record(ctx, locator)
	isRefusal(t, err, api.ErrUnknown)
	_, err = w.do(w.server, administers(t, "bob"), theirs)
	isRefusal(t, err, api.ErrExists)
	_, err = w.do(w.server, administers(t, "alice"), second)
	isRefusal(t, err, api.ErrStale)
}

func TestPublishRecordRefuses(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open, Record: 4 << 10, Records: 2})
	w.enrol("alice", "bob")
	phone := w.connect("alice")
	good := func() *api.PublishRequest { return recordRequest(t, "alice", 1) }
	change := func(f func(*api.PublishRequest)) *api.PublishRequest {
		r := good()
		f(r)
		return r
	}
	administrator := testAccount(t, "alice").Private(profile.AdministratorSignature)
	open, err := dare.Sign([]byte("in clear"), dare.ContentMeta{}, administrator)
	check(t, err)
	for what, tt := range map[string]struct {
		by   api.Caller
		r    *api.PublishRequest
		want *api.Error
	}{
		"the common key":      {by(t, "alice"), good(), api.ErrDenied},
		"a device":            {phone.caller(), good(), api.ErrDenied},
		"another account":     {administers(t, "bob"), good(), api.ErrDenied},
		"a stranger":          {administers(t, "carol"), good(), api.ErrDenied},
		"no serial number":    {administers(t, "alice"), change(func(r *api.PublishRequest) { r.Serial = 0 }), api.ErrMalformed},
		"a short locator":     {administers(t, "alice"), change(func(r *api.PublishRequest) { r.Locator = r.Locator[:34] }), api.ErrMalformed},
		"no locator":          {administers(t, "alice"), change(func(r *api.PublishRequest) { r.Locator = "" }), api.ErrMalformed},
		"another's envelope":  {administers(t, "alice"), change(func(r *api.PublishRequest) { r.EnvelopedRecord = recordRequest(t, "bob", 1).EnvelopedRecord }), api.ErrMalformed},
		"not sealed":          {administers(t, "alice"), change(func(r *api.PublishRequest) { r.EnvelopedRecord = open.Bytes() }), api.ErrMalformed},
		"no envelope":         {administers(t, "alice"), change(func(r *api.PublishRequest) { r.EnvelopedRecord = []byte(`{}`) }), api.ErrMalformed},
		"nothing to withdraw": {administers(t, "alice"), change(func(r *api.PublishRequest) { r.EnvelopedRecord = nil }), api.ErrUnknown},
		"two things at once":  {administers(t, "alice"), change(func(r *api.PublishRequest) { r.EnvelopedProfileAccount = profileOf(t, "alice", today).Bytes() }), api.ErrMalformed},
		"too long": {administers(t, "alice"), change(func(r *api.PublishRequest) {
			r.EnvelopedRecord = sealedRecord(t, "alice", strings.Repeat("x", 8<<10), administrator)
		}), api.ErrTooLarge},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := w.do(w.server, tt.by, tt.r)
			isRefusal(t, err, tt.want)
		})
	}
	for i, want := range []*api.Error{nil, nil, api.ErrQuota} {
		k, err := udf.NewKey([]byte{byte(i), 2, 3})
		check(t, err)
		_, err = w.do(w.server, administers(t, "alice"), change(func(r *api.PublishRequest) { r.Locator = k.Locator().Text(280) }))
		if want != nil {
			isRefusal(t, err, want)
		} else {
			check(t, err)
		}
	}
	// Whatever is asked for that is not there, the answer is one.
	for _, locator := range []string{"", "x", "../../etc", strings.Repeat("A", 10000), locatorOf(t, "carol").Text(280), locatorOf(t, "carol").String()} {
		b, err := w.server.Record(ctx, locator)
		if b != nil || !errors.Is(err, api.ErrUnknown) || err.Error() != api.ErrUnknown.Error() {
			t.Errorf("%.20q: %v", locator, err)
		}
	}
}

// A newer profile takes the place of the account's, an older or another does not.
func TestPublishProfile(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("alice", "bob")
	phone := w.connect("alice")
	publish := func(by api.Caller, p *profile.Profile) error {
		_, err := w.do(w.server, by, &api.PublishRequest{AccountAddress: "alice@example.com", EnvelopedProfileAccount: p.Bytes()})
		return err
	}
	now, later := profileOf(t, "alice", today), profileOf(t, "alice", today.Add(time.Hour))
	isRefusal(t, publish(by(t, "alice"), later), api.ErrDenied)
	isRefusal(t, publish(phone.caller(), later), api.ErrDenied)
	isRefusal(t, publish(administers(t, "bob"), later), api.ErrDenied)
	isRefusal(t, publish(administers(t, "alice"), profileOf(t, "bob", today.Add(time.Hour))), api.ErrMalformed)
	check(t, publish(administers(t, "alice"), now))
	check(t, publish(administers(t, "alice"), later))
	check(t, publish(administers(t, "alice"), later))
	isRefusal(t, publish(administers(t, "alice"), now), api.ErrStale)
	r, err := w.do(w.server, by(t, "bob"), &api.GetRequest{AccountAddress: "alice@example.com"})
	check(t, err)
	if string(r.(*api.GetResponse).EnvelopedProfileAccount) != string(later.Bytes()) {
		t.Error("the newer profile is not what others get")
	}
	// The device stays connected.
	_, err = w.do(w.server, phone.caller(), &api.StatusRequest{AccountAddress: "alice@example.com"})
	check(t, err)
	group, err := testAccount(t, "alice").GroupProfile(profile.Details{Address: "alice@example.com", Created: today.Add(2 * time.Hour)})
	check(t, err)
	isRefusal(t, publish(administers(t, "alice"), group), api.ErrMalformed)
}
