package group

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/mesh"
)

// A custody that was put away answers as before, opens no half that is not asked
// for, and takes none for another's.
func TestLoadCustody(t *testing.T) {
	for mode, need := range map[Mode]int{Serviced: 1, Mixed: 2} {
		t.Run(string(mode), func(t *testing.T) {
			w := newWorld(t, mode, need, "alice", "bob", "carol")
			kept := map[string][]byte{}
			taken := w.service.groups[w.group().Fingerprint().String()]
			for place, half := range taken.Halves() {
				kept[place] = half.Bytes()
			}
			if len(kept) != 3 {
				t.Fatalf("%d halves are put away", len(kept))
			}
			asked := 0
			load := func(_ context.Context, place string) ([]byte, error) {
				asked++
				return append([]byte(nil), kept[place]...), nil
			}
			c, err := LoadCustody(w.group().Bytes(), load)
			check(t, err)
			s, err := ReadSealed(bytes.NewReader(seal(t, w.group(), "secret", nil)))
			check(t, err)
			d, err := w.member("alice").Begin(s)
			check(t, err)
			r := d.Request()
			for range 2 {
				a, err := c.Answer(ctx, r)
				check(t, err)
				if a.request != r.name() || len(a.partials) != 1 {
					t.Error("another answer")
				}
			}
			if asked != 1 {
				t.Errorf("%d halves were opened", asked)
			}
			var mine string
			for place := range c.Halves() {
				mine = place
			}
			c.Wipe()
			if _, err := c.Answer(ctx, r); !errors.Is(err, errWiped) {
				t.Errorf("wiped: %v", err)
			}
			kept[mine] = scalarOf(t)
			if c, err = LoadCustody(w.group().Bytes(), load); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Answer(ctx, r); err == nil {
				t.Error("a half that is not the record's is used")
			}
		})
	}
}

func scalarOf(t *testing.T) []byte {
	t.Helper()
	halves, err := cogen.X448().GenerateKey().SplitAll(2)
	check(t, err)
	return halves[0].Bytes()
}

// Whoever signed the call that operations came in need not sign them once more,
// if they are his.
func TestParseOperateBy(t *testing.T) {
	w := newWorld(t, Serviced, 1, "alice", "bob")
	s, err := ReadSealed(bytes.NewReader(seal(t, w.group(), "secret", nil)))
	check(t, err)
	d, err := w.member("alice").Begin(s)
	check(t, err)
	o, err := d.Request().Operate(w.group())
	check(t, err)
	e, err := dare.Parse(o.EnvelopedGroupRequest)
	check(t, err)
	forged, err := dare.Sign(e.Body, meta(tagRequest), identity(t, "bob").signature)
	check(t, err)
	o.EnvelopedGroupRequest = forged.Bytes()
	r, err := ParseOperateBy(o, w.group(), identity(t, "alice").Signature)
	check(t, err)
	ids, err := r.Capabilities(w.group())
	check(t, err)
	if len(ids) != 1 || ids[0] != o.Operations[0].(*mesh.CryptographicOperationKeyAgreement).KeyId {
		t.Errorf("the capabilities are %q", ids)
	}
	for name, signer := range map[string]*cogen.PublicKey{
		"nobody": nil, "bob": identity(t, "bob").Signature, "the administrator": w.group().administrator(),
	} {
		if _, err := ParseOperateBy(o, w.group(), signer); err == nil {
			t.Errorf("a request that alice did not sign, in a call of %s", name)
		}
	}
	c, err := w.admin.Dismiss(today, "alice@example.com")
	check(t, err)
	w.deliver(c)
	if _, err := ParseOperateBy(o, w.group(), identity(t, "alice").Signature); !errors.Is(err, ErrNotMember) {
		t.Errorf("dismissed: %v", err)
	}
}
