package keyservice

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"time"

	"meshkey/keyservice/api"
	"meshkey/profile"
)

// An acquaintance is a service that was met, and the hosts that it stated, by the
// digests of their TLS keys, with the time when each has to show a statement
// again. It is not changed.
type acquaintance struct {
	service *profile.Profile
	hosts   map[[sha256.Size]byte]time.Time
}

// knows tells whether the host with a TLS key has shown a statement of late.
func (a *acquaintance) knows(host [sha256.Size]byte, now time.Time) bool {
	return a != nil && now.Before(a.hosts[host])
}

// with is the acquaintance and one host more, without those that would have to
// show a statement again.
func (a *acquaintance) with(service *profile.Profile, host [sha256.Size]byte, now time.Time) *acquaintance {
	next := &acquaintance{service, map[[sha256.Size]byte]time.Time{host: now.Add(knownFor)}}
	if a != nil {
		for h, until := range a.hosts {
			if h != host && now.Before(until) && len(next.hosts) < maxHosts {
				next.hosts[h] = until
			}
		}
	}
	return next
}

// A host is known for an hour. A service has several behind a balancer, which may
// send every connection to another.
const (
	knownFor = time.Hour
	maxHosts = 64
	looks    = 3 // for a host that is not known yet
)

// errUnmet is a host that no statement is known of.
var errUnmet = errors.New("keyservice: the service has not stated this host")

// errBetween is a host that shows the statement of another.
var errBetween = errors.New("keyservice: another host is in between: the certificate is not the one that the service states")

// transport speaks TLS with hosts that verify has nothing against.
func (c *Client) transport(verify func(tls.ConnectionState) error) *http.Transport {
	t := &http.Transport{
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
		DisableCompression:  true,

		MaxResponseHeaderBytes: maxHeaders,
	}
	if c.certificate != nil {
		t.TLSClientConfig.Certificates = []tls.Certificate{*c.certificate}
	}
	return t
}

// verify lets only hosts through that the service of the address has stated; or,
// if the address does not say which service, that an authority vouches for.
func (c *Client) verify(s tls.ConnectionState) error {
	if c.address.Service.IsZero() {
		return c.vouched(s)
	}
	if c.met.Load().knows(digestOf(s), c.now()) {
		return nil
	}
	return errUnmet
}

func digestOf(s tls.ConnectionState) [sha256.Size]byte {
	return sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo)
}

// vouched checks a host's certificate as any browser does. A host that is given by
// its IP address has no name in TLS, and a certificate of any name would do.
func (c *Client) vouched(s tls.ConnectionState) error {
	o := x509.VerifyOptions{DNSName: cmp.Or(s.ServerName, c.address.hostname()), Roots: c.roots, Intermediates: x509.NewCertPool()}
	for _, cert := range s.PeerCertificates[1:] {
		o.Intermediates.AddCert(cert)
	}
	if _, err := s.PeerCertificates[0].Verify(o); err != nil {
		return &untrustedError{err}
	}
	return nil
}

// Hello asks the service who it is, once, and makes sure that it is the one of the
// address.
func (c *Client) Hello(ctx context.Context) (*profile.Profile, error) {
	if a := c.met.Load(); a != nil {
		return a.service, nil
	}
	a, err := c.acquaint(ctx, nil)
	if err != nil {
		return nil, err
	}
	return a.service, nil
}

// meeting tries something with the service, and meets hosts of it that it does
// not know as they come. Nothing was said to these.
func (c *Client) meeting(ctx context.Context, try func(service *profile.Profile) error) (err error) {
	a := c.met.Load()
	for range attempts {
		if a == nil || errors.Is(err, errUnmet) {
			if a, err = c.acquaint(ctx, a); err != nil {
				return err
			}
		}
		if err = try(a.service); !errors.Is(err, errUnmet) {
			return err
		}
	}
	return &UnreachableError{err}
}

// acquaint meets a host of the service that is not known yet, unless another did
// since the acquaintance was as before. A balancer may send it to one that is
// known, and the next call to the other again: it asks more than once then.
func (c *Client) acquaint(ctx context.Context, before *acquaintance) (*acquaintance, error) {
	select {
	case c.meet <- struct{}{}:
		defer func() { <-c.meet }()
	case <-ctx.Done():
		return nil, &UnreachableError{ctx.Err()}
	}
	if a := c.met.Load(); a != before {
		return a, nil
	}
	a := before
	for range looks {
		service, host, err := c.ask(ctx)
		if errors.Is(err, errBetween) {
			// Its certificate may have been renewed in that moment.
			service, host, err = c.ask(ctx)
		}
		if err != nil {
			return nil, err
		}
		known := a.knows(host, c.now())
		a = a.with(service, host, c.now())
		if !known {
			break
		}
	}
	c.met.Store(a)
	return a, nil
}

// ask asks one host for the service and its statement of that host. What is told
// to the host is nothing, and what it tells proves itself.
func (c *Client) ask(ctx context.Context) (service *profile.Profile, host [sha256.Size]byte, err error) {
	stranger := c.transport(func(s tls.ConnectionState) error {
		if c.address.Service.IsZero() {
			return c.vouched(s)
		}
		return nil
	})
	stranger.DisableKeepAlives = true
	request := &api.HelloRequest{}
	body, err := api.Marshal(request)
	if err != nil {
		return nil, host, err
	}
	hc := &http.Client{Transport: stranger, CheckRedirect: c.http.CheckRedirect, Timeout: maxWait}
	answer, head, err := c.post(ctx, hc, request, body)
	if err != nil {
		return nil, host, err
	}
	host = digestOf(*head.TLS)
	hello := answer.(*api.MeshHelloResponse)
	p, err := profile.Parse(hello.EnvelopedProfileService)
	if err != nil || p.Kind() != "ProfileService" || p.Key(profile.ServiceSignature) == nil {
		return nil, host, errors.New("keyservice: the host shows no profile of a service")
	}
	if c.address.Service.IsZero() {
		return p, host, nil
	}
	if !c.address.Service.Matches(p.Fingerprint()) {
		return nil, host, &WrongServiceError{Want: c.address.Service.String(), Got: p.Fingerprint().String()}
	}
	stated, err := api.OpenHost(hello.EnvelopedHostStatement, p.Fingerprint(), p.Key(profile.ServiceSignature), c.now())
	if err != nil {
		return nil, host, err
	}
	if stated != host {
		return nil, host, errBetween
	}
	return p, host, nil
}
