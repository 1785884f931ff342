package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
)

func TestHostStatement(t *testing.T) {
	key := cogen.Ed448().GenerateKey()
	service, tlsKey := fingerprint(key.PublicKey()), sha256.Sum256([]byte("a key"))
	b, err := SignHost(service, tlsKey, key, noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Duration{0, hostDays} {
		if got, err := OpenHost(b, service, key.PublicKey(), noon.Add(at)); got != tlsKey || err != nil {
			t.Errorf("after %v it states %x, %v", at, got, err)
		}
	}
	other := cogen.Ed448().GenerateKey()
	for name, open := range map[string]func() ([sha256.Size]byte, error){
		"out of date": func() ([sha256.Size]byte, error) { return OpenHost(b, service, key.PublicKey(), noon.Add(hostDays+1)) },
		"another service": func() ([sha256.Size]byte, error) {
			return OpenHost(b, fingerprint(other.PublicKey()), key.PublicKey(), noon)
		},
		"another signer": func() ([sha256.Size]byte, error) { return OpenHost(b, service, other.PublicKey(), noon) },
		"a call": func() ([sha256.Size]byte, error) {
			call, err := Sign(&HelloRequest{}, service, Caller{"a@b", key}, noon)
			if err != nil {
				t.Fatal(err)
			}
			return OpenHost(call, service, key.PublicKey(), noon)
		},
	} {
		if got, err := open(); err == nil || got != [sha256.Size]byte{} {
			t.Errorf("%s: it states %x, %v", name, got, err)
		}
	}
	e, err := dare.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	// A call that carries a statement as its body is none either.
	if bytes.Contains(pieces[0], []byte(base64.RawURLEncoding.EncodeToString(e.Header.ContentMetaData))) {
		t.Error("a statement has the header of a call")
	}
	if _, err := parseBody(e.Body); err == nil {
		t.Error("a statement is read as a call")
	}
}

// FuzzHost opens statements that the service signed, whatever it put in.
func FuzzHost(f *testing.F) {
	key := cogen.Ed25519().GenerateKey()
	service := fingerprint(key.PublicKey())
	b, err := SignHost(service, sha256.Sum256(nil), key, noon)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	e, err := dare.Parse(b)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(e.Body)
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = OpenHost(b, service, key.PublicKey(), noon)
		e, err := dare.Sign(b, dare.ContentMeta{}, key)
		if err != nil {
			t.Fatal(err)
		}
		if tlsKey, err := OpenHost(e.Bytes(), service, key.PublicKey(), noon); err == nil && !bytes.Contains(b, []byte("HostStatement")) {
			t.Errorf("%x is stated by %q", tlsKey, b)
		}
	})
}
