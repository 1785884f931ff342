package print

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"meshkey/internal/qr"
	"meshkey/recovery"
	"meshkey/udf"
)

// The text of a sheet reads as its share and its certificate and nothing else,
// in any language, whatever the names on it.
func TestTextReads(t *testing.T) {
	for _, v := range variants(t) {
		v.Language = Languages()[len(v.name)%4]
		v.Holders = []string{"Sabine", "Sada Abe", "1: Sac"}[:min(3, len(v.kit.Shares))]
		if v.kit.Address != "" {
			v.kit.Address, v.kit.Service = "sadie@example.com", "sabine"
		}
		sheets, err := Sheets(v.kit, v.Options)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range sheets {
			var b bytes.Buffer
			if err := s.WriteText(&b); err != nil {
				t.Fatal(err)
			}
			for line := range strings.SplitSeq(b.String(), "\n") {
				if utf8.RuneCountInString(line) > textWidth+2 && !strings.HasPrefix(line, "MK1:") {
					t.Errorf("a line is too long: %s", line)
				}
			}
			var shares, certificates, others int
			for _, item := range recovery.ParseText(b.String()) {
				switch item.Kind {
				case recovery.Share:
					shares++
					var letters string
					for _, r := range item.Rows {
						letters += r.Letters
					}
					if share, err := udf.ParseShare(letters); err != nil || !share.Equal(v.kit.Shares[i]) {
						t.Errorf("sheet %d reads as another share: %v", s.Index(), err)
					}
				case recovery.Certificate:
					certificates++
					if item.Text != v.kit.CertificateText {
						t.Errorf("sheet %d reads as another certificate", s.Index())
					}
				default:
					others++
				}
			}
			if shares != 1 || others != 0 || certificates == 0 != (v.kit.CertificateText == "") || certificates > 1 {
				t.Errorf("%s: sheet %d reads as %d shares, %d certificates, %d others", v.name, s.Index(), shares, certificates, others)
			}
		}
	}
}

// The code of the terminal, with and without colour, is the secret code.
func TestTerminal(t *testing.T) {
	sheets, err := Sheets(exampleKit(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := encode(t, exampleShares[0], qr.High)
	for _, colour := range []bool{true, false} {
		var b bytes.Buffer
		if err := sheets[0].WriteTerminal(&b, colour); err != nil {
			t.Fatal(err)
		}
		var rows [][]bool
		for line := range strings.SplitSeq(b.String(), "\n") {
			line = strings.NewReplacer("\x1b[38;5;16;48;5;231m", "", "\x1b[0m", "").Replace(line)
			if utf8.RuneCountInString(line) != want.Size+2*qr.QuietZone || strings.Trim(line, " ▀▄█") != "" {
				if utf8.RuneCountInString(line) > 80 {
					t.Errorf("a line is too long: %s", line)
				}
				continue
			}
			var upper, lower []bool
			for _, r := range line {
				upper = append(upper, strings.ContainsRune("▀█", r))
				lower = append(lower, strings.ContainsRune("▄█", r))
			}
			rows = append(rows, upper, lower)
		}
		if len(rows) < want.Size+2*qr.QuietZone {
			t.Fatalf("only %d rows of modules", len(rows))
		}
		for y := range want.Size + 2*qr.QuietZone {
			for x := range want.Size + 2*qr.QuietZone {
				if dark := rows[y][x] == colour; dark != want.Dark(x-qr.QuietZone, y-qr.QuietZone) {
					t.Fatalf("colour %v: the module at %d, %d is wrong", colour, x, y)
				}
			}
		}
	}
}
