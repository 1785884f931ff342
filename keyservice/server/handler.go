package server

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"meshkey/internal/secret"
	"meshkey/keyservice/api"
)

// Handler answers calls and gives out recovery records over HTTP. Who comes when
// too many calls are under way is refused, and told to come again.
func (s *Server) Handler() http.Handler {
	m := http.NewServeMux()
	d := &door{server: s, calls: make(chan struct{}, maxCalls)}
	m.HandleFunc("POST "+api.Path, d.serveCall)
	m.HandleFunc("GET "+api.RecordPath+"{locator}", s.serveRecord)
	return m
}

// serveCall answers one call.
func (d *door) serveCall(w http.ResponseWriter, r *http.Request) {
	body, free, err := d.read(w, r)
	defer free()
	if err != nil {
		refuse(w, err)
		return
	}
	select {
	case d.calls <- struct{}{}:
		defer func() { <-d.calls }()
	default:
		refuse(w, errBusy)
		return
	}
	start := time.Now()
	answer, status := d.server.Do(r.Context(), Peer{Address: r.RemoteAddr}, body)
	d.server.meter.took(time.Since(start))
	defer secret.Wipe(answer)
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		if no, err := api.ParseResponse(answer); err == nil && no.Base().RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.FormatInt(no.Base().RetryAfter, 10))
		}
	}
	respond(w, answer, status)
}

// serveRecord gives out what is at a locator.
func (s *Server) serveRecord(w http.ResponseWriter, r *http.Request) {
	b, err := s.Record(r.Context(), r.PathValue("locator"))
	if err == nil {
		respond(w, b, http.StatusOK)
		return
	}
	refuse(w, err)
}

// refuse says why there was no call.
func refuse(w http.ResponseWriter, err error) {
	no, ok := errors.AsType[*api.Error](err)
	if !ok {
		no = api.ErrUnavailable
	}
	if no.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(no.RetryAfter/time.Second)))
	}
	respond(w, api.Refuse("", no), no.Status)
}

func respond(w http.ResponseWriter, body []byte, status int) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
