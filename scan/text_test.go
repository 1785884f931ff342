package scan

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

func utf16Of(s string, big, mark bool) []byte {
	if mark {
		s = "\ufeff" + s
	}
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

func TestReadText(t *testing.T) {
	want := []Text{
		{Text: "Share: SAQC-YE5R-BE3C", Page: 1, Line: 1},
		{Text: "  37IF-AG43 / BXU6 ", Page: 1, Line: 2},
		{Text: "MK1:A B", Page: 1, Line: 4},
	}
	plain := "Share: SAQC-YE5R-BE3C\n  37IF-AG43 / BXU6 \n\nMK1:A B"
	for name, file := range map[string][]byte{
		"plain":               []byte(plain),
		"ends with a line":    []byte(plain + "\n"),
		"byte order mark":     []byte("\xef\xbb\xbf" + plain),
		"CR LF":               []byte(strings.ReplaceAll(plain, "\n", "\r\n")),
		"CR":                  []byte(strings.ReplaceAll(plain, "\n", "\r")),
		"UTF-16 LE":           utf16Of(plain, false, true),
		"UTF-16 BE":           utf16Of(plain, true, true),
		"UTF-16 LE, unmarked": utf16Of(plain, false, false),
		"UTF-16 BE, unmarked": utf16Of(plain, true, false),
	} {
		got, err := Read(bytes.NewReader(file))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestReadLatin1(t *testing.T) {
	got, err := Read(strings.NewReader("für Zo\xeb\nSAQC"))
	if err != nil || len(got) != 2 || got[0].Text != "für Zoë" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestReadBlank(t *testing.T) {
	_, err := Read(strings.NewReader(" \n\t\r\n"))
	var nothing *NothingFoundError
	if !errors.As(err, &nothing) || nothing.Format != "text" {
		t.Errorf("%v", err)
	}
}

// What is not read is named, with something to do.
func TestUnsupported(t *testing.T) {
	for head, want := range map[string]string{
		"": "empty file",
		"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00": "HEIC",
		"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00": "HEIC",
		"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00": "AVIF",
		"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00": "video",
		"\xff\x4f\xff\x51\x00":                     "JPEG 2000",
		"AT&TFORM":                                 "DjVu",
		"PK\x03\x04\x14\x00":                       "Word or OpenDocument, or another archive",
		"\x1f\x8b\x08\x00":                         "compressed file",
		"{\\rtf1":                                  "Rich Text",
		"<?xml version='1.0'?>\n<svg>":             "SVG",
		"<!DOCTYPE html>":                          "HTML",
		"age-encryption.org/v1\n":                  "age-encrypted file",
		"\x7fELF\x02\x01\x01\x00":                  "a file of unknown format",
	} {
		_, err := Read(strings.NewReader(head))
		var unsupported *UnsupportedError
		if !errors.As(err, &unsupported) || unsupported.Format != want || unsupported.Hint == "" {
			t.Errorf("%q: %v, want %s", head, err, want)
		}
	}
}

func TestComplete(t *testing.T) {
	for want, pages := range map[bool][][]string{
		true:  {{}, {"https://example.com"}, {"SAQC-YE5R", "MK1:AB"}, {"ZAAQ"}, {"SEQC"}, {"S"}, {""}},
		false: {{"SAQC-YE5R"}, {"SDQC"}, {"MK1:AB"}, {"MK1:AB", "ZAAQ"}, {"SAQC", "SBQC"}},
	} {
		for _, texts := range pages {
			if got := complete(texts); got != want {
				t.Errorf("%q: %v", texts, got)
			}
		}
	}
}
