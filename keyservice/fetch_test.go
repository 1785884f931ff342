package keyservice_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"meshkey/keyservice/api"
)

// Whoever fetches a recovery record tells its locator, and nothing of himself.
func TestFetchTellsLocator(t *testing.T) {
	s := start(t)
	h := s.Server.Handler()
	var got []*http.Request
	s.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			b, _ := io.ReadAll(r.Body)
			if len(b) > 0 {
				t.Errorf("a body: %q", b)
			}
			got = append(got, r)
		}
		h.ServeHTTP(w, r)
	}))
	const locator = "MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V-MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V"
	if _, err := s.Client(api.Caller{}).FetchRecord(context.Background(), locator); !errors.Is(err, api.ErrUnknown) {
		t.Errorf("%v", err)
	}
	if len(got) != 1 || got[0].URL.String() != api.RecordPath+locator {
		t.Fatalf("%d requests", len(got))
	}
	for _, name := range slices.Sorted(maps.Keys(got[0].Header)) {
		if !slices.Contains([]string{"Accept", "Accept-Encoding", "User-Agent"}, name) {
			t.Errorf("%s: %s", name, strings.Join(got[0].Header[name], ", "))
		}
	}
}
