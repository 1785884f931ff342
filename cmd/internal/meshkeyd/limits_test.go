package meshkeyd

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"meshkey/keyservice/api"
	"meshkey/keyservice/server"
)

// Every answer bears the request's name, one to who is turned away and to who asks
// for what is not there too, and it is the one that the service knows.
func TestEveryRequestIsNamed(t *testing.T) {
	inside := ""
	l := newLimits(&settings{rate: 1})
	l.requests = newBuckets(0, 2) // two, however long they take
	h := l.guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inside = server.NameRequest(w)
		http.NotFound(w, r)
	}))
	seen := map[string]bool{}
	for i, status := range []int{404, 404, 429} {
		w := httptest.NewRecorder()
		inside = ""
		h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		name := w.Header().Get(api.RequestHeader)
		if w.Code != status || len(name) != 16 || seen[name] || inside != "" && inside != name {
			t.Errorf("%d: %d, named %q, and %q inside", i, w.Code, name, inside)
		}
		seen[name] = true
	}
}

// Connections are kept for the next request as long as there is room for others.
func TestCrowded(t *testing.T) {
	l := newLimits(&settings{rate: 1000, conns: 8})
	h := l.guard(http.NotFoundHandler())
	for n := range 9 {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if got := w.Header().Get("Connection") == "close"; got != (n == 8) {
			t.Errorf("with %d of 8 connections: closed %v", n, got)
		}
		if n < 8 {
			l.connections <- struct{}{}
		}
	}
}
