package udf_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"meshkey/udf"
)

const shareText = "SAQC-YE5R-BE3C-37IF-AG43-SGNT-3NLP-VURL-YWEH-FTBE-J755-IN6F-ZPXR-N6O5-3AVQ"

// However a text is typed, it is the same share.
func TestWaysToType(t *testing.T) {
	bare := strings.ReplaceAll(shareText, "-", "")
	for _, text := range []string{
		shareText, bare, strings.ToLower(shareText),
		strings.ReplaceAll(shareText, "-", " "),
		strings.ReplaceAll(shareText, "-", " - "),
		strings.ReplaceAll(shareText, "-", "\u2013"),
		strings.Join(strings.Split(bare, ""), "-\u00a0"),
		"\n  " + shareText[:24] + "\r\n\r\n" + shareText[24:] + "\n",
		strings.NewReplacer("B", "8", "I", "1", "O", "0").Replace(shareText),
	} {
		s, err := udf.ParseShare(text)
		if err != nil {
			t.Errorf("%v", err)
		} else if udf.FormatShare(s) != shareText {
			t.Errorf("another share comes of the same letters")
		}
	}
}

func TestPlaces(t *testing.T) {
	rows := "SAQC-YE5R-BE3C-37IF-AG43\n\nSGNT-3NLP-VURL-YWEH-FTBE\nJ755-IN6F-ZPXR-N6O5-3AVQ\n"
	for _, c := range []struct {
		name, text          string
		row, column, letter int
	}{
		{"wrong in one row", strings.Replace(shareText, "37IF", "37!F", 1), 0, 0, 15},
		{"wrong at the start", "=" + shareText, 0, 0, 1},
		{"wrong in the second row", strings.Replace(rows, "VURL", "VU9L", 1), 2, 11, 31},
		{"wrong at the end of a row", strings.Replace(rows, "FTBE", "FTB?", 1), 2, 20, 40},
		{"wrong in the first of several rows", strings.Replace(rows, "YE5R", "YE5\u00e9", 1), 1, 8, 8},
		{"low bits of the last letter", strings.Replace(rows, "3AVQ", "3AVR", 1), 3, 20, 60},
		{"another type", strings.Replace(rows, "SAQC", "ZAQC", 1), 1, 1, 1},
		{"a letter missing", strings.Replace(rows, "3AVQ", "3AV", 1), 0, 0, 0},
		{"letters too many", rows + "AA", 0, 0, 0},
		{"nothing", "", 0, 0, 0},
	} {
		_, err := udf.ParseShare(c.text)
		var e *udf.ParseError
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		said := strings.Contains(err.Error(), fmt.Sprintf("letter %d:", max(c.column, c.letter*(1-min(c.row, 1)))))
		if said != (c.letter > 0) || strings.Contains(err.Error(), fmt.Sprintf("row %d,", c.row)) != (c.row > 0) {
			t.Errorf("%s: the error says %q", c.name, err)
		}
		if e.Row != c.row || e.Column != c.column || e.Letter != c.letter {
			t.Errorf("%s: row %d, column %d, letter %d; want %d, %d, %d", c.name, e.Row, e.Column, e.Letter, c.row, c.column, c.letter)
		}
	}
}

// The four bits of a letter that are beyond the last octet are zero: of 32
// letters two are read in the last place.
func TestTrailingBits(t *testing.T) {
	n := 0
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" {
		if _, err := udf.ParseShare(shareText[:len(shareText)-1] + string(c)); err == nil {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d letters are taken in the last place", n)
	}
}

func TestTooLong(t *testing.T) {
	for _, text := range []string{shareText + strings.Repeat("A", 1000), strings.Repeat(" ", 1<<20), strings.Repeat("A", 1<<20)} {
		if _, err := udf.ParseShare(text); err == nil {
			t.Error("taken")
		}
		if _, err := udf.DecodeLenient(text + strings.Repeat("A", 1<<20)); err == nil {
			t.Error("taken")
		}
	}
}
