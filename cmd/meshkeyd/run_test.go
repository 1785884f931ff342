package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"meshkey/keyservice"
	"meshkey/keyservice/api"
)

// A process is meshkeyd serve.
type process struct {
	*exec.Cmd
	t   *testing.T
	log *bufio.Scanner
	url string // with the fingerprint
	at  string // HOST:PORT
}

// command is meshkeyd, which TestMain makes of this program by its name.
func command(args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return &exec.Cmd{Path: self, Args: append([]string{"meshkeyd"}, args...)}
}

// serve makes a service in a folder and runs it.
func serve(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	init := command("init", "--dir", dir, "--listen", "127.0.0.1:0", "--monitor", "off")
	if out, err := init.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	p := &process{Cmd: command(append([]string{"serve", "--dir", dir}, args...)...), t: t}
	log, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill(); _ = p.Wait() })
	p.log = bufio.NewScanner(log)
	said := regexp.MustCompile(`address=(\S+) listen=(\S+)`).FindStringSubmatch(p.until("msg=serving"))
	if said == nil {
		t.Fatal("the service does not say where it is")
	}
	p.url, p.at = strings.Trim(said[1], `"`), said[2]
	return p
}

// until reads the log until a line that has text.
func (p *process) until(text string) string {
	p.t.Helper()
	for p.log.Scan() {
		if strings.Contains(p.log.Text(), text) {
			return p.log.Text()
		}
	}
	p.t.Fatalf("the log ends without %q", text)
	return ""
}

// A second signal ends the service at once, also while a caller has it wait.
func TestSecondSignal(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM")
	}
	p := serve(t, filepath.Join(t.TempDir(), "s"), "--drain", "1h")
	conn, err := tls.Dial("tcp", p.at, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// The service answers "continue" when it has begun to read the call, of which nothing comes.
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n", api.Path)
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("%q, %v", line, err)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.until("msg=stopping")
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for p.log.Scan() {
		t.Errorf("after the second signal: %s", p.log.Text())
	}
	_ = p.Wait()
	if code := p.ProcessState.ExitCode(); code != 1 {
		t.Errorf("it ends with %d", code)
	}
}

// An authority signs TLS certificates.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(nil, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return &authority{key, c}
}

// certify makes a caller's certificate, which ends at a time.
func (a *authority) certify(t *testing.T, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "caller"}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(nil, c, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// With --client-ca nobody is answered without a certificate of the authority, and
// whoever has one is, in HTTP/1.1 whatever he offers.
func TestClientAuthority(t *testing.T) {
	dir := t.TempDir()
	ours, theirs := newAuthority(t, "ours"), newAuthority(t, "ours")
	file := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ours.cert.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	p := serve(t, filepath.Join(dir, "s"), "--client-ca", file)
	hello := func(o ...keyservice.Option) error {
		c, err := keyservice.NewClient(p.url, api.Caller{}, o...)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, err = c.Hello(t.Context())
		return err
	}
	later := time.Now().Add(time.Hour)
	right := ours.certify(t, later)
	if err := hello(keyservice.Certificate(right)); err != nil {
		t.Errorf("with the right certificate: %v", err)
	}
	for who, c := range map[string]tls.Certificate{
		"another authority of that name": theirs.certify(t, later),
		"one that has ended":             ours.certify(t, time.Now().Add(-time.Hour)),
		"none":                           {},
	} {
		ask := func(c tls.Certificate) error {
			conn, err := tls.Dial("tcp", p.at, &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{c}})
			if err != nil {
				return err
			}
			defer conn.Close()
			fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			_, err = conn.Read(make([]byte, 1))
			return err
		}
		if err := ask(c); err == nil || err == io.EOF {
			t.Errorf("a certificate of %s: %v", who, err)
		}
		if err := ask(right); err != nil {
			t.Errorf("after %s, the right one: %v", who, err)
		}
	}
	conn, err := tls.Dial("tcp", p.at, &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{right}, NextProtos: []string{"h2", "http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := conn.ConnectionState().NegotiatedProtocol; got == "h2" {
		t.Errorf("it speaks %s", got)
	}
}

// What a trusted balancer says of who calls counts, and only what it says: TLS
// comes after it.
func TestTrustedProxy(t *testing.T) {
	p := serve(t, filepath.Join(t.TempDir(), "s"), "--trusted-proxy", "127.0.0.1", "--access-log", "addresses")
	call := func(header string) error {
		plain, err := net.Dial("tcp", p.at)
		if err != nil {
			t.Fatal(err)
		}
		defer plain.Close()
		io.WriteString(plain, header)
		conn := tls.Client(plain, &tls.Config{InsecureSkipVerify: true})
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 19\r\n\r\n{\"HelloRequest\":{}}", api.Path)
		_, err = bufio.NewReader(conn).ReadString('\n')
		return err
	}
	if err := call("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n"); err != nil {
		t.Error(err)
	}
	if line := p.until("call=Hello"); !strings.HasSuffix(line, " from=192.0.2.7:56324") {
		t.Error(line)
	}
	if err := call("PROXY UNKNOWN\r\n"); err != nil {
		t.Error(err)
	}
	if line := p.until("call=Hello"); !strings.Contains(line, " from=127.0.0.1:") {
		t.Error(line)
	}
	if err := call(""); err == nil {
		t.Error("without the header somebody is answered")
	}
}
