// Package secrettest checks that a value does not show its secret.
package secrettest

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// CheckHidden formats v with every verb, as JSON, gob, a log record and an
// error, and fails t if octets of secret, in any usual notation, are in what
// comes out. secret must have at least eight octets.
func CheckHidden(t testing.TB, v any, secret []byte) {
	t.Helper()
	if len(secret) < 8 {
		t.Fatal("secrettest: too short a secret to look for")
	}
	look := func(how string, out []byte) {
		t.Helper()
		if shows(out, secret) {
			t.Errorf("%s of %T shows the secret", how, v)
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%o", "%b", "%c", "%U", "%t", "%e", "%p"} {
		look(verb, fmt.Appendf(nil, verb, v))
	}
	if b, err := json.Marshal(v); err == nil {
		look("JSON", b)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("value", "v", v)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("value", "v", v)
	look("a log record", log.Bytes())
	look("an error", []byte(errors.Join(fmt.Errorf("failed: %v", v)).Error()))
	var g bytes.Buffer
	if err := gob.NewEncoder(&g).Encode(v); err == nil {
		look("gob", g.Bytes())
	}
}

// shows tells whether octets from the middle of secret are in out, in any usual
// notation. Only text has a lower case: bytes.ToLower makes all octets that are
// no UTF-8 the same, and would find any secret in any binary.
func shows(out, secret []byte) bool {
	middle := secret[(len(secret)-8)/2:][:8]
	if bytes.Contains(out, middle) {
		return true
	}
	text := strings.ToLower(string(out))
	for _, n := range numbers(middle) {
		if strings.Contains(text, n) {
			return true
		}
	}
	// Which octets share a letter depends on what was written before them.
	from := max(0, (len(secret)-10)/2)
	for i := from; i < from+5; i++ {
		if i+6 <= len(secret) && bytes.Contains(out, base64.RawStdEncoding.AppendEncode(nil, secret[i:i+6])) ||
			i+6 <= len(secret) && bytes.Contains(out, base64.RawURLEncoding.AppendEncode(nil, secret[i:i+6])) ||
			i+5 <= len(secret) && strings.Contains(text, strings.ToLower(base32.StdEncoding.EncodeToString(secret[i:i+5]))) {
			return true
		}
	}
	return false
}

// numbers lists the ways in which b could be written octet by octet, in lower case.
func numbers(b []byte) []string {
	var dec, hexes []string
	for _, c := range b {
		dec = append(dec, fmt.Sprint(c))
		hexes = append(hexes, fmt.Sprintf("0x%x", c))
	}
	return []string{
		hex.EncodeToString(b), fmt.Sprintf("% x", b),
		strings.Join(dec, " "), strings.Join(dec, ","), strings.Join(dec, ", "), strings.Join(hexes, ", "),
	}
}
