package keyservice_test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"meshkey/keyservice"
	"meshkey/keyservice/api"
)

// A client goes on when the service's host has another TLS key, which the
// service states, and only then.
func TestAnotherTLSKey(t *testing.T) {
	s := start(t)
	var shown, stated atomic.Pointer[tls.Certificate]
	host := httptest.NewUnstartedServer(s.Server.Handler())
	first := &freshCertificate(t).Certificates[0]
	shown.Store(first)
	stated.Store(first)
	host.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		return &tls.Config{Certificates: []tls.Certificate{*shown.Load()}, NextProtos: []string{"http/1.1"}}, nil
	}}
	host.StartTLS()
	defer host.Close()
	s.Server.TLSKey = func() [sha256.Size]byte {
		cert, err := x509.ParseCertificate(stated.Load().Certificate[0])
		if err != nil {
			t.Error(err)
		}
		return sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	}
	_, fingerprint, _ := strings.Cut(s.Address, "#")
	c, err := keyservice.NewClient(host.URL+"/#"+fingerprint, api.Caller{})
	check(t, err)
	ask := func() error {
		_, err := c.Do(t.Context(), &api.ValidateAccountRequest{AccountAddress: "alice@example.com"})
		return err
	}
	check(t, ask())
	t.Run("another", func(t *testing.T) { shown.Store(&freshCertificate(t).Certificates[0]) }) // by the test's name
	host.CloseClientConnections()
	if err := ask(); err == nil || !strings.Contains(err.Error(), "in between") {
		t.Errorf("a key that the service does not state: %v", err)
	}
	stated.Store(shown.Load())
	check(t, ask())
}
