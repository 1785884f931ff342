// Package storetest gives tests a PostgreSQL server.
package storetest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// A Server is a PostgreSQL server that a test may stop and start.
type Server struct {
	t      testing.TB
	bin    string
	folder string
	as     *syscall.SysProcAttr
	port   int
	held   io.Closer // keeps the port while the server is down
	cmd    *exec.Cmd
}

var databases atomic.Int64

// shared is the server of all tests of a package.
var shared struct {
	sync.Mutex
	server *Server
}

// Main is what TestMain of a package calls that uses URL: it runs the tests,
// stops the server that they share, and does what else is to be done after them.
func Main(m *testing.M, after ...func()) {
	code := m.Run()
	for _, f := range after {
		f()
	}
	if shared.server != nil {
		shared.server.Down()
		_ = os.RemoveAll(shared.server.folder)
	}
	os.Exit(code)
}

// URL returns that of a new, empty database: on the server that
// MESHKEY_TEST_POSTGRES names, else on one of its own, which all tests of a
// package share. It skips the test if there is neither.
func URL(t testing.TB) string {
	t.Helper()
	if given := os.Getenv("MESHKEY_TEST_POSTGRES"); given != "" {
		return newDatabase(t, given)
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		shared.server = start(t)
	}
	return newDatabase(t, shared.server.URL())
}

func newDatabase(t testing.TB, url string) string {
	t.Helper()
	ctx := context.Background()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal("MESHKEY_TEST_POSTGRES cannot be read")
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	name := fmt.Sprintf("meshkey_test_%d_%d", os.Getpid(), databases.Add(1))
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn, err := pgx.ConnectConfig(ctx, config)
		if err == nil {
			_, err = conn.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
			conn.Close(ctx)
		}
		if err != nil {
			t.Log(err)
		}
	})
	return fmt.Sprintf("postgres://%s:%s@%s:%d/%s?sslmode=disable", config.User, config.Password, config.Host, config.Port, name)
}

// Start starts a server of its own in a folder that goes with the test, as a
// user without rights. It skips the test if PostgreSQL is not installed.
func Start(t testing.TB) *Server {
	t.Helper()
	s := start(t)
	t.Cleanup(func() {
		s.Down()
		_ = s.held.Close()
		_ = os.RemoveAll(s.folder)
	})
	return s
}

func start(t testing.TB) *Server {
	t.Helper()
	s := &Server{t: t, bin: programs(t)}
	folder, err := os.MkdirTemp("", "meshkey-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	s.folder = folder
	s.unprivileged()
	s.run("initdb", "-D", filepath.Join(folder, "data"), "-U", "meshkey", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
	if s.port, s.held, err = hold(); err != nil {
		t.Fatal(err)
	}
	s.Up()
	return s
}

// Port is a port of this host that is the test's while it runs, whether anybody
// listens there or not.
func Port(t testing.TB) int {
	t.Helper()
	port, held, err := hold()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = held.Close() })
	return port
}

func programs(t testing.TB) string {
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		t.Skip("PostgreSQL is not installed")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1])
}

// unprivileged makes the folder another user's if root runs the test, since
// PostgreSQL refuses root.
func (s *Server) unprivileged() {
	if os.Getuid() != 0 {
		return
	}
	id := func(name string) (int, int) {
		u, err := user.Lookup(name)
		if err != nil {
			return 65534, 65534
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		return uid, gid
	}
	uid, gid := id("postgres")
	if err := os.Chown(s.folder, uid, gid); err != nil {
		s.t.Fatal(err)
	}
	s.as = asUser(uid, gid)
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir, cmd.SysProcAttr = s.folder, s.as
	cmd.Env = append(os.Environ(), "LC_ALL=C", "HOME="+s.folder)
	return cmd
}

func (s *Server) run(name string, args ...string) {
	s.t.Helper()
	if out, err := s.command(name, args...).CombinedOutput(); err != nil {
		s.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// URL returns that of the server's database.
func (s *Server) URL() string { return s.URLAt(s.port) }

// URLAt is URL for a proxy on another port of this host.
func (s *Server) URLAt(port int) string {
	return fmt.Sprintf("postgres://meshkey@127.0.0.1:%d/postgres?sslmode=disable", port)
}

// Port is the one the server listens on.
func (s *Server) Port() int { return s.port }

// starting is how long a server may take to start, after Kill with what it did not
// finish. It matters only if it never does.
const starting = 2 * time.Minute

// Up starts the server and waits until it answers.
func (s *Server) Up() {
	s.t.Helper()
	var log bytes.Buffer
	s.cmd = s.command("postgres", "-D", filepath.Join(s.folder, "data"), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="+s.folder,
		"-c", "max_connections=400") // it keeps those that got lost on their way
	s.cmd.Stdout, s.cmd.Stderr = &log, &log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	for end := time.Now().Add(starting); time.Now().Before(end); {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		conn, err := pgx.Connect(ctx, s.URL())
		if err == nil {
			_ = conn.Close(ctx)
			cancel()
			return
		}
		cancel()
		time.Sleep(50 * time.Millisecond)
	}
	s.Kill()
	s.t.Fatalf("PostgreSQL does not start:\n%s", log.String())
}

// Set changes a setting of the server, which starts anew.
func (s *Server) Set(setting, value string) {
	s.t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.URL())
	if err == nil {
		_, err = conn.Exec(ctx, "ALTER SYSTEM SET "+setting+" = "+value)
		_ = conn.Close(ctx)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.Down()
	s.Up()
}

// Down ends the server at once, but in order.
func (s *Server) Down() { s.stop(syscall.SIGINT) }

// Kill ends the server as a power cut would.
func (s *Server) Kill() { s.stop(syscall.SIGQUIT) }

func (s *Server) stop(sig syscall.Signal) {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(sig)
	_ = s.cmd.Wait()
	s.cmd = nil
}
