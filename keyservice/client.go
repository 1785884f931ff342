// Package keyservice calls a key service: Client is the group.Keeper and
// group.Helper of groups whose service is elsewhere, and what an account's owner
// and its devices ask of it.
//
// # Security
//
// The service is known by the fingerprint in its address. The host has to show a
// statement, signed by that service, of the key of its TLS certificate, before
// anything but Hello is said to it; so no certificate authority has to be
// trusted, and none can put another host in between. A host with another key, such
// as after its certificate was renewed, has to show a statement of that, and after
// an hour every host has to again before it gets a new connection. Whoever has the private key of a
// certificate can pass for the host for that hour and the day that the statement
// holds. Without a fingerprint the certificate authorities of the system vouch
// for the host, and so for the service. A client's certificate is shown to any
// host that asks for it, before the host is known.
//
// Every call is signed for one service and has a nonce of its own: what is tried
// again is signed anew.
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
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"meshkey/keyservice/api"
	"meshkey/profile"
)

// A Client calls one service in the name of one caller. Several goroutines may
// use it.
type Client struct {
	address     Address
	by          api.Caller
	receipt     func([]byte)
	certificate *tls.Certificate
	roots       *x509.CertPool // of authorities, nil for the system's
	groups      groups
	now         func() time.Time
	http        *http.Client

	meet chan struct{} // has one in it while the service is asked who it is
	met  atomic.Pointer[acquaintance]
}

// An Option changes how a client works.
type Option func(*Client)

// Clock is what the client takes for the time.
func Clock(now func() time.Time) Option {
	return func(c *Client) { c.now = now }
}

// Certificate is what the client shows to hosts that ask for a certificate.
func Certificate(c tls.Certificate) Option {
	return func(to *Client) { to.certificate = &c }
}

// NewClient makes a client of the service at an address, the text of an Address.
// Nothing is sent yet. A zero Caller can say Hello, ValidateAccount and fetch
// recovery records. The caller's key stays whose it is.
func NewClient(address string, by api.Caller, options ...Option) (*Client, error) {
	at, err := ParseAddress(address)
	if err != nil {
		return nil, err
	}
	c := &Client{address: at, by: by, now: time.Now, meet: make(chan struct{}, 1)}
	for _, o := range options {
		o(c)
	}
	c.http = &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     c.transport(c.verify),
		Timeout:       maxWait,
	}
	return c, nil
}

// Close closes the client's connections that are not in use. The client can be
// used afterwards.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Do makes one call, signed by the caller, and returns the response. A refusal is
// an *api.Error. Calls that the service could not answer, or whose answer was
// lost, are made again, signed anew, a few times and until ctx ends. Most calls
// do the same when they are made twice; where the second may have been refused
// because the first was carried out, the error is an *UncertainError.
func (c *Client) Do(ctx context.Context, r api.Request) (api.Response, error) {
	var answer api.Response
	err := c.patiently(ctx, func(service *profile.Profile) (err error) {
		var body []byte
		if c.by.Key == nil {
			body, err = api.Marshal(r)
		} else {
			body, err = api.Sign(r, service.Fingerprint(), c.by, c.now())
		}
		if err != nil {
			return err
		}
		if answer, _, err = c.post(ctx, c.http, r, body); err != nil {
			return err
		}
		return c.receipts(service, body, answer)
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// post sends one body, and reads the answer; of the response, the head is left.
func (c *Client) post(ctx context.Context, hc *http.Client, r api.Request, body []byte) (api.Response, *http.Response, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address.URL+api.Path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, fmt.Errorf("keyservice: %w", err)
	}
	q.Header.Set("Content-Type", "application/json")
	b, head, err := send(hc, q)
	if err != nil {
		return nil, nil, err
	}
	answer, err := api.ParseAnswer(r, b)
	if no, ok := errors.AsType[*api.Error](err); ok {
		err = no.Named(head.Header.Get(api.RequestHeader))
	}
	if errors.Is(err, api.ErrExpired) {
		err = clockError(err, head.Header.Get("Date"), c.now())
	}
	return answer, head, err
}

// maxHeaders bounds what a host can make a client keep, and maxWait what it can
// make it wait for: an answer, from the call to its last octet.
const (
	maxWait    = 2 * time.Minute
	maxHeaders = 1 << 16
)

// send sends a request and reads what comes back.
func send(hc *http.Client, q *http.Request) ([]byte, *http.Response, error) {
	response, err := hc.Do(q)
	if err != nil {
		return nil, nil, unreachable(err)
	}
	defer response.Body.Close()
	b, err := io.ReadAll(io.LimitReader(response.Body, api.MaxTransfer+1))
	if err == nil {
		err = q.Context().Err() // the host ends what is broken off here as if it were whole
	}
	if err != nil {
		return nil, nil, unreachable(err)
	}
	if len(b) > api.MaxTransfer {
		return nil, nil, errors.New("keyservice: the answer is too long")
	}
	if response.StatusCode >= 300 && !strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		return nil, nil, unreachable(fmt.Errorf("the host answers %s", response.Status))
	}
	return b, response, nil
}
