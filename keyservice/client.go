// Package keyservice calls a key service: Client is the group.Keeper and
// group.Helper of groups whose service is elsewhere, and what an account's owner
// and its devices ask of it.
//
// # Security
//
// The service is known by the fingerprint in its address. The host has to show a
// statement, signed by that service, of the key of its TLS certificate, before
// anything but Hello is said to it; so no certificate authority has to be
// trusted, and none can put another host in between. Without a fingerprint the
// certificate authorities of the system vouch for the host, and so for the
// service. Every call is signed for one service and has a nonce of its own: what
// is tried again is signed anew.
//
// What the service says of accounts, devices and containers is held against what
// proves it, and a *FalseError says what it made up: profiles against fingerprints
// and addresses, connections against the account's profile, containers against
// the digest of what they had before. A service can keep back what is newest.
//
// Contributions are checked by whoever uses them (group.Decryption.Add), records
// by group.Parse and record.Open: a service cannot make up either.
package keyservice

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"meshkey/keyservice/api"
	"meshkey/profile"
)

// A Client calls one service in the name of one caller. Several goroutines may
// use it.
type Client struct {
	address Address
	by      api.Caller
	receipt func([]byte)
	groups  groups
	now     func() time.Time

	meet  sync.Mutex                   // held while the service is met
	known atomic.Pointer[acquaintance] // nil before
	http  *http.Client
}

// An acquaintance is a service that was met, and the TLS key that it stated its host
// has; zero where a certificate authority has to vouch for it.
type acquaintance struct {
	profile *profile.Profile
	tlsKey  [sha256.Size]byte
}

// An Option changes how a client works.
type Option func(*Client)

// Clock is what the client takes for the time.
func Clock(now func() time.Time) Option {
	return func(c *Client) { c.now = now }
}

// NewClient makes a client of the service at an address, the text of an Address.
// Nothing is sent yet. A zero Caller can say Hello, ValidateAccount and fetch
// recovery records. The caller's key stays whose it is.
func NewClient(address string, by api.Caller, options ...Option) (*Client, error) {
	at, err := ParseAddress(address)
	if err != nil {
		return nil, err
	}
	c := &Client{address: at, by: by, now: time.Now}
	for _, o := range options {
		o(c)
	}
	c.http = &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     transport(c.verify),
		Timeout:       maxWait,
	}
	return c, nil
}

// transport speaks TLS with hosts that verify has nothing against.
func transport(verify func(tls.ConnectionState) error) *http.Transport {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		TLSClientConfig: &tls.Config{
			MinVersion:         tls.VersionTLS13,
			InsecureSkipVerify: true, // verify does it
			VerifyConnection:   verify,
		},
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     90 * time.Second,
		MaxIdleConnsPerHost: 64,
		ForceAttemptHTTP2:   true,

		MaxResponseHeaderBytes: maxHeaders,
	}
}

// verify lets only the host through that the service has stated, or that a
// certificate authority vouches for.
func (c *Client) verify(s tls.ConnectionState) error {
	if a := c.known.Load(); a != nil && a.tlsKey != [sha256.Size]byte{} && digestOf(s) == a.tlsKey {
		return nil
	}
	return vouched(s)
}

func digestOf(s tls.ConnectionState) [sha256.Size]byte {
	if len(s.PeerCertificates) == 0 {
		return [sha256.Size]byte{}
	}
	return sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo)
}

// vouched checks a host's certificate as any browser does.
func vouched(s tls.ConnectionState) error {
	if len(s.PeerCertificates) == 0 {
		return errors.New("keyservice: the host shows no certificate")
	}
	o := x509.VerifyOptions{DNSName: s.ServerName, Intermediates: x509.NewCertPool()}
	for _, cert := range s.PeerCertificates[1:] {
		o.Intermediates.AddCert(cert)
	}
	if _, err := s.PeerCertificates[0].Verify(o); err != nil {
		return &untrustedError{err}
	}
	return nil
}

// Hello asks the service who it is, and makes sure that it is the one of the
// address.
func (c *Client) Hello(ctx context.Context) (*profile.Profile, error) {
	c.meet.Lock()
	defer c.meet.Unlock()
	if a := c.known.Load(); a != nil {
		return a.profile, nil
	}
	// What is told to this host is nothing, and what it tells proves itself.
	var shown [sha256.Size]byte
	stranger := transport(func(s tls.ConnectionState) error {
		shown = digestOf(s)
		if c.address.Service.IsZero() {
			return vouched(s)
		}
		return nil
	})
	defer stranger.CloseIdleConnections()
	request := &api.HelloRequest{}
	body, err := api.Marshal(request)
	if err != nil {
		return nil, err
	}
	hc := &http.Client{Transport: stranger, CheckRedirect: c.http.CheckRedirect, Timeout: maxWait}
	answer, err := c.post(ctx, hc, request, body)
	if err != nil {
		return nil, err
	}
	hello := answer.(*api.MeshHelloResponse)
	p, err := profile.Parse(hello.EnvelopedProfileService)
	if err != nil || p.Kind() != "ProfileService" || p.Key(profile.ServiceSignature) == nil {
		return nil, errors.New("keyservice: the host shows no profile of a service")
	}
	if !c.address.Service.IsZero() && !c.address.Service.Matches(p.Fingerprint()) {
		return nil, &WrongServiceError{Want: c.address.Service.String(), Got: p.Fingerprint().String()}
	}
	a := &acquaintance{profile: p}
	if len(hello.EnvelopedHostStatement) > 0 && !c.address.Service.IsZero() {
		stated, err := api.OpenHost(hello.EnvelopedHostStatement, p.Fingerprint(), p.Key(profile.ServiceSignature), c.now())
		if err != nil {
			return nil, err
		}
		if stated != shown {
			return nil, errors.New("keyservice: another host is in between: the certificate is not the one that the service states")
		}
		a.tlsKey = stated
	}
	c.known.Store(a)
	return p, nil
}

// forget has the service met anew, and tells whether that might help: its host
// may have another TLS key by now than it stated.
func (c *Client) forget() bool {
	a := c.known.Load()
	return a != nil && a.tlsKey != [sha256.Size]byte{} && c.known.CompareAndSwap(a, nil)
}

// WrongServiceError says that another service answers than the one that the
// address names.
type WrongServiceError struct{ Want, Got string }

// Error implements error.
func (e *WrongServiceError) Error() string {
	return fmt.Sprintf("keyservice: another service answers there: %s instead of %s", e.Got, e.Want)
}

// Do makes one call, signed by the caller, and returns the response. A refusal is
// an *api.Error. Calls that the service could not answer, or whose answer was
// lost, are made again until ctx ends: all of them may be made twice.
func (c *Client) Do(ctx context.Context, r api.Request) (api.Response, error) {
	var answer api.Response
	err := c.patiently(ctx, func() (err error) {
		service, err := c.Hello(ctx)
		if err != nil {
			return err
		}
		var body []byte
		if c.by.Key == nil {
			body, err = api.Marshal(r)
		} else {
			body, err = api.Sign(r, service.Fingerprint(), c.by, c.now())
		}
		if err != nil {
			return err
		}
		if answer, err = c.post(ctx, c.http, r, body); err != nil {
			return err
		}
		if err = c.receipts(service, body, answer); err != nil {
			api.Wipe(answer)
			answer = nil
		}
		return err
	})
	return answer, err
}

// The pauses between attempts, and how many there are.
const (
	firstPause   = 100 * time.Millisecond
	lastPause    = 2 * time.Second
	longestPause = 10 * time.Second // that a service may ask for
	attempts     = 5
)

// Bounds of what a host can make a client wait for, and keep.
const (
	maxWait    = 2 * time.Minute // for an answer, from the call to its last octet
	maxHeaders = 1 << 16
)

// patiently tries until there is an answer, or no sense in trying again.
func (c *Client) patiently(ctx context.Context, try func() error) error {
	pause := firstPause
	for n := 1; ; n++ {
		err := try()
		if errors.Is(err, ErrUntrusted) && c.forget() {
			err = try()
		}
		if err == nil || n == attempts || !passing(err) {
			return err
		}
		if e, ok := errors.AsType[*api.Error](err); ok {
			if e.RetryAfter > longestPause {
				return err
			}
			pause = max(pause, e.RetryAfter)
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			t.Stop()
			return err
		case <-t.C:
		}
		pause = min(2*pause, lastPause)
	}
}

// passing tells whether an error may be gone the next time.
func passing(err error) bool {
	return errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrReplayed)
}

// post sends one body, and reads the answer.
func (c *Client) post(ctx context.Context, hc *http.Client, r api.Request, body []byte) (api.Response, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address.URL+api.Path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("keyservice: %w", err)
	}
	q.Header.Set("Content-Type", "application/json")
	b, err := send(hc, q)
	if err != nil {
		return nil, err
	}
	answer, err := api.ParseAnswer(r, b)
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// send sends a request and reads what comes back.
func send(hc *http.Client, q *http.Request) ([]byte, error) {
	response, err := hc.Do(q)
	if err != nil {
		return nil, unreachable(err)
	}
	defer response.Body.Close()
	b, err := io.ReadAll(io.LimitReader(response.Body, api.MaxTransfer+1))
	if err != nil {
		return nil, unreachable(err)
	}
	if len(b) > api.MaxTransfer {
		return nil, errors.New("keyservice: the answer is too long")
	}
	if response.StatusCode >= 300 && !strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		return nil, unreachable(fmt.Errorf("the host answers %s", response.Status))
	}
	return b, nil
}

// An UnreachableError says that the service could not be reached, or did not
// answer. It is api.ErrUnavailable.
type UnreachableError struct{ Cause error }

// Error implements error.
func (e *UnreachableError) Error() string { return "keyservice: no answer: " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Cause }

// Is tells that the error is of the kind of api.ErrUnavailable.
func (e *UnreachableError) Is(target error) bool { return target == error(api.ErrUnavailable) }

// ErrUntrusted says that nobody vouches for a host: no certificate authority, and
// no service whose fingerprint is known.
var ErrUntrusted = errors.New("keyservice: no certificate authority vouches for the host, nor does a service whose fingerprint is known")

// untrustedError is ErrUntrusted, and what is wrong with the host's certificate.
type untrustedError struct{ cause error }

// Error implements error.
func (e *untrustedError) Error() string { return ErrUntrusted.Error() + ": " + e.cause.Error() }

// Is tells that the error is of the kind of ErrUntrusted.
func (e *untrustedError) Is(target error) bool { return target == ErrUntrusted }

func unreachable(err error) error {
	if bad, ok := errors.AsType[*untrustedError](err); ok {
		return bad
	}
	return &UnreachableError{err}
}
