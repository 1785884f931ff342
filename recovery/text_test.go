package recovery

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"meshkey/profile"
	"meshkey/udf"
)

// The shares the reference implementation printed in its examples of
// 2022-05-03; any two give the account back.
var exampleShares = []string{
	"SAQC-YE5R-BE3C-37IF-AG43-SGNT-3NLP-VURL-YWEH-FTBE-J755-IN6F-ZPXR-N6O5-3AVQ",
	"SAQZ-AJS7-NJMO-B6S3-4J6U-AHPD-TL5C-HEPS-523G-VBSK-FUDG-X3IR-5S2X-UGBI-YWIA",
	"SARP-IOIN-ZN5Z-H55S-YNAM-OIQT-LKOU-YUN2-C7SG-EQDQ-BIIQ-HIS6-BV55-2NTT-WL2Q",
}

// read returns the canonical texts of the shares that a text holds.
func read(t *testing.T, text string) []string {
	t.Helper()
	var out []string
	for _, it := range ParseText(text) {
		if it.Kind != Share {
			t.Errorf("line %d is %v", it.Line, it.Kind)
			continue
		}
		s, err := it.Share()
		if err != nil {
			t.Error(err)
			continue
		}
		out = append(out, udf.FormatShare(s))
	}
	return out
}

func expect(t *testing.T, name, text string, want ...string) {
	t.Helper()
	if got := read(t, text); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s: %d shares are read as %d in\n%s", name, len(want), len(got), text)
	}
}

// rows prints a share as a sheet does.
func rows(share, check string) string {
	letters := strings.ReplaceAll(share, "-", "")
	var out strings.Builder
	for i := 0; i < len(letters); i += 20 {
		fmt.Fprintf(&out, "%d: %s%s\n", i/20+1, grouped(letters[i:min(i+20, len(letters))]), check)
	}
	return out.String()
}

func grouped(letters string) string {
	var groups []string
	for i := 0; i < len(letters); i += 4 {
		groups = append(groups, letters[i:min(i+4, len(letters))])
	}
	return strings.Join(groups, "-")
}

func wrap(text string, column int) string {
	var out strings.Builder
	for len(text) > column {
		out.WriteString(text[:column] + "\n")
		text = text[column:]
	}
	return out.String() + text + "\n"
}

func TestForms(t *testing.T) {
	a, b, c := exampleShares[0], exampleShares[1], exampleShares[2]
	expect(t, "one", a, a)
	expect(t, "lines", a+"\n"+b+"\r\n"+c, a, b, c)
	expect(t, "labels", "Share: "+a+"\nShare: "+b+"\n", a, b)
	expect(t, "numbers", "1: "+a+"\n2: "+b+"\n3: "+c+"\n", a, b, c)
	expect(t, "numbers with dots", "1. "+a+"\n2) "+b, a, b)
	expect(t, "reference", "Shares:\n   Share[1]\n   Share: "+wrap(a, 43)+"   Share: "+wrap(b, 43), a, b)
	expect(t, "sheet", rows(a, " / BXU6"), a)
	expect(t, "two sheets", rows(a, " / BXU6")+rows(b, "/ABCD"), a, b)
	expect(t, "sheet without numbers", wrap(a, 25)+wrap(b, 25), a, b)
	expect(t, "double spaced", strings.ReplaceAll(rows(a, ""), "\n", "\n\n"), a)
	expect(t, "lower case", strings.ToLower(a), a)
	expect(t, "spaces", strings.ReplaceAll(a, "-", " "), a)
	expect(t, "no hyphens", strings.ReplaceAll(a, "-", "")+"\n"+strings.ReplaceAll(b, "-", ""), a, b)
	expect(t, "groups of eight", grouped8(a), a)
	expect(t, "other hyphens", strings.ReplaceAll(a, "-", "–"), a)
	expect(t, "typed digits", strings.NewReplacer("O", "0", "I", "1", "B", "8").Replace(b), b)
	expect(t, "mark of byte order", "\ufeff"+a, a)
	expect(t, "quoted", "> "+a+"\n> "+b, a, b)
	expect(t, "listed", "- "+a+"\n* `"+b+"`", a, b)
	expect(t, "in sentences", "The first share is: \""+a+"\",\nShare #2: "+b+".", a, b)
	expect(t, "words without a colon", "Share 1 "+a+"\nShare 2 "+b, a, b)
	expect(t, "counted", "Share 1 of 3: "+a+"\nShare[2] = "+b, a, b)
	expect(t, "of so many", "Share 1/3: "+a+"\nShare (2): "+b, a, b)
	expect(t, "rows in words", strings.NewReplacer("1: ", "Row 1: ", "2: ", "Row 2: ", "3: ", "Zeile 3:").Replace(rows(a, " / BXU6")), a)
	expect(t, "no slashes", rows(a, " BXU6")+rows(b, "-ABCD"), a, b)
	expect(t, "neither slashes nor numbers", strings.ReplaceAll(wrap(a, 25), "\n", " BXU6\n"), a)
	expect(t, "slashes on one", rows(a, " BXU6")+rows(b, " / ABCD"), a, b)
	expect(t, "nothing", "")
	expect(t, "words", "Keep this safe\nAnna\n\nSame time next year. Sandra\n2026-11-22\n0301 2345\nSet T235\n")
}

func grouped8(share string) string {
	letters := strings.ReplaceAll(share, "-", "")
	var groups []string
	for i := 0; i < len(letters); i += 8 {
		groups = append(groups, letters[i:min(i+8, len(letters))])
	}
	return strings.Join(groups, " ")
}

// A whole sheet as text: what is not the share is passed over.
func TestSheetText(t *testing.T) {
	for _, share := range exampleShares {
		text := `Sheet 1 of 3. Keep this safe
It is one of three; any two recover the account of

Alice
alice@example.com at example.com
Call Bob
or +44 20 7946 0018

SECRET

` + rows(share, " / BXU6") + `
PUBLIC
Keep this part safe as well
Account: MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V
MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V
Set T235
2026-11-22
https://example.com/how
`
		expect(t, "sheet", text, share)
	}
}

// unlucky are shares whose second and third rows begin like shares.
func unlucky(n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	var out []string
	for i := range n {
		b := []byte("SAQ" + string(letters[(i%3)*2]))
		for len(b) < 60 {
			b = append(b, letters[r.IntN(32)])
		}
		b[59] = "AQ"[r.IntN(2)]
		copy(b[20:], "SA")
		if i%2 == 0 {
			copy(b[40:], "SB")
		}
		out = append(out, grouped(string(b)))
	}
	return out
}

// Rows that begin like a share by chance do not cut it in two.
func TestUnluckyRows(t *testing.T) {
	shares := unlucky(30)
	for i := 0; i+2 < len(shares); i += 3 {
		three := shares[i : i+3]
		expect(t, "sheet", rows(three[0], " / BXU6"), three[0])
		expect(t, "wrapped", wrap(three[0], 25), three[0])
		expect(t, "sheets", rows(three[0], "")+rows(three[1], "")+rows(three[2], ""), three...)
		expect(t, "no numbers", wrap(three[0], 25)+wrap(three[1], 25)+wrap(three[2], 25), three...)
		expect(t, "numbered lines", "1: "+three[0]+"\n2: "+three[1]+"\n3: "+three[2], three...)
		expect(t, "wrapped lines", "1: "+wrap(three[0], 25)+"2: "+wrap(three[1], 25)+"3: "+wrap(three[2], 25), three...)
	}
}

func TestWrappedAnywhere(t *testing.T) {
	for _, shares := range [][]string{exampleShares, unlucky(9)[:3], {
		// of 16 octets, and of 36 as until November 2020
		"SAQD-BME7-I3AF-LVEV-RZMU-VEKD-N3SL-M", "SAQZ-EFIG-TAM7-6GTT-5HMU-BUMC-FQEE-2", "SARP-G6LN-5FZ2-QYCS-IVMT-OEOA-5EV6-I",
	}} {
		for column := 1; column <= 80; column++ {
			text, labels := "", ""
			for i, s := range shares {
				text += wrap(s, column)
				labels += wrap(fmt.Sprintf("Share %d: %s", i+1, s), max(column, 12))
			}
			expect(t, fmt.Sprint("wrapped at ", column), text, shares...)
			expect(t, fmt.Sprint("with labels, at ", column), labels, shares...)
		}
	}
}

// What is wrong is found where it stands, and spoils nothing around it.
func TestPlaces(t *testing.T) {
	a, b := exampleShares[0], exampleShares[1]
	for _, c := range []struct {
		name, text        string
		items             int
		wrong             int // item
		line, row, letter int
	}{
		{"a sign", strings.Replace(rows(a, " / BXU6"), "VURL", "V&RL", 1), 1, 0, 2, 2, 10},
		{"a sign on one line", strings.Replace(a, "VURL", "V*RL", 1) + "\n" + b, 2, 0, 1, 1, 30},
		{"a nine", a + "\n" + strings.Replace(b, "SK-FUDG", "SK-F9DG", 1), 2, 1, 2, 1, 42},
		{"unreadable", strings.Replace(rows(a, ""), "3AVQ", "3A?Q", 1) + rows(b, ""), 2, 0, 3, 3, 19},
		{"last letter", strings.Replace(rows(a, ""), "3AVQ", "3AVR", 1) + rows(b, ""), 2, 0, 3, 3, 20},
		{"letter missing", strings.Replace(rows(a, ""), "VURL", "VRL", 1) + rows(b, ""), 2, 0, 1, 0, 0},
		{"letter too many", strings.Replace(a, "VURL", "VUUURL", 1) + "\n" + b, 2, 0, 1, 0, 0},
		{"row missing", b + "\n" + strings.Join(strings.SplitAfter(rows(a, ""), "\n")[1:], ""), 2, 1, 2, 1, 1},
		{"first letter", "1: " + b + "\n2: 5" + a[1:], 2, 1, 2, 1, 1},
	} {
		items := ParseText(c.text)
		if len(items) != c.items {
			t.Errorf("%s: %d items", c.name, len(items))
			continue
		}
		for i, it := range items {
			_, err := it.Share()
			if i != c.wrong {
				if err != nil {
					t.Errorf("%s: another item suffers: %v", c.name, err)
				}
				continue
			}
			e, ok := err.(*TextError)
			if !ok || e.Line != c.line || e.Row != c.row || e.Letter != c.letter {
				t.Errorf("%s: %+v", c.name, err)
			}
		}
	}
}

func TestNamedTexts(t *testing.T) {
	for text, want := range map[string]Kind{
		"ZAAQ-FKAT-PL72-4IHW-GIKY-IG5T-2IJG-JHC2-PMI7-44XR-HSBH-TKZI-WPNZ-F2XT":    Seed,
		"ZAAQ-FKAT-PL72-4IHW\nGIKY-IG5T-2IJG-JHC2\nPMI7-44XR-HSBH-TKZI\nWPNZ-F2XT": Seed,
		"marp-hh6b-d2jw-wlq6-rwpq-2sls-ai2v":                                       Fingerprint,
		"ECXV-XSU6-B3B3-PEXE-P5RG-Y4QG-23BQ":                                       Key,
		`[{"EnvelopeId":"MARP"}]`:                                                  Profile,
		"  {\"ProfileUser\":{}}":                                                   Profile,
		"https://example.com/x":                                                    Link,
		"udf://example.com/ECXV-XSU6-B3B3-PEXE":                                    Link,
		"age-encryption.org/v1\n-> scrypt abc 18\n":                                SeedFile,
		"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n":                               SeedFile,
		"MK1:ABC":                            Certificate,
		"Certificate: MK2:ABC":               Certificate,
		"2: SGNT-3NLP-VURL-YWEH-FTBE / 2ZGI": Stray,
		"SGNT-3NLP-VURL-YWEH-FTBE-J755-IN6F": Stray,
	} {
		items := ParseText(text)
		if len(items) != 1 || items[0].Kind != want {
			t.Errorf("%v: %+v", want, items)
		}
	}
}

func TestCheckLettersAreKept(t *testing.T) {
	items := ParseText("1: SAQC-YE5R-BE3C-37IF-AG43 / BXU6\n2: SGNT-3NLP-VURL-YWEH-FTBE/2zgi\n3: J755-IN6F-ZPXR-N6O5-3AVQ / Y64Q")
	if len(items) != 1 || len(items[0].Rows) != 3 {
		t.Fatalf("%+v", items)
	}
	for i, want := range []string{"BXU6", "2zgi", "Y64Q"} {
		if r := items[0].Rows[i]; r.Check != want || r.Number != i+1 || r.Line != i+1 {
			t.Errorf("%+v", r)
		}
	}
}

// A certificate is found whole or wrapped, with shares around it.
func TestCertificateInText(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 2, 3)
	for column := 30; column <= 1000; column += 35 {
		for _, label := range []string{"", "Certificate: "} {
			text := exampleShares[0] + "\n" + label + wrap(k.CertificateText, column) + wrap(exampleShares[1], 25)
			items := ParseText(strings.ReplaceAll(text, "\n", "\r\n"))
			if len(items) != 3 || items[1].Kind != Certificate || items[1].Text != k.CertificateText || items[1].Line != 2 {
				t.Fatalf("wrapped at %d: %d items", column, len(items))
			}
			for _, i := range []int{0, 2} {
				if s, err := items[i].Share(); err != nil || udf.FormatShare(s) != exampleShares[i/2] {
					t.Errorf("wrapped at %d: item %d: %v", column, i, err)
				}
			}
		}
	}
	torn := k.CertificateText[:300] + "\n" + exampleShares[0]
	items := ParseText(torn)
	if len(items) != 2 || items[0].Kind != Certificate || items[1].Kind != Share {
		t.Fatalf("%+v", items)
	}
	s := session(t, Anchor{Account: k.Fingerprint})
	outcomes := s.AddText(torn, "a file")
	var wrong *TextError
	if len(outcomes) != 2 || !errors.As(outcomes[0].Err, &wrong) || wrong.Kind != Certificate || outcomes[1].Err != nil {
		t.Errorf("%+v", outcomes)
	}
}

// Two short shares, one a line, are two: together they have nearly as many
// letters as one of an account.
func TestTwoShortShares(t *testing.T) {
	// draft-hallambaker-mesh-udf-08, section 1.1.1
	items := ParseText("SAQD-BME7-I3AF-LVEV-RZMU-VEKD-N3SL-M\nSAQZ-EFIG-TAM7-6GTT-5HMU-BUMC-FQEE-2\n")
	if len(items) != 2 || items[0].Kind != Share || items[1].Kind != Share {
		t.Fatalf("%d items, not 2 shares", len(items))
	}
}

// A text that could be anything costs no more than in proportion to its
// length. What is tried is allocated, so allocations count the work.
func TestParseTextGrowsWithItsLength(t *testing.T) {
	for _, line := range []string{"S\n", "MK1:\n", "label: MK1:ABCDEFGHIJKLMNOPQRSTUVWXYZ\n"} {
		cost := func(lines int) float64 {
			text := strings.Repeat(line, lines)
			return testing.AllocsPerRun(1, func() { ParseText(text) })
		}
		half, all := cost(maxLines/2), cost(maxLines)
		t.Logf("%.12q: %.0f, half %.0f", line, all, half)
		if all > 2.5*half+1000 {
			t.Errorf("%.12q: %.0f allocations, and %.0f for half", line, all, half)
		}
	}
}
