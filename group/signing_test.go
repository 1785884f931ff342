package group

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"meshkey/internal/dare"
	"meshkey/internal/secret/secrettest"
	"meshkey/profile"
)

// table is where holders of shares sit, with the key split among them.
type table struct {
	testing.TB
	signers *Signers
	shares  map[string][]byte // by name
}

func newTable(t testing.TB, need int, names ...string) *table {
	t.Helper()
	a := account(t, "groupw")
	p, err := a.GroupProfile(profile.Details{Address: "groupw@example.com", Created: today})
	check(t, err)
	s, files, err := DealSigners(a, p, need, people(t, names...))
	check(t, err)
	s, err = ParseSigners(s.Bytes(), a.Fingerprint())
	check(t, err)
	out := &table{t, s, map[string][]byte{}}
	for i, n := range names {
		out.shares[n] = files[i]
	}
	return out
}

func (b *table) signer(name string) *Signer {
	b.Helper()
	s, err := b.signers.Open(b.shares[name], identity(b, name))
	check(b, err)
	return s
}

// round is one signing up to the answers.
type round struct {
	signing *Signing
	nonces  map[string][]byte
}

func (b *table) begin(document string, names ...string) *round {
	b.Helper()
	r := &round{nonces: map[string][]byte{}}
	var commitments [][]byte
	for _, n := range names {
		nonces, c, err := b.signer(n).Commit()
		check(b, err)
		r.nonces[n], commitments = nonces, append(commitments, c)
	}
	g, err := b.signers.NewSigning([]byte(document), commitments...)
	check(b, err)
	octets, err := g.Bytes()
	check(b, err)
	r.signing, err = b.signers.ParseSigning(octets)
	check(b, err)
	if again, err := r.signing.Bytes(); err != nil || !bytes.Equal(again, octets) {
		b.Errorf("a signing is written otherwise when it was read: %v", err)
	}
	return r
}

func (b *table) answers(r *round, document string, names ...string) (out [][]byte) {
	b.Helper()
	for _, n := range names {
		a, err := b.signer(n).Sign(r.signing, []byte(document), r.nonces[n])
		check(b, err)
		out = append(out, a)
	}
	return out
}

const deed = "We buy the mill."

// Every choice of enough holders makes a signature that anybody verifies, in any
// order of their answers.
func TestSigning(t *testing.T) {
	key := account(t, "groupw").Private(profile.AdministratorSignature).PublicKey()
	names := []string{"alice", "bob", "carol"}
	for need := 1; need <= 3; need++ {
		b := newTable(t, need, names...)
		if b.signers.Need() != need || len(b.signers.Holders()) != 3 {
			t.Fatalf("%d of %d", b.signers.Need(), len(b.signers.Holders()))
		}
		for set := range 8 {
			var who []string
			for i, n := range names {
				if set>>i&1 == 1 {
					who = append(who, n)
				}
			}
			if len(who) < need {
				continue
			}
			r := b.begin(deed, who...)
			answers := b.answers(r, deed, who...)
			slices.Reverse(answers)
			signed, err := r.signing.Combine([]byte(deed), "text/plain", answers...)
			check(t, err)
			e, err := dare.Parse(signed)
			check(t, err)
			check(t, e.Verify(key))
			if p, err := e.Payload(); string(p) != deed || err != nil {
				t.Errorf("%q, %v", p, err)
			}
		}
	}
}

func TestSigningTooFew(t *testing.T) {
	b := newTable(t, 3, "alice", "bob", "carol")
	_, c, err := b.signer("bob").Commit()
	check(t, err)
	_, err = b.signers.NewSigning([]byte(deed), c)
	var few *TooFewError
	if !errors.As(err, &few) || few.Need != 2 || !slices.Equal(few.From, []string{"alice@example.com", "carol@example.com"}) {
		t.Errorf("commitments: %v", err)
	}
	r := b.begin(deed, "alice", "bob", "carol")
	_, err = r.signing.Combine([]byte(deed), "", b.answers(r, deed, "alice", "carol")...)
	if !errors.As(err, &few) || few.Need != 1 || !slices.Equal(few.From, []string{"bob@example.com"}) {
		t.Errorf("answers: %v", err)
	}
}

// Whoever lies in the second round is named, and nothing is signed.
func TestSigningLiars(t *testing.T) {
	b := newTable(t, 2, "alice", "bob", "carol")
	r := b.begin(deed, "alice", "bob")
	answers := b.answers(r, deed, "alice", "bob")
	alice, bob := answers[0], answers[1]
	lie := func(change func(share []byte)) []byte {
		e, err := dare.Parse(bob)
		check(t, err)
		f, err := parseSigning(e.Body)
		check(t, err)
		change(f.SignatureShare.Share)
		out, err := b.signer("bob").sign(f, tagSignatureShare)
		check(t, err)
		return out
	}
	var cheat *CheatError
	wrong := lie(func(s []byte) { s[len(s)-20] ^= 1 })
	if _, err := r.signing.Combine([]byte(deed), "", alice, wrong); !errors.As(err, &cheat) || cheat.Who != "bob@example.com" {
		t.Errorf("a wrong share: %v", err)
	}
	malformed := lie(func(s []byte) { s[0] ^= 1 })
	if _, err := r.signing.Combine([]byte(deed), "", alice, malformed); !errors.As(err, &cheat) || cheat.Who != "bob@example.com" {
		t.Errorf("a malformed share: %v", err)
	}
	e, err := dare.Parse(bytes.Clone(bob))
	check(t, err)
	e.Body[10] ^= 1
	if _, err := r.signing.Combine([]byte(deed), "", alice, e.Bytes()); !errors.As(err, &cheat) || cheat.Who != "bob@example.com" {
		t.Errorf("a changed file: %v", err)
	}
	// What is right, but for another signing.
	r2 := b.begin(deed, "alice", "bob")
	if _, err := r.signing.Combine([]byte(deed), "", alice, b.answers(r2, deed, "bob")[0]); err == nil || !strings.Contains(err.Error(), "bob@example.com: signed another package") {
		t.Errorf("another signing's: %v", err)
	}
	// A commitment that bears another's index.
	_, c, err := b.signer("carol").Commit()
	check(t, err)
	e, err = dare.Parse(c)
	check(t, err)
	f, err := parseSigning(e.Body)
	check(t, err)
	stolen, err := b.signer("bob").sign(f, tagCommitment)
	check(t, err)
	_, own, err := b.signer("alice").Commit()
	check(t, err)
	if _, err := b.signers.NewSigning([]byte(deed), own, stolen); !errors.As(err, &cheat) || cheat.Who != "bob@example.com" {
		t.Errorf("another's commitment: %v", err)
	}
}

func TestSigningRefuses(t *testing.T) {
	b := newTable(t, 2, "alice", "bob", "carol")
	again := newTable(t, 2, "alice", "bob", "carol") // the same key, dealt anew
	r := b.begin(deed, "alice", "bob")
	alice, bob := b.signer("alice"), b.signer("bob")
	if _, err := alice.Sign(r.signing, []byte("We sell the mill."), r.nonces["alice"]); !errors.Is(err, ErrDocument) {
		t.Errorf("another document: %v", err)
	}
	if _, err := alice.Sign(r.signing, []byte(deed), r.nonces["bob"]); err == nil {
		t.Error("signed with another's nonces")
	}
	if _, err := bob.Sign(r.signing, []byte(deed), b.begin(deed, "bob", "carol").nonces["bob"]); err == nil {
		t.Error("signed with nonces of another commitment")
	}
	if _, err := again.signer("alice").Sign(r.signing, []byte(deed), r.nonces["alice"]); err == nil {
		t.Error("signed with a share of another dealing")
	}
	octets, err := r.signing.Bytes()
	check(t, err)
	if _, err := again.signers.ParseSigning(octets); err == nil {
		t.Error("took a signing of another dealing")
	}
	if _, err := b.signers.Open(again.shares["alice"], identity(t, "alice")); err == nil {
		t.Error("took a share of another dealing")
	}
	if _, err := b.signers.Open(b.shares["bob"], identity(t, "alice")); err == nil {
		t.Error("took another's share")
	}
	if _, err := b.signers.Open(b.shares["bob"], identity(t, "eve")); !errors.Is(err, ErrNotMember) {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := ParseSigners(b.signers.Bytes(), account(t, "other").Fingerprint()); err == nil {
		t.Error("took the signers of another group")
	}
	_, _, err = DealSigners(account(t, "other"), b.signers.Profile(), 2, people(t, "alice", "bob"))
	if err == nil {
		t.Error("dealt another group's key")
	}
	for name, n := range map[string]int{"none": 0, "more than there are": 3} {
		if _, _, err := DealSigners(account(t, "groupw"), b.signers.Profile(), n, people(t, "alice", "bob")); err == nil {
			t.Errorf("dealt so that %s are needed", name)
		}
	}
}

func TestSignerIsHidden(t *testing.T) {
	b := newTable(t, 2, "alice", "bob")
	s := b.signer("alice")
	secrettest.CheckHidden(t, s, s.frost.Scalar())
	secrettest.CheckHidden(t, *s, s.frost.Scalar())
	s.Wipe()
	if _, _, err := s.Commit(); err == nil {
		t.Error("a wiped share commits")
	}
}

// What arrives is refused or read, and what is read is written again alike.
func FuzzSigning(f *testing.F) {
	b := newTable(f, 2, "alice", "bob")
	r := b.begin(deed, "alice", "bob")
	octets, err := r.signing.Bytes()
	check(f, err)
	f.Add(octets)
	for _, file := range append(b.answers(r, deed, "alice"), b.signers.Bytes(), r.nonces["bob"], b.shares["bob"]) {
		f.Add(file)
	}
	alice := b.signer("alice")
	f.Fuzz(func(t *testing.T, in []byte) {
		if file, err := parseSigning(in); err == nil {
			out, err := file.bytes()
			if err != nil {
				t.Fatal(err)
			}
			again, err := parseSigning(out)
			if err != nil {
				t.Fatalf("%q is written %q: %v", in, out, err)
			}
			if third, err := again.bytes(); err != nil || !bytes.Equal(third, out) {
				t.Fatalf("%q is written %q, then %q, %v", in, out, third, err)
			}
		}
		_, _ = b.signers.ParseSigning(in)
		_, _ = b.signers.NewSigning([]byte(deed), in, in)
		_, _ = alice.Sign(r.signing, []byte(deed), in)
		_, _ = b.signers.Open(in, identity(t, "alice"))
		if signed, err := r.signing.Combine([]byte(deed), "", in, in); err == nil {
			t.Fatalf("%q signs", signed)
		}
		_, _ = ParseSigners(in, b.signers.Profile().Fingerprint())
	})
}
