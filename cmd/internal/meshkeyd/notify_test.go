package meshkeyd

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func TestNotify(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	newNotifier().tell("READY=1") // nobody listens, and nothing happens
	path := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Skip("no such sockets here")
	}
	defer l.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	newNotifier().tell("READY=1", "STATUS=serving")
	b := make([]byte, 100)
	n, err := l.Read(b)
	if want := "READY=1\nSTATUS=serving"; err != nil || string(b[:n]) != want {
		t.Errorf("%q, %v", b[:n], err)
	}
}

func TestWatchdog(t *testing.T) {
	for _, c := range []struct {
		usec, pid string
		want      time.Duration
	}{
		{"", "", 0},
		{"30000000", "", 15 * time.Second},
		{"30000000", strconv.Itoa(os.Getpid()), 15 * time.Second},
		{"30000000", "1", 0},
		{"soon", "", 0},
	} {
		t.Setenv("WATCHDOG_USEC", c.usec)
		t.Setenv("WATCHDOG_PID", c.pid)
		if got := watchdog(); got != c.want {
			t.Errorf("%v: %v", c, got)
		}
	}
}
