package meshkeyd

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"meshkey/cmd/internal/exit"
)

// bind takes the addresses and the TLS certificate, without serving yet.
func (d *daemon) bind() error {
	d.tls = &certificates{cert: d.settings.tlsCert, key: d.settings.tlsKey}
	if err := d.tls.load(); err != nil {
		return err
	}
	var err error
	if d.main, err = listen("listen", d.settings.listen); err != nil {
		return err
	}
	if d.settings.monitor != "off" {
		d.monitor, err = listen("monitor", d.settings.monitor)
	}
	return err
}

func (d *daemon) unbind() {
	d.main.Close()
	if d.monitor != nil {
		d.monitor.Close()
	}
}

func listen(flag, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "--%s %s: %w", flag, address, err).Hinted("is it taken by another program, or not an address of this machine?")
	}
	return l, nil
}

// open serves; stop ends that when the requests under way are over, or their
// time is.
func (d *daemon) open() (stop func() error) {
	d.server.TLSKey = d.tls.digest
	h := &http.Server{
		Handler:   d.server.Handler(),
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS13, GetCertificate: d.tls.get},
		ErrorLog:  slog.NewLogLogger(d.log.Handler(), slog.LevelDebug),
	}
	d.serveOn(tls.NewListener(d.main, h.TLSConfig), h, "callers")
	d.ready.Store(true)
	return func() error {
		d.ready.Store(false)
		ctx, cancel := context.WithTimeout(context.Background(), d.settings.drain)
		defer cancel()
		err := h.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			d.log.Warn("some requests did not end in time, and are broken off")
			return h.Close()
		}
		return err
	}
}

// certificates is the TLS certificate in use, and the files it comes from.
type certificates struct {
	cert, key string

	mu      sync.Mutex
	current *tls.Certificate
	seen    [2]time.Time
}

func (c *certificates) load() error {
	cert, err := loadCertificate(c.cert, c.key)
	if err != nil {
		return err
	}
	seen := c.times()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.current, c.seen = cert, seen
	return nil
}

func (c *certificates) times() (t [2]time.Time) {
	for i, name := range []string{c.cert, c.key} {
		if info, err := os.Stat(name); err == nil {
			t[i] = info.ModTime()
		}
	}
	return t
}

func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.current, nil
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
	c.mu.Lock()
	changed := c.times() != c.seen
	c.mu.Unlock()
	if !changed && !always {
		return
	}
	if err := c.load(); err != nil {
		log.Error("the TLS certificate stays as it was", "error", err)
		return
	}
	log.Info("the TLS certificate was read anew", "until", c.describe().Until)
}
