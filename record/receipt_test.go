package record

import (
	"regexp"
	"testing"
	"time"
)

// Receipts differ by sheet, day and certificate, and by nothing else.
func TestReceipt(t *testing.T) {
	f := example(t)
	c := f.certify(t)
	f.set.Address = "bob@example.com"
	other := f.certify(t)
	f.set.Sealed = true
	sealed := f.certify(t)
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	seen := map[string]bool{}
	for _, cert := range []*Certificate{c, other, sealed} {
		for days := range 3 {
			for x := 1; x <= cert.covers(); x++ {
				receipt := cert.Receipt(x, day.AddDate(0, 0, days))
				if seen[receipt] || !regexp.MustCompile("^[A-Z2-7]{6}$").MatchString(receipt) {
					t.Errorf("%q", receipt)
				}
				seen[receipt] = true
			}
		}
	}
	if c.Receipt(2, day) != c.Receipt(2, day.Add(23*time.Hour)) {
		t.Error("the hour counts")
	}
	if got, want := c.Receipt(2, day), "I65LSH"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	for _, x := range []int{-1, 0, 16} {
		if c.Receipt(x, day) != "" {
			t.Errorf("sheet %d has a receipt", x)
		}
	}
	if sealed.Receipt(4, day) != "" {
		t.Error("a sheet that cannot be has a receipt")
	}
}
