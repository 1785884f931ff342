package meshkeyd

import (
	"slices"
	"strings"
	"testing"
)

func TestParseConfig(t *testing.T) {
	got, err := parseConfig([]byte("# comment\n\n  listen =  :8443 \nseal=file:/a b=c\r\n"))
	want := []setting{{3, "listen", ":8443"}, {4, "seal", "file:/a b=c"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for text, says := range map[string]string{
		"a = 1\na = 2":                   `line 2: "a" stands in line 1 already`,
		"a":                              "line 1: write it as name = value",
		"= 1":                            "line 1: write it as name = value",
		"\n a = ":                        `line 2: "a" has no value`,
		"a = \xff":                       "line 1 is not text",
		strings.Repeat("#", maxConfig+1): "more than",
	} {
		if _, err := parseConfig([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

// What reads, written again, reads the same.
func FuzzParseConfig(f *testing.F) {
	f.Add([]byte("listen = :8443\n# comment\nlog=json"))
	f.Add([]byte("a = = b\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := parseConfig(data)
		if err != nil {
			return
		}
		again, err := parseConfig(formatConfig(list))
		if err != nil || len(again) != len(list) {
			t.Fatalf("%q: %v", data, err)
		}
		for i := range list {
			if list[i].name != again[i].name || list[i].value != again[i].value {
				t.Errorf("%v became %v", list[i], again[i])
			}
		}
	})
}

// Every setting of the file is a flag of serve, and the other way round.
func TestSettingsAreFlags(t *testing.T) {
	s := newSettings()
	for _, name := range serveFlags {
		if s.all.Flags().Lookup(name) == nil {
			t.Errorf("serve has a flag %q that is no setting", name)
		}
	}
}
