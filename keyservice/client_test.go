package keyservice_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"meshkey/keyservice"
	"meshkey/keyservice/api"
	"meshkey/keyservice/keyservicetest"
	"meshkey/profile"
)

func start(t *testing.T) *keyservicetest.Service {
	t.Helper()
	return keyservicetest.Start(t, nil)
}

// somebody is a new account of that address, and its caller.
func somebody(t *testing.T, address string) (*profile.Profile, api.Caller) {
	t.Helper()
	seed := profile.NewSeed()
	account, err := seed.Account()
	if err != nil {
		t.Fatal(err)
	}
	p, err := account.Profile(profile.Details{Address: address, Created: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return p, api.Caller{Account: address, Key: account.Private(profile.AdministratorSignature)}
}

// between is a host that passes everything on to the service, and counts what
// comes beside Hello.
func between(t *testing.T, s *keyservicetest.Service) (address string, heard *atomic.Int64) {
	heard = &atomic.Int64{}
	h := s.Server.Handler()
	host := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if !bytes.Contains(b, []byte("HelloRequest")) {
			heard.Add(1)
		}
		r.Body = io.NopCloser(bytes.NewReader(b))
		h.ServeHTTP(w, r)
	}))
	host.TLS = freshCertificate(t)
	host.StartTLS()
	t.Cleanup(host.Close)
	_, fingerprint, _ := strings.Cut(s.Address, "#")
	return host.URL + "/#" + fingerprint, heard
}

// A host that stands between the client and the service gets nothing but Hello,
// though it can pass the service's own statement on.
func TestBetween(t *testing.T) {
	s := start(t)
	at, heard := between(t, s)
	p, by := somebody(t, "alice@example.com")
	c, err := keyservice.NewClient(at, by)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CreateAccount(context.Background(), p, ""); err == nil || !strings.Contains(err.Error(), "in between") {
		t.Errorf("%v", err)
	}
	if n := heard.Load(); n != 0 {
		t.Errorf("%d calls were made to another host", n)
	}
}

// A service is not taken for another, nor anything for a service that nobody
// vouches for, nor a statement that is out of date.
func TestWhich(t *testing.T) {
	s := start(t)
	where, _, _ := strings.Cut(s.Address, "#")
	for name, test := range map[string]struct {
		address string
		option  keyservice.Option
		want    func(error) bool
	}{
		"itself":        {s.Address, keyservice.Clock(time.Now), func(err error) bool { return err == nil }},
		"by 20 letters": {s.Address[:len(where)+1+24], keyservice.Clock(time.Now), func(err error) bool { return err == nil }},
		"another": {where + "#MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V", keyservice.Clock(time.Now), func(err error) bool {
			_, ok := errors.AsType[*keyservice.WrongServiceError](err)
			return ok
		}},
		"nobody vouches": {where, keyservice.Clock(time.Now), func(err error) bool { return errors.Is(err, keyservice.ErrUntrusted) }},
		"out of date": {s.Address, keyservice.Clock(func() time.Time { return time.Now().Add(48 * time.Hour) }), func(err error) bool {
			return err != nil && strings.Contains(err.Error(), "out of date")
		}},
		"nobody there": {"https://127.0.0.1:1/", keyservice.Clock(time.Now), func(err error) bool { return errors.Is(err, api.ErrUnavailable) }},
	} {
		c, err := keyservice.NewClient(test.address, api.Caller{}, test.option)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Hello(context.Background()); !test.want(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What fails in passing is tried again, signed anew; what is refused is not. Each
// answer brings its receipt.
func TestAgain(t *testing.T) {
	s := start(t)
	var failing, calls atomic.Int64
	h := s.Server.Handler()
	bodies := make(chan string, 16)
	s.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(b))
		if !bytes.Contains(b, []byte("HelloRequest")) {
			calls.Add(1)
			bodies <- string(b)
			if failing.Add(-1) >= 0 {
				h.ServeHTTP(httptest.NewRecorder(), r) // it is done, and the answer is lost
				w.WriteHeader(http.StatusBadGateway)
				return
			}
		}
		h.ServeHTTP(w, r)
	}))
	p, by := somebody(t, "alice@example.com")
	receipts := 0
	c := s.Client(by, keyservice.OnReceipt(func([]byte) { receipts++ }))
	failing.Store(2)
	if err := c.CreateAccount(context.Background(), p, ""); err != nil {
		t.Fatal(err)
	}
	if calls.Load() != 3 || receipts != 1 {
		t.Errorf("%d calls, %d receipts", calls.Load(), receipts)
	}
	seen := map[string]bool{}
	for range 3 {
		seen[<-bodies] = true
	}
	if len(seen) != 3 {
		t.Error("a call was made twice as it was")
	}
	_, stranger := somebody(t, "bob@example.com")
	calls.Store(0)
	if err := s.Client(stranger).DeleteAccount(context.Background()); !errors.Is(err, api.ErrDenied) || calls.Load() != 1 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
	s.Server.Seal()
	if _, err := s.Client(by).Hello(context.Background()); err == nil || !strings.Contains(err.Error(), "(request ") {
		t.Errorf("what the service has to look into does not say which request it was: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	failing.Store(1000)
	cancel()
	if err := c.DeleteAccount(ctx); err == nil {
		t.Error("a call that was given up succeeded")
	}
}

// An address is read as it is written.
func FuzzAddress(f *testing.F) {
	for _, text := range []string{
		"https://keys.example.com/#MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V", "https://127.0.0.1:8443", "https://[::1]:8443/",
		"http://keys.example.com", "https://a@b/", "https://a/b", "https://", "https://a/#M", "https://a?b", "https://a%25", "https://[fe80::1%25eth0]/",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := keyservice.ParseAddress(text)
		if err != nil {
			return
		}
		b, err := keyservice.ParseAddress(a.String())
		if err != nil || a.String() != b.String() || b.Host() == "" {
			t.Errorf("%q is read as %q and that as %q, %v", text, a, b, err)
		}
	})
}
