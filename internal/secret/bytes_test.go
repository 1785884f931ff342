package secret_test

import (
	"bytes"
	"testing"

	"meshkey/internal/secret"
	"meshkey/internal/secret/secrettest"
)

func TestHidden(t *testing.T) {
	octets := []byte("an octet string that nobody may see")
	b := secret.Copy(octets)
	secrettest.CheckHidden(t, b, octets)
	secrettest.CheckHidden(t, *b, octets)
	secrettest.CheckHidden(t, struct{ Inner *secret.Bytes }{b}, octets)
	secrettest.CheckHidden(t, []any{map[string]any{"k": *b}}, octets)
}

// The detector itself must see what is not hidden.
func TestCheckHiddenSees(t *testing.T) {
	octets := []byte("an octet string that nobody may see")
	for _, v := range []any{octets, string(octets), struct{ B []byte }{octets}} {
		var probe probe
		secrettest.CheckHidden(&probe, v, octets)
		if !probe.failed {
			t.Errorf("a bare %T passes for hidden", v)
		}
	}
}

type probe struct {
	testing.TB
	failed bool
}

func (p *probe) Helper()               {}
func (p *probe) Errorf(string, ...any) { p.failed = true }

func TestWipe(t *testing.T) {
	octets := []byte{1, 2, 3, 4}
	b := secret.Take(octets[:2])
	b.Wipe()
	if !bytes.Equal(octets, make([]byte, 4)) {
		t.Errorf("octets after Wipe: %v", octets)
	}
	if b.Len() != 0 || b.Reveal() != nil {
		t.Error("a wiped box still holds something")
	}
	b.Wipe()
	var none *secret.Bytes
	none.Wipe()
	if none.Len() != 0 || none.Reveal() != nil {
		t.Error("a nil box holds something")
	}
}

func TestEqual(t *testing.T) {
	a, b, c := secret.Copy([]byte("abc")), secret.Copy([]byte("abc")), secret.Copy([]byte("abd"))
	if !a.Equal(b) || a.Equal(c) || a.Equal(secret.Copy([]byte("ab"))) {
		t.Error("Equal is wrong")
	}
}

func TestRandom(t *testing.T) {
	a, b := secret.Random(32), secret.Random(32)
	if a.Len() != 32 || a.Equal(b) {
		t.Error("Random gave the same octets twice")
	}
}
