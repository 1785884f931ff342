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
		for _, n := range notations(secret) {
			if bytes.Contains(bytes.ToLower(out), bytes.ToLower([]byte(n))) {
				t.Errorf("%s of %T shows the secret", how, v)
			}
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

// notations lists the ways in which eight octets from the middle of b could
// be written.
func notations(b []byte) []string {
	i := (len(b) - 8) / 2
	b = b[i : i+8]
	var dec, hexes []string
	for _, c := range b {
		dec = append(dec, fmt.Sprint(c))
		hexes = append(hexes, fmt.Sprintf("0x%x", c))
	}
	return []string{
		string(b), hex.EncodeToString(b), fmt.Sprintf("% x", b),
		strings.Join(dec, " "), strings.Join(dec, ","), strings.Join(dec, ", "), strings.Join(hexes, ", "),
		base64.StdEncoding.EncodeToString(b[:6]), base64.URLEncoding.EncodeToString(b[:6]),
		base32.StdEncoding.EncodeToString(b[:5]),
	}
}
