package server

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"meshkey/keyservice/api"
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
	if _, count, _ := s.Meter().Latency(); count != 4 {
		t.Errorf("the time of %d calls was counted", count)
	}
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

// Times are counted in the bucket that they are in.
func TestLatency(t *testing.T) {
	var m Meter
	for _, d := range []time.Duration{0, time.Millisecond, time.Millisecond + 1, 5 * time.Second, time.Minute} {
		m.took(d)
	}
	b, count, spent := m.Latency()
	if count != 5 || b[0].Count != 2 || b[1].Count != 3 || b[len(b)-1].Count != 4 || spent != 65*time.Second+2*time.Millisecond+1 {
		t.Errorf("%v, %d, %v", b, count, spent)
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
