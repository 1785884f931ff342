package udf_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"meshkey/udf"
	"meshkey/vectors"
)

// again reads a text as each kind in turn and writes it again.
var again = map[string]func(string) (string, error){
	"share": func(text string) (string, error) {
		s, err := udf.ParseShare(text)
		if err != nil {
			return "", err
		}
		return udf.FormatShare(s), nil
	},
	"seed": func(text string) (string, error) {
		s, err := udf.ParseSeed(text)
		if err != nil {
			return "", err
		}
		return s.Text(), nil
	},
	"key": func(text string) (string, error) {
		k, err := udf.ParseKey(text)
		if err != nil {
			return "", err
		}
		return k.Text(), nil
	},
	"PIN": func(text string) (string, error) {
		k, err := udf.ParsePIN(text)
		if err != nil {
			return "", err
		}
		return k.Text(), nil
	},
	"nonce": func(text string) (string, error) {
		b, err := udf.ParseNonce(text)
		if err != nil {
			return "", err
		}
		return udf.FormatNonce(b)
	},
	"object": func(text string) (string, error) {
		b, err := udf.ParseOID(text)
		if err != nil {
			return "", err
		}
		return udf.FormatOID(b)
	},
	"fingerprint": func(text string) (string, error) {
		f, err := udf.ParseFingerprint(text)
		return f.Text(f.Bits()), err
	},
}

// letters are the letters of a text as it would be written.
func letters(text string) string {
	text = strings.Map(func(c rune) rune {
		if c < 0x80 && strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", c) {
			return c
		}
		return -1
	}, strings.NewReplacer("0", "O", "1", "I", "8", "B").Replace(strings.Map(func(c rune) rune {
		if 'a' <= c && c <= 'z' {
			return c - 'a' + 'A'
		}
		return c
	}, text)))
	return text
}

// seeds gives every text of the vectors to a fuzz target.
func seeds(add func(string)) {
	for _, topic := range vectors.Topics() {
		if !strings.HasPrefix(topic, "udf-") {
			continue
		}
		for c := range vectors.Each[json.RawMessage](topic) {
			var members map[string]any
			if json.Unmarshal(c.Data, &members) != nil {
				continue
			}
			for _, v := range members {
				if text, ok := v.(string); ok {
					add(text)
				}
			}
		}
	}
}

// What parses is written with the same letters, and that parses to the same.
func FuzzParse(f *testing.F) {
	seeds(func(text string) { f.Add(text) })
	f.Add("s\u00adaq\u2212c\u2028\x85\v8\xff")
	f.Fuzz(func(t *testing.T, text string) {
		kinds := 0
		for kind, write := range again {
			out, err := write(text)
			if err != nil {
				if e, ok := err.(*udf.ParseError); ok && (e.Letter > len(text) || e.Column > e.Letter || (e.Row == 0) != (e.Column == 0)) {
					t.Errorf("%s: the place is letter %d, row %d, column %d", kind, e.Letter, e.Row, e.Column)
				}
				continue
			}
			kinds++
			if strings.ReplaceAll(out, "-", "") != letters(text) {
				t.Errorf("%s: other letters are written", kind)
			}
			if twice, err := write(out); err != nil || twice != out {
				t.Errorf("%s: what is written is read otherwise: %v", kind, err)
			}
		}
		if of, err := udf.TypeOf(text); kinds > 0 && (err != nil || of.String() == "") {
			t.Errorf("what parses has no type: %v", err)
		}
		if b, err := udf.DecodeLenient(text); err == nil && len(b) > len(text) {
			t.Error("more octets than characters")
		}
	})
}

func FuzzParseEARL(f *testing.F) {
	seeds(func(text string) { f.Add(text) })
	f.Fuzz(func(t *testing.T, text string) {
		e, err := udf.ParseEARL(text)
		if err != nil {
			return
		}
		twice, err := udf.ParseEARL(e.Text())
		if err != nil || twice.Text() != e.Text() || twice.URL() != e.URL() || twice.Host != e.Host {
			t.Errorf("what is written is read otherwise: %v", err)
		}
	})
}

func FuzzFromOctets(f *testing.F) {
	f.Add([]byte{0, 200, 1, 2, 3, 4})
	f.Add(append([]byte{96}, make([]byte, 34)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := udf.SeedFromOctets(b); err == nil && !bytes.Equal(s.Octets(), bytes.TrimLeft(b, "\x00")) {
			t.Error("another seed")
		}
		if g, err := udf.FingerprintFromOctets(b); err == nil && !reflect.DeepEqual(g.Octets(1000), b) {
			t.Error("another fingerprint")
		}
	})
}
