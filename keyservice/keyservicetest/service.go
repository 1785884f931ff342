// Package keyservicetest runs a real key service in a test: with its store, its
// keys and TLS, on the loopback.
//
//	s := keyservicetest.Start(t, nil)
//	c := s.Client(api.Caller{Account: "alice@example.com", Key: account.Private(profile.AdministratorSignature)})
//	err := c.CreateAccount(t.Context(), aliceProfile, "")
package keyservicetest

import (
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"meshkey/keyservice"
	"meshkey/keyservice/api"
	"meshkey/keyservice/server"
	"meshkey/keyservice/store"
)

// A Service is a key service that answers until the test is over.
type Service struct {
	Address string // with the service's fingerprint
	Server  *server.Server
	Secrets *server.Secrets

	t    testing.TB
	host *httptest.Server
}

// Start starts a service over a store, which stays the caller's; nil is one of its
// own. Everyone may register accounts under example.com. It ends with the test.
func Start(t testing.TB, st store.Store) *Service {
	t.Helper()
	if st == nil {
		own, err := store.OpenBolt(filepath.Join(t.TempDir(), "keyservice.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = own.Close() })
		st = own
	}
	s, err := server.New(server.Config{
		Store: st, Address: "keys.example.com", Accounts: server.Policy{Registration: server.Open},
	})
	if err != nil {
		t.Fatal(err)
	}
	secrets := server.NewSecrets(time.Now())
	if err := s.Unseal(secrets); err != nil {
		t.Fatal(err)
	}
	host := httptest.NewUnstartedServer(s.Handler())
	host.StartTLS()
	key := sha256.Sum256(host.Certificate().RawSubjectPublicKeyInfo)
	s.TLSKey = func() [sha256.Size]byte { return key }
	t.Cleanup(func() {
		host.Close()
		_ = s.Close()
		secrets.Wipe()
	})
	at := keyservice.Address{URL: host.URL, Service: s.Profile().Fingerprint()}
	return &Service{Address: at.String(), Server: s, Secrets: secrets, t: t, host: host}
}

// Serve puts another handler before callers, such as one that fails at times. It
// is to be called before any.
func (s *Service) Serve(h http.Handler) { s.host.Config.Handler = h }

// Client makes a client of the service.
func (s *Service) Client(by api.Caller, options ...keyservice.Option) *keyservice.Client {
	s.t.Helper()
	c, err := keyservice.NewClient(s.Address, by, options...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(c.Close)
	return c
}
