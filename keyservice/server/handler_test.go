package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
)

// visit asks a handler over HTTP.
func visit(t *testing.T, h http.Handler, method, path, kind string, body io.Reader) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, body)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const plainHello = `{"HelloRequest":{}}`

// What is asked in another way than is written is refused, with a status that
// says why, and nothing is listed.
func TestHandler(t *testing.T) {
	s := newWorld(t).server
	h := s.Handler()
	for name, test := range map[string]struct {
		method, path, kind, body string
		status                   int
	}{
		"a call":            {"POST", api.Path, "application/json", plainHello, 201},
		"with a charset":    {"POST", api.Path, "application/json; charset=utf-8", plainHello, 201},
		"without a type":    {"POST", api.Path, "", plainHello, 201},
		"a form":            {"POST", api.Path, "application/x-www-form-urlencoded", plainHello, 400},
		"text of a browser": {"POST", api.Path, "text/plain", plainHello, 400},
		"nothing":           {"POST", api.Path, "application/json", "", 400},
		"too long":          {"POST", api.Path, "application/json", strings.Repeat(" ", api.MaxTransfer+1), 413},
		"another method":    {"GET", api.Path, "", "", 405},
		"the root":          {"GET", "/", "", "", 404},
		"all records":       {"GET", api.RecordPath, "", "", 404},
		"no record":         {"GET", api.RecordPath + "MDE5-2YPH", "", "", 404},
		"records above":     {"GET", api.RecordPath + "..%2f", "", "", 404},
	} {
		w := visit(t, h, test.method, test.path, test.kind, strings.NewReader(test.body))
		if w.Code != test.status {
			t.Errorf("%s: %d, %s", name, w.Code, w.Body)
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" && w.Code != 405 && w.Code != 404 {
			t.Errorf("%s: no X-Content-Type-Options", name)
		}
	}
	if count := s.Meter().Latency().Count; count != 4 {
		t.Errorf("the time of %d calls was counted", count)
	}
}

// Every request has a name, which is in the answer, the log, and what is told of
// all requests; nothing there says whose it was.
func TestRequestNames(t *testing.T) {
	w := newWorld(t, "alice")
	var seen []Access
	var log bytes.Buffer
	down := &broken{Store: w.db}
	s, err := New(Config{
		Store: down, Address: "keys.example.com", Now: w.clock.now, Ties: time.Hour,
		Log: slog.New(slog.NewTextHandler(&log, nil)), Access: func(a Access) { seen = append(seen, a) },
	})
	check(t, err)
	defer s.Close()
	check(t, s.Unseal(w.secrets))
	h := s.Handler()
	names := map[string]bool{}
	ask := func(method, path string, body []byte) string {
		r := visit(t, h, method, path, "", bytes.NewReader(body))
		name := r.Header().Get(api.RequestHeader)
		if len(name) != 16 || names[name] {
			t.Errorf("%s %s has the name %q", method, path, name)
		}
		names[name] = true
		return name
	}
	own := &api.GetRequest{AccountAddress: "groupw@example.com"}
	ask("POST", api.Path, w.sign(by(t, "alice"), own))
	ask("POST", api.Path, []byte("nonsense"))
	ask("POST", api.Path, bytes.Repeat([]byte{' '}, api.MaxTransfer+1))
	ask("GET", api.RecordPath+"MDE5", nil)
	down.down = true
	name := ask("POST", api.Path, w.sign(by(t, "alice"), own))
	if !strings.Contains(log.String(), "request="+name) || strings.Contains(log.String(), "alice") {
		t.Errorf("the log: %s", log.String())
	}
	var got []string
	for _, a := range seen {
		got = append(got, fmt.Sprint(a.Call, " ", a.Code, " ", a.Status))
		if !names[a.Peer.Request] || a.Peer.Address == "" {
			t.Errorf("%+v", a)
		}
	}
	want := []string{"Get  201", " malformed 400", " too-large 413", "Record unknown 404", "Get unavailable 503"}
	if !slices.Equal(got, want) {
		t.Errorf("%q instead of %q", got, want)
	}
}

// A broken store is one that cannot be used when it is down.
type broken struct {
	store.Store
	down bool
}

func (b *broken) View(ctx context.Context, f func(store.Reader) error) error {
	if b.down {
		return &store.UnavailableError{Err: errors.New("down")}
	}
	return b.Store.View(ctx, f)
}

func (b *broken) Update(ctx context.Context, f func(store.Writer) error) error {
	if b.down {
		return &store.UnavailableError{Err: errors.New("down")}
	}
	return b.Store.Update(ctx, f)
}

// Who comes when there is no room is told so, and when to come again; room that
// was taken is given back.
func TestBusy(t *testing.T) {
	d := &door{server: newWorld(t).server, calls: make(chan struct{}, 1)}
	post := func(body string) *httptest.ResponseRecorder {
		return visit(t, http.HandlerFunc(d.serveCall), "POST", api.Path, "application/json", strings.NewReader(body))
	}
	busy := func(what string, w *httptest.ResponseRecorder) {
		t.Helper()
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "1" {
			t.Errorf("%s: %d, Retry-After %q", what, w.Code, w.Header().Get("Retry-After"))
		}
	}
	d.calls <- struct{}{}
	busy("a call too many", post(plainHello))
	<-d.calls
	long := plainHello + strings.Repeat(" ", 2*short)
	d.long.Store(maxLong - short)
	busy("a long call too many", post(long))
	if w := post(plainHello); w.Code != 201 {
		t.Errorf("a short call beside long ones: %d", w.Code)
	}
	if n := d.long.Load(); n != maxLong-short {
		t.Errorf("%d octets are taken", n)
	}
	d.long.Store(0)
	if w := post(long); w.Code != 201 || d.long.Load() != 0 || len(d.calls) != 0 {
		t.Errorf("a long call: %d, %d octets and %d calls are still there", w.Code, d.long.Load(), len(d.calls))
	}
}

// BenchmarkHTTP is a call that needs no curve, octets to octets over TLS, beside
// what it takes without: what HTTP and TLS cost.
func BenchmarkHTTP(b *testing.B) {
	s := newWorld(b).server
	body := []byte(`{"ValidateAccountRequest":{"AccountAddress":"alice@example.com"}}`)
	b.Run("do", func(b *testing.B) {
		for b.Loop() {
			s.Do(ctx, peer, body)
		}
	})
	b.Run("tls", func(b *testing.B) {
		host := httptest.NewTLSServer(s.Handler())
		defer host.Close()
		c := host.Client()
		for b.Loop() {
			r, err := c.Post(host.URL+api.Path, "application/json", bytes.NewReader(body))
			check(b, err)
			_, _ = io.Copy(io.Discard, r.Body)
			r.Body.Close()
		}
	})
}
