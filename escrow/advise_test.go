package escrow

import (
	"slices"
	"strings"
	"testing"

	"meshkey/shamir"
)

func codes(advice []Advice) (out []Code) {
	for _, a := range advice {
		out = append(out, a.Code)
	}
	return out
}

func TestAdvise(t *testing.T) {
	for _, c := range []struct {
		need, of int
		want     []Code
	}{
		{1, 1, []Code{OneSheet, Loss, Theft}},
		{1, 3, []Code{AnyoneAlone, Loss, Theft}},
		{3, 3, []Code{NoLoss, Loss, Theft}},
		{2, 3, []Code{Loss, Theft}},
		{2, 8, []Code{FewToCollude, Loss, Theft}},
		{3, 8, []Code{Loss, Theft}},
		{2, 16, []Code{TooMany}},
		{20, 16, []Code{TooMany}},
		{0, 3, []Code{CannotSplit}},
		{4, 3, []Code{CannotSplit}},
		{-1, -1, []Code{CannotSplit}},
	} {
		if got := codes(Advise(shamir.Quorum{Need: c.need, Of: c.of})); !slices.Equal(got, c.want) {
			t.Errorf("%d of %d: %v, not %v", c.need, c.of, got, c.want)
		}
	}
}

// Advice refuses exactly what Split refuses, is sorted by weight, and is made
// of sentences.
func TestAdviceAgreesWithSplit(t *testing.T) {
	for need := -1; need <= 17; need++ {
		for of := -1; of <= 17; of++ {
			q := shamir.Quorum{Need: need, Of: of}
			advice := Advise(q)
			refused := advice[0].Severity == Refusal
			if refused != (q.Validate() != nil) {
				t.Errorf("%v: %v", q, advice)
			}
			if !slices.IsSortedFunc(advice, func(a, b Advice) int { return int(b.Severity - a.Severity) }) {
				t.Errorf("%v: not sorted", q)
			}
			for _, a := range advice {
				if !strings.HasSuffix(a.Text, ".") || strings.Contains(a.Text, "%!") || !refused && strings.Contains(a.Text, " 1 ") {
					t.Errorf("%v: %q", q, a.Text)
				}
			}
		}
	}
}
