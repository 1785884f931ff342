package shamir_test

import (
	"errors"
	"fmt"
	"testing"

	"meshkey/shamir"
)

func TestParseQuorum(t *testing.T) {
	for need := 1; need <= shamir.MaxOf; need++ {
		for of := need; of <= shamir.MaxOf; of++ {
			q := shamir.Quorum{Need: need, Of: of}
			for _, form := range []string{"%dof%d", "%d of %d", "%d/%d", "%d-of-%d", " %dOF%d\n", "%d / %d", "%02d of %02d"} {
				got, err := shamir.ParseQuorum(fmt.Sprintf(form, need, of))
				if err != nil || got != q {
					t.Errorf("%q: %v, %v", fmt.Sprintf(form, need, of), got, err)
				}
			}
			if got, err := shamir.ParseQuorum(q.String()); err != nil || got != q {
				t.Errorf("%v is read as %v, %v", q, got, err)
			}
		}
	}
}

func TestParseQuorumRefuses(t *testing.T) {
	for _, s := range []string{
		"", "2", "of", "2of", "of3", "2 3", "2,3", "2of3of4", "-2of3", "2of-3", "+2of3", "2.0of3", "two of three",
		"2  of  3", "2of3 shares", "٢of٣", "0of0", "0of3", "3of2", "1of16", "16of16", "2of99", "2of100", "200of300",
		"99999999999999999999of3",
	} {
		q, err := shamir.ParseQuorum(s)
		var quorum *shamir.QuorumError
		if !errors.As(err, &quorum) || q != (shamir.Quorum{}) {
			t.Errorf("%q: %v, %v", s, q, err)
		}
	}
}

func TestValidate(t *testing.T) {
	for need := -1; need <= 17; need++ {
		for of := -1; of <= 17; of++ {
			err := shamir.Quorum{Need: need, Of: of}.Validate()
			if ok := 1 <= need && need <= of && of <= 15; ok != (err == nil) {
				t.Errorf("%d of %d: %v", need, of, err)
			}
		}
	}
}

func FuzzParseQuorum(f *testing.F) {
	for _, s := range []string{"2of3", "2 of 3", "15/15", "1-of-1", "3of2", "ſ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := shamir.ParseQuorum(s)
		if err != nil {
			return
		}
		if again, err := shamir.ParseQuorum(q.String()); err != nil || again != q {
			t.Errorf("%q is %v and then %v, %v", s, q, again, err)
		}
	})
}
