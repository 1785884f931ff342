//go:build !linux

package storetest

import (
	"io"
	"net"
)

// hold returns a port that was free just now.
func hold() (port int, held io.Closer, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, nil, err
	}
	return l.Addr().(*net.TCPAddr).Port, l, l.Close()
}
