package meshkeyd

import (
	"bytes"
	"crypto/tls"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// place writes a fresh certificate and its key over those that may be there.
func place(t *testing.T, dir, name, host string) (cert, key string) {
	t.Helper()
	c, k, err := newCertificate(host, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key")
	for path, b := range map[string][]byte{cert: c, key: k} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// shakeHands connects to what c serves, and returns the name in its certificate.
func shakeHands(t *testing.T, c *certificates, own ...tls.Certificate) (string, error) {
	t.Helper()
	near, far := net.Pipe()
	defer near.Close()
	served := make(chan error, 1)
	go func() {
		s := tls.Server(far, c.config())
		served <- s.Handshake()
		far.Close()
	}()
	client := tls.Client(near, &tls.Config{InsecureSkipVerify: true, Certificates: own})
	err := client.Handshake()
	near.SetDeadline(time.Now().Add(10 * time.Second))
	if err == nil {
		_, _ = client.Read(make([]byte, 1)) // a refusal of the certificate comes after the client's part
	}
	if e := <-served; e != nil {
		return "", e
	}
	return client.ConnectionState().PeerCertificates[0].Subject.CommonName, err
}

// A certificate that changes on the disk is served from the next look on; one
// that cannot be read leaves the old one, and is said once.
func TestReload(t *testing.T) {
	dir := t.TempDir()
	var said bytes.Buffer
	log := slog.New(slog.NewTextHandler(&said, nil))
	c := &certificates{}
	c.cert, c.key = place(t, dir, "tls", "one.example.com")
	if err := c.load(); err != nil {
		t.Fatal(err)
	}
	expect := func(want string) {
		t.Helper()
		if got, err := shakeHands(t, c); err != nil || got != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	expect("one.example.com")
	digest := c.digest()
	c.reload(log, false)
	if said.Len() > 0 {
		t.Errorf("nothing changed, and %s", said.String())
	}
	later := time.Now().Add(time.Hour)
	place(t, dir, "tls", "two.example.com")
	os.Chtimes(c.cert, later, later)
	c.reload(log, false)
	expect("two.example.com")
	if c.digest() == digest {
		t.Error("another key has the same digest")
	}
	if err := os.WriteFile(c.cert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	os.Chtimes(c.cert, later.Add(time.Hour), later.Add(time.Hour))
	c.reload(log, false)
	c.reload(log, false)
	expect("two.example.com")
	if n := strings.Count(said.String(), "stays as it was"); n != 1 {
		t.Errorf("said %d times", n)
	}
}

// With a client CA nobody connects without a certificate that it signed.
func TestClientCertificates(t *testing.T) {
	dir := t.TempDir()
	c := &certificates{}
	c.cert, c.key = place(t, dir, "tls", "keys.example.com")
	authority, _ := place(t, dir, "authority", "authority")
	other, otherKey := place(t, dir, "other", "other")
	c.clientCA = authority
	if err := c.load(); err != nil {
		t.Fatal(err)
	}
	if _, err := shakeHands(t, c); err == nil {
		t.Error("without a certificate somebody connects")
	}
	wrong, err := tls.LoadX509KeyPair(other, otherKey)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := shakeHands(t, c, wrong); err == nil {
		t.Error("with another's certificate somebody connects")
	}
	c.clientCA = c.key
	if err := c.load(); err == nil {
		t.Error("a file without certificates is taken for authorities")
	}
}
