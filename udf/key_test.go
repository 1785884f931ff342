package udf_test

import (
	"bytes"
	"strings"
	"testing"

	"meshkey/udf"
)

// What is written is read, for every length; every type is read by its own
// parser only.
func TestOwnParser(t *testing.T) {
	parsers := map[string]func(string) error{
		"share":       func(s string) error { _, err := udf.ParseShare(s); return err },
		"seed":        func(s string) error { _, err := udf.ParseSeed(s); return err },
		"key":         func(s string) error { _, err := udf.ParseKey(s); return err },
		"PIN":         func(s string) error { _, err := udf.ParsePIN(s); return err },
		"nonce":       func(s string) error { _, err := udf.ParseNonce(s); return err },
		"object":      func(s string) error { _, err := udf.ParseOID(s); return err },
		"fingerprint": func(s string) error { _, err := udf.ParseFingerprint(s); return err },
	}
	for n := 5; n <= 61; n++ {
		b := bytes.Repeat([]byte{byte(16 + n)}, n)
		key, err1 := udf.NewKey(b)
		pin, err2 := udf.NewPIN(b)
		nonce, err3 := udf.FormatNonce(b)
		object, err4 := udf.FormatOID(b)
		seed, err5 := udf.NewSeed(udf.SpecifierAny, b)
		for _, err := range []error{err1, err2, err3, err4, err5} {
			if err != nil {
				t.Fatal(err)
			}
		}
		texts := map[string]string{
			"share": shareText, "fingerprint": "MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V",
			"key": key.Text(), "PIN": pin.Text(), "nonce": nonce, "object": object, "seed": seed.Text(),
		}
		for name, parse := range parsers {
			for kind, text := range texts {
				// An authenticator and the key of one have the same type.
				same := name == kind || name == "fingerprint" && kind == "PIN"
				if err := parse(text); (err == nil) != same {
					t.Errorf("%d octets: a %s read as a %s: %v", n, kind, name, err)
				}
			}
		}
		for kind, text := range texts {
			got, err := udf.TypeOf(strings.ToLower(text))
			want := map[string]string{"PIN": "authenticator", "key": "symmetric key"}[kind]
			if want == "" {
				want = kind
			}
			if err != nil || got.String() != want {
				t.Errorf("the type of a %s is %v: %v", kind, got, err)
			}
		}
	}
	for _, bad := range []string{"", "A", "XYZ", "BAAA"} {
		if got, err := udf.TypeOf(bad); err == nil {
			t.Errorf("%q is of type %v", bad, got)
		}
	}
}

func TestKeyBounds(t *testing.T) {
	for _, n := range []int{0, 65} {
		if _, err := udf.NewKey(make([]byte, n)); err == nil {
			t.Errorf("a key of %d octets", n)
		}
		if _, err := udf.FormatNonce(make([]byte, n)); err == nil {
			t.Errorf("a nonce of %d octets", n)
		}
	}
	for _, n := range []int{0, 4097} {
		if _, err := udf.FormatOID(make([]byte, n)); err == nil {
			t.Errorf("an object of %d octets", n)
		}
	}
	large, err := udf.FormatOID(make([]byte, 4096))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := udf.ParseOID(large); err != nil || len(b) != 4096 {
		t.Errorf("the largest object: %v", err)
	}
}

// A key may have bits beyond its octets. They are in the locator, and in
// nothing else.
func TestKeyText(t *testing.T) {
	const text = "EBUD-AN3Z-53LM-3VSH-6LLN-XOPK-KGRM-4"
	plain, err1 := udf.ParseKey(text + "A")
	other, err2 := udf.ParseKey(strings.ToLower(text) + "j")
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if other.Text() != text+"J" || !bytes.Equal(plain.Octets(), other.Octets()) {
		t.Error("the text is not kept")
	}
	if plain.Identifier() != other.Identifier() || plain.Locator().Matches(other.Locator()) {
		t.Error("the identifier is the key's, the locator the text's")
	}
	other.Wipe()
	if other.Text() != "" || len(other.Octets()) != 0 {
		t.Error("a wiped key has something")
	}
}

func TestEARL(t *testing.T) {
	const key = "EBUD-AN3Z-53LM-3VSH-6LLN-XOPK-KGRM-4J"
	for _, good := range []string{"udf://example.com/" + key, "mcu://alice@example.com/" + key, "mcu://a.b+c@xn--bcher-kva.example/" + key} {
		e, err := udf.ParseEARL(" " + good + "\n")
		if err != nil || e.Text() != good || e.Publication != strings.HasPrefix(good, "mcu") {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", key, "udf:", "udf://", "udf:///" + key, "udf://example.com", "udf://example.com/", "udf://example.com/x" + key,
		"http://example.com/" + key, "udf://alice@example.com/" + key, "mcu://example.com/" + key, "mcu://@example.com/" + key,
		"udf://example.com:80/" + key, "udf://example.com?/" + key, "udf://ex%61mple.com/" + key, "udf://b\u00fccher.example/" + key,
		"udf://" + strings.Repeat("a", 300) + "/" + key, "udf://example.com/" + key + "/x", "udf://example.com/" + shareText,
	} {
		if _, err := udf.ParseEARL(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
