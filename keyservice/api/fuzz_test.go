package api

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/udf"
)

// FuzzCall reads calls. What is read is written again octet for octet, and its
// body as it was signed.
func FuzzCall(f *testing.F) {
	key := cogen.Ed25519().GenerateKey()
	for _, c := range calls {
		b, err := Sign(c.request, fingerprint(key.PublicKey()), Caller{"alice@example.com", key}, noon)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		e, err := dare.Parse(b)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(e.Body)
	}
	other := cogen.Ed25519().GenerateKey().PublicKey()
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := parseBody(b); err == nil {
			if again, err := sign(c.Request, c.Service, Caller{c.Account, key}, c.Time, octets(t, c.Nonce)); crowded(err) {
				return
			} else if err != nil {
				t.Errorf("read, but not to be signed: %v", err)
			} else if d, err := ParseCall(again); err != nil || d.Nonce != c.Nonce || d.Account != c.Account || d.Service != c.Service || !d.Time.Equal(c.Time) {
				t.Errorf("read again it differs: %v", err)
			}
		}
		c, err := ParseCall(b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("an error that is no refusal: %v", err)
			}
			return
		}
		e, err := dare.Parse(b)
		if err != nil || !bytes.Equal(e.Bytes(), b) || !bytes.Equal(e.Body, c.envelope.Body) || len(e.Signers()) != 1 || e.Signers()[0] != c.Signers()[0] {
			t.Errorf("another envelope than it is: %v", err)
		}
		if c.Verify(other) == nil {
			t.Error("the signature of nobody verifies")
		}
	})
}

func FuzzRequest(f *testing.F) {
	for _, c := range calls {
		b, err := Marshal(c.request)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"StatusRequest":{"AccountAddress":"` + strings.Repeat(`\u005b`, 400) + `"}}`))
	b, err := Marshal(operate())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseRequest(b)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("an error that is no refusal: %v", err)
			}
			return
		}
		again(t, r, func(b []byte) (any, error) { return ParseRequest(b) })
	})
}

func FuzzResponse(f *testing.F) {
	for _, c := range calls {
		b, err := Marshal(c.response)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(Refuse("Operate", ErrWaiting.After(5)))
	f.Add([]byte(`{"OperateResponse":{"Status":201,"Results":[{"CryptographicResultKeyAgreement":{"KeyAgreement":{"KeyAgreementECDH":{"Curve":"X448","Result":"AA"}}}}]}}`))
	f.Add([]byte(`{"OperateResponse":{"Status":201,"Results":[{"CryptographicResultShare":{"EnvelopedGrant":[{}],"EnvelopedGroupRecord":[{}]}}]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseResponse(b)
		if err != nil {
			return
		}
		again(t, r, func(b []byte) (any, error) { return ParseResponse(b) })
		for _, c := range calls {
			if _, err := ParseAnswer(c.request, b); err == nil && r.Base().Status != StatusDone {
				t.Error("a refusal is an answer")
			}
		}
	})
}

// again checks that what was read is written as something that is read and
// written the same.
func again(t *testing.T, x any, parse func([]byte) (any, error)) {
	once, err := Marshal(x)
	if err != nil {
		t.Fatalf("read, but not to be written: %v", err)
	}
	y, err := parse(once)
	if crowded(err) {
		return
	}
	if err != nil {
		t.Fatalf("%s is not read again: %v", once, err)
	}
	if twice, err := Marshal(y); !bytes.Equal(once, twice) || err != nil {
		t.Fatalf("%s becomes %s, %v", once, twice, err)
	}
}

// crowded tells whether there are too many values for so few octets: blanks and
// escapes, which are not written again, had made room for them.
func crowded(err error) bool { return err != nil && strings.Contains(err.Error(), "too many values") }

func octets(t *testing.T, nonce string) []byte {
	b, err := udf.ParseNonce(nonce)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
