package server

import (
	"bytes"
	"testing"

	"meshkey/internal/secret/secrettest"
)

func TestSecrets(t *testing.T) {
	s := NewSecrets(today)
	for range 2 {
		b := s.Octets()
		again, err := ParseSecrets(b)
		check(t, err)
		if !bytes.Equal(again.Octets(), b) {
			t.Error("secrets come back changed")
		}
		f, err := again.Fingerprint()
		check(t, err)
		p, err := again.Profile()
		if err != nil || !p.Fingerprint().Matches(f) {
			t.Errorf("the profile is of %v, %v", p, err)
		}
		secrettest.CheckHidden(t, s, s.seed.Octets()[3:])
		secrettest.CheckHidden(t, *s, s.storage[0].octets.Reveal())
		check(t, s.Rotate())
	}
	k, err := s.keys("keys.example.com")
	check(t, err)
	secrettest.CheckHidden(t, k, k.vault.keys[2].octets.Reveal())
	s.Retire()
	if len(s.storage) != 1 || s.storage[0].number != 3 {
		t.Errorf("%d keys are left", len(s.storage))
	}
	b := s.Octets()
	s.Wipe()
	if bytes.Contains(s.Octets(), b[len(b)/2:len(b)-4]) {
		t.Error("wiped secrets are still there")
	}
}

func FuzzParseSecrets(f *testing.F) {
	s := NewSecrets(today)
	f.Add(s.Octets())
	check(f, s.Rotate())
	f.Add(s.Octets())
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSecrets(b)
		if err != nil {
			return
		}
		again, err := ParseSecrets(s.Octets())
		if err != nil || !bytes.Equal(again.Octets(), s.Octets()) {
			t.Errorf("%s comes back as %s, %v", b, s.Octets(), err)
		}
	})
}

// TestHalvesAreBound: the entry of one half is worth nothing in another place,
// or beside another public side.
func TestHalvesAreBound(t *testing.T) {
	s := NewSecrets(today)
	v := newVault(s.storage)
	half, public := []byte("the octets of a half"), []byte("its public side")
	entry := v.sealHalf("group", "place", public, half)
	if got, err := v.openHalf("group", "place", entry); err != nil || !bytes.Equal(got, half) {
		t.Fatalf("%q, %v", got, err)
	}
	other := bytes.Replace(entry, public, []byte("another side..."), 1)
	for name, open := range map[string]func() ([]byte, error){
		"another group":            func() ([]byte, error) { return v.openHalf("groups", "place", entry) },
		"another place":            func() ([]byte, error) { return v.openHalf("group", "places", entry) },
		"a boundary moved":         func() ([]byte, error) { return v.openHalf("groupp", "lace", entry) },
		"another public side":      func() ([]byte, error) { return v.openHalf("group", "place", other) },
		"the key of another store": func() ([]byte, error) { return newVault(NewSecrets(today).storage).openHalf("group", "place", entry) },
	} {
		if got, err := open(); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
	for i := range entry {
		changed := bytes.Clone(entry)
		changed[i] ^= 1
		if got, err := v.openHalf("group", "place", changed); err == nil {
			t.Errorf("octet %d changed: %q", i, got)
		}
		if got, err := v.openHalf("group", "place", entry[:i]); err == nil {
			t.Errorf("%d octets: %q", i, got)
		}
	}
}
