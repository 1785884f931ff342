package print

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"meshkey/escrow"
	"meshkey/internal/qr"
	"meshkey/shamir"
	"meshkey/udf"
)

// exampleShares are the ones that the reference implementation printed in its
// examples of 2022-05-03: any two give the account exampleAccount.
var exampleShares = []string{
	"SAQC-YE5R-BE3C-37IF-AG43-SGNT-3NLP-VURL-YWEH-FTBE-J755-IN6F-ZPXR-N6O5-3AVQ",
	"SAQZ-AJS7-NJMO-B6S3-4J6U-AHPD-TL5C-HEPS-523G-VBSK-FUDG-X3IR-5S2X-UGBI-YWIA",
	"SARP-IOIN-ZN5Z-H55S-YNAM-OIQT-LKOU-YUN2-C7SG-EQDQ-BIIQ-HIS6-BV55-2NTT-WL2Q",
}

const exampleAccount = "MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V"

func file(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(b), "\n")
}

// exampleKit is the kit of those shares, with a certificate whose salt is 0, 1,
// 2, …
func exampleKit(t testing.TB) *escrow.Kit {
	t.Helper()
	k := &escrow.Kit{
		Quorum: shamir.Quorum{Need: 2, Of: 3}, CertificateText: file(t, "example.certificate.txt"),
		Address: "alice@example.com", Service: "example.com",
		Date: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), SetName: "AAAQ",
	}
	var err error
	if k.Fingerprint, err = udf.ParseFingerprint(exampleAccount); err != nil {
		t.Fatal(err)
	}
	for _, text := range exampleShares {
		s, err := udf.ParseShare(text)
		if err != nil {
			t.Fatal(err)
		}
		k.Shares = append(k.Shares, s)
	}
	return k
}

// bareKit is a kit of a secret that is no account's, of n octets.
func bareKit(t testing.TB, q shamir.Quorum, n int) *escrow.Kit {
	t.Helper()
	secret := make([]byte, n)
	for i := range secret {
		secret[i] = byte(i*37 + 1)
	}
	shares, err := shamir.Split(secret, q)
	if err != nil {
		t.Fatal(err)
	}
	return &escrow.Kit{Quorum: q, Shares: shares}
}

// variant is a kit as it can come, and how it is printed.
type variant struct {
	name string
	kit  *escrow.Kit
	Options
}

// variants are the kits that differ in what a sheet says and how much room that
// takes, the most demanding ones among them.
func variants(t testing.TB) []variant {
	long := strings.Repeat("w", 52) + "@example.com" // 64 octets, all of them wide
	name := "Maximiliane Freifrau von und zu Hohenwartenstein-Löwenbrück"
	var all []variant
	add := func(name string, o Options, change func(k *escrow.Kit)) {
		k := exampleKit(t)
		change(k)
		all = append(all, variant{name, k, o})
	}
	add("plain", Options{}, func(*escrow.Kit) {})
	add("holders", Options{Holders: []string{"Sadie Example", name, "Ζωή Παπαδοπούλου"}}, func(*escrow.Kit) {})
	add("not real", Options{NotReal: true, Holders: []string{name}}, func(*escrow.Kit) {})
	add("sealed", Options{}, func(k *escrow.Kit) { k.Sealed = true })
	add("no address", Options{}, func(k *escrow.Kit) { k.Address, k.Service = "", "" })
	add("longest", Options{Holders: []string{name, name, name}}, func(k *escrow.Kit) {
		k.Address, k.Service, k.Sealed = long, strings.Repeat("w", 64), true
		k.CertificateText = file(t, "longest.certificate.txt")
	})
	add("added", Options{}, func(k *escrow.Kit) {
		share, err := shamir.Recreate(k.Shares[:2], 15)
		if err != nil {
			t.Fatal(err)
		}
		k.Shares = []shamir.Share{share}
	})
	for _, q := range []shamir.Quorum{{Need: 1, Of: 1}, {Need: 1, Of: 3}, {Need: 3, Of: 3}, {Need: 8, Of: 15}, {Need: 15, Of: 15}} {
		secret := []byte("\xc8\x01\x0232 octets that have been invented")[:35]
		shares, err := shamir.Split(secret, q)
		if err != nil {
			t.Fatal(err)
		}
		add("quorum "+q.String(), Options{NotReal: q.Need == 15}, func(k *escrow.Kit) { k.Quorum, k.Shares = q, shares[max(0, q.Of-8):] })
	}
	for _, n := range []int{1, 16, 32, 35, 64} {
		all = append(all, variant{fmt.Sprint("bare ", n), bareKit(t, shamir.Quorum{Need: 2, Of: 3}, n), Options{NotReal: n == 64}})
	}
	return all
}

// kinds are the ways to lay a sheet out.
var kinds = []string{"plain", "large", "envelope"}

// as lays o out in one of the kinds.
func as(kind string, o Options) Options {
	o.Large, o.Envelope = kind == "large", kind == "envelope"
	return o
}

// everywhere calls f with the first sheets of every variant in every language on
// every paper, laid out in some ways.
func everywhere(t *testing.T, kinds []string, f func(t *testing.T, v variant, sheets []*Sheet)) {
	t.Helper()
	for _, v := range variants(t) {
		v.kit.Shares = v.kit.Shares[:min(2, len(v.kit.Shares))]
		v.Holders = v.Holders[:min(2, len(v.Holders))]
		for _, v.Language = range Languages() {
			for _, v.Paper = range []Paper{A4, Letter} {
				for _, kind := range kinds {
					v.Options = as(kind, v.Options)
					t.Run(fmt.Sprint(v.name, " ", v.Language, " ", v.Paper, " ", kind), func(t *testing.T) {
						sheets, err := Sheets(v.kit, v.Options)
						if err != nil {
							t.Fatal(err)
						}
						f(t, v, sheets)
					})
				}
			}
		}
	}
}

func encode(t testing.TB, text string, level qr.Level) *qr.Symbol {
	t.Helper()
	s, err := qr.Encode(text, level)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
