package meshkeyd

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
)

// What a balancer sends before what the caller sends: the PROXY protocol of
// HAProxy, versions 1 and 2. TLS ends here and not there, so no header of HTTP
// could say who calls.
const (
	proxyOne   = "PROXY "
	proxyTwo   = "\r\n\r\n\x00\r\nQUIT\n"
	maxOne     = 107 // octets of a header of version 1, its end counted
	headTwo    = 16  // octets of one of version 2 before what it is long
	maxTwo     = 2048
	leastProxy = 15 // octets that the shortest header has
)

var errProxy = errors.New("the balancer does not say in the PROXY protocol who calls")

// readProxyHeader reads such a header and nothing behind it. The address is not
// valid if the balancer calls for itself, to see whether anybody is there.
func readProxyHeader(r io.Reader) (from netip.AddrPort, err error) {
	head := make([]byte, leastProxy, maxOne)
	if _, err := io.ReadFull(r, head); err != nil {
		return from, errProxy
	}
	switch {
	case bytes.HasPrefix(head, []byte(proxyOne)):
		for !bytes.HasSuffix(head, []byte("\r\n")) {
			if len(head) == maxOne {
				return from, errProxy
			}
			head = head[:len(head)+1]
			if _, err := io.ReadFull(r, head[len(head)-1:]); err != nil {
				return from, errProxy
			}
		}
		return parseProxyOne(string(head[:len(head)-2]))
	case bytes.HasPrefix(head, []byte(proxyTwo)):
		head = head[:headTwo]
		if _, err := io.ReadFull(r, head[leastProxy:]); err != nil {
			return from, errProxy
		}
		n := int(binary.BigEndian.Uint16(head[14:]))
		if n > maxTwo {
			return from, errProxy
		}
		more := make([]byte, n)
		if _, err := io.ReadFull(r, more); err != nil {
			return from, errProxy
		}
		return parseProxyTwo(head[12], head[13], more)
	}
	return from, errProxy
}

func parseProxyOne(line string) (from netip.AddrPort, err error) {
	part := strings.Split(line, " ")
	if len(part) >= 2 && part[1] == "UNKNOWN" {
		return from, nil
	}
	if len(part) != 6 || part[1] != "TCP4" && part[1] != "TCP6" {
		return from, errProxy
	}
	ip, err := netip.ParseAddr(part[2])
	if err != nil || ip.Zone() != "" || ip.Is4() != (part[1] == "TCP4") {
		return from, errProxy
	}
	port, err := strconv.ParseUint(part[4], 10, 16)
	if err != nil {
		return from, errProxy
	}
	return netip.AddrPortFrom(ip, uint16(port)), nil
}

func parseProxyTwo(what, family byte, b []byte) (from netip.AddrPort, err error) {
	switch what {
	case 0x20: // for itself
		return from, nil
	case 0x21:
	default:
		return from, errProxy
	}
	switch family {
	case 0x11: // TCP over IPv4: two addresses, two ports
		if len(b) < 12 {
			return from, errProxy
		}
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[:4])), binary.BigEndian.Uint16(b[8:])), nil
	case 0x21: // over IPv6
		if len(b) < 36 {
			return from, errProxy
		}
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[:16])), binary.BigEndian.Uint16(b[32:])), nil
	}
	return from, nil // of another kind: the balancer's own counts
}

// parseNetworks reads addresses and networks with commas between them.
func parseNetworks(text string) (out []netip.Prefix, err error) {
	for _, one := range strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' }) {
		if ip, err := netip.ParseAddr(one); err == nil && ip.Zone() == "" {
			out = append(out, netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()))
			continue
		}
		n, err := netip.ParsePrefix(one)
		if err != nil {
			return nil, fmt.Errorf("%q is no address and no network: write it as 192.0.2.1 or 10.0.0.0/8", one)
		}
		out = append(out, n.Masked())
	}
	return out, nil
}
