package storetest

import (
	"io"
	"os"
	"syscall"
)

// hold returns a port of this host, on which anybody who names it may listen, end,
// and listen again: a socket has it that does not listen, and the system gives it to
// nobody who asks for any.
func hold() (port int, held io.Closer, err error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, nil, err
	}
	held = os.NewFile(uintptr(fd), "port")
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return 0, held, err
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, held, err
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		return 0, held, err
	}
	return at.(*syscall.SockaddrInet4).Port, held, nil
}
