package print

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"meshkey/scan"
	"meshkey/shamir"
	"meshkey/udf"
)

// scanner is package scan as a Reader.
var scanner = ReaderFunc(func(r io.Reader) ([]string, error) {
	found, err := scan.Read(r)
	texts := make([]string, len(found))
	for i, f := range found {
		texts[i] = f.Text
	}
	return texts, err
})

func pages(t testing.TB, sheets []*Sheet, write func(*Sheet, io.Writer) error) [][]byte {
	t.Helper()
	all := make([][]byte, len(sheets))
	for i, s := range sheets {
		var b bytes.Buffer
		if err := write(s, &b); err != nil {
			t.Fatal(err)
		}
		all[i] = b.Bytes()
	}
	return all
}

// What was written reads back by the program's own scanner, as PDF and as PNG,
// and every quorum of it combines.
func TestReadBack(t *testing.T) {
	for _, v := range variants(t) {
		switch v.name {
		case "plain":
			v.Options = as("envelope", v.Options)
		case "holders":
			v.Options = as("large", v.Options)
		case "quorum 8 of 15", "longest", "not real", "bare 1", "bare 64":
		default:
			continue
		}
		t.Run(v.name, func(t *testing.T) {
			sheets, err := Sheets(v.kit, v.Options)
			if err != nil {
				t.Fatal(err)
			}
			if err := ReadBack(v.kit, sheets, pages(t, sheets, (*Sheet).WritePDF), scanner); err != nil {
				t.Errorf("PDF: %v", err)
			}
			if len(sheets) > 3 || v.Large {
				return // a picture of a page takes longer
			}
			png := func(s *Sheet, w io.Writer) error { return s.WritePNG(w, 150) }
			if err := ReadBack(v.kit, sheets, pages(t, sheets, png), scanner); err != nil {
				t.Errorf("PNG: %v", err)
			}
		})
	}
}

// finding is a Reader that finds the same texts on every page.
func finding(texts ...string) Reader {
	return ReaderFunc(func(io.Reader) ([]string, error) { return texts, nil })
}

func TestVerify(t *testing.T) {
	k := exampleKit(t)
	sheets, err := Sheets(k, Options{})
	if err != nil {
		t.Fatal(err)
	}
	secret, public := exampleShares[0], k.CertificateText
	wrong := strings.Replace(secret, "YE5R", "YE5S", 1)
	share, err := sheets[0].Verify(nil, finding(public, secret, "something else"))
	if err != nil || !share.Equal(k.Shares[0]) {
		t.Errorf("a good page: %v, %v", share, err)
	}
	broken := errors.New("no page")
	for _, c := range []struct {
		name, code string
		reader     Reader
	}{
		{"nothing", "secret", finding()},
		{"no public code", "public", finding(secret)},
		{"no secret code", "secret", finding(public)},
		{"another public code", "public", finding(secret, public+"0")},
		{"a wrong letter", "secret", finding(public, wrong)},
		{"a wrong letter beside", "secret", finding(public, secret, wrong)},
		{"another sheet", "secret", finding(public, exampleShares[1])},
		{"lower case", "secret", finding(public, strings.ToLower(secret))},
		{"an unreadable page", "", ReaderFunc(func(io.Reader) ([]string, error) { return nil, broken })},
	} {
		_, err := sheets[0].Verify(nil, c.reader)
		var back *ReadBackError
		if !errors.As(err, &back) || back.Sheet != 1 || back.Code != c.code {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.code == "" && !errors.Is(err, broken) {
			t.Errorf("%s: %v hides the cause", c.name, err)
		}
		if err != nil && strings.Contains(err.Error(), "YE5") {
			t.Errorf("the error shows the share: %v", err)
		}
	}
}

// ReadBack finds sheets that were mixed up and a kit that does not combine.
func TestReadBackFails(t *testing.T) {
	k := exampleKit(t)
	sheets, err := Sheets(k, Options{})
	if err != nil {
		t.Fatal(err)
	}
	octets := pages(t, sheets, (*Sheet).WriteText)
	// The page is its own text here: a reader of lines.
	lines := ReaderFunc(func(r io.Reader) ([]string, error) {
		b, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		var letters string
		for line := range strings.SplitSeq(string(b), "\n") {
			if len(line) > 3 && line[1] == ':' {
				row, _, _ := strings.Cut(line[3:], " /")
				letters += row + "-"
			}
		}
		return append(strings.Split(string(b), "\n"), strings.TrimSuffix(letters, "-")), nil
	})
	if err := ReadBack(k, sheets, octets, lines); err != nil {
		t.Fatal(err)
	}
	if err := ReadBack(k, sheets, octets[:2], lines); err == nil {
		t.Error("a missing page is not missed")
	}
	octets[0], octets[1] = octets[1], octets[0]
	var back *ReadBackError
	if err := ReadBack(k, sheets, octets, lines); !errors.As(err, &back) || back.Sheet != 1 {
		t.Errorf("mixed-up pages: %v", err)
	}
	// Three shares that lie on no line, each printed as it is.
	other, err := udf.ParseShare(strings.Replace(exampleShares[2], "WL2Q", "WL4Q", 1))
	if err != nil {
		t.Fatal(err)
	}
	k.Shares = []shamir.Share{k.Shares[0], k.Shares[1], other}
	if sheets, err = Sheets(k, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := ReadBack(k, sheets, pages(t, sheets, (*Sheet).WriteText), lines); err == nil {
		t.Error("shares that do not agree pass")
	}
}
