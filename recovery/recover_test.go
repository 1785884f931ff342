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

// The errors before there is enough, and after.
func TestErrors(t *testing.T) {
	seed := profile.NewSeed()
	k := newKit(t, seed, 3, 5)
	older := newKit(t, seed, 3, 5)
	three5 := newKit(t, seed, 2, 5)
	stranger := newKit(t, profile.NewSeed(), 3, 5)
	a, b, c, d := k.shares[0], k.shares[1], k.shares[2], k.shares[3]
	bad := func(s string) string { return damage(s, 30, 3) }
	type suspects map[int]Code
	for _, x := range []struct {
		name  string
		texts []string
		code  int
		want  suspects
	}{
		{"nothing", nil, 3, nil},
		{"two of three", []string{a, b}, 3, nil},
		{"one twice", []string{a, a, b, a}, 3, nil},
		{"two and a seed", []string{a, b, "ZAAQ-FKAT-PL72-4IHW-GIKY-IG5T-2IJG-JHC2-PMI7-44XR-HSBH-TKZI-WPNZ-F2XT"}, 3, nil},
		{"two and one of them again, wrong", []string{a, b, bad(b)}, 4, suspects{2: Contradicts}},
		{"two and one unreadable", []string{a, b, c[:40] + "?" + c[41:]}, 4, suspects{3: Unreadable}},
		{"one unreadable", []string{strings.Replace(a, "-", "9", 1)}, 4, suspects{1: Unreadable}},
		{"one of another need", []string{a, three5.shares[1]}, 4, suspects{2: OtherNeed}},
		{"two, and the certificate knows one", []string{k.CertificateText, a, bad(b)}, 4, suspects{2: Uncertified}},
		{"two with the header wrong", []string{k.CertificateText, a, damage(b, 2, 1)}, 4, suspects{}},
		{"two of two sets", []string{k.CertificateText, older.CertificateText, a, b, older.shares[2]}, 5, suspects{3: OtherSet}},
		{"one of a stranger's", []string{k.CertificateText, stranger.CertificateText, a, stranger.shares[2]}, 4, suspects{3: OtherSet}},
		{"three, one wrong", []string{a, b, bad(c)}, 5, suspects{}},
		{"three, one wrong, certified", []string{k.CertificateText, a, b, bad(c)}, 5, suspects{3: Uncertified}},
		{"three of two sets", []string{a, b, older.shares[2]}, 5, suspects{}},
		{"five, three wrong", []string{a, b, bad(c), damage(d, 20, 7), damage(k.shares[4], 50, 9)}, 5, suspects{}},
		{"three of a stranger's", stranger.shares[:3], 5, suspects{}},
		{"three, one wrong beside", []string{a, b, bad(c), c}, 0, suspects{3: Damaged}},
		{"five, two wrong", []string{bad(a), damage(b, 20, 7), c, d, k.shares[4]}, 0, suspects{1: Damaged, 2: Damaged}},
		{"five, one of a stranger's", []string{stranger.shares[0], b, c, d, k.shares[4]}, 0, suspects{1: OtherSet}},
		{"five, one of an older set", []string{older.CertificateText, older.shares[0], b, c, d, k.shares[4]}, 0, suspects{1: OtherSet}},
		{"four and one of another need", []string{a, b, three5.shares[4], c}, 0, suspects{5: OtherNeed}},
		{"four, one torn", []string{a, b, c, d[:49]}, 0, suspects{4: OtherLength}},
		{"four, one unreadable", []string{a, b, c, d[:33] + "!" + d[34:]}, 0, suspects{4: Unreadable}},
	} {
		r, err := session(t, Anchor{Account: k.Fingerprint}, x.texts...).Recover()
		var got []Suspect
		var few *shamir.TooFewError
		var doubt *SuspectError
		var mismatch *MismatchError
		code := 1
		switch {
		case err == nil:
			code, got = 0, r.Suspects
			if !r.Seed.Equal(seed) {
				t.Errorf("%s: another seed", x.name)
			}
		case errors.As(err, &few):
			code = 3
		case errors.As(err, &doubt):
			code, got = 4, doubt.Suspects
		case errors.As(err, &mismatch):
			code, got = 5, mismatch.Suspects
		}
		if code != x.code {
			t.Errorf("%s: %d, not %d: %v", x.name, code, x.code, err)
		}
		found := suspects{}
		for _, s := range got {
			found[s.Index] = s.Code
			if s.Source == "" || s.Reason == "" {
				t.Errorf("%s: %+v", x.name, s)
			}
		}
		if x.name == "two with the header wrong" {
			if len(got) != 1 || got[0].Code != Misnumbered {
				t.Errorf("%s: %v", x.name, got)
			}
			continue
		}
		if len(found) != len(x.want) {
			t.Errorf("%s: %v", x.name, got)
		}
		for index, code := range x.want {
			if found[index] != code {
				t.Errorf("%s: share %d is %q, not %q: %v", x.name, index, found[index], code, got)
			}
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

// What is said, as a person reads it.
func TestErrorTexts(t *testing.T) {
	k, other := newKit(t, profile.NewSeed(), 2, 3), newKit(t, profile.NewSeed(), 2, 3)
	a, b := k.Fingerprint.String(), other.Fingerprint.String()
	for _, c := range []struct {
		anchor Anchor
		texts  []string
		want   string
	}{
		{Anchor{}, nil, "recovery: nothing says which account is to be recovered"},
		{Anchor{}, []string{k.CertificateText, other.CertificateText}, "recovery: the sheets are of 2 accounts: which one is to be recovered?"},
		{Anchor{Account: k.Fingerprint}, k.shares[:1], "shamir: 1 of the 2 shares needed"},
		{Anchor{Account: k.Fingerprint}, other.shares[:2], "recovery: the sheets do not give the account " + a + " but another, " + b},
		{Anchor{Account: k.Fingerprint}, []string{k.shares[0], damage(k.shares[0], 9, 1)},
			"recovery: sheet 1 (text 1): there are different sheets of this number; sheet 1 (text 2): there are different sheets of this number; 1 of the 2 sheets needed are good"},
		{Anchor{Certificate: k.Certificate}, []string{k.shares[0], damage(k.shares[1], 9, 1)},
			"; sheet 2 (text 2): the certificate of set " + k.SetName + " does not know it: it is damaged or of another set"},
		{Anchor{Unverified: true}, []string{k.shares[0], k.shares[1], damage(k.shares[2], 9, 1)}, "recovery: the sheets give no account"},
	} {
		_, err := session(t, c.anchor, c.texts...).Recover()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, not %s", err, c.want)
		}
	}
	r, err := session(t, Anchor{Account: k.Fingerprint}, k.shares[0], k.shares[1], damage(k.shares[2], 29, 1), rows(damage(k.shares[2], 41, 1), ""), other.shares[0]).Recover()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"sheet 3 (text 3): row 2, letter 10 is wrong",
		"sheet 3 (text 4): row 3, letter 2 is wrong",
		"sheet 1 (text 5): it does not belong to the others: it is of another set or badly damaged",
	}
	for i, s := range r.Suspects {
		if i >= len(want) || s.String() != want[i] {
			t.Errorf("%v", s)
		}
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
