package chaos

import (
	"net"
	"strconv"
	"sync"
	"testing"
)

// A proxy is the network between a service and its database, or its callers.
type proxy struct {
	listener net.Listener
	dial     func() (net.Conn, error) // one call at a time

	mu     sync.Mutex
	lost   bool // nothing goes through; as if packets were
	pairs  map[net.Conn]net.Conn
	graves []net.Conn // connections that got lost: neither side is told
}

// between stands before a port of this host.
func between(t testing.TB, port int) *proxy {
	t.Helper()
	to := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	return before(t, func() (net.Conn, error) { return net.Dial("tcp", to) })
}

// before stands before whatever a connection is made to.
func before(t testing.TB, dial func() (net.Conn, error)) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	p := &proxy{listener: l, dial: dial, pairs: map[net.Conn]net.Conn{}}
	go p.accept()
	t.Cleanup(func() {
		_ = l.Close()
		p.lose()
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, conn := range p.graves {
			_ = conn.Close()
		}
	})
	return p
}

func (p *proxy) port() int { return p.listener.Addr().(*net.TCPAddr).Port }

func (p *proxy) accept() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.join(conn)
	}
}

func (p *proxy) join(conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lost {
		p.graves = append(p.graves, conn)
		return
	}
	far, err := p.dial()
	if err != nil {
		_ = conn.Close()
		return
	}
	p.pairs[conn] = far
	go p.carry(conn, conn, far)
	go p.carry(conn, far, conn)
}

// carry takes octets from one side to the other, until one ends.
func (p *proxy) carry(pair, from, to net.Conn) {
	for b := make([]byte, 1<<16); ; {
		n, err := from.Read(b)
		if !p.has(pair) || err != nil {
			break
		}
		if _, err := to.Write(b[:n]); err != nil {
			break
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if far, there := p.pairs[pair]; there {
		delete(p.pairs, pair)
		_ = pair.Close()
		_ = far.Close()
	}
}

// has tells whether a connection is one that is carried.
func (p *proxy) has(pair net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pairs[pair] != nil
}

// cut breaks all connections off, and lets new ones through.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for near, far := range p.pairs {
		_ = near.Close()
		_ = far.Close()
	}
	clear(p.pairs)
}

// lose parts the two sides without telling either: their connections, and those
// that are made until heal, never hear anything again.
func (p *proxy) lose() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost = true
	for near, far := range p.pairs {
		p.graves = append(p.graves, near, far)
	}
	clear(p.pairs)
}

// heal lets new connections through.
func (p *proxy) heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost = false
}
