package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"meshkey/cmd/internal/exit"
	"meshkey/keyservice"
	"meshkey/keyservice/keyservicetest"
)

// A service that lets nobody in without a certificate lets in who has put his
// into the folder of configuration, where nobody else can read it.
func TestClientCertificate(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"XDG_CONFIG_HOME", "HOME", "AppData"} {
		t.Setenv(name, dir)
	}
	file := clientCertificateFile()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "alice"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(nil, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	both := slices.Concat(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))

	s := keyservicetest.Start(t, nil)
	host := httptest.NewUnstartedServer(s.Server.Handler())
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	host.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
	host.StartTLS()
	t.Cleanup(host.Close)
	digest := sha256.Sum256(host.Certificate().RawSubjectPublicKeyInfo)
	s.Server.TLSKey = func() [sha256.Size]byte { return digest }
	at := keyservice.Address{URL: host.URL, Service: s.Server.Profile().Fingerprint()}

	if _, err := hello(at); err == nil || !strings.Contains(exit.Hint(err), file) {
		t.Errorf("without a certificate: %v, %s", err, exit.Hint(err))
	}
	if err := os.WriteFile(file, both, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := hello(at); err != nil {
		t.Errorf("with a certificate: %v", err)
	}
	if runtime.GOOS != "windows" {
		if err := os.Chmod(file, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := hello(at); err == nil || !strings.Contains(err.Error(), "read by others") {
			t.Errorf("with a certificate that others can read: %v", err)
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, both[:len(both)-40], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := hello(at); err == nil {
		t.Error("with half a key")
	}
}
