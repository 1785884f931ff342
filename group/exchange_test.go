package group

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"meshkey/internal/secret/secrettest"
	"meshkey/mesh"
)

// Requests and answers travel as octets, several envelopes at once, with keys
// from before and after a rotation, and from the service too.
func TestFiles(t *testing.T) {
	for _, mode := range []Mode{Offline, Mixed} {
		t.Run(string(mode), func(t *testing.T) {
			w := newWorld(t, mode, 2, "alice", "bob", "carol")
			first := seal(t, w.group(), "first", nil)
			c, err := w.admin.Rotate(today)
			check(t, err)
			w.deliver(c)
			second := seal(t, w.group(), "second", identity(t, "carol"))
			g := w.group()

			d, err := begin(w.member("alice"), first, second)
			check(t, err)
			r, err := ParseRequest(d.Request().Bytes(), g)
			check(t, err)
			if r.Grantee() != "alice@example.com" || len(r.Items()) != 2 || r.Group() != g.Fingerprint().String() {
				t.Errorf("%+v", r)
			}
			s, err := ReadSealed(bytes.NewReader(second))
			check(t, err)
			if n, err := s.Name(g); err != nil || n != r.Items()[1].Name {
				t.Errorf("the envelope is called %q and %q, %v", n, r.Items()[1].Name, err)
			}
			answers := map[string][]byte{}
			a, err := w.member("bob").Contribute(ctx, r)
			check(t, err)
			answers["bob"], err = a.Seal(g, r, identity(t, "bob"))
			check(t, err)
			if _, err := a.Seal(g, r, identity(t, "carol")); err == nil {
				t.Error("carol seals bob's answer")
			}
			if w.service != nil {
				a, err := w.service.Contribute(ctx, r)
				check(t, err)
				if _, err := a.Seal(g, r, identity(t, "bob")); err == nil {
					t.Error("a member seals the service's answer")
				}
				answers["keys"], err = a.Seal(g, r, identity(t, "keys"))
				check(t, err)
			}
			again, err := w.member("alice").Resume(r)
			check(t, err)
			for who, b := range answers {
				if _, err := OpenAnswer(b, g, r, identity(t, "carol")); err == nil {
					t.Errorf("carol opens the answer of %s to alice", who)
				}
				a, err := OpenAnswer(b, g, r, identity(t, "alice"))
				check(t, err)
				check(t, again.Add(a))
				if err := again.Add(a); err == nil {
					t.Error("an answer twice")
				}
				other, err := begin(w.member("alice"), first)
				check(t, err)
				if _, err := OpenAnswer(b, g, other.Request(), identity(t, "alice")); err == nil {
					t.Error("an answer to another request is opened")
				}
			}
			for want, b := range map[string][]byte{"first": first, "second": second} {
				s, err := ReadSealed(bytes.NewReader(b))
				check(t, err)
				var out bytes.Buffer
				signer, err := again.Open(&out, s)
				if err != nil || out.String() != want || (signer != "") != (want == "second") {
					t.Errorf("%q signed by %q, %v", out.String(), signer, err)
				}
			}
			third := seal(t, g, "third", nil)
			s, err = ReadSealed(bytes.NewReader(third))
			check(t, err)
			if _, err := again.Open(new(bytes.Buffer), s); err == nil {
				t.Error("an envelope that was not asked for is opened")
			}
			if _, err := w.member("bob").Resume(r); err == nil {
				t.Error("bob takes up alice's request")
			}
		})
	}
}

// A request for nothing, or twice for one envelope, or to another group, or
// signed by somebody else, is none.
func TestRequests(t *testing.T) {
	w := newWorld(t, Serviced, 1, "alice")
	sealed := seal(t, w.group(), "x", nil)
	for _, n := range []int{0, 2, MaxItems + 1} {
		var all [][]byte
		for range n {
			all = append(all, sealed)
		}
		if _, err := begin(w.member("alice"), all...); err == nil {
			t.Errorf("%d times the same envelope", n)
		}
	}
	d, err := begin(w.member("alice"), sealed)
	check(t, err)
	eve := identity(t, "eve")
	eve.Address = "alice@example.com"
	forged, err := newRequest(w.group(), eve, d.Request().items)
	check(t, err)
	if _, err := w.service.Contribute(ctx, forged); err == nil {
		t.Error("a forged request is answered")
	}
	other := *d.Request()
	other.group = "MAAA"
	if _, err := w.service.Contribute(ctx, &other); !errors.Is(err, ErrNotMember) {
		t.Errorf("another group: %v", err)
	}
	if _, err := w.service.Contribute(ctx, d.Request()); err != nil {
		t.Error(err)
	}
	gone, stop := context.WithCancel(ctx)
	stop()
	if _, err := w.service.Contribute(gone, d.Request()); !errors.Is(err, context.Canceled) {
		t.Errorf("after its context: %v", err)
	}
	elsewhere := seal(t, otherGroup(t), "y", nil)
	if _, err := begin(w.member("alice"), elsewhere); err == nil {
		t.Error("an envelope to another group is asked for")
	}
}

func otherGroup(t testing.TB) *Group {
	t.Helper()
	a, _, err := Create(account(t, "other"), Options{Mode: Offline, Need: 2, Address: "other@example.com", At: today})
	check(t, err)
	return a.Group()
}

// A request and its answer go through the Mesh's structures and back.
func TestOperate(t *testing.T) {
	for _, mode := range []Mode{Serviced, Mixed} {
		need := map[Mode]int{Serviced: 1, Mixed: 2}[mode]
		w := newWorld(t, mode, need, "alice", "bob")
		g := w.group()
		sealed := seal(t, g, "by the Mesh's structures", nil)
		d, err := begin(w.member("alice"), sealed)
		check(t, err)
		o, err := d.Request().Operate(g)
		check(t, err)
		o = rewritten(t, o)
		r, err := ParseOperate(o, g)
		check(t, err)
		a, err := w.service.Contribute(ctx, r)
		check(t, err)
		results, err := a.Results()
		check(t, err)
		results = rewritten(t, results)
		back, err := ParseResults(results, d.Request())
		check(t, err)
		check(t, d.Add(back))
		if mode == Mixed {
			a, err := w.member("bob").Contribute(ctx, r)
			check(t, err)
			if _, err := a.Results(); err == nil {
				t.Error("a member's answer as the service's")
			}
			check(t, d.Add(a))
		}
		var out bytes.Buffer
		s, err := ReadSealed(bytes.NewReader(sealed))
		check(t, err)
		if _, err := d.Open(&out, s); err != nil || out.String() != "by the Mesh's structures" {
			t.Errorf("%q, %v", out.String(), err)
		}

		key := o.Operations[0].(*mesh.CryptographicOperationKeyAgreement)
		for name, change := range map[string]func(){
			"another half":      func() { key.KeyId = "MAAA" },
			"a coefficient":     func() { key.KeyCoefficient = []byte{2} },
			"another point":     func() { key.PublicKey = publicECDH(g.Key()) },
			"no point":          func() { key.PublicKey = nil },
			"another account":   func() { o.AccountAddress = "eve@example.com" },
			"no operation":      func() { o.Operations = nil },
			"another operation": func() { o.Operations[0] = &mesh.CryptographicOperationSign{} },
			"no request":        func() { o.EnvelopedGroupRequest = nil },
		} {
			keep, keepKey := *o, *key
			keep.Operations = append([]mesh.AnyOperation(nil), o.Operations...)
			change()
			if _, err := ParseOperate(o, g); err == nil {
				t.Errorf("%s is taken", name)
			}
			*o, *key = keep, keepKey
		}
		result := results.Results[0].(*mesh.CryptographicResultKeyAgreement)
		agreed := result.KeyAgreement.(*mesh.KeyAgreementECDH)
		for name, change := range map[string]func(){
			"another curve": func() { agreed.Curve = "X25519" },
			"no proof":      func() { agreed.Proof = nil },
			"a short proof": func() { agreed.Proof = agreed.Proof[1:] },
			"an error":      func() { result.Error = "no" },
			"refused":       func() { results.Status = 403 },
			"no result":     func() { results.Results = nil },
			"no agreement":  func() { result.KeyAgreement = nil },
		} {
			keep, keepResult, keepAgreed := *results, *result, *agreed
			change()
			if _, err := ParseResults(results, d.Request()); err == nil {
				t.Errorf("%s is taken", name)
			}
			*results, *result, *agreed = keep, keepResult, keepAgreed
		}
		for _, m := range g.Catalog() {
			h := g.present().of(m.ContactAddress)
			if m.MemberCapabilityId != name(g.Key()) || m.ServiceCapabilityId != h.id() {
				t.Errorf("%+v", m)
			}
			rewritten(t, m)
		}
		rewritten(t, g.Entry())
	}
}

// rewritten writes a structure of the Mesh and reads it again.
func rewritten[T any](t testing.TB, x *T) *T {
	t.Helper()
	b, err := mesh.Marshal(x)
	check(t, err)
	y, err := mesh.ParseAs[T](b)
	check(t, err)
	if again, err := mesh.Marshal(y); err != nil || !bytes.Equal(again, b) {
		t.Errorf("%s, and then %s, %v", b, again, err)
	}
	return y
}

func TestSecretsHidden(t *testing.T) {
	w := newWorld(t, Mixed, 2, "alice", "bob")
	m := w.member("alice")
	h := m.halves[name(w.group().Key())].share
	secrettest.CheckHidden(t, m, h.Scalar())
	secrettest.CheckHidden(t, w.service, servicePart(w))
	d, err := begin(m, seal(t, w.group(), "x", nil))
	check(t, err)
	a, err := m.Contribute(ctx, d.Request())
	check(t, err)
	secrettest.CheckHidden(t, a, a.partials[0].Bytes())
	secrettest.CheckHidden(t, d, a.partials[0].Bytes())
	secrettest.CheckHidden(t, w.admin, account(t, "groupw").Private("CommonEncryption").Bytes())
	secrettest.CheckHidden(t, m.id, m.id.encryption.Bytes())
}

func servicePart(w *world) []byte {
	for _, k := range w.service.groups {
		for _, h := range k.halves {
			return h.Bytes()
		}
	}
	return nil
}

// A plain envelope of the Mesh that nobody signed is not taken for what
// somebody wrote, unless that is said.
func TestUnsigned(t *testing.T) {
	w := newWorld(t, Serviced, 1, "alice")
	b := unsigned(t, w.group(), "who wrote this?")
	d, err := begin(w.member("alice"), b)
	check(t, err)
	a, err := w.service.Contribute(ctx, d.Request())
	check(t, err)
	check(t, d.Add(a))
	s, err := ReadSealed(bytes.NewReader(b))
	check(t, err)
	var out strings.Builder
	if _, err := d.Open(&out, s); !errors.Is(err, ErrMalleable) || out.Len() > 0 {
		t.Errorf("%q, %v", out.String(), err)
	}
	if err := d.OpenUnsigned(&out, s); err != nil || out.String() != "who wrote this?" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

// The service answers and is changed at the same time.
func TestServiceConcurrent(t *testing.T) {
	w := newWorld(t, Serviced, 1, "alice", "bob")
	sealed := seal(t, w.group(), "x", nil)
	alice, bob := w.member("alice"), w.member("bob")
	admit, err := w.admin.Admit(today, people(t, "carol")...)
	check(t, err)
	dismiss, err := w.admin.Dismiss(today, "bob@example.com")
	check(t, err)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 3 {
				if _, err := open(alice, sealed, w.service); err != nil {
					t.Error(err)
				}
				if _, err := open(bob, sealed, w.service); err != nil && !errors.Is(err, ErrNotMember) {
					t.Error(err)
				}
			}
		})
	}
	check(t, w.service.Keep(ctx, admit.Record, admit.Halves...))
	check(t, w.service.Keep(ctx, dismiss.Record))
	if _, err := open(bob, sealed, w.service); !errors.Is(err, ErrNotMember) {
		t.Errorf("bob, dismissed: %v", err)
	}
	wait.Wait()
	w.service.Wipe()
	if _, err := open(alice, sealed, w.service); !errors.Is(err, ErrNotMember) {
		t.Errorf("after Wipe: %v", err)
	}
}
