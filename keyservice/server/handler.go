package server

import (
	"encoding/hex"
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
	start, peer := time.Now(), Peer{r.RemoteAddr, NameRequest(w)}
	body, free, err := d.read(w, r)
	defer free()
	if err == nil {
		select {
		case d.calls <- struct{}{}:
			defer func() { <-d.calls }()
		default:
			err = errBusy
		}
	}
	if err != nil {
		no := refuse(w, err)
		d.server.accessed(Access{Peer: peer, Code: no.Code, Status: no.Status, In: len(body), Took: time.Since(start)})
		return
	}
	start = time.Now()
	answer, status := d.server.Do(r.Context(), peer, body)
	d.server.meter.took(time.Since(start))
	defer secret.Wipe(answer)
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		if no, err := api.ParseResponse(answer); err == nil && no.Base().RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.FormatInt(no.Base().RetryAfter, 10))
		}
	}
	respond(w, answer, status)
}

// NameRequest gives a request a name, which its answer bears, unless it has one.
func NameRequest(w http.ResponseWriter) string {
	if name := w.Header().Get(api.RequestHeader); name != "" {
		return name
	}
	b := make([]byte, 8)
	secret.Fill(b)
	name := hex.EncodeToString(b)
	w.Header().Set(api.RequestHeader, name)
	return name
}

// serveRecord gives out what is at a locator.
func (s *Server) serveRecord(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	a := Access{Peer: Peer{r.RemoteAddr, NameRequest(w)}, Call: "Record", Status: http.StatusOK}
	b, err := s.Record(r.Context(), r.PathValue("locator"))
	if err == nil {
		respond(w, b, http.StatusOK)
	} else {
		no := refuse(w, err)
		a.Code, a.Status = no.Code, no.Status
	}
	a.Out, a.Took = len(b), time.Since(start)
	s.accessed(a)
}

// refuse says why there was no call, or no answer to it.
func refuse(w http.ResponseWriter, err error) *api.Error {
	no, ok := errors.AsType[*api.Error](err)
	if !ok {
		no = api.ErrUnavailable
	}
	if no.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(no.RetryAfter/time.Second)))
	}
	respond(w, api.Refuse("", no), no.Status)
	return no
}

func respond(w http.ResponseWriter, body []byte, status int) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
