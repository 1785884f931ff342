package record

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/profile"
	"meshkey/shamir"
	"meshkey/udf"
)

// The account that the reference implementation escrowed in its examples of
// 2022-05-03: any two shares give the seed.
const exampleSeed = "ZAAQ-FKAT-PL72-4IHW-GIKY-IG5T-2IJG-JHC2-PMI7-44XR-HSBH-TKZI-WPNZ-F2XT"

var exampleShares = []string{
	"SAQC-YE5R-BE3C-37IF-AG43-SGNT-3NLP-VURL-YWEH-FTBE-J755-IN6F-ZPXR-N6O5-3AVQ",
	"SAQZ-AJS7-NJMO-B6S3-4J6U-AHPD-TL5C-HEPS-523G-VBSK-FUDG-X3IR-5S2X-UGBI-YWIA",
	"SARP-IOIN-ZN5Z-H55S-YNAM-OIQT-LKOU-YUN2-C7SG-EQDQ-BIIQ-HIS6-BV55-2NTT-WL2Q",
}

// exampleCommitments stand in docs/sheet.md, section 5.
var exampleCommitments = []string{
	"cc9baf02f5c2664d443a86635a8d99cb", "e57e9a627043b9baf5d785095f758dbc", "5376e90d2cb95f1bbd7d96374035a32b",
}

var exampleSalt = []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}

type fixture struct {
	account *profile.Account
	signer  *cogen.PrivateKey
	shares  []shamir.Share
	set     Set
}

func example(t testing.TB) *fixture {
	t.Helper()
	seed, err := profile.ParseSeed(exampleSeed)
	if err != nil {
		t.Fatal(err)
	}
	account, err := seed.Account()
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{account: account, signer: account.Private(profile.AdministratorSignature)}
	for _, text := range exampleShares {
		s, err := udf.ParseShare(text)
		if err != nil {
			t.Fatal(err)
		}
		f.shares = append(f.shares, s)
	}
	f.set = Set{
		Account: account.Fingerprint(), Address: "alice@example.com", Quorum: shamir.Quorum{Need: 2, Of: 3},
		Date: time.Date(2022, 5, 3, 16, 46, 56, 0, time.UTC), RecordHost: "keep.example.com",
	}
	return f
}

func (f *fixture) certify(t testing.TB) *Certificate {
	t.Helper()
	c, err := certify(f.set, f.shares, f.signer, exampleSalt)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The octets are put together by hand from docs/sheet.md, section 5.
func TestBodyOctets(t *testing.T) {
	f := example(t)
	c := f.certify(t)
	var outer signed
	if err := decode(c.Octets(), &outer); err != nil {
		t.Fatal(err)
	}
	want := "ab" + "01" + "01" +
		"02" + "5823" + hex.EncodeToString(f.set.Account.Octets(280)) +
		"03" + "71" + hex.EncodeToString([]byte("alice@example.com")) +
		"04" + "02" + "05" + "03" +
		"06" + "50" + "000102030405060708090a0b0c0d0e0f" +
		"07" + "194aab" + // 19115 days to 2022-05-03
		"08" + "58f0" + strings.Join(exampleCommitments, "")
	got := hex.EncodeToString(outer.Body)
	if !strings.HasPrefix(got, want) {
		t.Fatalf("the body begins\n%s, not\n%s", got, want)
	}
	rest := got[len(want)+12*32:]
	key := "09" + "5839" + "5a60e5a09ed800bec5783608a635d6e5c179a49db1c185c3daceff601b09af2b35e4a79d3f80b9cb9f2e3749f7b9f734b8ecb1eafb51aa8700"
	if want := key + "0a" + "60" + "0b" + "70" + hex.EncodeToString([]byte("keep.example.com")); rest != want {
		t.Errorf("after the commitments comes\n%s, not\n%s", rest, want)
	}
	if whole := "82" + "59" + hex.EncodeToString([]byte{byte(len(outer.Body) >> 8), byte(len(outer.Body))}) + got + "5872" +
		hex.EncodeToString(outer.Signature); whole != hex.EncodeToString(c.Octets()) {
		t.Errorf("the certificate is %x, not %s", c.Octets(), whole)
	}
}

func TestCertificate(t *testing.T) {
	f := example(t)
	c := f.certify(t)
	if c.SetName() != "AAAQ" || c.Quorum() != f.set.Quorum || c.Address() != f.set.Address || c.Sealed() ||
		!c.Date().Equal(time.Date(2022, 5, 3, 0, 0, 0, 0, time.UTC)) || c.RecordHost() != f.set.RecordHost || c.Class() != "" {
		t.Errorf("the certificate says %+v", c.body)
	}
	d, err := ParseCertificate("\t" + c.Text() + "\r\n")
	if err != nil || d.Text() != c.Text() || !bytes.Equal(d.Octets(), c.Octets()) || !d.Same(c) {
		t.Errorf("what was written is not read: %v", err)
	}
	if err := c.Verify(f.account.Fingerprint(), f.signer.PublicKey()); err != nil {
		t.Error(err)
	}
	short, _ := udf.ParseFingerprint("MARP-HH6B-D2JW-WLQ6-RWPQ")
	if err := c.Verify(short, f.signer.PublicKey()); err != nil {
		t.Error("20 letters of the fingerprint:", err)
	}
	other := profile.NewSeed()
	strangers, _ := other.Account()
	if c.Verify(strangers.Fingerprint(), f.signer.PublicKey()) == nil {
		t.Error("the certificate passes for another account's")
	}
	if c.Verify(f.account.Fingerprint(), strangers.Private(profile.AdministratorSignature).PublicKey()) == nil {
		t.Error("the certificate passes as signed by another")
	}
	if len(c.Text()) > 816 {
		t.Errorf("%d characters do not fit version 18 at level M", len(c.Text()))
	}
}

// The longest certificate must fit its bound and a code that is not much
// larger than that of the usual one, version 18 at level M.
func TestLongestCertificate(t *testing.T) {
	f := example(t)
	f.set.Address, f.set.RecordHost = strings.Repeat("a", 64), strings.Repeat("b", 64)
	c := f.certify(t)
	if n := len(c.Octets()); n > maxCertificate {
		t.Errorf("%d octets", n)
	}
	if n := len(c.Text()); n > 970 {
		t.Errorf("%d characters do not fit version 20 at level M", n)
	}
}

func TestCertifyRefuses(t *testing.T) {
	cases := map[string]func(f *fixture){
		"long address":         func(f *fixture) { f.set.Address = strings.Repeat("a", 65) },
		"control character":    func(f *fixture) { f.set.Address = "alice\x1b[2J" },
		"line break in host":   func(f *fixture) { f.set.RecordHost = "a\nb" },
		"not UTF-8":            func(f *fixture) { f.set.Address = "\xff" },
		"no account":           func(f *fixture) { f.set.Account = udf.Fingerprint{} },
		"short account":        func(f *fixture) { f.set.Account, _ = udf.ParseFingerprint(f.set.Account.String()) },
		"impossible quorum":    func(f *fixture) { f.set.Quorum.Of = 1 },
		"another need":         func(f *fixture) { f.set.Quorum = shamir.Quorum{Need: 1, Of: 3} },
		"too many":             func(f *fixture) { f.set.Quorum.Of = 16 },
		"no date":              func(f *fixture) { f.set.Date = time.Time{} },
		"too few shares":       func(f *fixture) { f.shares = f.shares[:1] },
		"signer of encryption": func(f *fixture) { f.signer = f.account.Private(profile.CommonEncryption) },
	}
	for name, spoil := range cases {
		f := example(t)
		spoil(f)
		if c, err := certify(f.set, f.shares, f.signer, exampleSalt); err == nil {
			t.Errorf("%s: %+v", name, c.body)
		}
	}
	short, err := shamir.Split(make([]byte, minSecret-1), shamir.Quorum{Need: 2, Of: 3})
	if err != nil {
		t.Fatal(err)
	}
	f := example(t)
	if _, err := certify(f.set, short, f.signer, exampleSalt); err == nil {
		t.Error("a secret of too few octets is certified")
	}
}

func TestSaltIsFresh(t *testing.T) {
	f := example(t)
	c, err := Certify(f.set, f.shares, f.signer)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Certify(f.set, f.shares, f.signer)
	if err != nil || c.Same(d) {
		t.Error("two sets have one salt", err)
	}
}

// A profile may have no administrator key, and then vouches for nothing.
func TestVerifyWithoutKey(t *testing.T) {
	c := example(t).certify(t)
	if c.Verify(c.Account(), nil) == nil {
		t.Error("no key vouches for a certificate")
	}
}

// A forger can copy everything of a certificate but its signature. What he
// signs himself does not pass for the set's own.
func TestSaltIsNotEnough(t *testing.T) {
	f := example(t)
	c := f.certify(t)
	other, err := shamir.Split(make([]byte, minSecret), f.set.Quorum)
	if err != nil {
		t.Fatal(err)
	}
	for _, forged := range []struct {
		what   string
		shares []shamir.Share
		signer *cogen.PrivateKey
	}{
		{"signer", f.shares, cogen.Ed448().GenerateKey()},
		{"shares", other, f.signer},
	} {
		d, err := certify(f.set, forged.shares, forged.signer, exampleSalt)
		if err != nil {
			t.Fatal(err)
		}
		if d.SetName() != c.SetName() || c.Same(d) || d.Same(c) {
			t.Errorf("another %s under the same salt is the same set", forged.what)
		}
	}
}

// No octet of a certificate can be another, and no letter of its text.
func TestEveryOctetCounts(t *testing.T) {
	c := example(t).certify(t)
	octets := c.Octets()
	for i := range octets {
		changed := slices.Clone(octets)
		changed[i] ^= 1 << (i % 8)
		if _, err := ReadCertificate(changed); err == nil {
			t.Errorf("octet %d does not count", i)
		}
		if _, err := ReadCertificate(octets[:i]); err == nil {
			t.Errorf("%d octets are enough", i)
		}
	}
	for _, tail := range []string{"\x00", "\xf6"} {
		if _, err := ReadCertificate(append(slices.Clone(octets), tail...)); err == nil {
			t.Error("octets after the certificate are overlooked")
		}
	}
	text := c.Text()
	for i := range text {
		to := "A"
		if text[i] == 'A' {
			to = "B"
		}
		if _, err := ParseCertificate(text[:i] + to + text[i+1:]); err == nil {
			t.Errorf("letter %d of the text does not count", i+1)
		}
	}
}

// resign signs any body with the example's key, so that what stands in the way
// is not the signature.
func resign(t testing.TB, f *fixture, body []byte) []byte {
	t.Helper()
	signature, err := f.signer.Sign(signedMessage(body))
	if err != nil {
		t.Fatal(err)
	}
	return encode(&signed{Body: body, Signature: signature})
}

func TestOneEncoding(t *testing.T) {
	f := example(t)
	c := f.certify(t)
	good := encode(&c.body)
	if _, err := ReadCertificate(resign(t, f, good)); err != nil {
		t.Fatal("the test itself:", err)
	}
	replace := func(old, new string) []byte {
		o, _ := hex.DecodeString(old)
		n, _ := hex.DecodeString(new)
		if bytes.Count(good, o) < 1 {
			t.Fatalf("%s is not there", old)
		}
		return bytes.Replace(good, o, n, 1)
	}
	with := func(change func(b *body)) []byte {
		b := c.body
		b.Commitments, b.Salt = slices.Clone(b.Commitments), slices.Clone(b.Salt)
		change(&b)
		return encode(&b)
	}
	host := hex.EncodeToString([]byte("keep.example.com"))
	for name, body := range map[string][]byte{
		"version 2":             with(func(b *body) { b.Version = 2 }),
		"version 0":             with(func(b *body) { b.Version = 0 }),
		"a class":               with(func(b *body) { b.Class = "mail" }),
		"short salt":            with(func(b *body) { b.Salt = b.Salt[1:] }),
		"14 commitments":        with(func(b *body) { b.Commitments = b.Commitments[16:] }),
		"half a commitment":     with(func(b *body) { b.Commitments = b.Commitments[8:] }),
		"16 commitments":        with(func(b *body) { b.Commitments = append(b.Commitments, b.Salt...) }),
		"no commitments":        with(func(b *body) { b.Commitments = nil }),
		"need 0":                with(func(b *body) { b.Need = 0 }),
		"need above of":         with(func(b *body) { b.Need = 4 }),
		"need that wraps":       with(func(b *body) { b.Need = 1<<32 + 2 }),
		"far future":            with(func(b *body) { b.Day = maxDay + 1 }),
		"account of a seed":     with(func(b *body) { b.Account = append([]byte{200}, b.Account[1:]...) }),
		"short account":         with(func(b *body) { b.Account = b.Account[:20] }),
		"control character":     with(func(b *body) { b.Address = "a\x07" }),
		"long integer":          replace("ab0101", "ab011801"),
		"indefinite map":        append(replace("ab0101", "bf0101"), 0xff),
		"octets for a text":     replace("0a60", "0a40"),
		"null for a text":       replace("0a60", "0af6"),
		"tagged":                append([]byte{0xc1}, good...),
		"unknown key":           append(replace("ab0101", "ac0101"), 0x0c, 0x00),
		"key twice":             append(replace("ab0101", "ac0101"), 0x0b, 0x60),
		"keys in another order": replace("04020503", "05030402"),
		"missing key":           replace("ab0101", "aa0101")[:len(good)-18],
		"text key":              replace("0b70"+host, "613170"+host),
		"float":                 replace("0402", "04f94000"),
		"negative":              replace("0402", "0421"),
		"short text encoding":   replace("0b70"+host, "0b7810"+host),
	} {
		if c, err := ReadCertificate(resign(t, f, body)); err == nil {
			t.Errorf("%s is read: %+v", name, c.body)
		}
	}
	for _, text := range []string{"", "MK1:", "MK2:" + c.Text()[4:], "mk1:" + c.Text()[4:], c.Text()[4:], "MK1:" + strings.Repeat("0", 1<<16)} {
		if _, err := ParseCertificate(text); err == nil {
			t.Errorf("a text of %d characters is read", len(text))
		}
	}
}

func FuzzCertificate(f *testing.F) {
	fix := example(f)
	c := fix.certify(f)
	f.Add(encode(&c.body))
	fix.set.Sealed = true
	f.Add(encode(&fix.certify(f).body))
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := ReadCertificate(body)
		if err == nil && !bytes.Equal(c.Octets(), body) {
			t.Error("octets are read that are not written")
		}
		outer := resign(t, fix, body)
		if c, err = ReadCertificate(outer); err != nil {
			return
		}
		d, err := ParseCertificate(c.Text())
		if err != nil || !bytes.Equal(d.Octets(), outer) || !bytes.Equal(encode(&d.body), body) {
			t.Error("what is read is not written again", err)
		}
	})
}
