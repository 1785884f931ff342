package meshkeyd

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// mayAdminister tells whether the process at the other end is of this one's
// user, or of the system's administrator.
func mayAdminister(conn net.Conn) bool {
	u, ok := conn.(*net.UnixConn)
	if !ok {
		return false
	}
	raw, err := u.SyscallConn()
	if err != nil {
		return false
	}
	var cred *unix.Ucred
	var failed error
	err = raw.Control(func(fd uintptr) {
		cred, failed = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	return err == nil && failed == nil && (cred.Uid == 0 || int(cred.Uid) == os.Geteuid())
}
