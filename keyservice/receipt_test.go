package keyservice_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"meshkey/keyservice"
)

// TestReceipts has a service give receipts of other calls, and of other answers.
func TestReceipts(t *testing.T) {
	s := start(t)
	h := s.Server.Handler()
	var change atomic.Pointer[func([]byte) []byte]
	s.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(b))
		f := change.Load()
		if f == nil || bytes.Contains(b, []byte("HelloRequest")) {
			h.ServeHTTP(w, r)
			return
		}
		record := httptest.NewRecorder()
		h.ServeHTTP(record, r)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(record.Code)
		_, _ = w.Write((*f)(record.Body.Bytes()))
	}))
	p, by := somebody(t, "alice@example.com")
	var receipts [][]byte
	c := s.Client(by, keyservice.OnReceipt(func(b []byte) { receipts = append(receipts, b) }))
	if err := c.CreateAccount(context.Background(), p, ""); err != nil || len(receipts) != 1 {
		t.Fatalf("%d receipts, %v", len(receipts), err)
	}
	status := func(f func([]byte) []byte) error {
		change.Store(&f)
		_, err := c.Status(context.Background(), p.Fingerprint())
		return err
	}
	if err := status(func(b []byte) []byte { return b }); err != nil || len(receipts) != 2 {
		t.Fatalf("%d receipts, %v", len(receipts), err)
	}
	for name, f := range map[string]func([]byte) []byte{
		"a receipt of another call":    func(b []byte) []byte { return replaced(b, receipts[0]) },
		"a receipt of the call before": func(b []byte) []byte { return replaced(b, receipts[1]) },
		"what is no receipt":           func(b []byte) []byte { return replaced(b, []byte(`{}`)) },
		"none":                         func(b []byte) []byte { return replaced(b, nil) },
		"another answer":               func(b []byte) []byte { return bytes.Replace(b, []byte(`"Quota":`), []byte(`"Quota":1`), 1) },
	} {
		if err := status(f); !errors.As(err, new(*keyservice.FalseError)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(receipts) != 2 {
		t.Errorf("%d receipts are passed on", len(receipts))
	}
}

// replaced is an answer with another receipt.
func replaced(answer, receipt []byte) []byte {
	const member = `"EnvelopedReceipts":[`
	i := bytes.Index(answer, []byte(member)) + len(member)
	j := i + bytes.IndexByte(answer[i:], ']')
	return append(append(append([]byte{}, answer[:i]...), receipt...), answer[j:]...)
}
