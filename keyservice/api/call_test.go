package api

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/mesh"
	"meshkey/udf"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func fingerprint(k *cogen.PublicKey) udf.Fingerprint {
	return udf.KeyFingerprint(k.Algorithm(), k.Bytes())
}

// operate is a request as members make them, with one operation.
func operate() *OperateRequest {
	return &OperateRequest{AccountAddress: "team@example.com", Operations: []mesh.AnyOperation{
		&mesh.CryptographicOperationKeyAgreement{
			CryptographicOperation: mesh.CryptographicOperation{KeyId: "MA77-JIYT-4UAX-CALM-J4UC-K5KZ-EOLU"},
			PublicKey:              &mesh.PublicKeyECDH{Crv: "X448", Public: make([]byte, 57)},
		},
	}, EnvelopedGroupRequest: mesh.Envelope(`[{"dig":"S512"},"AAAA",{"signatures":[{"alg":"S512","kid":"M","signature":"AAAA"}]}]`)}
}

func TestCall(t *testing.T) {
	service := fingerprint(cogen.Ed448().GenerateKey().PublicKey())
	for _, a := range []cogen.Algorithm{cogen.Ed448(), cogen.Ed25519()} {
		key := a.GenerateKey()
		b, err := Sign(operate(), service, Caller{"alice@example.com", key}, noon.Add(time.Second-1))
		if err != nil {
			t.Fatal(err)
		}
		if !IsCall(b) {
			t.Error("a call is none")
		}
		c, err := ParseCall(b)
		if err != nil {
			t.Fatal(err)
		}
		if c.Service != service.String() || c.Account != "alice@example.com" || !c.Time.Equal(noon) || c.Digest != sha256.Sum256(b) || Name(c.Request) != "Operate" {
			t.Errorf("the call is read as %v", c)
		}
		if got := c.Signers(); len(got) != 1 || got[0] != fingerprint(key.PublicKey()).String() {
			t.Errorf("signers %v", got)
		}
		if err := c.Verify(key.PublicKey()); err != nil {
			t.Error(err)
		}
		if err := c.Verify(a.GenerateKey().PublicKey()); !errors.Is(err, ErrSignature) {
			t.Errorf("another key verifies: %v", err)
		}
		for d, want := range map[time.Duration]bool{0: true, time.Minute: true, -time.Minute: true, time.Minute + 1: false, -time.Minute - 1: false} {
			if err := c.Fresh(noon.Add(d), time.Minute); (err == nil) != want || err != nil && !errors.Is(err, ErrExpired) {
				t.Errorf("%v away: %v", d, err)
			}
		}
		again, err := Sign(operate(), service, Caller{"alice@example.com", key}, noon)
		if err != nil {
			t.Fatal(err)
		}
		if other, err := ParseCall(again); err != nil || other.Nonce == c.Nonce {
			t.Errorf("one nonce for two calls: %v", err)
		}
	}
}

// No octet of a call can be another, whether the signature covers it or not.
func TestChangedCall(t *testing.T) {
	key := cogen.Ed25519().GenerateKey()
	b, err := Sign(&HelloRequest{}, fingerprint(key.PublicKey()), Caller{"alice@example.com", key}, noon)
	if err != nil {
		t.Fatal(err)
	}
	good := func(b []byte) bool {
		c, err := ParseCall(b)
		return err == nil && c.Verify(key.PublicKey()) == nil
	}
	if !good(b) {
		t.Fatal("the call is not good")
	}
	for i := range b {
		for _, flip := range []byte{1, 0x20, 0x80} {
			changed := bytes.Clone(b)
			if changed[i] ^= flip; good(changed) {
				t.Errorf("octet %d may be %q", i, changed[i])
			}
		}
		for _, c := range "A \n" {
			if longer := append(append(bytes.Clone(b[:i]), byte(c)), b[i:]...); good(longer) {
				t.Errorf("%q may stand at octet %d", c, i)
			}
		}
		if good(b[:i]) || good(append(bytes.Clone(b[:i]), b[i+1:]...)) {
			t.Errorf("octet %d may be missing", i)
		}
	}
	kid := fingerprint(key.PublicKey()).String()
	for _, name := range []string{kid[:24], strings.ToLower(kid), strings.ReplaceAll(kid, "-", "")} {
		if good(bytes.Replace(b, []byte(kid), []byte(name), 1)) {
			t.Errorf("the key may be named %s", name)
		}
	}
	if good(append(b, '\n')) {
		t.Error("something may follow")
	}
}

// body is a call's, with pieces replaced.
func body(t *testing.T, pairs ...string) []byte {
	b := `{"Call":{"Version":1,"Service":"MA77-JIYT-4UAX-CALM-J4UC-K5KZ-EOLU","Account":"alice@example.com","Time":"2026-11-23T12:00:00Z","Nonce":"NAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA","Request":{"HelloRequest":{}}}}`
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(b, pairs[i]) {
			t.Fatalf("no %q in the body", pairs[i])
		}
		b = strings.Replace(b, pairs[i], pairs[i+1], 1)
	}
	return []byte(b)
}

// Signed or not, what is no call is not read.
func TestMalformedCalls(t *testing.T) {
	key := cogen.Ed25519().GenerateKey()
	parse := func(b []byte) error {
		e, err := dare.Sign(b, dare.ContentMeta{MessageType: "Call"}, key)
		if err != nil {
			t.Fatal(err)
		}
		_, err = ParseCall(e.Bytes())
		return err
	}
	nonce := func(n int) string {
		text, err := udf.FormatNonce(make([]byte, n))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	const sixteen = "NAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"
	for _, change := range [][]string{{}, {`"alice`, `"\u0061lice`}, {sixteen, nonce(32)}, {`:1,`, ` : 1 , `}} {
		if err := parse(body(t, change...)); err != nil {
			t.Errorf("%q: %v", change, err)
		}
	}
	for _, change := range [][]string{
		{`"Version":1`, `"Version":2`}, {`"Version":1`, `"Version":"1"`}, {`"Version":1,`, ``}, {`"Call"`, `"call"`}, {`{"Call"`, `{"X":1,"Call"`},
		{`"Account":"alice@example.com",`, ``}, {`"Account"`, `"account"`}, {`"Account"`, `"Service"`}, {`"Account":"alice@example.com"`, `"Account":1`},
		{`"alice@`, `"` + strings.Repeat("a", maxAddress) + `@`}, {`,"Request"`, `,"New":1,"Request"`}, {`{}}}}`, `{}},"New":1}}`},
		{`12:00:00Z`, `12:00:00+00:00`}, {`12:00:00Z`, `12:00:00.0Z`}, {`12:00:00Z`, `24:00:00Z`}, {`T12`, `t12`}, {`2026-11-23T12:00:00Z`, ``}, {`2026-`, `02026-`},
		{sixteen, nonce(15)}, {sixteen, nonce(33)}, {sixteen, strings.ToLower(sixteen)}, {sixteen, strings.ReplaceAll(sixteen, "-", "")}, {sixteen, ""}, {sixteen, "M" + sixteen[1:]},
		{`{"HelloRequest":{}}`, `{}`}, {`{"HelloRequest":{}}`, `{"HelloRequest":{"X":1}}`}, {`{"HelloRequest":{}}`, `{"MeshHelloResponse":{}}`}, {`{"HelloRequest":{}}`, `[]`},
		{`"Time":"2026-11-23T12:00:00Z","Nonce":"` + sixteen + `"`, `"Nonce":"` + sixteen + `","Time":"2026-11-23T12:00:00Z"`},
	} {
		if err := parse(body(t, change...)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", change, err)
		}
	}
	for _, b := range []string{"", "null", "[]", `{"Call":[]}`, `{"Call":{}}`, "\xb2", `{"HelloRequest":{}}`} {
		if err := parse([]byte(b)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", b, err)
		}
	}
	two, err := dare.Sign(body(t), dare.ContentMeta{MessageType: "Call"}, key, cogen.Ed448().GenerateKey())
	if err != nil {
		t.Fatal(err)
	}
	other, err := dare.Sign(body(t), dare.ContentMeta{MessageType: "Other"}, key)
	if err != nil {
		t.Fatal(err)
	}
	unsigned := *other
	unsigned.Trailer = nil
	for name, e := range map[string]*dare.Envelope{"two signatures": two, "another content": other, "no signature": &unsigned} {
		if _, err := ParseCall(e.Bytes()); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignRefuses(t *testing.T) {
	key := cogen.Ed25519().GenerateKey()
	service := fingerprint(key.PublicKey())
	for name, err := range map[string]error{
		"a key that signs nothing": func() error {
			_, err := Sign(&HelloRequest{}, service, Caller{"a@b", cogen.X448().GenerateKey()}, noon)
			return err
		}(),
		"a long address": func() error {
			_, err := Sign(&HelloRequest{}, service, Caller{strings.Repeat("a", 300), key}, noon)
			return err
		}(),
		"an address that is no text": func() error {
			_, err := Sign(&HelloRequest{}, service, Caller{"\xff", key}, noon)
			return err
		}(),
		"an envelope that is none": func() error {
			_, err := Sign(&TransferRequest{Updates: []*ContainerUpdate{{Envelopes: []mesh.Envelope{mesh.Envelope("[")}}}}, service, Caller{"a@b", key}, noon)
			return err
		}(),
		"a year that has five digits": func() error {
			_, err := Sign(&HelloRequest{}, service, Caller{"a@b", key}, noon.AddDate(9000, 0, 0))
			return err
		}(),
	} {
		if err == nil {
			t.Errorf("%s is signed", name)
		}
	}
}

// What is too long is not read, and transfers may be longer than others.
func TestLongCalls(t *testing.T) {
	key := cogen.Ed25519().GenerateKey()
	long := func(r Request) ([]byte, error) {
		return Sign(r, fingerprint(key.PublicKey()), Caller{"alice@example.com", key}, noon)
	}
	envelope := func(n int) mesh.Envelope { return mesh.Envelope(`[{},"` + strings.Repeat("A", n) + `"]`) }
	transfer := func(n int) *TransferRequest {
		return &TransferRequest{Updates: []*ContainerUpdate{{Envelopes: []mesh.Envelope{envelope(n)}}}}
	}
	for name, c := range map[string]struct {
		r    Request
		want error
	}{
		"a transfer":       {transfer(MaxBody), nil},
		"a long transfer":  {transfer(MaxTransfer), ErrTooLarge},
		"a long operation": {&OperateRequest{EnvelopedGroupRequest: envelope(MaxBody)}, ErrTooLarge},
	} {
		b, err := long(c.r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseCall(b); !errors.Is(err, c.want) || err != nil && c.want == nil {
			t.Errorf("%s of %d octets: %v", name, len(b), err)
		}
	}
	if _, err := ParseRequest([]byte(`{"HelloRequest":{}}` + strings.Repeat(" ", MaxBody))); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a long request: %v", err)
	}
	if _, err := ParseResponse([]byte(`{"GetResponse":{}}` + strings.Repeat(" ", MaxTransfer))); err == nil {
		t.Error("a long response is read")
	}
}
