package recovery

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"meshkey/internal/letters"
	"meshkey/profile"
	"meshkey/record"
	"meshkey/shamir"
	"meshkey/udf"
)

// plainLetters are the letters of a share, without hyphens.
func plainLetters(share string) string { return strings.ReplaceAll(share, "-", "") }

// hyphens puts them back.
func hyphens(plain string) string {
	var b strings.Builder
	for i, c := range plain {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// sheet writes a share in rows with their check letters.
func sheet(share string) string {
	var b strings.Builder
	n := 0
	for row := range slices.Chunk([]byte(plainLetters(share)), rowLetters) {
		n++
		check, err := letters.Check(n, string(row))
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "%d: %s / %s\n", n, hyphens(string(row)), check)
	}
	return b.String()
}

// fixAll seeks repairs, accepts all, and recovers.
func fixAll(t *testing.T, s *Session, how Search) ([]Repair, *Result, error) {
	t.Helper()
	repairs, err := s.Repairs(t.Context(), how)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range repairs {
		if err := s.Accept(r); err != nil {
			return repairs, nil, err
		}
	}
	result, err := s.Recover()
	return repairs, result, err
}

// mustFix is fixAll for one that succeeds by the changes listed.
func mustFix(t *testing.T, s *Session, how Search, by AnchorKind, want ...string) {
	t.Helper()
	before, err := s.Recover()
	if err == nil {
		t.Fatalf("recovered without a repair: %+v", before)
	}
	repairs, result, err := fixAll(t, s, how)
	if err != nil {
		t.Fatalf("%v, after %v", err, repairs)
	}
	var got []string
	for _, r := range repairs {
		if r.Confirmed != by {
			t.Errorf("confirmed by %s", r.Confirmed)
		}
		for _, c := range r.Changes {
			got = append(got, fmt.Sprintf("%d: %v %s>%s", r.Index, c, c.Typed(), c.Proposed()))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("changes %q, want %q", got, want)
	}
	if len(result.Repairs) != len(repairs) {
		t.Errorf("%d repairs in the result", len(result.Repairs))
	}
	result.Seed.Wipe()
}

const (
	exOne     = "SAQC-YE5R-BE3C-37IF-AG43-SGNT-3NLP-VURL-YWEH-FTBE-J755-IN6F-ZPXR-N6O5-3AVQ"
	exTwo     = "SAQZ-AJS7-NJMO-B6S3-4J6U-AHPD-TL5C-HEPS-523G-VBSK-FUDG-X3IR-5S2X-UGBI-YWIA"
	exThree   = "SARP-IOIN-ZN5Z-H55S-YNAM-OIQT-LKOU-YUN2-C7SG-EQDQ-BIIQ-HIS6-BV55-2NTT-WL2Q"
	exAccount = "MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V"
)

func TestRepairByAccount(t *testing.T) {
	replace := func(s, old, new string) string {
		if !strings.Contains(s, old) {
			panic(old)
		}
		return strings.Replace(s, old, new, 1)
	}
	for _, c := range []struct {
		name, one, two string
		want           []string
	}{
		{"a wrong letter", replace(exOne, "VURL", "VVRL"), exTwo, []string{"1: row 2, letter 10: wrong V>U"}},
		{"in the other sheet", exOne, replace(exTwo, "YWIA", "YWIQ"), []string{"2: row 3, letter 20: wrong Q>A"}},
		{"in the first letter", replace(exOne, "SAQC", "5AQC"), exTwo, []string{"1: row 1, letter 1: wrong 5>S"}},
		{"like a fingerprint", replace(exOne, "SAQC", "MAQC"), exTwo, []string{"1: row 1, letter 1: wrong M>S"}},
		{"like a seed", replace(exOne, "SAQC", "ZAQC"), exTwo, []string{"1: row 1, letter 1: wrong Z>S"}},
		{"in the second letter", replace(exOne, "SAQC", "S4QC"), exTwo, []string{"1: row 1, letter 2: wrong 4>A"}},
		{"another need", replace(exOne, "SAQC", "SAYC"), exTwo, []string{"1: row 1, letter 3: wrong Y>Q"}},
		{"another number", replace(exOne, "SAQC", "SATC"), exTwo, []string{"1: row 1, letter 3: wrong T>Q"}},
		{"the number of the other", replace(exOne, "SAQC", "SAQS"), exTwo, []string{"1: row 1, letter 4: wrong S>C"}},
		{"neighbours", replace(exOne, "FTBE", "FTEB"), exTwo, []string{"1: row 2, letter 19: swapped E>B"}},
		{"dropped", replace(exOne, "ZPXR", "ZXR"), exTwo, []string{"1: row 3, letter 10: dropped >P"}},
		{"doubled", replace(exOne, "ZPXR", "ZPXXR"), exTwo, []string{"1: row 3, letter 12: extra X>"}},
		{"a group twice", replace(exOne, "ZPXR", "ZPXR-ZPXR"), exTwo, []string{
			"1: row 3, letter 13: extra Z>", "1: row 3, letter 14: extra P>", "1: row 3, letter 15: extra X>", "1: row 3, letter 16: extra R>"}},
		{"unreadable", replace(exOne, "ZPXR", "?P?R"), exTwo, []string{"1: row 3, letter 9: unreadable ?>Z", "1: row 3, letter 11: unreadable ?>X"}},
		{"rows in the wrong order", rows(replace(replace(exOne, "SGNT-3NLP-VURL-YWEH-FTBE-", ""), "3AVQ", "3AVQ-SGNT-3NLP-VURL-YWEH-FTBE"), ""), exTwo,
			[]string{"1: row 2: row >", "1: row 3: row >"}},
		{"rows exchanged", replace(exOne, "SGNT-3NLP-VURL-YWEH-FTBE", "AHPD-TL5C-HEPS-523G-VBSK"), replace(exTwo, "AHPD-TL5C-HEPS-523G-VBSK", "SGNT-3NLP-VURL-YWEH-FTBE"),
			[]string{"1: row 2: row >", "2: row 2: row >"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := session(t, Anchor{Account: fingerprint(t, exAccount)}, c.one, c.two)
			mustFix(t, s, Search{}, ByAccount, c.want...)
		})
	}
}

// Check letters repair two wrong letters a row, confirmed by the account.
func TestRepairByCheckLetters(t *testing.T) {
	one := strings.Replace(sheet(exOne), "VURL", "VVRI", 1)
	two := strings.Replace(sheet(exTwo), "4J6U", "????", 1)
	s := session(t, Anchor{Account: fingerprint(t, exAccount)}, one, two)
	mustFix(t, s, Search{}, ByAccount, "1: row 2, letter 10: wrong V>U", "1: row 2, letter 12: wrong I>L",
		"2: row 1, letter 17: unreadable ?>4", "2: row 1, letter 18: unreadable ?>J", "2: row 1, letter 19: unreadable ?>6", "2: row 1, letter 20: unreadable ?>U")
	// Nothing confirms the repair of a single sheet, and it cannot be accepted.
	s = session(t, Anchor{Account: fingerprint(t, exAccount)}, one)
	repairs, _, err := fixAll(t, s, Search{})
	if len(repairs) != 1 || repairs[0].Confirmed != Unanchored || err == nil {
		t.Errorf("%v, %v", repairs, err)
	}
}

// One wrong letter anywhere, with the fingerprint alone.
func TestEveryLetterByAccount(t *testing.T) {
	account := fingerprint(t, exAccount)
	r := rand.New(rand.NewPCG(1, 2))
	for at := 0; at < seedLetters; at += 1 + r.IntN(4) {
		by := 1 + r.IntN(31)
		texts := []string{exOne, exThree}
		n := at % 2
		texts[n] = damage(texts[n], at, by)
		s := session(t, Anchor{Account: account}, texts...)
		if _, _, err := fixAll(t, s, Search{}); err != nil {
			t.Errorf("sheet %d, letter %d, %d further: %v", n, at+1, by, err)
		}
		s.Wipe()
	}
}

// Every wrong letter there can be, with the certificate.
func TestEveryLetterByCertificate(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 2, 3)
	for at := range seedLetters {
		for by := 1; by < 32; by++ {
			s := session(t, Anchor{Certificate: k.Certificate}, damage(k.shares[0], at, by))
			repairs, err := s.Repairs(t.Context(), Search{Workers: 1})
			if err != nil || len(repairs) != 1 || repairs[0].Confirmed != ByCertificate || len(repairs[0].Changes) != 1 {
				t.Fatalf("letter %d, %d further: %v, %v", at+1, by, repairs, err)
			}
			if c := repairs[0].Changes[0]; c.Row != at/20+1 || c.Letter != at%20+1 {
				t.Errorf("letter %d: %v", at+1, c)
			}
			if err := s.Accept(repairs[0]); err != nil || s.Progress().Have != 1 || s.Progress().Set != k.SetName {
				t.Errorf("%v, %+v", err, s.Progress())
			}
			s.Wipe()
		}
	}
}

func TestTwoLettersByCertificate(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 2, 3)
	wrong := damage(damage(k.shares[0], 51, 9), 58, 17)
	s := session(t, Anchor{Certificate: k.Certificate}, wrong, k.shares[1])
	repairs, result, err := fixAll(t, s, Search{})
	if err != nil || len(repairs) != 1 || len(repairs[0].Changes) != 2 || len(result.Repairs) != 1 {
		t.Errorf("%v, %v", repairs, err)
	}
}

// A sheet of another account or set is not repaired into one of this.
func TestNoRepair(t *testing.T) {
	k, l := newKit(t, profile.NewSeed(), 2, 3), newKit(t, profile.NewSeed(), 2, 3)
	s := session(t, Anchor{Account: k.Fingerprint}, k.shares[0], l.shares[1])
	if repairs, err := s.Repairs(t.Context(), Search{}); len(repairs) > 0 || err != nil {
		t.Errorf("%v, %v", repairs, err)
	}
	s = session(t, Anchor{}, k.shares[0])
	if _, err := s.Repairs(t.Context(), Search{}); err == nil {
		t.Error("a repair without anything to hold it to")
	}
}

func TestRepairStops(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 2, 3)
	s := session(t, Anchor{Account: k.Fingerprint}, damage(damage(k.shares[0], 30, 1), 40, 1), damage(k.shares[1], 30, 1))
	if s.Guesses(Search{Deep: true}) < 5e6 {
		t.Error(s.Guesses(Search{Deep: true}))
	}
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	repairs, err := s.Repairs(ctx, Search{Deep: true, Workers: 1, Progress: func(done, total int64) {
		if calls++; done > total || total < 5e6 {
			t.Errorf("%d of %d", done, total)
		}
		cancel()
	}})
	if !errors.Is(err, context.Canceled) || repairs != nil || calls == 0 {
		t.Errorf("%v, %v, %d calls", repairs, err, calls)
	}
}

// Nothing that is printed holds a letter.
func TestRepairHides(t *testing.T) {
	s := session(t, Anchor{Account: fingerprint(t, exAccount)}, damage(exOne, 30, 1), exTwo)
	repairs, err := s.Repairs(t.Context(), Search{})
	if err != nil || len(repairs) != 1 {
		t.Fatal(repairs, err)
	}
	want := "sheet 1 (text 1): row 2, letter 11: wrong"
	if repairs[0].Index != 1 { // the other sheet may be the wrong one as well
		repairs = repairs[0].Instead
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		if got := fmt.Sprintf(verb, repairs[0]); got != want {
			t.Errorf("%s: %q", verb, got)
		}
	}
}

// However many sheets and certificates there are, a quick search ends soon.
func TestQuickSearchIsBounded(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 2, 3)
	s := session(t, Anchor{Account: k.Fingerprint}, k.CertificateText)
	for i := range 40 {
		if _, err := s.Add(damage(damage(k.shares[i%2], 30+i%29, 1+i/29), 10, 1+i%31), "x"); err != nil {
			t.Fatal(err)
		}
	}
	check := func() {
		t.Helper()
		quick, all := s.Guesses(Search{}), s.Guesses(Search{Deep: true})
		if quick > 2*mostQuick+mostQuick/8 || quick < mostQuick/2 || all < 2*quick {
			t.Errorf("%d texts, %d for all", quick, all)
		}
	}
	check()
	for len(s.certificates) < maxCertificates {
		forge(t, s, k.Fingerprint, k.Quorum, k.Shares)
	}
	check()
}

// forge adds a certificate that names an account and that another has signed.
func forge(t *testing.T, s *Session, account udf.Fingerprint, q shamir.Quorum, shares []shamir.Share) {
	t.Helper()
	other, err := profile.NewSeed().Account()
	if err != nil {
		t.Fatal(err)
	}
	defer other.Wipe()
	c, err := record.Certify(record.Set{Account: account, Quorum: q, Date: today}, shares, other.Private(profile.AdministratorSignature))
	if err != nil {
		t.Fatal(err)
	}
	if a, err := s.Add(c.Text(), "forged"); err != nil || a.Status != Taken {
		t.Fatal(a, err)
	}
}

// What a bound leaves out is shared by all sheets, and the likeliest is kept.
func TestAllowance(t *testing.T) {
	sheet := func() [][]job { return [][]job{{{count: 1}, {count: 2}}, {{count: 4}, {count: 8}}} }
	all := allowance{left: 20, among: 3}
	var got []int64
	for range 3 {
		for _, jobs := range all.fit(sheet()) {
			got = append(got, 0)
			for _, j := range jobs {
				got = append(got, j.count)
			}
		}
	}
	// 6 of 20, 8 of 17, all that is left.
	if want := []int64{0, 1, 2, 0, 0, 1, 2, 0, 4, 0, 1, 2, 0, 4}; !slices.Equal(got, want) || all.left != 20-3-7-7 {
		t.Errorf("%v, %d left", got, all.left)
	}
}

// A certificate that anybody made does not keep a search from the account.
func TestForgedCertificateIsNotEnough(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 2, 3)
	s := session(t, Anchor{Account: k.Fingerprint}, k.shares[0], damage(k.shares[1], 30, 1))
	alone := shamir.Quorum{Need: 1, Of: 1}
	seed := profile.NewSeed()
	octets := seed.Octets()
	shares, err := shamir.Split(octets, alone)
	if err != nil {
		t.Fatal(err)
	}
	forge(t, s, k.Fingerprint, alone, shares)
	if _, err := s.Add(udf.FormatShare(shares[0]), "forged"); err != nil {
		t.Fatal(err)
	}
	repairs, result, err := fixAll(t, s, Search{})
	if err != nil || len(repairs) != 1 || repairs[0].Confirmed != ByAccount || !result.Verified {
		t.Errorf("%v, %v", repairs, err)
	}
}

// A repair that nothing confirms is never taken, whoever says so.
func TestUnconfirmedIsRefused(t *testing.T) {
	one := strings.Replace(sheet(exOne), "VURL", "VVRI", 1)
	s := session(t, Anchor{Account: fingerprint(t, exAccount)}, one)
	repairs, err := s.Repairs(t.Context(), Search{})
	if err != nil || len(repairs) != 1 || repairs[0].Confirmed != Unanchored {
		t.Fatal(repairs, err)
	}
	before := s.offers[0]
	for _, kind := range []AnchorKind{Unanchored, ByProfile, BySheet} {
		r := repairs[0]
		r.Confirmed = kind
		if err := s.Accept(r); err == nil {
			t.Errorf("confirmed by %s: accepted", kind)
		}
	}
	if len(s.offers) != 1 || s.offers[0] != before || s.offers[0].repair != nil {
		t.Error("the sheet was changed")
	}
}
