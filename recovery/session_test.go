package recovery

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"meshkey/internal/secret/secrettest"
	"meshkey/profile"
	"meshkey/record"
)

// What a person is told after each share.
func TestProgress(t *testing.T) {
	seed := profile.NewSeed()
	k, older := newKit(t, seed, 3, 5), newKit(t, seed, 3, 5)
	stranger := newKit(t, profile.NewSeed(), 2, 3)
	set := k.SetName
	for _, c := range []struct {
		name  string
		texts []string
		want  []string
	}{
		{"one after the other", []string{k.shares[4], k.shares[1], k.shares[4], k.shares[0], k.shares[2]}, []string{
			"1 of 3: sheet 5 accepted",
			"2 of 3: sheet 2 accepted",
			"2 of 3: sheet 5 was there already",
			"3 of 3: sheet 1 accepted",
			"4 of 3: sheet 3 accepted",
		}},
		{"with a certificate", []string{k.shares[4], k.CertificateText, k.shares[1], k.CertificateText}, []string{
			"1 of 3: sheet 5 accepted",
			"certificate of set " + set + " read",
			"2 of 3: sheet 2 of set " + set + " accepted",
			"certificate of set " + set + " read",
		}},
		{"damaged", []string{k.CertificateText, k.shares[4], damage(k.shares[1], 30, 1), k.shares[1]}, []string{
			"certificate of set " + set + " read",
			"1 of 3: sheet 5 of set " + set + " accepted",
			"1 of 3: the certificate of set " + set + " does not know sheet 2: it is damaged or of another set",
			"2 of 3: sheet 2 of set " + set + " contradicts another sheet 2 of set " + set + ": both are tried",
		}},
		{"of an older set", []string{k.CertificateText, older.CertificateText, k.shares[0], k.shares[1], older.shares[2]}, []string{
			"certificate of set " + set + " read",
			"certificate of set " + older.SetName + " read",
			"1 of 3: sheet 1 of set " + set + " accepted",
			"2 of 3: sheet 2 of set " + set + " accepted",
			"2 of 3: sheet 3 of set " + older.SetName + " accepted",
		}},
		{"of a stranger", []string{k.shares[0], stranger.CertificateText, stranger.shares[0]}, []string{
			"1 of 3: sheet 1 accepted",
			"the certificate of set " + stranger.SetName + " is not of the account asked for",
			"1 of 3: sheet 1 accepted",
		}},
	} {
		s := session(t, Anchor{Account: k.Fingerprint})
		for i, text := range c.texts {
			a, err := s.Add(text, "a source")
			if err != nil {
				t.Fatal(err)
			}
			if a.String() != c.want[i] || a.Source != "a source" || a.Progress.Have != len(a.Progress.Indexes) {
				t.Errorf("%s: %q, not %q", c.name, a, c.want[i])
			}
		}
	}
	if p := session(t, Anchor{}).Progress(); p.String() != "no sheets yet" || p.Indexes == nil {
		t.Errorf("%+v", p)
	}
	if p := session(t, Anchor{}, k.CertificateText, k.shares[1]).Progress(); p.Of != 5 || p.Set != set || !slices.Equal(p.Indexes, []int{2}) {
		t.Errorf("%+v", p)
	}
}

func TestAddNamesOtherTexts(t *testing.T) {
	s := session(t, Anchor{Unverified: true})
	for text, kind := range map[string]Kind{
		"": Unknown, "hello": Unknown, "https://example.com": Link, "[{}]": Profile,
		"MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V":                                    Fingerprint,
		"ZAAQ-FKAT-PL72-4IHW-GIKY-IG5T-2IJG-JHC2-PMI7-44XR-HSBH-TKZI-WPNZ-F2XT": Seed,
	} {
		_, err := s.Add(text, "x")
		var other *KindError
		if !errors.As(err, &other) || other.Kind != kind || other.Hint() == "" {
			t.Errorf("%v: %v", kind, err)
		}
	}
	if _, err := s.Add(strings.Join(exampleShares, "\n"), "x"); err == nil {
		t.Error("three shares pass for one")
	}
	if _, err := s.Recover(); err == nil || len(s.unreadable()) != 0 {
		t.Errorf("what is no share is suspect: %v", s.unreadable())
	}
}

func TestBounds(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 2, 3)
	s := session(t, Anchor{Account: k.Fingerprint})
	var last error
	for i := range maxOffers + 1 {
		_, last = s.Add(damage(damage(k.shares[0], 30+i%29, 1+i/29), 10, 1+i%31), "x")
		if last != nil && i < maxOffers {
			t.Fatal(i, last)
		}
	}
	if last == nil {
		t.Error("there is no bound")
	}
	for i := range maxCertificates + 1 {
		c, err := record.Certify(record.Set{Account: k.Fingerprint, Quorum: k.Quorum, Date: today}, k.Shares, mustAccount(t, k).Private(profile.AdministratorSignature))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.Add(c.Text(), "x"); (err != nil) != (i == maxCertificates) {
			t.Fatal(i, err)
		}
	}
}

func mustAccount(t *testing.T, k *kit) *profile.Account {
	t.Helper()
	a, err := k.seed.Account()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Nothing that a session says holds letters of a share.
func TestNothingIsTold(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 2, 3)
	octets := k.Shares[1].Bytes()[1:]
	bad := k.shares[1][:60] + "?" + k.shares[1][61:]
	s := session(t, Anchor{Account: k.Fingerprint}, k.CertificateText, k.shares[0], bad, damage(k.shares[1], 50, 1))
	_, err := s.Recover()
	_, parse := s.Add(bad, "x")
	r, ok := session(t, Anchor{Account: k.Fingerprint}, k.shares...).Recover()
	if ok != nil {
		t.Fatal(ok)
	}
	items := ParseText(k.shares[1])
	for _, v := range []any{items, items[0], items[0].Rows, items[0].Rows[0], s.AddText(bad, "x")} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, k.shares[1][25:29]) {
				t.Errorf("%s of %T shows letters", verb, v)
			}
		}
		if b, err := json.Marshal(v); err == nil {
			t.Errorf("%T is encoded: %d octets", v, len(b))
		}
	}
	for _, v := range []any{s, *s, err, parse, s.Progress(), r, *r} {
		secrettest.CheckHidden(t, v, octets)
		secrettest.CheckHidden(t, v, []byte(k.shares[1][24:44]))
	}
	s.Wipe()
	if len(s.offers) != 0 {
		t.Error("shares outlive Wipe")
	}
}
