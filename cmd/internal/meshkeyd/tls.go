package meshkeyd

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"os"
	"sync"
	"time"

	"meshkey/cmd/internal/exit"
)

// certificates is the TLS certificate in use, and the files it comes from.
type certificates struct {
	cert, key string
	clientCA  string // empty if callers need none

	mu      sync.Mutex
	current *tls.Certificate
	clients *x509.CertPool
	seen    [3]time.Time
}

func (c *certificates) load() error {
	seen := c.times()
	cert, err := loadCertificate(c.cert, c.key)
	if err != nil {
		return err
	}
	var clients *x509.CertPool
	if c.clientCA != "" {
		b, err := os.ReadFile(c.clientCA)
		if err != nil {
			return err
		}
		if clients = x509.NewCertPool(); !clients.AppendCertsFromPEM(b) {
			return exit.Errorf(exit.Failed, "%s holds no certificate", c.clientCA)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.current, c.clients, c.seen = cert, clients, seen
	return nil
}

// config is how TLS is spoken: 1.3, without tickets of an earlier connection,
// which would outlive a certificate.
func (c *certificates) config() *tls.Config {
	plain := &tls.Config{MinVersion: tls.VersionTLS13, SessionTicketsDisabled: true}
	plain.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		now := &tls.Config{MinVersion: tls.VersionTLS13, SessionTicketsDisabled: true, Certificates: []tls.Certificate{*c.current}}
		if c.clients != nil {
			now.ClientCAs, now.ClientAuth = c.clients, tls.RequireAndVerifyClientCert
		}
		return now, nil
	}
	return plain
}

func (c *certificates) times() (t [3]time.Time) {
	for i, name := range []string{c.cert, c.key, c.clientCA} {
		if info, err := os.Stat(name); err == nil {
			t[i] = info.ModTime()
		}
	}
	return t
}

// digest is the SHA-256 of the certificate's public key.
func (c *certificates) digest() [sha256.Size]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return sha256.Sum256(c.current.Leaf.RawSubjectPublicKeyInfo)
}

func (c *certificates) describe() *certificateJSON {
	c.mu.Lock()
	defer c.mu.Unlock()
	return describeCertificate(c.current)
}

// reload reads the files again if they have changed, or in any case.
func (c *certificates) reload(log *slog.Logger, always bool) {
	seen := c.times()
	c.mu.Lock()
	changed := seen != c.seen
	c.mu.Unlock()
	if !changed && !always {
		return
	}
	if err := c.load(); err != nil {
		c.mu.Lock()
		c.seen = seen // said once, until they change again
		c.mu.Unlock()
		log.Error("the TLS certificate stays as it was", "error", err)
		return
	}
	log.Info("the TLS certificate was read anew", "until", c.describe().Until)
}
