package meshkeyd

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	ring "github.com/zalando/go-keyring"
)

// A service under a key in the key ring opens by it, and by nothing without it.
func TestKeyringSeal(t *testing.T) {
	ring.MockInit()
	dir := t.TempDir() + "/s"
	var said bytes.Buffer
	if code := run([]string{"init", "--dir", dir, "--seal", "keyring", "--listen", "localhost:0"}, strings.NewReader(""), io.Discard, &said); code != 0 {
		t.Fatalf("init: %d, %s", code, said.String())
	}
	a := &app{}
	s := newSettings()
	s.dir = dir
	if err := s.load(); err != nil {
		t.Fatal(err)
	}
	if s.seal != byKeyring {
		t.Errorf("the seal is %q", s.seal)
	}
	st, err := a.openStore(t.Context(), s.store, false)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	svc, err := view(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	if names := sortedKeys(svc.seals); len(names) != 1 || !strings.HasPrefix(names[0], byKeyring+"-") {
		t.Errorf("the seals are %q", names)
	}
	opener, err := a.open(method{kind: byKeyring}, s, svc.seals)
	if err != nil {
		t.Fatal(err)
	}
	defer opener.Wipe()
	secrets, err := svc.openSecrets(opener)
	if err != nil {
		t.Fatal(err)
	}
	secrets.Wipe()

	if _, err := a.open(method{kind: byPassphrase}, s, svc.seals); err == nil || !strings.Contains(err.Error(), "no seal of the kind passphrase") {
		t.Errorf("by a passphrase: %v", err)
	}
	ring.MockInitWithError(errors.New("nobody is logged in"))
	if _, err := a.open(method{kind: byKeyring}, s, svc.seals); err == nil || !strings.Contains(err.Error(), "nobody is logged in") {
		t.Errorf("by a key ring that does not answer: %v", err)
	}
	ring.MockInit()
	if _, err := a.open(method{kind: byKeyring}, s, svc.seals); err == nil {
		t.Error("a key ring without the key opens the secrets")
	}
}
