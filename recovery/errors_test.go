package recovery

import (
	"errors"
	"strings"
	"testing"

	"meshkey/profile"
	"meshkey/shamir"
)

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
