package recovery

import (
	"strings"
	"testing"

	"meshkey/profile"
	"meshkey/udf"
)

// FuzzText: nothing in a text upsets a session; and a share that is found is
// found again in its canonical text, alone.
func FuzzText(f *testing.F) {
	seed, err := profile.ParseSeed("ZAAQ-FKAT-PL72-4IHW-GIKY-IG5T-2IJG-JHC2-PMI7-44XR-HSBH-TKZI-WPNZ-F2XT")
	if err != nil {
		f.Fatal(err)
	}
	k := newKit(f, seed, 2, 3)
	f.Add(rows(exampleShares[0], " / BXU6") + "\n" + k.CertificateText + "\nShare: " + wrap(exampleShares[1], 30))
	f.Add("SAQC-YE5R\n-\n/\n1:\n2: /\nMK1:\nS\nA\n?\n9 9 9\n")
	f.Add(strings.Repeat("S\n", 50))
	f.Fuzz(func(t *testing.T, text string) {
		items := ParseText(text)
		for _, it := range items {
			if it.Line < 1 || it.Line > strings.Count(text, "\n")+strings.Count(text, "\r")+strings.Count(text, "\f")+strings.Count(text, "\u2028")+1 {
				t.Errorf("an item at line %d", it.Line)
			}
			if it.Kind != Share {
				continue
			}
			share, err := it.Share()
			if err != nil {
				if e, ok := err.(*TextError); !ok || e.Reason == "" {
					t.Errorf("%T %v", err, err)
				}
				continue
			}
			canonical := udf.FormatShare(share)
			again := ParseText(canonical)
			if len(again) != 1 {
				t.Fatalf("one share becomes %d", len(again))
			}
			if s, err := again[0].Share(); err != nil || !s.Equal(share) {
				t.Errorf("what is read is not written again: %v", err)
			}
		}
		s := session(t, Anchor{Unverified: true}, text)
		if r, err := s.Recover(); err == nil && r.Verified && r.Anchor != BySheet {
			t.Error("verified by nothing")
		}
	})
}
