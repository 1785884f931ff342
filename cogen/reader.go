package cogen

import "encoding/binary"

// A reader takes octets apart. What is missing comes out as zeros and empty,
// and is seen by done.
type reader struct {
	rest  []byte
	short bool
}

// take returns the next n octets, or none.
func (r *reader) take(n int) []byte {
	if n > len(r.rest) {
		r.short = true
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) octet() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

// number reads two octets, the high one first.
func (r *reader) number() int {
	if b := r.take(2); b != nil {
		return int(binary.BigEndian.Uint16(b))
	}
	return 0
}

// done reports whether all octets were taken and none was missing.
func (r *reader) done() bool { return !r.short && len(r.rest) == 0 }
