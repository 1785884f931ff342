package seedfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"filippo.io/age"
	ring "github.com/zalando/go-keyring"

	"meshkey/cmd/internal/seedfile"
	"meshkey/internal/secret"
)

const seed = "ZAAQ-EXAMPLE"

func init() { seedfile.Work = 10 }

func passphrase(s string) func() (*secret.Bytes, error) {
	return func() (*secret.Bytes, error) { return secret.Copy([]byte(s)), nil }
}

func noPassphrase() (*secret.Bytes, error) { return nil, errors.New("asked for a passphrase") }

func closed(t *testing.T, l *seedfile.Lock, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	file, err := l.Close([]byte(seed))
	if err != nil {
		t.Fatal(err)
	}
	if !seedfile.Encrypted(file) || bytes.Contains(file, []byte(seed)) {
		t.Fatalf("not encrypted: %s", file)
	}
	return file
}

func opens(t *testing.T, file []byte, keys seedfile.Keys) {
	t.Helper()
	got, err := seedfile.Open(file, keys)
	if err != nil || string(got.Reveal()) != seed {
		t.Errorf("Open: %q, %v", got.Reveal(), err)
	}
}

func TestPassphrase(t *testing.T) {
	l, err := seedfile.WithPassphrase(secret.Copy([]byte("correct horse")))
	file := closed(t, l, err)
	opens(t, file, seedfile.Keys{Passphrase: passphrase("correct horse")})
	if _, err := seedfile.Open(file, seedfile.Keys{Passphrase: passphrase("wrong")}); !errors.Is(err, seedfile.ErrPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
	if _, err := seedfile.WithPassphrase(secret.Copy(nil)); err == nil {
		t.Error("an empty passphrase locks")
	}
	cut := append(bytes.Clone(file[:len(file)/2]), file[len(file)/2+1:]...)
	if _, err := seedfile.Open(cut, seedfile.Keys{Passphrase: passphrase("correct horse")}); err == nil {
		t.Error("a damaged file opens")
	}
}

// A file that ends after its header is damaged, and not an empty one.
func TestTruncated(t *testing.T) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	w, err := age.Encrypt(&file, id.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(seed)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	keys := seedfile.Keys{Passphrase: noPassphrase, Identities: secret.Copy([]byte(id.String()))}
	opens(t, file.Bytes(), keys)
	for n := range file.Len() {
		if text, err := seedfile.Open(file.Bytes()[:n], keys); err == nil {
			t.Fatalf("%d of %d octets open, to %q", n, file.Len(), text.Reveal())
		}
	}
}

func TestRecipient(t *testing.T) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	pq, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for recipient, identity := range map[string]string{id.Recipient().String(): id.String(), pq.Recipient().String(): pq.String()} {
		l, err := seedfile.ToRecipients([]string{recipient})
		file := closed(t, l, err)
		opens(t, file, seedfile.Keys{Passphrase: noPassphrase, Identities: secret.Copy([]byte("# a comment\n" + identity + "\n"))})
		if _, err := seedfile.Open(file, seedfile.Keys{Passphrase: noPassphrase}); !errors.Is(err, seedfile.ErrIdentity) {
			t.Errorf("without identity: %v", err)
		}
	}
	if _, err := seedfile.ToRecipients([]string{"age1nonsense"}); err == nil {
		t.Error("a bad recipient is accepted")
	}
	_, err = seedfile.Open([]byte("age-encryption.org/v1\n"), seedfile.Keys{Identities: secret.Copy([]byte("AGE-SECRET-KEY-1NONSENSE"))})
	if err == nil || strings.Contains(err.Error(), "NONSENSE") {
		t.Errorf("a bad identity: %v", err)
	}
}

// The journeys test this against a real key ring.
func TestKeyring(t *testing.T) {
	ring.MockInit()
	l, err := seedfile.InKeyring()
	file := closed(t, l, err)
	opens(t, file, seedfile.Keys{Passphrase: noPassphrase})
	l.Undo()
	_, err = seedfile.Open(file, seedfile.Keys{Passphrase: noPassphrase})
	if !errors.Is(err, ring.ErrNotFound) {
		t.Errorf("after Undo: %v", err)
	}
	ring.MockInitWithError(errors.New("locked"))
	if _, err := seedfile.InKeyring(); err == nil {
		t.Error("a dead key ring locks")
	}
}

// Nobody's session is begun to have a key ring.
func TestKeyringOfTheSession(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("a key ring without a message bus")
	}
	const address = "DBUS_SESSION_BUS_ADDRESS"
	ring.MockInit()
	for has, want := range map[string]string{
		"": fmt.Sprintf("unix:path=/run/user/%d/bus", os.Getuid()), "autolaunch:": fmt.Sprintf("unix:path=/run/user/%d/bus", os.Getuid()),
		"unix:path=/tmp/bus": "unix:path=/tmp/bus",
	} {
		t.Setenv(address, has)
		l, err := seedfile.InKeyring()
		file := closed(t, l, err)
		if got := os.Getenv(address); got != want {
			t.Errorf("%q: made at %q", has, got)
		}
		t.Setenv(address, has)
		opens(t, file, seedfile.Keys{Passphrase: noPassphrase})
		if got := os.Getenv(address); got != want {
			t.Errorf("%q: opened at %q", has, got)
		}
	}
}

// A cost that would take more than 1 GiB is refused before it is paid. The age
// library by itself would pay this one.
func TestCostBounded(t *testing.T) {
	file := "age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 21\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n" +
		"--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
	if _, err := seedfile.Open([]byte(file), seedfile.Keys{Passphrase: passphrase("x")}); err == nil || errors.Is(err, seedfile.ErrPassphrase) {
		t.Errorf("cost 2^21: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("age-encryption.org/v1\n-> X25519 AAAA\n"))
	f.Add([]byte("-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n-----END AGE ENCRYPTED FILE-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if text, err := seedfile.Open(data, seedfile.Keys{Passphrase: noPassphrase}); err == nil {
			t.Errorf("opened %d octets to %d without a key", len(data), text.Len())
		}
	})
}
