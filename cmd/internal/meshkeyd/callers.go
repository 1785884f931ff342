package meshkeyd

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"meshkey/keyservice/server"
)

// callers is the listener for callers: it has so many connections at a time, so
// many of one network address, and believes proxies who calls.
func (d *daemon) callers() net.Listener {
	return &callerListener{d.main, d.limits, d.settings.trusted}
}

type callerListener struct {
	net.Listener
	limits  *limits
	proxies []netip.Prefix
}

// Accept implements net.Listener.
func (l *callerListener) Accept() (net.Conn, error) {
	l.limits.connections <- struct{}{}
	free := sync.OnceFunc(func() { <-l.limits.connections })
	conn, err := l.Listener.Accept()
	if err != nil {
		free()
		return nil, err
	}
	return &callerConn{Conn: conn, listener: l, free: free}, nil
}

// A callerConn is a caller's connection. Who calls is found out when it is asked
// for first, or read first, and not by Accept: a proxy may take its time to say.
type callerConn struct {
	net.Conn
	listener *callerListener
	free     func()

	meet   sync.Once
	remote net.Addr
	err    error

	mu     sync.Mutex
	leave  func() // ends its being counted, nil if it is not
	closed bool
}

var errTooMany = errors.New("too many connections from this address")

// met finds out who calls, and whether he has too many connections.
func (c *callerConn) met() error {
	c.meet.Do(func() {
		c.remote = c.Conn.RemoteAddr()
		if c.trusted() {
			if c.err = c.Conn.SetReadDeadline(time.Now().Add(headTime)); c.err != nil {
				return
			}
			from, err := readProxyHeader(c.Conn)
			if err != nil {
				c.listener.limits.unsaid.Add(1)
				c.err = err
				return
			}
			if c.err = c.Conn.SetReadDeadline(time.Time{}); c.err != nil {
				return
			}
			if from.IsValid() {
				c.remote = net.TCPAddrFromAddrPort(from)
			}
		}
		leave, ok := c.listener.limits.enter(server.Peer{Address: c.remote.String()}.Network())
		if !ok {
			c.err = errTooMany
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.leave = leave; c.closed {
			leave()
		}
	})
	return c.err
}

// trusted tells whether a proxy is at the other end.
func (c *callerConn) trusted() bool {
	at, err := netip.ParseAddrPort(c.Conn.RemoteAddr().String())
	return err == nil && slices.ContainsFunc(c.listener.proxies, func(p netip.Prefix) bool {
		return p.Contains(at.Addr().Unmap().WithZone(""))
	})
}

// RemoteAddr implements net.Conn: it is the caller's address.
func (c *callerConn) RemoteAddr() net.Addr {
	_ = c.met()
	return c.remote
}

// Read implements net.Conn.
func (c *callerConn) Read(b []byte) (int, error) {
	if err := c.met(); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

// Close implements net.Conn.
func (c *callerConn) Close() error {
	defer c.free()
	c.mu.Lock()
	if leave := c.leave; leave != nil && !c.closed {
		defer leave()
	}
	c.closed = true
	c.mu.Unlock()
	return c.Conn.Close()
}
