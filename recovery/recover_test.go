package recovery

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"meshkey/escrow"
	"meshkey/profile"
	"meshkey/record"
	"meshkey/shamir"
	"meshkey/udf"
	"meshkey/vectors"
)

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// kit is an escrowed account, its shares as texts.
type kit struct {
	*escrow.Kit
	seed   *profile.Seed
	shares []string
}

func newKit(t testing.TB, seed *profile.Seed, need, of int) *kit {
	t.Helper()
	k, err := escrow.New(seed, shamir.Quorum{Need: need, Of: of}, escrow.Options{Date: today, Address: "alice@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	out := &kit{Kit: k, seed: seed}
	for _, s := range k.Shares {
		out.shares = append(out.shares, udf.FormatShare(s))
	}
	return out
}

func fingerprint(t testing.TB, text string) udf.Fingerprint {
	t.Helper()
	f, err := udf.ParseFingerprint(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// session begins a session and adds texts, each from a source of its number.
func session(t testing.TB, a Anchor, texts ...string) *Session {
	t.Helper()
	s, err := New(a)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		s.AddText(text, fmt.Sprintf("text %d", i+1))
	}
	return s
}

// damage replaces a letter, counted from 0 without hyphens, by the next or
// another one.
func damage(share string, at, by int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	at += at / 4
	v := strings.IndexByte(alphabet, share[at])
	return share[:at] + alphabet[(v+by)%32:(v+by)%32+1] + share[at+1:]
}

func TestPublishedEscrow(t *testing.T) {
	for c := range vectors.Each[vectors.Escrow]("mesh-escrow") {
		want := c.Data.Keys[0].Fingerprint
		for i := range c.Data.Shares {
			for j := range c.Data.Shares {
				if i == j {
					continue
				}
				s := session(t, Anchor{Account: fingerprint(t, want)}, c.Data.Shares[i], c.Data.Shares[j])
				r, err := s.Recover()
				if err != nil {
					t.Fatal(err)
				}
				if r.Seed.Text() != c.Data.Seed || r.Account.String() != want || !r.Verified || r.Anchor != ByAccount || r.Need != c.Data.Need ||
					!slices.Equal(r.Used, r.Offered) || len(r.Used) != 2 || len(r.Suspects) != 0 {
					t.Errorf("%s: %+v", c.Name, r)
				}
				s.Wipe()
				if r.Seed.Text() != c.Data.Seed {
					t.Error("the seed does not outlive the session")
				}
			}
		}
		one := session(t, Anchor{Account: fingerprint(t, want)}, "Shares\n\nShare: "+wrap(c.Data.Shares[0], 33)+"Share: "+wrap(c.Data.Shares[2], 33))
		if r, err := one.Recover(); err != nil || r.Seed.Text() != c.Data.Seed {
			t.Error(err)
		}
	}
}

// Of all single letters replaced in one of just enough shares, none is
// accepted, whatever the anchor is.
func TestNoSlipIsAccepted(t *testing.T) {
	for _, q := range []shamir.Quorum{{Need: 2, Of: 3}, {Need: 2, Of: 5}, {Need: 3, Of: 5}} {
		seed := profile.NewSeed()
		k := newKit(t, seed, q.Need, q.Of)
		short := fingerprint(t, k.Fingerprint.String()[:24])
		step := 1
		if testing.Short() {
			step = 7
		}
		for i := range k.shares {
			t.Run(fmt.Sprintf("%v, share %d", q, i+1), func(t *testing.T) {
				t.Parallel()
				others := make([]*offer, q.Need-1)
				for j := range others {
					others[j] = &offer{share: k.Shares[(i+1+j)%q.Of]}
				}
				anchors := []*Session{
					session(t, Anchor{Account: short}),
					session(t, Anchor{Certificate: k.Certificate}),
				}
				for n := i % step; n < 60*31; n += step {
					text := damage(k.shares[i], n/31, n%31+1)
					share, err := udf.ParseShare(text)
					if err != nil {
						continue // noticed already
					}
					s := anchors[n%2]
					s.offers = append(slices.Clone(others), &offer{share: share})
					if r, err := s.Recover(); err == nil {
						t.Fatalf("letter %d of share %d is not noticed: %v", n/31+1, i+1, r.Used)
					}
				}
			})
		}
	}
}

// With one share to spare every slip is forgiven, and named by its place.
func TestSlipIsForgivenAndNamed(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 2, 3)
	for i := range k.shares {
		for n := i; n < 60*31; n += 41 {
			texts := slices.Clone(k.shares)
			at := n / 31
			texts[i] = damage(texts[i], at, n%31+1)
			if at == 0 || at == 1 {
				continue // not even the beginning of a share
			}
			r, err := session(t, Anchor{Account: k.Fingerprint}, texts...).Recover()
			if err != nil {
				t.Fatalf("letter %d of share %d: %v", at+1, i+1, err)
			}
			if !r.Seed.Equal(k.seed) || len(r.Suspects) != 1 || len(r.Used) != 2 || slices.Contains(r.Used, i+1) {
				t.Fatalf("letter %d of share %d: %+v", at+1, i+1, r)
			}
			s := r.Suspects[0]
			if s.Source != fmt.Sprintf("text %d", i+1) {
				t.Errorf("letter %d of share %d: %v", at+1, i+1, s)
			}
			if at >= 4 && (s.Index != i+1 || s.Row != at/20+1 && s.Code == Damaged || s.Letter != at%20+1 && s.Code == Damaged || s.Code != Damaged && s.Code != Unreadable) {
				t.Errorf("letter %d of share %d: %v, %+v", at+1, i+1, s, s)
			}
			if at < 3 && s.Code != Misnumbered && s.Code != Damaged && s.Code != Unreadable {
				t.Errorf("letter %d of share %d: %v, %+v", at+1, i+1, s, s)
			}
		}
	}
}

func TestAnchors(t *testing.T) {
	k, other := newKit(t, profile.NewSeed(), 2, 3), newKit(t, profile.NewSeed(), 2, 3)
	profileOf := func(k *kit) *profile.Profile {
		a, err := k.seed.Account()
		if err != nil {
			t.Fatal(err)
		}
		p, err := a.Profile(profile.Details{Address: "signed@example.com", Created: today})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, c := range []struct {
		name    string
		a       Anchor
		texts   []string
		kind    AnchorKind
		of      string // whose account, or which error
		address string
	}{
		{"fingerprint", Anchor{Account: k.Fingerprint}, nil, ByAccount, "k", ""},
		{"20 letters", Anchor{Account: fingerprint(t, k.Fingerprint.String()[:24])}, nil, ByAccount, "k", ""},
		{"fingerprint and sheet", Anchor{Account: k.Fingerprint}, []string{k.CertificateText}, ByAccount, "k", "alice@example.com"},
		{"profile", Anchor{Profile: profileOf(k)}, nil, ByProfile, "k", "signed@example.com"},
		{"certificate", Anchor{Certificate: k.Certificate}, nil, ByCertificate, "k", "alice@example.com"},
		{"sheet", Anchor{}, []string{k.CertificateText}, BySheet, "k", "alice@example.com"},
		{"sheet though unverified", Anchor{Unverified: true}, []string{k.CertificateText}, BySheet, "k", "alice@example.com"},
		{"unverified", Anchor{Unverified: true}, nil, Unanchored, "k", ""},
		{"none", Anchor{}, nil, "", "anchor", ""},
		{"two accounts on the sheets", Anchor{}, []string{k.CertificateText, other.CertificateText}, "", "anchor", ""},
		{"another fingerprint", Anchor{Account: other.Fingerprint}, nil, "", "mismatch", ""},
		{"another profile", Anchor{Profile: profileOf(other)}, nil, "", "mismatch", ""},
		{"another certificate", Anchor{Certificate: other.Certificate}, nil, "", "mismatch", ""},
		{"another sheet's certificate", Anchor{}, []string{other.CertificateText}, "", "mismatch", ""},
		{"fingerprint against a sheet", Anchor{Account: other.Fingerprint}, []string{k.CertificateText}, "", "mismatch", ""},
	} {
		r, err := session(t, c.a, append(c.texts, k.shares[2], k.shares[0])...).Recover()
		var anchor *AnchorError
		var mismatch *MismatchError
		switch {
		case c.of == "anchor":
			if !errors.As(err, &anchor) || len(anchor.Accounts) != len(c.texts) {
				t.Errorf("%s: %v", c.name, err)
			}
		case c.of == "mismatch":
			if !errors.As(err, &mismatch) || !mismatch.Got.Matches(k.Fingerprint) || mismatch.Want.IsZero() {
				t.Errorf("%s: %v", c.name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", c.name, err)
		case !r.Seed.Equal(k.seed) || r.Anchor != c.kind || r.Verified != (c.kind != Unanchored) || r.Address != c.address:
			t.Errorf("%s: %+v", c.name, r)
		}
	}
	for name, a := range map[string]Anchor{
		"19 letters":                        {Account: fingerprint(t, k.Fingerprint.String()[:23])},
		"a fingerprint by another hash":     {Account: udf.FingerprintSHA3([]byte("x"), "text/plain")},
		"another's profile":                 {Account: k.Fingerprint, Profile: profileOf(other)},
		"another's certificate":             {Account: k.Fingerprint, Certificate: other.Certificate},
		"another's certificate and profile": {Certificate: k.Certificate, Profile: profileOf(other)},
	} {
		if _, err := New(a); err == nil {
			t.Errorf("%s is an anchor", name)
		}
	}
}

// Fifteen shares of which eight are wrong: every quorum of seven is tried, and
// in time.
func TestManyWrongShares(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 7, 15)
	texts := slices.Clone(k.shares)
	for i := range 8 {
		texts[i] = damage(texts[i], 59-4*i-5, 1)
	}
	r, err := session(t, Anchor{Account: k.Fingerprint}, texts...).Recover()
	if err != nil || !r.Seed.Equal(k.seed) || len(r.Suspects) != 8 || len(r.Used) != 7 {
		t.Fatal(err)
	}
	texts[14] = damage(texts[14], 30, 1)
	var mismatch *MismatchError
	if _, err := session(t, Anchor{Account: k.Fingerprint}, texts...).Recover(); !errors.As(err, &mismatch) || mismatch.More {
		t.Error(err)
	}
	// and with two of each number there are more than can be tried
	for i := range 15 {
		texts = append(texts, damage(k.shares[i], 20, 5))
	}
	if _, err := session(t, Anchor{Account: k.Fingerprint}, texts...).Recover(); !errors.As(err, &mismatch) || !mismatch.More {
		t.Error(err)
	}
}

func TestUnverified(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 2, 3)
	a := Anchor{Unverified: true}
	if r, err := session(t, a, k.shares...).Recover(); err != nil || r.Verified || r.Anchor != Unanchored || !r.Seed.Equal(k.seed) {
		t.Error(err)
	}
	texts := append(slices.Clone(k.shares[:2]), damage(k.shares[2], 40, 1))
	var mismatch *MismatchError
	if _, err := session(t, a, texts...).Recover(); !errors.As(err, &mismatch) {
		t.Error("shares that disagree pass without an anchor:", err)
	}
	split, err := shamir.Split(append([]byte{0xc8, 1, 0}, make([]byte, 32)...), shamir.Quorum{Need: 2, Of: 2})
	if err != nil {
		t.Fatal(err)
	}
	_, err = session(t, a, udf.FormatShare(split[0]), udf.FormatShare(split[1])).Recover()
	if !errors.As(err, &mismatch) || mismatch.Kind == nil || *mismatch.Kind != udf.MeshProfileDevice {
		t.Error("the seed of a device:", err)
	}
}

// Shares of 36 octets, as the reference printed until November 2020.
func TestPaddedSecret(t *testing.T) {
	seed := profile.NewSeed()
	f, err := seed.Fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	shares, err := shamir.Split(append([]byte{0}, seed.Octets()...), shamir.Quorum{Need: 2, Of: 3})
	if err != nil {
		t.Fatal(err)
	}
	r, err := session(t, Anchor{Account: f}, udf.FormatShare(shares[0])+"\n"+udf.FormatShare(shares[2])).Recover()
	if err != nil || !r.Seed.Equal(seed) {
		t.Error(err)
	}
}

// A certificate on a sheet that names the right account but is signed by
// somebody else must neither hinder nor be believed.
func TestForgedCertificate(t *testing.T) {
	k, mallory := newKit(t, profile.NewSeed(), 2, 3), newKit(t, profile.NewSeed(), 2, 3)
	account, err := mallory.seed.Account()
	if err != nil {
		t.Fatal(err)
	}
	forged, err := record.Certify(record.Set{
		Account: k.Fingerprint, Address: "mallory@example.com", Quorum: k.Quorum, Date: today,
	}, mallory.Shares, account.Private(profile.AdministratorSignature))
	if err != nil {
		t.Fatal(err)
	}
	s := session(t, Anchor{Account: k.Fingerprint}, forged.Text(), k.shares[0], k.shares[1], mallory.shares[2])
	r, err := s.Recover()
	if err != nil || !r.Seed.Equal(k.seed) || r.Address != "" || r.Certificate != nil || len(r.Notes) != 1 || len(r.Suspects) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	genuine, err := k.seed.Account()
	if err != nil {
		t.Fatal(err)
	}
	p, err := genuine.Profile(profile.Details{Created: today})
	if err != nil {
		t.Fatal(err)
	}
	s = session(t, Anchor{Profile: p}, forged.Text(), k.shares[0])
	var few *shamir.TooFewError
	if _, err := s.Recover(); !errors.As(err, &few) {
		t.Error("with the profile at hand the forgery counts:", err)
	}
}

func TestLaterSheet(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 2, 3)
	later, err := shamir.Recreate(k.Shares[:2], 9)
	if err != nil {
		t.Fatal(err)
	}
	r, err := session(t, Anchor{}, k.CertificateText, udf.FormatShare(later), k.shares[1]).Recover()
	if err != nil || !slices.Equal(r.Used, []int{2, 9}) || r.Certificate == nil {
		t.Errorf("%+v, %v", r, err)
	}
}

// Several anchors are one, and the fullest fingerprint stands.
func TestSeveralAnchors(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 2, 3)
	account, err := k.seed.Account()
	if err != nil {
		t.Fatal(err)
	}
	p, err := account.Profile(profile.Details{Created: today})
	if err != nil {
		t.Fatal(err)
	}
	short := fingerprint(t, k.Fingerprint.String()[:24])
	s := session(t, Anchor{Account: short, Profile: p, Certificate: k.Certificate}, k.shares...)
	r, err := s.Recover()
	if err != nil || r.Anchor != ByAccount || s.want.Bits() != k.Fingerprint.Bits() || r.Certificate != k.Certificate {
		t.Errorf("%+v, %v", r, err)
	}
}

// The certificate of a result is that of the set that was used, whichever other
// set of the account there is, and whichever was read first.
func TestCertificateOfTheSetUsed(t *testing.T) {
	seed := profile.NewSeed()
	k, older := newKit(t, seed, 2, 3), newKit(t, seed, 2, 3)
	account := mustAccount(t, k)
	other, err := record.Certify(record.Set{Account: k.Fingerprint, Quorum: older.Quorum, Date: today, Address: "old@example.com"},
		older.Shares, account.Private(profile.AdministratorSignature))
	if err != nil {
		t.Fatal(err)
	}
	r, err := session(t, Anchor{Account: k.Fingerprint}, other.Text(), k.CertificateText, k.shares[0], k.shares[2]).Recover()
	if err != nil || r.Certificate == nil || r.Certificate.SetName() != k.SetName || r.Address != "alice@example.com" {
		t.Fatalf("%+v, %v", r, err)
	}
	r, err = session(t, Anchor{Account: k.Fingerprint}, other.Text(), k.shares[0], k.shares[2]).Recover()
	if err != nil || r.Certificate != nil || r.Address != "" {
		t.Errorf("only of another set: %+v, %v", r, err)
	}
}
