package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/group"
	"meshkey/keyservice/api"
	"meshkey/keyservice/server"
	"meshkey/keyservice/store"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
)

// A load is what servers and clients of the benchmark of the key service share:
// a group that a service keeps and a member who asks, and the keys of the
// minimal server.
type load struct {
	program     string
	dir         string
	fixture     string // store of the service
	secrets     string
	keys        string // of the minimal server
	certificate string

	service    udf.Fingerprint
	bob        api.Caller
	record     *group.Group
	membership *group.Membership
	operations map[int]api.Request // by how many items
	tls        *tls.Config
}

func newLoad(b *testing.B) *load {
	b.Helper()
	dir := b.TempDir()
	l := &load{program: program(b, ".", "./keyload"), dir: dir, operations: map[int]api.Request{}}
	l.keys = l.newKeys(b, cogen.X448())
	l.certify(b)
	if err := l.found(b); err != nil {
		b.Fatal(err)
	}
	return l
}

func (l *load) newKeys(b *testing.B, a cogen.Algorithm) string {
	b.Helper()
	keys := struct{ Half, Caller, Signer []byte }{
		a.GenerateKey().Bytes(), l.signer().PublicKey().Bytes(), cogen.Ed448().GenerateKey().Bytes(),
	}
	octets, err := json.Marshal(keys)
	if err != nil {
		b.Fatal(err)
	}
	return writeFile(b, filepath.Join(l.dir, a.String()+".json"), octets)
}

// signer signs requests to the minimal server.
func (l *load) signer() *cogen.PrivateKey {
	if l.bob.Key == nil {
		l.bob.Key = cogen.Ed448().GenerateKey()
	}
	return l.bob.Key
}

// certify makes the one certificate that both sides show.
func (l *load) certify(b *testing.B) {
	b.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	t := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		b.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		b.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	l.certificate = writeFile(b, filepath.Join(l.dir, "certificate"), text)
	pair, err := tls.X509KeyPair(text, text)
	if err != nil {
		b.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	l.tls = &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: pool, ServerName: "localhost", Certificates: []tls.Certificate{pair}}
}

// found makes a group with a member, and has a service keep it in the fixture.
func (l *load) found(b *testing.B) error {
	l.fixture, l.secrets = filepath.Join(l.dir, "fixture"), filepath.Join(l.dir, "secrets")
	secrets := server.NewSecrets(time.Now())
	defer secrets.Wipe()
	writeFile(b, l.secrets, secrets.Octets())
	var err error
	if l.service, err = secrets.Fingerprint(); err != nil {
		return err
	}
	st, err := store.OpenBolt(l.fixture)
	if err != nil {
		return err
	}
	defer st.Close()
	s, err := server.New(server.Config{Store: st, Address: "keys.example.com", Accounts: server.Policy{Registration: server.Open}})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Unseal(secrets); err != nil {
		return err
	}
	bob, err := profile.NewSeed().Account()
	if err != nil {
		return err
	}
	l.bob = api.Caller{Account: "bob@example.com", Key: bob.Private(profile.CommonSignature)}
	l.keys = l.newKeys(b, cogen.X448())
	id, err := group.AccountIdentity(bob, l.bob.Account)
	if err != nil {
		return err
	}
	account, err := profile.NewSeed().Account()
	if err != nil {
		return err
	}
	service, err := group.NewMember(s.Profile(), "keys.example.com")
	if err != nil {
		return err
	}
	a, change, err := group.Create(account, group.Options{
		Mode: group.Serviced, Address: "groupw@example.com", At: time.Now(), Service: &service,
	}, id.Member)
	if err != nil {
		return err
	}
	l.record = a.Group()
	if l.membership, err = group.Accept(l.record, id, change.Invitations[l.bob.Account]); err != nil {
		return err
	}
	owner := api.Caller{Account: l.record.Address(), Key: account.Private(profile.AdministratorSignature)}
	update := &api.ContainerUpdate{Envelopes: []mesh.Envelope{change.Record}}
	update.Container = "MMM_Access"
	for _, half := range change.Halves {
		update.Envelopes = append(update.Envelopes, half)
	}
	for _, r := range []api.Request{
		&api.CreateAccountRequest{AccountAddress: owner.Account, EnvelopedProfileAccount: l.record.Profile().Bytes()},
		&api.TransferRequest{AccountAddress: owner.Account, Updates: []*api.ContainerUpdate{update}},
	} {
		body, err := api.Sign(r, l.service, owner, time.Now())
		if err != nil {
			return err
		}
		response, _ := s.Do(context.Background(), server.Peer{}, body)
		if _, err := api.ParseAnswer(r, response); err != nil {
			return err
		}
	}
	return nil
}

// operation asks for n contributions.
func (l *load) operation(b *testing.B, n int) api.Request {
	b.Helper()
	if o := l.operations[n]; o != nil {
		return o
	}
	var sealed []*group.Sealed
	for range n {
		var out bytes.Buffer
		if err := l.record.Encrypt(&out, strings.NewReader("for the group"), -1, l.bob.Key); err != nil {
			b.Fatal(err)
		}
		s, err := group.ReadSealed(&out)
		if err != nil {
			b.Fatal(err)
		}
		sealed = append(sealed, s)
	}
	d, err := l.membership.Begin(sealed...)
	if err != nil {
		b.Fatal(err)
	}
	o, err := d.Request().Operate(l.record)
	if err != nil {
		b.Fatal(err)
	}
	l.operations[n] = o
	return o
}

// calls makes n requests over HTTP to the service: they are signed beforehand, so
// that clients have little to do.
func (l *load) calls(b *testing.B, n, items int) [][]byte {
	b.Helper()
	o, now := l.operation(b, items), time.Now()
	out := make([][]byte, n)
	for i := range out {
		body, err := api.Sign(o, l.service, l.bob, now)
		if err != nil {
			b.Fatal(err)
		}
		out[i] = post(api.Path, body)
	}
	return out
}

// frames makes n requests to the minimal server.
func (l *load) frames(b *testing.B, n, items int, a cogen.Algorithm) [][]byte {
	b.Helper()
	var keys []byte
	for range items {
		keys = append(keys, a.GenerateKey().PublicKey().Bytes()...)
	}
	out := make([][]byte, n)
	for i := range out {
		body := binary.BigEndian.AppendUint64(append(bytes.Clone(keys), make([]byte, 8)...), uint64(i))
		signature, err := l.bob.Key.Sign(body)
		if err != nil {
			b.Fatal(err)
		}
		out[i] = post("/", append(body, signature...))
	}
	return out
}

func post(path string, body []byte) []byte {
	return append(fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", path, len(body)), body...)
}

// A loadServer is a server in a process of its own.
type loadServer struct {
	address string
	tls     *tls.Config // nil for plain HTTP
	in      io.Writer
	out     *bufio.Scanner
	clients []*client
}

// serve starts one on the first core, if that can be.
func (l *load) serve(b *testing.B, plain bool, args ...string) *loadServer {
	b.Helper()
	s := &loadServer{}
	if !plain {
		s.tls, args = l.tls, append(args, "-tls", l.certificate)
	}
	cmd := exec.Command(l.program, args...)
	if taskset, err := exec.LookPath("taskset"); err == nil {
		cmd = exec.Command(taskset, append([]string{"-c", "0", l.program}, args...)...)
	}
	// With one, a commit that waits for the disk would hold up all the rest.
	cmd.Env, cmd.Stderr = append(os.Environ(), "GOMAXPROCS=2"), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		s.dial(b, 0)
		in.Close()
		if err := cmd.Wait(); err != nil {
			b.Error(err)
		}
	})
	s.in, s.out = in, bufio.NewScanner(out)
	if !s.out.Scan() {
		b.Fatal("the server does not start")
	}
	s.address = s.out.Text()
	return s
}

// A client is a kept connection. It reads no more of HTTP than it needs.
type client struct {
	conn net.Conn
	r    *bufio.Reader
}

// dial has n connections from now on.
func (s *loadServer) dial(b *testing.B, n int) {
	b.Helper()
	for len(s.clients) > n {
		last := len(s.clients) - 1
		_ = s.clients[last].conn.Close()
		s.clients = s.clients[:last]
	}
	for len(s.clients) < n {
		conn, err := net.Dial("tcp", s.address)
		if err != nil {
			b.Fatal(err)
		}
		if s.tls != nil {
			t := tls.Client(conn, s.tls)
			if err := t.Handshake(); err != nil {
				b.Fatal(err)
			}
			conn = t
		}
		s.clients = append(s.clients, &client{conn, bufio.NewReaderSize(conn, 1<<16)})
	}
}

// exchange sends a request and waits for the whole answer.
func (c *client) exchange(request []byte) error {
	if _, err := c.conn.Write(request); err != nil {
		return err
	}
	status, length := "", -1
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			return err
		}
		line = strings.TrimRight(line, "\r\n")
		switch name, value, _ := strings.Cut(line, ":"); {
		case status == "":
			status = line
			continue
		case strings.EqualFold(name, "Content-Length"):
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return err
			}
		}
		if line == "" {
			break
		}
	}
	if length < 0 {
		return fmt.Errorf("an answer without a length: %s", status)
	}
	if !strings.Contains(status, strconv.Itoa(http.StatusCreated)) {
		body := make([]byte, length)
		_, _ = io.ReadFull(c.r, body)
		return fmt.Errorf("%s: %s", status, body)
	}
	_, err := c.r.Discard(length)
	return err
}
