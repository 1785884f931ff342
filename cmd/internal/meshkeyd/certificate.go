package meshkeyd

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"net"
	"time"

	"meshkey/cmd/internal/exit"
	"meshkey/internal/secret"
)

// certYears is how long a certificate holds that was made here. Who knows the
// service's fingerprint does not ask for how long.
const certYears = 10

// certificateJSON is what is said of a TLS certificate.
type certificateJSON struct {
	Subject string    `json:"subject"`
	Names   []string  `json:"names"`
	Until   time.Time `json:"until"`
	Own     bool      `json:"own"` // signed by itself, so that only the fingerprint vouches for it
}

// random is the system's randomness, as the standard library wants it.
type random struct{}

func (random) Read(b []byte) (int, error) {
	secret.Fill(b)
	return len(b), nil
}

// newCertificate makes a TLS key and a certificate that it signs itself, for a
// host and this machine.
func newCertificate(host string, now time.Time) (cert, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), random{})
	if err != nil {
		return nil, nil, err
	}
	t := &x509.Certificate{
		Subject:               pkix.Name{CommonName: host, Organization: []string{"Meshkey key service"}},
		NotBefore:             now.Add(-time.Hour), // somebody's clock is behind
		NotAfter:              now.AddDate(certYears, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	if ip := net.ParseIP(host); ip != nil {
		t.IPAddresses = []net.IP{ip}
	} else {
		t.DNSNames = []string{host}
	}
	if host == "localhost" {
		t.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	}
	der, err := x509.CreateCertificate(random{}, t, t, private.Public(), private)
	if err != nil {
		return nil, nil, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	defer secret.Wipe(pkcs8)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), nil
}

// describeCertificate says what a certificate is, at a time.
func describeCertificate(c *tls.Certificate) *certificateJSON {
	leaf := c.Leaf
	out := &certificateJSON{Subject: leaf.Subject.CommonName, Names: leaf.DNSNames, Until: leaf.NotAfter, Own: bytes.Equal(leaf.RawIssuer, leaf.RawSubject)}
	for _, ip := range leaf.IPAddresses {
		out.Names = append(out.Names, ip.String())
	}
	return out
}

// loadCertificate reads the TLS certificate and its key.
func loadCertificate(cert, key string) (*tls.Certificate, error) {
	if err := checkMode(key); err != nil {
		return nil, err
	}
	c, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "the TLS certificate %s and its key %s: %w", cert, key, err).
			Hinted("bring both back, or take both away and let meshkeyd init make new ones: a new certificate does not change the address")
	}
	return &c, nil
}
