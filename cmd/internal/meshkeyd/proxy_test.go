package meshkeyd

import (
	"bytes"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
)

// two is a header of version 2.
func two(what, family byte, addresses ...byte) string {
	return proxyTwo + string([]byte{what, family, byte(len(addresses) >> 8), byte(len(addresses))}) + string(addresses)
}

var six = netip.MustParseAddr("2001:db8::1").AsSlice()

func TestReadProxyHeader(t *testing.T) {
	for header, want := range map[string]string{
		"PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n":  "192.0.2.7:56324",
		"PROXY TCP6 2001:db8::7 2001:db8::1 56324 443\r\n": "[2001:db8::7]:56324",
		"PROXY UNKNOWN\r\n": "invalid AddrPort",
		"PROXY UNKNOWN ffff:f::1 ffff:f::2 65535 65535\r\n":                        "invalid AddrPort",
		two(0x21, 0x11, 192, 0, 2, 7, 1, 2, 3, 4, 1, 2, 1, 187):                    "192.0.2.7:258",
		two(0x21, 0x11, 192, 0, 2, 7, 1, 2, 3, 4, 1, 2, 1, 187, 3, 0, 1, 9):        "192.0.2.7:258", // more behind it
		two(0x21, 0x21, append(append(bytes.Clone(six), six...), 1, 2, 1, 187)...): "[2001:db8::1]:258",
		two(0x20, 0x00):                       "invalid AddrPort",
		two(0x21, 0x31, make([]byte, 216)...): "invalid AddrPort",
	} {
		r := strings.NewReader(header + "what follows")
		from, err := readProxyHeader(r)
		if err != nil || from.String() != want {
			t.Errorf("%q: %s, %v", header, from, err)
		}
		if rest, _ := io.ReadAll(r); string(rest) != "what follows" {
			t.Errorf("%q: %q is left", header, rest)
		}
	}
	for _, header := range []string{
		"", "PROXY", "PROXY TCP4\r\n", "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a ClientHello",
		"PROXY TCP4 2001:db8::7 2001:db8::1 56324 443\r\n", "PROXY TCP6 192.0.2.7 192.0.2.8 1 2\r\n", "PROXY TCP6 fe80::1%eth0 fe80::2 1 2\r\n",
		"PROXY TCP4 192.0.2.7 198.51.100.1 99999 443\r\n", "PROXY TCP4 " + strings.Repeat("1", 200) + "\r\n", "PROXY UDP4 192.0.2.7 198.51.100.1 1 2\r\n",
		two(0x11, 0x11, make([]byte, 12)...), two(0x22, 0x11, make([]byte, 12)...), two(0x21, 0x11, 1, 2, 3), two(0x21, 0x21, make([]byte, 35)...),
		two(0x21, 0x11, make([]byte, 3000)...), two(0x21, 0x11, make([]byte, 12)...)[:20],
	} {
		if from, err := readProxyHeader(strings.NewReader(header)); err == nil {
			t.Errorf("%q is taken for %s", header, from)
		}
	}
}

func FuzzProxyHeader(f *testing.F) {
	f.Add([]byte("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n"))
	f.Add([]byte(two(0x21, 0x21, append(append(bytes.Clone(six), six...), 1, 2, 1, 187)...)))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		from, err := readProxyHeader(r)
		if read := len(b) - r.Len(); read > headTwo+maxTwo {
			t.Errorf("%d octets were read", read)
		}
		if err != nil || !from.IsValid() {
			return
		}
		kind := "TCP4"
		if from.Addr().Is6() {
			kind = "TCP6"
		}
		line := strings.Join([]string{"PROXY", kind, from.Addr().StringExpanded(), from.Addr().String(), netip.AddrPortFrom(from.Addr(), from.Port()).String()[strings.LastIndex(from.String(), ":")+1:], "1"}, " ") + "\r\n"
		if again, err := readProxyHeader(strings.NewReader(line)); err != nil || again != from {
			t.Errorf("%q: %s, %v", line, again, err)
		}
	})
}

func TestParseNetworks(t *testing.T) {
	got, err := parseNetworks("10.1.2.3/8, 192.0.2.1 ::ffff:192.0.2.9,2001:db8::/32")
	if err != nil || len(got) != 4 || got[0].String() != "10.0.0.0/8" || got[1].String() != "192.0.2.1/32" || got[2].String() != "192.0.2.9/32" {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"10.0.0.0/33", "balancer", "fe80::1%eth0", "10.0.0"} {
		if _, err := parseNetworks(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// A listener for callers on this machine, who are a trusted proxy or not.
func listenFor(t *testing.T, trusted string, each int) (*callerListener, func(send string) (net.Conn, net.Conn)) {
	t.Helper()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	networks, err := parseNetworks(trusted)
	if err != nil {
		t.Fatal(err)
	}
	l := &callerListener{on, newLimits(&settings{rate: 1, conns: 3, eachConn: each}), networks}
	t.Cleanup(func() { l.Close() })
	return l, func(send string) (there, here net.Conn) {
		t.Helper()
		there, err := net.Dial("tcp", on.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { there.Close() })
		if _, err := there.Write([]byte(send)); err != nil {
			t.Fatal(err)
		}
		if here, err = l.Accept(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { here.Close() })
		return there, here
	}
}

// Who calls is whom a trusted proxy names, and nobody else's word counts.
func TestCallers(t *testing.T) {
	const header = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n"
	b := make([]byte, 100)
	_, call := listenFor(t, "127.0.0.0/8", 10)
	_, conn := call(header + "hello")
	if n, err := conn.Read(b); err != nil || string(b[:n]) != "hello" || conn.RemoteAddr().String() != "192.0.2.7:56324" {
		t.Errorf("%q from %s, %v", b[:n], conn.RemoteAddr(), err)
	}
	there, conn := call("no header at all, and much of it")
	if _, err := conn.Read(b); err == nil {
		t.Error("a proxy that does not say who calls is believed")
	}
	conn.Close()
	there.Close()
	_, conn = call(two(0x20, 0))
	if conn.RemoteAddr().String()[:10] != "127.0.0.1:" {
		t.Errorf("a proxy that calls for itself is %s", conn.RemoteAddr())
	}
	_, call = listenFor(t, "10.0.0.0/8", 10)
	_, conn = call(header)
	if n, err := conn.Read(b); err != nil || string(b[:n]) != header || conn.RemoteAddr().String()[:10] != "127.0.0.1:" {
		t.Errorf("who is no proxy is believed: %q from %s, %v", b[:n], conn.RemoteAddr(), err)
	}
}

// One address has so many connections at a time, and others have room; what is
// closed counts no longer, once.
func TestConnectionsOfOneAddress(t *testing.T) {
	const one, other = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\nx", "PROXY TCP4 192.0.2.8 198.51.100.1 56324 443\r\nx"
	l, call := listenFor(t, "127.0.0.1", 1)
	b := make([]byte, 1)
	_, first := call(one)
	if _, err := first.Read(b); err != nil {
		t.Fatal(err)
	}
	_, second := call(one)
	if _, err := second.Read(b); err == nil {
		t.Error("a second connection of one address")
	}
	second.Close()
	_, third := call(other)
	if _, err := third.Read(b); err != nil {
		t.Error(err)
	}
	for range 2 {
		first.Close()
	}
	_, fourth := call(one)
	if _, err := fourth.Read(b); err != nil {
		t.Error(err)
	}
	if n := len(l.limits.connections); n != 2 {
		t.Errorf("%d connections", n)
	}
	third.Close()
	fourth.Close()
	if n := len(l.limits.of); n > 0 || len(l.limits.connections) > 0 {
		t.Errorf("%d addresses are left, and %d connections", n, len(l.limits.connections))
	}
}
