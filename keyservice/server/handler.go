package server

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"meshkey/internal/secret"
	"meshkey/keyservice/api"
)

// Handler answers calls and gives out recovery records over HTTP.
func (s *Server) Handler() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST "+api.Path, s.serveCall)
	m.HandleFunc("GET "+api.RecordPath+"{locator}", s.serveRecord)
	return m
}

// serveCall answers one call.
func (s *Server) serveCall(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, api.MaxTransfer))
	if err != nil {
		no := api.ErrMalformed
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			no = api.ErrTooLarge
		}
		respond(w, api.Refuse("", no), no.Status)
		return
	}
	answer, status := s.Do(r.Context(), Peer{Address: r.RemoteAddr}, body)
	defer secret.Wipe(answer)
	respond(w, answer, status)
}

// serveRecord gives out what is at a locator.
func (s *Server) serveRecord(w http.ResponseWriter, r *http.Request) {
	b, err := s.Record(r.Context(), r.PathValue("locator"))
	if err == nil {
		respond(w, b, http.StatusOK)
		return
	}
	no := api.ErrUnavailable
	if found, ok := errors.AsType[*api.Error](err); ok {
		no = found
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
