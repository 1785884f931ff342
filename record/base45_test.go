package record

import (
	"bytes"
	"strings"
	"testing"
)

func TestBase45(t *testing.T) {
	// RFC 9285, sections 4.3 and 4.4.
	for text, want := range map[string]string{"BB8": "AB", "%69 VD92EX0": "Hello!!", "UJCLQE7W581": "base-45", "QED8WEX0": "ietf!", "": "", "FGW": "\xff\xff"} {
		got, err := decode45(text)
		if err != nil || string(got) != want || encode45([]byte(want)) != text {
			t.Errorf("%q: %q %v, and back %q", text, got, err, encode45([]byte(want)))
		}
	}
}

func TestBase45Refuses(t *testing.T) {
	for _, text := range []string{"A", "AAAA", "GGW", ":::", "::", "V5", "bb8", "BB8\n", "B-_", "QED8WEX0=="} {
		if b, err := decode45(text); err == nil {
			t.Errorf("%q is read as %x", text, b)
		}
	}
}

func FuzzBase45(f *testing.F) {
	f.Add("%69 VD92EX0", []byte("Hello!!"))
	f.Add(":::", []byte{})
	f.Fuzz(func(t *testing.T, text string, octets []byte) {
		if b, err := decode45(text); err == nil && encode45(b) != text {
			t.Errorf("%q is read but written as %q", text, encode45(b))
		}
		s := encode45(octets)
		b, err := decode45(s)
		if err != nil || !bytes.Equal(b, octets) {
			t.Errorf("%x is written as %q and read as %x, %v", octets, s, b, err)
		}
		if strings.HasSuffix(s, " ") {
			t.Errorf("%x ends in a space", octets)
		}
	})
}
