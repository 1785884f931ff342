package meshkeyd

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"meshkey/keyservice/server"
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
		if len(data) > maxConfig/2 {
			return // with spaces about each = it may be too long
		}
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

// The operator's list of settings has each that the file may have, and its default.
func TestSettingsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(string(text), "| name | default | |\n|---|---|---|\n")
	rows, _, _ = strings.Cut(rows, "\n\n")
	listed := map[string]string{}
	for _, row := range strings.Split(rows, "\n") {
		part := strings.Split(row, " | ")
		names, defaults := strings.Split(strings.TrimPrefix(part[0], "| "), ", "), strings.Split(part[1], ", ")
		for i, name := range names {
			listed[name] = defaults[min(i, len(defaults)-1)]
		}
	}
	s := newSettings()
	for _, name := range serveFlags {
		if slices.Contains(notInFile, name) {
			continue
		}
		said, ok := listed[name]
		if !ok {
			t.Errorf("%s is not in the list", name)
		}
		delete(listed, name)
		value := s.all.Flags().Lookup(name).DefValue
		if d, err := time.ParseDuration(value); err == nil {
			if want, err := time.ParseDuration(said); err != nil || want != d {
				t.Errorf("%s is %s, and the list says %s", name, value, said)
			}
		} else if value != "" && strings.TrimSuffix(said, " MiB") != value {
			t.Errorf("%s is %s, and the list says %s", name, value, said)
		}
	}
	if len(listed) > 0 {
		t.Errorf("no settings: %v", listed)
	}
}

// What flags say of accounts is what the server goes by.
func TestPolicy(t *testing.T) {
	s := newSettings()
	for name, value := range map[string]string{
		"accounts": "7", "account-size": "2", "account-devices": "3", "account-records": "4", "device-requests": "5", "device-requests-time": "6h",
		"registration": "open", "domains": "Example.com, example.org",
	} {
		if err := s.all.Flags().Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	want := server.Policy{
		Registration: server.Open, Domains: []string{"example.com", "example.org"},
		Accounts: 7, Octets: 2 << 20, Devices: 3, Records: 4, Requests: 5, Patience: 6 * time.Hour,
	}
	if got := s.policy("keys.example.com"); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
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
