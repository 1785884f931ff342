package keyservice_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"meshkey/cogen"
	"meshkey/keyservice"
	"meshkey/keyservice/api"
	"meshkey/keyservice/server"
	"meshkey/keyservice/store"
	"meshkey/profile"
)

// Alice registers an account at a service and connects her phone to it. The phone
// has a key of its own from then on, which she can take away from it.
func ExampleClient_ConnectStart() {
	ctx := context.Background()
	service, stop, err := exampleService()
	if err != nil {
		panic(err)
	}
	defer stop()
	dial := func(key *cogen.PrivateKey) *keyservice.Client {
		c, err := keyservice.NewClient(service, api.Caller{Account: "alice@example.com", Key: key})
		if err != nil {
			panic(err)
		}
		return c
	}

	// Alice has the seed of her account.
	seed := profile.NewSeed()
	defer seed.Wipe()
	account, err := seed.Account()
	if err != nil {
		panic(err)
	}
	defer account.Wipe()
	own, err := account.Profile(profile.Details{Address: "alice@example.com", Created: time.Now()})
	if err != nil {
		panic(err)
	}
	alice := dial(account.Private(profile.AdministratorSignature))
	if err := alice.CreateAccount(ctx, own, ""); err != nil {
		panic(err)
	}

	// The phone asks.
	phone, err := profile.NewDevice(profile.NewDeviceSeed())
	if err != nil {
		panic(err)
	}
	defer phone.Wipe()
	request, err := phone.RequestConnection("alice@example.com", nil, time.Now())
	if err != nil {
		panic(err)
	}
	stranger := dial(phone.Private(profile.ProfileSignature))
	shown, _, err := stranger.ConnectStart(ctx, request)
	if err != nil {
		panic(err)
	}
	onThePhone := request.Witness(shown.Fingerprint())

	// Alice sees the request, compares, and accepts.
	waiting, err := alice.ConnectPending(ctx)
	if err != nil {
		panic(err)
	}
	onHerScreen := waiting[0].Request.Witness(account.Fingerprint())
	fmt.Println("the same on both:", onThePhone.String() == onHerScreen.String())
	answer, err := account.Accept(waiting[0].Request, own, profile.Acceptance{Name: "phone", Time: time.Now()})
	if err != nil {
		panic(err)
	}
	if err := alice.ConnectComplete(ctx, answer); err != nil {
		panic(err)
	}

	// The phone fetches the answer and has its keys.
	fetched, err := stranger.ConnectStatus(ctx, request)
	if err != nil {
		panic(err)
	}
	connected, err := phone.Complete(request, fetched, profile.Trust{Account: shown.Fingerprint()})
	if err != nil {
		panic(err)
	}
	defer connected.Device.Wipe()
	device := dial(connected.Device.Private(profile.Signature))
	status, err := device.Status(ctx, shown.Fingerprint())
	if err != nil {
		panic(err)
	}
	fmt.Println("devices:", len(status.Devices), status.Devices[0].Name)

	// It was lost.
	if err := alice.RemoveDevice(ctx, phone.Fingerprint()); err != nil {
		panic(err)
	}
	_, err = device.Status(ctx, shown.Fingerprint())
	fmt.Println(err)
	// Output:
	// the same on both: true
	// devices: 1 phone
	// keyservice: the caller may not do this
}

// exampleService runs a service, as keyservicetest does in a test.
func exampleService() (address string, stop func(), err error) {
	dir, err := os.MkdirTemp("", "keyservice")
	if err != nil {
		return "", nil, err
	}
	db, err := store.OpenBolt(filepath.Join(dir, "db"))
	if err != nil {
		return "", nil, err
	}
	s, err := server.New(server.Config{Store: db, Address: "keys.example.com", Accounts: server.Policy{Registration: server.Open}})
	if err != nil {
		return "", nil, err
	}
	if err := s.Unseal(server.NewSecrets(time.Now())); err != nil {
		return "", nil, err
	}
	host := httptest.NewUnstartedServer(s.Handler())
	host.StartTLS()
	key := sha256.Sum256(host.Certificate().RawSubjectPublicKeyInfo)
	s.TLSKey = func() [sha256.Size]byte { return key }
	stop = func() {
		host.Close()
		s.Close()
		db.Close()
		os.RemoveAll(dir)
	}
	return keyservice.Address{URL: host.URL, Service: s.Profile().Fingerprint()}.String(), stop, nil
}
