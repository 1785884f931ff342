package shamir_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"meshkey/internal/secret/secrettest"
	"meshkey/shamir"
)

func parse(t testing.TB, octets ...byte) shamir.Share {
	t.Helper()
	s, err := shamir.ParseShare(octets)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// All headers, at both ends of the lengths.
func TestParseShare(t *testing.T) {
	for header := range 256 {
		for _, n := range []int{1, 35, shamir.MaxSecret} {
			octets := append([]byte{byte(header)}, bytes.Repeat([]byte{0xfe}, n)...)
			s, err := shamir.ParseShare(octets)
			if header < 16 {
				var quorum *shamir.QuorumError
				if !errors.As(err, &quorum) {
					t.Errorf("header %#x: %v", header, err)
				}
				continue
			}
			if err != nil {
				t.Fatalf("header %#x: %v", header, err)
			}
			if s.Need() != header/16 || s.Index() != header%16+1 || s.SecretLen() != n || !bytes.Equal(s.Bytes(), octets) {
				t.Errorf("header %#x: %v with %d octets is written %x", header, s, s.SecretLen(), s.Bytes())
			}
		}
	}
	for _, n := range []int{0, 1, shamir.MaxSecret + 2, 1000} {
		_, err := shamir.ParseShare(make([]byte, n))
		var length *shamir.LengthError
		if !errors.As(err, &length) || length.Octets != max(n-1, 0) {
			t.Errorf("%d octets: %v", n, err)
		}
	}
}

// A share owns its octets, and gives away none but copies.
func TestShareIsApart(t *testing.T) {
	octets := []byte{0x20, 1, 2, 3}
	s := parse(t, octets...)
	octets[1] = 9
	out := s.Bytes()
	out[2] = 9
	if got := s.Bytes(); !bytes.Equal(got, []byte{0x20, 1, 2, 3}) {
		t.Errorf("a share changed to %x", got)
	}
}

func TestShareEqual(t *testing.T) {
	s := parse(t, 0x20, 1, 2)
	for _, other := range []shamir.Share{
		parse(t, 0x21, 1, 2), parse(t, 0x30, 1, 2), parse(t, 0x20, 1, 3), parse(t, 0x20, 0, 2), parse(t, 0x20, 1), {},
	} {
		if s.Equal(other) || other.Equal(s) {
			t.Errorf("%v equals %v", s, other)
		}
	}
	if !s.Equal(parse(t, 0x20, 1, 2)) {
		t.Error("equal shares are not Equal")
	}
}

func TestShareWipe(t *testing.T) {
	s := parse(t, 0x20, 1, 2)
	same := s
	s.Wipe()
	if same.SecretLen() != 0 || len(same.Bytes()) != 1 {
		t.Errorf("a copy of a wiped share has %d octets", same.SecretLen())
	}
	s.Wipe()
	shamir.Share{}.Wipe()
	if _, err := shamir.Combine([]shamir.Share{same}); err == nil {
		t.Error("a wiped share combines")
	}
}

func TestShareHidden(t *testing.T) {
	value := []byte("sixteen octets..")
	s := parse(t, append([]byte{0x22}, value...)...)
	for _, v := range []any{s, &s, []shamir.Share{s}, struct{ S shamir.Share }{s}, map[string]any{"s": s}} {
		secrettest.CheckHidden(t, v, value)
	}
	for _, verb := range []string{"%v", "%+v", "%s", "%x", "%q"} {
		if got := fmt.Sprintf(verb, s); got != "share 3 (2 needed)" {
			t.Errorf("%s prints %q", verb, got)
		}
	}
	if b, err := json.Marshal(struct{ S shamir.Share }{s}); err == nil {
		t.Errorf("a share is encoded as %s", b)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", s)
	if !strings.Contains(log.String(), `s="share 3 (2 needed)"`) {
		t.Errorf("logged as %q", log.String())
	}
}

func FuzzParseShare(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0x20})
	f.Add([]byte{0x20, 1})
	f.Add([]byte{0x0f, 1})
	f.Add(bytes.Repeat([]byte{0xff}, 65))
	f.Add(bytes.Repeat([]byte{0xff}, 66))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := shamir.ParseShare(b)
		if err != nil {
			return
		}
		if !bytes.Equal(s.Bytes(), b) {
			t.Errorf("%x is written %x", b, s.Bytes())
		}
	})
}
