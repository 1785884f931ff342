package meshkeyd

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"meshkey/keyservice/server"
	"meshkey/keyservice/store"
)

// newDaemon is a service that is sealed, with a store and a certificate, and
// answers nobody.
func newDaemon(t *testing.T) *daemon {
	t.Helper()
	dir := t.TempDir()
	d := &daemon{settings: newSettings(), since: time.Now(), tls: &certificates{}}
	d.settings.store = dir + "/store.db"
	d.limits = newLimits(d.settings)
	var err error
	if d.store, err = store.OpenBolt(d.settings.store); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.store.Close() })
	if d.server, err = server.New(server.Config{Store: d.store, Address: "keys.example.com"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.server.Close() })
	d.tls.cert, d.tls.key = place(t, dir, "tls", "keys.example.com")
	if err := d.tls.load(); err != nil {
		t.Fatal(err)
	}
	return d
}

// The operator's list has every metric that there is, and of its kind.
func TestMetricsAreDocumented(t *testing.T) {
	d := newDaemon(t)
	printed := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\S+) (\S+)$`).FindAllStringSubmatch(string(d.metrics(t.Context())), -1) {
		printed[m[1]] = m[2]
	}
	text, err := os.ReadFile("../../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for _, row := range regexp.MustCompile(`(?m)^\| ((?:meshkeyd|process)_[^|]+) \| (\w+) \|`).FindAllStringSubmatch(string(text), -1) {
		for _, name := range strings.Split(row[1], ", ") {
			listed[name] = row[2]
		}
	}
	for _, name := range slices.Sorted(maps.Keys(printed)) {
		if listed[name] != printed[name] {
			t.Errorf("%s, a %s, is listed as %q", name, printed[name], listed[name])
		}
		delete(listed, name)
	}
	if len(listed) > 0 || len(printed) == 0 {
		t.Errorf("of %d metrics there are not: %v", len(printed), listed)
	}
}

// Each metric stands once, with its help and kind before it, and every line is one
// that Prometheus reads.
func TestMetricsAreWellFormed(t *testing.T) {
	d := newDaemon(t)
	d.server.Do(t.Context(), server.Peer{}, []byte(`{"HelloRequest":{}}`))
	line := regexp.MustCompile(`^([a-z_]+?)(_bucket|_sum|_count)?(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? (\d[\d.e+]*)$`)
	family, seen := "", map[string]bool{}
	for _, text := range strings.Split(strings.TrimSuffix(string(d.metrics(t.Context())), "\n"), "\n") {
		if help, ok := strings.CutPrefix(text, "# HELP "); ok {
			family, _, _ = strings.Cut(help, " ")
			if seen[family] {
				t.Errorf("%s stands twice", family)
			}
			seen[family] = true
			continue
		}
		if strings.HasPrefix(text, "# TYPE "+family+" ") {
			continue
		}
		if m := line.FindStringSubmatch(text); m == nil || m[1] != family && m[1]+m[2] != family {
			t.Errorf("%q under %s", text, family)
		}
	}
}
