package print

import (
	"strings"
	"testing"
)

// On a sheet to be folded nothing lies across a fold; the secret is in the middle
// third; what is outside, and the second page, has no letter of it, and the
// outside no address; and what lies on the secret when the sheet is folded hides
// its rows.
func TestFolds(t *testing.T) {
	everywhere(t, []string{"envelope"}, func(t *testing.T, v variant, sheets []*Sheet) {
		s := sheets[0]
		third := s.pages[0].height / 3
		secret := map[string]bool{s.content.share: true}
		for _, r := range s.content.rows {
			secret[r.check] = true
			for group := range strings.SplitSeq(r.text, "-") {
				secret[group] = true
			}
		}
		var hidden, cover []mark
		for n, p := range s.pages {
			for _, m := range p.marks {
				_, top, _, bottom := m.extent()
				isSecret := secret[m.text] || m.kind == symbolMark && m.symbol == s.content.secretCode
				switch across := func(y float64) bool { return top < y && bottom > y && m.w < 180 }; {
				case n == 0 && (across(third) || across(2*third)):
					t.Errorf("across a fold: %v", m)
				case isSecret && (n > 0 || top < third || bottom > 2*third):
					t.Errorf("the secret shows: %v", m)
				case n == 0 && top < third && v.kit.Address != "" && strings.Contains(m.text, v.kit.Address):
					t.Errorf("the address shows: %v", m)
				}
				switch {
				case n > 0:
				case isSecret && m.kind == textMark && m.face == monoBold:
					hidden = append(hidden, m)
				case top > 2*third && (m.kind == symbolMark || m.shade == veil):
					cover = append(cover, m)
				}
			}
		}
		if v.name == "longest" {
			return // so much is public that there is less room for the pattern
		}
		for _, m := range hidden {
			x0, y0, x1, y1 := m.extent()
			y0, y1 = 4*third-y1, 4*third-y0 // where it comes to lie
			middle, covered := (y0+y1)/2, false
			for _, c := range cover {
				cx0, cy0, cx1, cy1 := c.extent()
				covered = covered || cy0 < middle && cy1 > middle && cx0 < (x0+x1)/2 && cx1 > (x0+x1)/2
			}
			if !covered {
				t.Errorf("nothing lies on %v", m)
			}
		}
	})
}

// Both cannot be had.
func TestLargeEnvelope(t *testing.T) {
	if _, err := Sheets(exampleKit(t), Options{Large: true, Envelope: true}); err == nil {
		t.Error("an envelope in large print is laid out")
	}
}
