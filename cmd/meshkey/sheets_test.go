package main

import (
	"strings"
	"testing"

	"meshkey/print"
)

func TestLanguages(t *testing.T) {
	if want := strings.Join(print.Languages(), ", "); languages != want {
		t.Errorf("languages are %q, there are %q", languages, want)
	}
}

func TestChoices(t *testing.T) {
	for _, c := range [][3]int{{3, 2, 3}, {15, 8, 6435}, {15, 7, 6435}, {15, 1, 15}, {15, 15, 1}, {5, 3, 10}} {
		if got := choices(c[0], c[1]); got != c[2] {
			t.Errorf("%d of %d: %d choices, want %d", c[1], c[0], got, c[2])
		}
	}
}
