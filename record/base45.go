package record

import (
	"errors"
	"fmt"
	"strings"
)

// alphabet45 is the alphabet of Base45 (RFC 9285, section 3), which is that of
// the alphanumeric mode of a QR symbol. The space is a symbol like any other.
const alphabet45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// values45 holds the value of each octet of text, or 45 for none.
var values45 = func() (v [256]byte) {
	for i := range v {
		v[i] = 45
	}
	for i := range alphabet45 {
		v[alphabet45[i]] = byte(i)
	}
	return v
}()

// encode45 writes b in Base45 (RFC 9285, section 4): three symbols for two
// octets, the lowest first, and two for an odd octet at the end.
func encode45(b []byte) string {
	var s strings.Builder
	s.Grow((len(b)*3 + 1) / 2)
	for ; len(b) >= 2; b = b[2:] {
		n := int(b[0])<<8 | int(b[1])
		s.Write([]byte{alphabet45[n%45], alphabet45[n/45%45], alphabet45[n/2025]})
	}
	if len(b) == 1 {
		s.Write([]byte{alphabet45[b[0]%45], alphabet45[b[0]/45]})
	}
	return s.String()
}

// decode45 reads Base45 strictly: no symbol outside the alphabet, no group
// above its octets, no symbol left over. What it takes, encode45 writes again
// letter for letter.
func decode45(s string) ([]byte, error) {
	if len(s)%3 == 1 {
		return nil, errors.New("record: one symbol too many or too few")
	}
	b := make([]byte, 0, len(s)/3*2+1)
	for at := 0; at < len(s); at += 3 {
		group := s[at:min(at+3, len(s))]
		n, weight := 0, 1
		for i := range len(group) {
			v := values45[group[i]]
			if v == 45 {
				return nil, fmt.Errorf("record: symbol %d is not of Base45", at+i+1)
			}
			n += int(v) * weight
			weight *= 45
		}
		if n >= 1<<(8*(len(group)-1)) {
			return nil, fmt.Errorf("record: the group at symbol %d is out of range", at+1)
		}
		if len(group) == 3 {
			b = append(b, byte(n>>8))
		}
		b = append(b, byte(n))
	}
	return b, nil
}
