package server

import (
	"os"
	"strings"
	"testing"
	"time"

	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/keyservice/store/storetest"
	"meshkey/profile"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// officeStore is a file, or with MESHKEY_TEST_ALL a database.
func officeStore(t testing.TB) store.Store {
	t.Helper()
	if os.Getenv("MESHKEY_TEST_ALL") == "" {
		return openBolt(t)
	}
	db, err := store.OpenPostgres(ctx, storetest.URL(t))
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	return db
}

// newOffice has a service with a policy and no group.
func newOffice(t testing.TB, p Policy) *world {
	t.Helper()
	w := &world{TB: t, db: officeStore(t), secrets: NewSecrets(today), clock: &clock{t: today}, groups: map[string]*circle{}}
	w.server = w.serveWith(p)
	return w
}

// serveWith starts another service on the world's store.
func (w *world) serveWith(p Policy) *Server {
	w.Helper()
	s, err := New(Config{Store: w.db, Address: "keys.example.com", Now: w.clock.now, Ties: time.Hour, Accounts: p})
	check(w, err)
	w.Cleanup(func() { check(w, s.Close()) })
	check(w, s.Unseal(w.secrets))
	return s
}

// profileOf is the profile of the account that belongs to a name.
func profileOf(t testing.TB, name string, at time.Time) *profile.Profile {
	t.Helper()
	p, err := testAccount(t, name).Profile(profile.Details{Address: name + "@example.com", Created: at})
	check(t, err)
	return p
}

// enrol registers names, each with its own call.
func (w *world) enrol(names ...string) {
	w.Helper()
	for _, n := range names {
		_, err := w.do(w.server, by(w, n), createRequest(w, n, ""))
		check(w, err)
	}
}

func createRequest(t testing.TB, name, invitation string) *api.CreateAccountRequest {
	return &api.CreateAccountRequest{
		AccountAddress: name + "@example.com", EnvelopedProfileAccount: profileOf(t, name, today).Bytes(), Invitation: invitation,
	}
}

func (w *world) invite(i Invitation) (text string) {
	w.Helper()
	check(w, w.db.Update(ctx, func(wr store.Writer) (err error) {
		text, err = Invite(wr, i)
		return err
	}))
	return text
}

// Whoever is registered is known, and registering again changes nothing.
func TestCreateAccount(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	alice := by(t, "alice")
	status := &api.StatusRequest{AccountAddress: alice.Account}
	_, err := w.do(w.server, alice, status)
	isRefusal(t, err, api.ErrDenied)
	for _, key := range []string{profile.CommonSignature, profile.AdministratorSignature, profile.ProfileSignature} {
		_, err := w.do(w.server, api.Caller{Account: alice.Account, Key: testAccount(t, "alice").Private(key)}, createRequest(t, "alice", ""))
		check(t, err)
	}
	r, err := w.do(w.server, alice, status)
	check(t, err)
	if got := r.(*api.StatusResponse); string(got.EnvelopedProfileAccount) != string(profileOf(t, "alice", today).Bytes()) {
		t.Error("another profile comes back than was sent")
	}
	if n := len(w.records(alice.Account)); n != 4 {
		t.Errorf("%d records about the account, want 4", n)
	}
}

// An account is registered by whoever has its keys, under its own address, at
// this service.
func TestCreateAccountRefuses(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("alice")
	mallory := testAccount(t, "mallory")
	posing, err := mallory.Profile(profile.Details{Address: "alice@example.com", Created: today})
	check(t, err)
	_, err = w.do(w.server, api.Caller{Account: "alice@example.com", Key: mallory.Private(profile.CommonSignature)},
		&api.CreateAccountRequest{AccountAddress: "alice@example.com", EnvelopedProfileAccount: posing.Bytes()})
	isRefusal(t, err, api.ErrExists)

	bob := createRequest(t, "bob", "")
	_, err = w.do(w.server, api.Caller{Account: "bob@example.com", Key: mallory.Private(profile.CommonSignature)}, bob)
	isRefusal(t, err, api.ErrDenied)
	_, err = w.do(w.server, api.Caller{Account: "carol@example.com", Key: testAccount(t, "bob").Private(profile.CommonSignature)}, bob)
	isRefusal(t, err, api.ErrMalformed)
	_, err = w.do(w.server, by(t, "bob"), &api.CreateAccountRequest{AccountAddress: "bob@example.com", EnvelopedProfileAccount: profileOf(t, "alice", today).Bytes()})
	isRefusal(t, err, api.ErrMalformed)
	body, err := api.Marshal(bob)
	check(t, err)
	_, err = w.send(w.server, body)
	isRefusal(t, err, api.ErrUnsigned)
	elsewhere, err := testAccount(t, "bob").Profile(profile.Details{Address: "bob@example.com", Service: mallory.Fingerprint().String(), Created: today})
	check(t, err)
	_, err = w.do(w.server, by(t, "bob"), &api.CreateAccountRequest{AccountAddress: "bob@example.com", EnvelopedProfileAccount: elsewhere.Bytes()})
	isRefusal(t, err, api.ErrMalformed)
	device, err := freshDevice(t).Profile(today)
	check(t, err)
	_, err = w.do(w.server, by(t, "bob"), &api.CreateAccountRequest{AccountAddress: "bob@example.com", EnvelopedProfileAccount: device.Bytes()})
	isRefusal(t, err, api.ErrMalformed)

	here, err := testAccount(t, "bob").Profile(profile.Details{Address: "bob@example.com", Service: w.fingerprint().String(), Created: today})
	check(t, err)
	_, err = w.do(w.server, by(t, "bob"), &api.CreateAccountRequest{AccountAddress: "bob@example.com", EnvelopedProfileAccount: here.Bytes()})
	check(t, err)
}

func TestAdmits(t *testing.T) {
	p := Policy{}
	p.complete("keys.example.com:8443")
	for _, address := range []string{"alice@example.com", "a.b-c_d+1@example.com", "g@keys.example.com", "9@example.com"} {
		if why := p.admits(address); why != "" {
			t.Errorf("%s: %s", address, why)
		}
	}
	for _, address := range []string{
		"", "alice", "@example.com", "alice@", "alice@com", "alice@example.org", "alice@badexample.com", "alice@sub.example.com",
		"Alice@example.com", "alice@example.com.", ".alice@example.com", "alice.@example.com", "al..ice@example.com",
		"alice@example.com\x00", "al ice@example.com", "alice@@example.com", "аlice@example.com", "alice\n@example.com",
		strings.Repeat("a", 65) + "@example.com",
	} {
		if p.admits(address) == "" {
			t.Errorf("%q is admitted", address)
		}
	}
	local := Policy{}
	local.complete("localhost")
	if local.admits("alice@localhost") != "" || local.admits("alice@example.com") == "" {
		t.Error("a service at localhost")
	}
	any := Policy{Domains: []string{"*"}}
	any.complete("localhost")
	if any.admits("alice@example.org") != "" {
		t.Error("a service for every domain")
	}
}

// An invitation is for whom it says, as often as it says, until it says; and one
// that is not good is not told apart from another, nor from a name that is taken.
func TestInvitations(t *testing.T) {
	w := newOffice(t, Policy{})
	create := func(name, invitation string) error {
		_, err := w.do(w.server, by(t, name), createRequest(t, name, invitation))
		return err
	}
	for _, text := range []string{"", "x", "NBAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"} {
		err := create("alice", text)
		if isRefusal(t, err, api.ErrDenied); !strings.Contains(err.Error(), "invitation") {
			t.Errorf("who has no invitation is told: %v", err)
		}
	}
	two := w.invite(Invitation{Uses: 2, Expires: today.Add(time.Hour)})
	check(t, create("alice", two))
	check(t, create("alice", two)) // the same again: nothing is used up
	check(t, create("alice", ""))
	check(t, create("bob", two))
	isRefusal(t, create("carol", two), api.ErrDenied)

	carols := w.invite(Invitation{Address: "carol@example.com", Uses: 1, Expires: today.Add(time.Hour)})
	isRefusal(t, create("dave", carols), api.ErrDenied)
	check(t, create("carol", carols))
	domain := w.invite(Invitation{Address: "*@example.com", Uses: 5, Expires: today.Add(time.Minute)})
	check(t, create("dave", domain))
	elsewhere := w.invite(Invitation{Address: "*@example.org", Uses: 5, Expires: today.Add(time.Hour)})
	isRefusal(t, create("erin", elsewhere), api.ErrDenied)
	w.clock.add(time.Minute)
	isRefusal(t, create("erin", domain), api.ErrDenied)

	closed := w.serveWith(Policy{Registration: Closed})
	_, err := w.do(closed, by(t, "erin"), createRequest(t, "erin", domain))
	isRefusal(t, err, api.ErrDenied)
}

// Strangers learn about the form of an address alone.
func TestValidateAccount(t *testing.T) {
	w := newOffice(t, Policy{})
	invitation := w.invite(Invitation{Uses: 9, Expires: today.Add(time.Hour)})
	_, err := w.do(w.server, by(t, "alice"), createRequest(t, "alice", invitation))
	check(t, err)
	ask := func(s *Server, address, invitation string) *api.ValidateAccountResponse {
		t.Helper()
		body, err := api.Marshal(&api.ValidateAccountRequest{AccountAddress: address, Invitation: invitation})
		check(t, err)
		r, err := w.send(s, body)
		check(t, err)
		return r.(*api.ValidateAccountResponse)
	}
	taken, free := ask(w.server, "alice@example.com", ""), ask(w.server, "bob@example.com", "")
	if !taken.Valid || taken.Available || free.Valid != taken.Valid || free.Available || free.Reason != taken.Reason {
		t.Errorf("a stranger sees %+v and %+v", taken, free)
	}
	if r := ask(w.server, "alice@example.com", invitation); r.Available || r.Reason == "" {
		t.Errorf("the invited see the name free: %+v", r)
	}
	if r := ask(w.server, "bob@example.com", invitation); !r.Valid || !r.Available {
		t.Errorf("the invited see %+v", r)
	}
	if r := ask(w.server, "bob@example.org", invitation); r.Valid || r.Available || r.Reason == "" {
		t.Errorf("elsewhere: %+v", r)
	}
	open := w.serveWith(Policy{Registration: Open})
	if taken, free := ask(open, "alice@example.com", ""), ask(open, "bob@example.com", ""); taken.Available || !free.Available {
		t.Errorf("everyone may: %+v, %+v", taken, free)
	}
}

// Without invitations there is an end to how many accounts there can be. Who is
// invited comes in, and who was there comes back.
func TestAccountsAreBounded(t *testing.T) {
	w := newOffice(t, Policy{Registration: ByInvitation})
	_, err := w.do(w.server, by(t, "alice"), createRequest(t, "alice", w.invite(Invitation{Uses: 1, Expires: today.Add(time.Hour)})))
	check(t, err)
	w.server = w.serveWith(Policy{Registration: Open, Accounts: 2})
	w.enrol("bob", "bob")
	_, err = w.do(w.server, by(t, "carol"), createRequest(t, "carol", ""))
	isRefusal(t, err, api.ErrDenied)
	answer, err := w.do(w.server, by(t, "carol"), &api.ValidateAccountRequest{AccountAddress: "carol@example.com"})
	check(t, err)
	if v := answer.(*api.ValidateAccountResponse); v.Available || v.Reason == "" {
		t.Errorf("%+v", v)
	}
	_, err = w.do(w.server, administers(t, "bob"), &api.DeleteAccountRequest{AccountAddress: "bob@example.com"})
	check(t, err)
	w.enrol("bob")
	other := w.serveWith(Policy{Registration: Open, Accounts: 3})
	_, err = w.do(other, by(t, "carol"), createRequest(t, "carol", ""))
	check(t, err)
	check(t, w.db.View(ctx, func(r store.Reader) error {
		n, err := countAccounts(r)
		if n != 3 {
			t.Errorf("%d accounts", n)
		}
		return err
	}))
	// A store from before accounts were counted.
	check(t, w.db.Update(ctx, func(w store.Writer) error { return w.Delete(countTable, []byte(accountTable)) }))
	_, err = w.do(other, by(t, "dave"), createRequest(t, "dave", ""))
	isRefusal(t, err, api.ErrDenied)
}

// Who has replaced his profile, as when its administrator's key was lost, cannot be
// given the old one back by whoever has that key, not even once he has left.
func TestRegisterAnew(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("alice")
	later := profileOf(t, "alice", today.Add(time.Hour))
	_, err := w.do(w.server, administers(t, "alice"), &api.PublishRequest{AccountAddress: later.Address(), EnvelopedProfileAccount: later.Bytes()})
	check(t, err)
	_, err = w.do(w.server, administers(t, "alice"), &api.DeleteAccountRequest{AccountAddress: later.Address()})
	check(t, err)
	_, err = w.do(w.server, administers(t, "alice"), createRequest(t, "alice", ""))
	isRefusal(t, err, api.ErrStale)
	_, err = w.do(w.server, by(t, "alice"), &api.CreateAccountRequest{AccountAddress: later.Address(), EnvelopedProfileAccount: later.Bytes()})
	check(t, err)
}

// What is deleted is gone at once, on every service; its name stays its owner's,
// and the log stays whole.
func TestDeleteAccount(t *testing.T) {
	w := newOffice(t, Policy{Registration: Open})
	w.enrol("alice", "bob")
	phone := w.connect("alice")
	address := "alice@example.com"
	_, err := w.do(w.server, by(t, "alice"), transferTo(address, "MMM_Contact", 0, nil, envelope(t, "one")))
	check(t, err)
	_, err = w.do(w.server, administers(t, "alice"), recordRequest(t, "alice", 1))
	check(t, err)
	gone := &api.DeleteAccountRequest{AccountAddress: address}
	for who, caller := range map[string]api.Caller{
		"the common key": by(t, "alice"), "a device": phone.caller(), "bob": administers(t, "bob"),
		"bob for alice": {Account: address, Key: testAccount(t, "bob").Private(profile.AdministratorSignature)},
	} {
		if _, err := w.do(w.server, caller, gone); err == nil {
			t.Errorf("%s deletes the account", who)
		}
	}
	other := w.serveWith(Policy{Registration: Open})
	_, err = w.do(other, phone.caller(), &api.StatusRequest{AccountAddress: address})
	check(t, err)
	before := len(w.records(address))
	_, err = w.do(w.server, administers(t, "alice"), gone)
	check(t, err)
	for _, s := range []*Server{w.server, other} {
		for _, caller := range []api.Caller{by(t, "alice"), administers(t, "alice"), phone.caller()} {
			_, err := w.do(s, caller, &api.StatusRequest{AccountAddress: address})
			isRefusal(t, err, api.ErrDenied)
		}
		_, err = w.do(s, by(t, "bob"), &api.GetRequest{AccountAddress: address})
		isRefusal(t, err, api.ErrUnknown)
		_, err = s.Record(ctx, locatorOf(t, "alice").Text(280))
		isRefusal(t, err, api.ErrUnknown)
	}
	if len(w.records(address)) <= before {
		t.Error("the log does not have the deletion")
	}
	for _, table := range []store.Table{connectTable, containerTable, entryTable} {
		check(t, w.db.View(ctx, func(r store.Reader) error {
			if n, err := countKeys(r, table, under(address)); err != nil || n > 0 {
				t.Errorf("%d entries of %s are left: %v", n, table, err)
			}
			return nil
		}))
	}
	// Who did not get the answer asks again; nobody else is told.
	_, err = w.do(other, administers(t, "alice"), gone)
	check(t, err)
	for _, caller := range []api.Caller{by(t, "alice"), phone.caller(), {Account: address, Key: administers(t, "bob").Key}} {
		_, err = w.do(other, caller, gone)
		isRefusal(t, err, api.ErrDenied)
	}
	// Nobody else gets the name; its owner does, with nothing that was there.
	mallory := testAccount(t, "mallory")
	posing, err := mallory.Profile(profile.Details{Address: address, Created: today})
	check(t, err)
	_, err = w.do(w.server, api.Caller{Account: address, Key: mallory.Private(profile.CommonSignature)},
		&api.CreateAccountRequest{AccountAddress: address, EnvelopedProfileAccount: posing.Bytes()})
	isRefusal(t, err, api.ErrExists)
	w.enrol("alice")
	r, err := w.do(other, by(t, "alice"), &api.StatusRequest{AccountAddress: address})
	check(t, err)
	if s := r.(*api.StatusResponse); len(s.ContainerStatus) > 0 || len(s.Devices) > 0 {
		t.Errorf("what was deleted is back: %+v", s)
	}
	_, err = w.do(w.server, phone.caller(), &api.StatusRequest{AccountAddress: address})
	isRefusal(t, err, api.ErrDenied)
}
