package keyservice_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meshkey/keyservice"
	"meshkey/keyservice/api"
	"meshkey/keyservice/keyservicetest"
	"meshkey/mesh"
)

// certificate makes a TLS certificate of a name, signed by itself.
func certificate(t *testing.T, name string) tls.Certificate {
	t.Helper()
	seed := sha256.Sum256([]byte(name))
	key := ed25519.NewKeyFromSeed(seed[:])
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: slices.DeleteFunc([]net.IP{net.ParseIP(name)}, func(ip net.IP) bool { return ip == nil }),
		IsCA:        true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(nil, c, c, key.Public(), key)
	check(t, err)
	leaf, err := x509.ParseCertificate(der)
	check(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// A stage is a service behind a host of its own, whose certificate is changed at
// will.
type stage struct {
	*keyservicetest.Service
	host *httptest.Server
	mu   sync.Mutex
	has  tls.Certificate
}

func newStage(t *testing.T, h http.Handler, config *tls.Config) *stage {
	t.Helper()
	s := &stage{Service: start(t), has: certificate(t, "first")}
	if h == nil {
		h = s.Server.Handler()
	}
	config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		now := config.Clone()
		now.GetConfigForClient, now.Certificates = nil, []tls.Certificate{s.shown()}
		return now, nil
	}
	s.Server.TLSKey = func() [sha256.Size]byte { return sha256.Sum256(s.shown().Leaf.RawSubjectPublicKeyInfo) }
	s.host = httptest.NewUnstartedServer(h)
	s.host.TLS = config
	s.host.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	s.host.StartTLS()
	t.Cleanup(s.host.Close)
	_, fingerprint, _ := strings.Cut(s.Address, "#")
	s.Address = s.host.URL + "/#" + fingerprint
	return s
}

func (s *stage) shown() tls.Certificate {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.has
}

func (s *stage) show(c tls.Certificate) {
	s.mu.Lock()
	s.has = c
	s.mu.Unlock()
	s.host.CloseClientConnections()
}

func dial(t *testing.T, address string, by api.Caller, options ...keyservice.Option) *keyservice.Client {
	t.Helper()
	c, err := keyservice.NewClient(address, by, options...)
	check(t, err)
	t.Cleanup(c.Close)
	return c
}

// A host that the client did not meet gets no call, even if an authority would
// vouch for it: the client knows one that was stated, and the network sends it to
// another.
func TestTakenOver(t *testing.T) {
	var calls atomic.Int64
	s := newStage(t, nil, &tls.Config{})
	p, by := somebody(t, "alice@example.com")
	c := dial(t, s.Address, by)
	check(t, c.CreateAccount(t.Context(), p, ""))
	honest := s.Server.TLSKey() // the service goes on stating this one
	s.Server.TLSKey = func() [sha256.Size]byte { return honest }
	s.host.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		s.Server.Handler().ServeHTTP(w, r)
	})
	s.show(certificate(t, "second"))
	_, err := c.Profile(t.Context(), "alice@example.com", p.Fingerprint())
	if err == nil || !strings.Contains(err.Error(), "in between") {
		t.Errorf("%v", err)
	}
	if n := calls.Load(); n != 2 { // Hello, and again in case the certificate was just renewed
		t.Errorf("%d requests came to a host that was not stated", n)
	}
}

// Where the fingerprint is known, a host without a statement is none.
func TestNoStatement(t *testing.T) {
	s := newStage(t, nil, &tls.Config{})
	s.Server.TLSKey = nil
	if p, err := dial(t, s.Address, api.Caller{}).Hello(t.Context()); err == nil {
		t.Errorf("the client met %v", p.Fingerprint())
	}
}

// Where an authority has to vouch for the host, it has to for this one, be it given
// by its name or by its IP address.
func TestVouched(t *testing.T) {
	s := newStage(t, nil, &tls.Config{})
	_, port, err := net.SplitHostPort(s.host.Listener.Addr().String())
	check(t, err)
	for name, hosts := range map[string]map[string]bool{
		"mallory.example": {"127.0.0.1": false, "localhost": false},
		"localhost":       {"127.0.0.1": false, "localhost": true},
		"127.0.0.1":       {"127.0.0.1": true, "localhost": false},
	} {
		shown := certificate(t, name)
		s.show(shown)
		roots := x509.NewCertPool()
		roots.AddCert(shown.Leaf)
		for host, want := range hosts {
			c := dial(t, "https://"+net.JoinHostPort(host, port)+"/", api.Caller{}, keyservice.Roots(roots))
			_, err := c.Hello(t.Context())
			if want {
				_, e := c.FetchRecord(t.Context(), "MAAA") // by a connection that is kept
				if err != nil || !errors.Is(e, api.ErrUnknown) {
					t.Errorf("%s with the certificate of %s: %v, %v", host, name, err, e)
				}
			} else if !errors.Is(err, keyservice.ErrUntrusted) {
				t.Errorf("%s with the certificate of %s: %v", host, name, err)
			}
		}
	}
}

// Where callers need a certificate, they need one that the service takes.
func TestClientCertificate(t *testing.T) {
	alice := certificate(t, "alice")
	pool := x509.NewCertPool()
	pool.AddCert(alice.Leaf)
	s := newStage(t, nil, &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool})
	if _, err := dial(t, s.Address, api.Caller{}, keyservice.Certificate(alice)).Hello(t.Context()); err != nil {
		t.Error(err)
	}
	for name, options := range map[string][]keyservice.Option{
		"none":    nil,
		"another": {keyservice.Certificate(certificate(t, "mallory"))},
	} {
		if _, err := dial(t, s.Address, api.Caller{}, options...).Hello(t.Context()); !errors.Is(err, keyservice.ErrCertificate) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Who is refused for his clock is told by how much it is wrong.
func TestClock(t *testing.T) {
	s := start(t)
	p, by := somebody(t, "alice@example.com")
	for ahead, want := range map[time.Duration]string{7 * time.Minute: "7m", -3 * time.Hour: "2h59m"} {
		ahead += 5 * time.Second
		c := s.Client(by, keyservice.Clock(func() time.Time { return time.Now().Add(ahead) }))
		err := c.CreateAccount(t.Context(), p, "")
		wrong, ok := errors.AsType[*keyservice.ClockError](err)
		if !ok || !errors.Is(err, api.ErrExpired) || wrong.Ahead > 0 != (ahead > 0) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v ahead: %v", ahead, err)
		}
	}
}

// A sealed service says so at once, in a word of its own.
func TestSealed(t *testing.T) {
	s := start(t)
	s.Server.Seal()
	if _, err := s.Client(api.Caller{}).Hello(t.Context()); !errors.Is(err, api.ErrSealed) {
		t.Error(err)
	}
	check(t, s.Server.Unseal(s.Secrets))
	if _, err := s.Client(api.Caller{}).Hello(t.Context()); err != nil {
		t.Error(err)
	}
}

// cutter is a way to a host that is cut: after so many octets of each connection
// in either direction, until it is told to stop.
type cutter struct {
	net.Listener
	to    string
	after atomic.Int64 // negative: never
	cuts  atomic.Int64
}

func newCutter(t *testing.T, to string) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	c := &cutter{Listener: l, to: to}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.pass(conn)
		}
	}()
	return c
}

func (c *cutter) pass(in net.Conn) {
	defer in.Close()
	out, err := net.Dial("tcp", c.to)
	if err != nil {
		return
	}
	defer out.Close()
	var passed atomic.Int64
	end := make(chan struct{}, 2)
	copy := func(to, from net.Conn) {
		defer func() { end <- struct{}{} }()
		b := make([]byte, 512)
		for {
			n, err := from.Read(b)
			if limit := c.after.Load(); limit >= 0 && passed.Add(int64(n)) > limit {
				c.cuts.Add(1)
				c.after.Store(-1)
				return
			}
			if _, e := to.Write(b[:n]); e != nil || err != nil {
				return
			}
		}
	}
	go copy(in, out)
	go copy(out, in)
	<-end
}

// Wherever a connection is cut, the call is made in the end, and once.
func TestCut(t *testing.T) {
	s := newStage(t, nil, &tls.Config{})
	cut := newCutter(t, s.host.Listener.Addr().String())
	cut.after.Store(-1)
	_, fingerprint, _ := strings.Cut(s.Address, "#")
	p, by := somebody(t, "alice@example.com")
	c := dial(t, "https://"+cut.Addr().String()+"/#"+fingerprint, by)
	check(t, c.CreateAccount(t.Context(), p, ""))
	head := keyservice.Head{Container: "cut"}
	for after := int64(0); after < 4000; after += 500 {
		c.Close() // the next call has a connection of its own
		cut.after.Store(after)
		var err error
		if head, err = c.Transfer(t.Context(), head, []byte(`[{},""]`)); err != nil {
			t.Fatalf("cut after %d octets: %v", after, err)
		}
	}
	if n := cut.cuts.Load(); n < 4 {
		t.Errorf("%d cuts: the test shows nothing", n)
	}
	if head.Index != 8 {
		t.Errorf("%d envelopes", head.Index)
	}
}

// What may have been carried out, and is refused the second time, is not told as
// a refusal alone.
func TestUncertain(t *testing.T) {
	s := start(t)
	h := s.Server.Handler()
	var lose atomic.Bool
	s.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if lose.CompareAndSwap(true, false) {
			h.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		h.ServeHTTP(w, r)
	}))
	p, by := somebody(t, "alice@example.com")
	c := s.Client(by)
	check(t, c.CreateAccount(t.Context(), p, ""))
	lose.Store(true)
	u := &api.ContainerUpdate{Envelopes: []mesh.Envelope{[]byte(`[{},""]`)}}
	u.Container = "uncertain"
	_, err := c.Do(t.Context(), &api.TransferRequest{AccountAddress: by.Account, Updates: []*api.ContainerUpdate{u}})
	if _, ok := errors.AsType[*keyservice.UncertainError](err); !ok || !errors.Is(err, api.ErrStale) {
		t.Errorf("%v", err)
	}
	lose.Store(true)
	check(t, c.DeleteAccount(t.Context())) // a second time it does nothing
}

// A client that is closed leaves nothing running.
func TestNothingLeft(t *testing.T) {
	s := start(t)
	p, by := somebody(t, "alice@example.com")
	c := s.Client(by)
	check(t, c.CreateAccount(t.Context(), p, ""))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_ = c.DeleteAccount(ctx)
	c.Close()
	for range 10000 {
		var all [1 << 20]byte
		stacks := string(all[:runtime.Stack(all[:], true)])
		if !strings.Contains(stacks, "persistConn") && !strings.Contains(stacks, "keyservice.(*Client)") {
			return
		}
		runtime.Gosched()
		time.Sleep(time.Millisecond)
	}
	t.Error("a connection of the client is still there")
}
