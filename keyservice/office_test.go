package keyservice_test

import (
	"bytes"
	"crypto/sha256"
	"io"
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

// An office is a service that may lie.
type office struct {
	testing.TB
	address string
	lie     func(api.Response) // changes what the service answers; nil if it is honest
	instead http.HandlerFunc   // answers signed calls in the place of the service
}

func newOffice(t testing.TB) *office {
	t.Helper()
	db, err := store.OpenBolt(filepath.Join(t.TempDir(), "db"))
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	s, err := server.New(server.Config{Store: db, Address: "keys.example.com", Accounts: server.Policy{Registration: server.Open}})
	check(t, err)
	t.Cleanup(func() { check(t, s.Close()) })
	secrets := server.NewSecrets(time.Now())
	check(t, s.Unseal(secrets))
	o := &office{TB: t}
	web := httptest.NewUnstartedServer(o.between(s.Handler()))
	web.StartTLS()
	t.Cleanup(web.Close)
	key := sha256.Sum256(web.Certificate().RawSubjectPublicKeyInfo)
	s.TLSKey = func() [sha256.Size]byte { return key }
	o.address = keyservice.Address{URL: web.URL, Service: s.Profile().Fingerprint()}.String()
	return o
}

// between changes what a service answers.
func (o *office) between(service http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && o.instead != nil {
			body, err := io.ReadAll(r.Body)
			check(o, err)
			if api.IsCall(body) {
				o.instead(w, r)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		if r.Method != http.MethodPost || o.lie == nil {
			service.ServeHTTP(w, r)
			return
		}
		said := httptest.NewRecorder()
		service.ServeHTTP(said, r)
		answer := said.Body.Bytes()
		x, err := api.ParseResponse(answer)
		check(o, err)
		if _, hello := x.(*api.MeshHelloResponse); !hello && said.Code == api.StatusDone {
			o.lie(x)
			answer, err = api.Marshal(x)
			check(o, err)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(said.Code)
		_, _ = w.Write(answer)
	})
}

func (o *office) dial(by api.Caller) *keyservice.Client {
	o.Helper()
	c, err := keyservice.NewClient(o.address, by)
	check(o, err)
	return c
}
