// Package chaos runs the key service's program, asks it from many sides, and
// takes away what it stands on meanwhile: its life, its disk, its database, the
// network between.
package chaos

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"meshkey/keyservice/server"
	"meshkey/keyservice/store"
	"meshkey/keyservice/store/storetest"
)

var ctx = context.Background()

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		fmt.Println("chaos takes longer than -short allows")
		return
	}
	storetest.Main(m, func() {
		if built.file != "" {
			_ = os.RemoveAll(filepath.Dir(built.file))
		}
	})
}

// long tells whether there is time for everything.
var long = os.Getenv("MESHKEY_TEST_ALL") != ""

func times(few, many int) int {
	if long {
		return many
	}
	return few
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var built struct {
	sync.Once
	file string
	err  error
}

// program builds meshkeyd, once.
func program(t testing.TB) string {
	t.Helper()
	built.Do(func() {
		dir, err := os.MkdirTemp("", "meshkeyd-")
		if err != nil {
			built.err = err
			return
		}
		built.file = filepath.Join(dir, "meshkeyd")
		cmd := exec.Command("go", "build", "-o", built.file, "meshkey/cmd/meshkeyd")
		cmd.Stderr = os.Stderr
		built.err = cmd.Run()
	})
	check(t, built.err)
	return built.file
}

// A daemon is meshkeyd in a folder of its own.
type daemon struct {
	testing.TB
	dir   string
	store string // a file, or postgres://…

	cmd     *exec.Cmd
	ended   chan error
	address atomic.Pointer[string] // HOST:PORT
}

// newDaemon makes a service, and does not start it.
func newDaemon(t testing.TB, dir, st string, args ...string) *daemon {
	t.Helper()
	d := &daemon{TB: t, dir: dir, store: st}
	none := ""
	d.address.Store(&none)
	if st == "" {
		d.store = filepath.Join(dir, "store.db")
	}
	// While it is not there nobody else is to answer in its place.
	listen := net.JoinHostPort("127.0.0.1", strconv.Itoa(storetest.Port(t)))
	d.run(append([]string{"init", "--dir", dir, "--address", "keys.example.com", "--listen", listen, "--monitor", "off", "--store", d.store}, args...)...)
	t.Cleanup(func() {
		if d.cmd != nil {
			d.kill()
		}
	})
	return d
}

// run runs another command of the program.
func (d *daemon) run(args ...string) string {
	d.Helper()
	out, err := exec.Command(program(d), args...).CombinedOutput()
	if err != nil {
		d.Fatalf("meshkeyd %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// start starts the service and returns when it listens.
func (d *daemon) start() {
	d.Helper()
	cmd := exec.Command(program(d), "serve", "--dir", d.dir, "--log", "json", "--root-interval", "1s",
		"--rate", "1000000", "--member-rate", "1000000", "--key-rate", "1000000", "--monitor", "127.0.0.1:0")
	out, err := cmd.StderrPipe()
	check(d, err)
	check(d, cmd.Start())
	said, ended := make(chan string, 1), make(chan error, 1)
	d.cmd, d.ended = cmd, ended
	go func() {
		defer close(said)
		var all bytes.Buffer
		lines := bufio.NewScanner(io.TeeReader(out, &all))
		for lines.Scan() {
			var event struct{ Msg, Listen string }
			if json.Unmarshal(lines.Bytes(), &event) == nil && event.Msg == "serving" {
				said <- event.Listen
			}
			if all.Len() > 1<<16 {
				all.Reset()
			}
		}
		if err := cmd.Wait(); err != nil {
			ended <- &endError{err, all.String()}
		} else {
			ended <- nil
		}
	}()
	address, ok := <-said
	if !ok {
		d.Fatal(<-ended)
	}
	d.address.Store(&address)
}

type endError struct {
	error
	said string
}

func (e *endError) Error() string { return e.error.Error() + "\n" + e.said }

// kill ends the service as the kernel does, and returns when it is gone.
func (d *daemon) kill() {
	d.Helper()
	check(d, d.cmd.Process.Kill())
	<-d.ended
	d.cmd = nil
}

// stop ends it in order.
func (d *daemon) stop() {
	d.Helper()
	check(d, d.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case err := <-d.ended:
		check(d, err)
	case <-time.After(time.Minute):
		d.Fatal("the service does not stop")
	}
	d.cmd = nil
}

// at is where the service listens.
func (d *daemon) at() string { return *d.address.Load() }

// monitor is where the service answers for its health.
func (d *daemon) monitor() string {
	d.Helper()
	var status struct{ Monitor string }
	check(d, json.Unmarshal([]byte(d.run("status", "--dir", d.dir, "--json")), &status))
	return "http://" + status.Monitor
}

// becomes waits until the service whose monitor is there says that it is ready,
// or not, by the status of its answer.
func (d *daemon) becomes(want int, monitor string) {
	d.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		r, err := http.Get(monitor + "/readyz")
		check(d, err)
		_ = r.Body.Close()
		if r.StatusCode == want {
			return
		}
	}
	d.Errorf("the service does not come to say %d of itself", want)
}

// with opens the store: a file's while the service does not run.
func (d *daemon) with(f func(store.Store)) {
	d.Helper()
	var st store.Store
	var err error
	if strings.HasPrefix(d.store, "postgres://") {
		var p *store.Postgres
		if p, err = store.OpenPostgres(ctx, d.store); err == nil {
			p.Patient()
		}
		st = p
	} else {
		st, err = store.OpenBolt(d.store)
	}
	check(d, err)
	defer st.Close()
	f(st)
}

// invite lets somebody register accounts.
func (d *daemon) invite() (text string) {
	d.Helper()
	d.with(func(st store.Store) {
		check(d, st.Update(ctx, func(w store.Writer) (err error) {
			text, err = server.Invite(w, server.Invitation{Uses: 8, Expires: time.Now().Add(time.Hour)})
			return err
		}))
	})
	return text
}
