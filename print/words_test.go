package print

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// Every language has every text, with the same names to fill in as English,
// none of them unknown, in letters that the fonts have, and without space where
// it would show.
func TestCatalogues(t *testing.T) {
	if got := Languages(); !slices.Equal(got, []string{"de", "en", "es", "fr"}) {
		t.Fatalf("the languages are %v", got)
	}
	known := []string{"{index}", "{need}", "{of}", "{address}", "{len}", "{sharelen}", "{bits}", "{ikm}", "{random}", "{offset}", "{type}", "{day}", "{month}", "{year}", "{needed}"}
	names := func(text string) []string {
		all := placeholder.FindAllString(text, -1)
		slices.Sort(all)
		return all
	}
	english := reflect.ValueOf(*catalogues()["en"])
	for language, c := range catalogues() {
		v := reflect.ValueOf(*c)
		for i := range v.NumField() {
			key := v.Type().Field(i).Name
			if v.Field(i).Kind() == reflect.Slice {
				continue
			}
			text := v.Field(i).String()
			if text == "" || text != strings.TrimSpace(text) || strings.Contains(text, "  ") {
				t.Errorf("%s: %s is missing or badly spaced", language, key)
			}
			got := names(text)
			if want := names(english.Field(i).String()); !slices.Equal(got, want) && key != "DateFirst" {
				t.Errorf("%s: %s takes %v, in English %v", language, key, got, want)
			}
			for _, name := range got {
				if !slices.Contains(known, name) {
					t.Errorf("%s: %s has the unknown name %s", language, key, name)
				}
			}
			if err := checkName(key, 0, strings.ReplaceAll(text, " ", "")); err != nil && len(text) < maxName {
				t.Errorf("%s: %s: %v", language, key, err)
			}
			for _, r := range text {
				if !drawable(r) {
					t.Errorf("%s: %s: no font has %q", language, key, r)
				}
			}
		}
		if len(slices.Compact(slices.Sorted(slices.Values(c.Months)))) != 12 || slices.Contains(c.Months, "") {
			t.Errorf("%s: a month is missing", language)
		}
	}
}

// In every paragraph of the small print the heading ends at the first full
// stop.
func TestHeadings(t *testing.T) {
	for language, c := range catalogues() {
		for _, text := range []string{c.DoShare, c.DoBytes, c.DoSeed, c.DoAccount, c.DoLetters, c.DoPublic} {
			head, rest, found := strings.Cut(text, ". ")
			if !found || len(head) > 40 || len(rest) < 80 {
				t.Errorf("%s: the heading is %q", language, head)
			}
		}
	}
}

func TestDate(t *testing.T) {
	for _, c := range []struct{ language, first, other string }{
		{"en", "1 May 2027", "22 November 2026"},
		{"de", "1. Mai 2027", "22. November 2026"},
		{"fr", "1er mai 2027", "22 novembre 2026"},
		{"es", "1 de mayo de 2027", "22 de noviembre de 2026"},
	} {
		w := catalogues()[c.language]
		if got := w.date(time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC)); got != c.first {
			t.Errorf("%s: %q, want %q", c.language, got, c.first)
		}
		// The day is that of UTC, wherever the clock stood.
		east := time.FixedZone("", 14*3600)
		if got := w.date(time.Date(2026, 11, 23, 3, 0, 0, 0, east)); got != c.other {
			t.Errorf("%s: %q, want %q", c.language, got, c.other)
		}
	}
}

func TestUnknown(t *testing.T) {
	k := exampleKit(t)
	if _, err := Sheets(k, Options{Language: "tlh"}); err == nil || !strings.Contains(err.Error(), "de, en, es, fr") {
		t.Errorf("an unknown language: %v", err)
	}
	if _, err := Sheets(k, Options{Paper: 7}); err == nil {
		t.Error("an unknown paper is taken")
	}
	for name, want := range map[string]Paper{"a4": A4, "A4": A4, "letter": Letter, "Letter": Letter} {
		if got, err := ParsePaper(name); err != nil || got != want {
			t.Errorf("paper %q is %v, %v", name, got, err)
		}
	}
	if _, err := ParsePaper("legal"); err == nil {
		t.Error("paper legal is known")
	}
}
