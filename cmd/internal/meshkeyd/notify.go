package meshkeyd

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// notifier tells systemd how the service is, if systemd started it: sd_notify(3).
type notifier struct{ socket string }

// newNotifier is nil if nobody listens.
func newNotifier() *notifier {
	socket := os.Getenv("NOTIFY_SOCKET")
	if socket == "" {
		return nil
	}
	if name, ok := strings.CutPrefix(socket, "@"); ok {
		socket = "\x00" + name // in the abstract name space
	}
	return &notifier{socket}
}

// tell sends assignments such as READY=1.
func (n *notifier) tell(assignments ...string) {
	if n == nil {
		return
	}
	conn, err := net.Dial("unixgram", n.socket)
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = conn.Write([]byte(strings.Join(assignments, "\n")))
}

// reloading says that the service reads its files again; READY=1 ends it.
func (n *notifier) reloading() {
	if n != nil {
		n.tell("RELOADING=1", fmt.Sprintf("MONOTONIC_USEC=%d", monotonic().Microseconds()))
	}
}

// watchdog is how often systemd wants to hear that the service lives; 0 is
// never. It is half of what systemd waits.
func watchdog() time.Duration {
	if pid := os.Getenv("WATCHDOG_PID"); pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0
	}
	micros, err := strconv.ParseUint(os.Getenv("WATCHDOG_USEC"), 10, 40)
	if err != nil {
		return 0
	}
	return time.Duration(micros) * time.Microsecond / 2
}
