package main

import (
	"strings"
	"testing"

	"meshkey/print"
)

// There is a notice in every language of sheets, whatever it has to tell, and
// it fits a terminal.
func TestNotices(t *testing.T) {
	full := notice{
		Set: "K7QX", SetDate: "2026-11-22", Account: "MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V", Address: "alice@example.com",
		Sheet: 14, Need: 13, Of: 15, Used: "1, 3", Date: "2027-01-01",
	}
	for _, language := range print.Languages() {
		for variant := range 8 {
			n := full
			n.Added, n.Copied, n.Unverified = variant&1 != 0, variant&2 != 0, variant&4 != 0
			if n.Unverified {
				n.Set, n.SetDate, n.Account, n.Address = "", "", "", ""
			}
			text, err := n.write(language)
			if err != nil {
				t.Fatalf("%s: %v", language, err)
			}
			if strings.Contains(string(text), "<no value>") || !strings.Contains(string(text), "14") {
				t.Errorf("%s:\n%s", language, text)
			}
			if english := strings.Contains(string(text), "NOTICE TO THE HOLDERS"); !english {
				t.Errorf("%s: the notice is not in English too", language)
			}
			for _, line := range strings.Split(string(text), "\n") {
				if len([]rune(line)) > 82 {
					t.Errorf("%s: a line of %d characters: %s", language, len([]rune(line)), line)
				}
			}
		}
	}
}

func TestNumbers(t *testing.T) {
	for want, list := range map[string][]int{"": {}, "3": {3}, "1, 3": {1, 3}} {
		if got := numbers(list); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
