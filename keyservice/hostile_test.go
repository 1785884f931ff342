package keyservice_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/keyservice/api"
)

// hostile is a service that shows who it is and then answers every call as
// answer does.
func hostile(t *testing.T, answer http.HandlerFunc) *office {
	o := newOffice(t)
	o.instead = answer
	return o
}

// Whatever a service answers, a client has an error, in bounded time and
// memory.
func TestHostileAnswers(t *testing.T) {
	const done = `{"StatusResponse":{"Status":201`
	long := strings.Repeat("a", api.MaxTransfer)
	for name, body := range map[string]string{
		"nothing":               ``,
		"a page":                `<html>`,
		"null":                  `null`,
		"no end":                done,
		"another response":      `{"GetResponse":{"Status":201}}`,
		"a request":             `{"StatusRequest":{}}`,
		"an error that is done": `{"ErrorResponse":{"Status":201}}`,
		"a member twice":        done + `,"Status":201}}`,
		"nested":                done + `,"New":` + strings.Repeat("[", 1<<20) + `}}`,
		"many values":           done + `,"New":[` + strings.Repeat("0,", 1<<20) + `0]}}`,
		"many receipts":         done + `,"EnvelopedReceipts":[` + strings.Repeat("0,", 1<<14) + `0]}}`,
		"a long text":           done + `,"StatusDescription":"` + long[:1<<20] + `"}}`,
		"too long":              done + `,"New":"` + long + `"}}`,
		"binary":                "{\xb4\x0eStatusResponse{}}",
		"no UTF-8":              done + ",\"StatusDescription\":\"\xff\"}}",
	} {
		t.Run(name, func(t *testing.T) {
			o := hostile(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(body))
			})
			c := o.dial(api.Caller{Account: "alice@example.com", Key: cogen.Ed25519().GenerateKey()})
			_, err := c.Hello(t.Context())
			check(t, err)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r, err := c.Do(t.Context(), &api.StatusRequest{AccountAddress: "alice@example.com"})
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Errorf("answers %v", r)
			} else if len(err.Error()) > 1024 {
				t.Errorf("the error has %d octets", len(err.Error()))
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 128<<20 {
				t.Errorf("%d octets of memory", grown)
			}
		})
	}
}

// A service that begins to answer and never ends is left when the caller has no
// more patience.
func TestSlowAnswer(t *testing.T) {
	over := make(chan struct{})
	o := hostile(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"StatusResponse":{`))
		check(t, http.NewResponseController(w).Flush())
		close(over)
		<-r.Context().Done()
		panic(http.ErrAbortHandler) // or the answer would end after all
	})
	c := o.dial(api.Caller{Account: "alice@example.com", Key: cogen.Ed25519().GenerateKey()})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-over
		cancel()
	}()
	_, err := c.Do(ctx, &api.StatusRequest{AccountAddress: "alice@example.com"})
	if !errors.Is(err, api.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("the client says %v", err)
	}
}

// givenUp is a context that has ended as soon as now is set, and does not wake
// anybody.
type givenUp struct {
	context.Context
	now *atomic.Bool
}

func (g givenUp) Err() error {
	if g.now.Load() {
		return context.Canceled
	}
	return nil
}

// An answer that the caller broke off is none, even if the host heard of that
// first and ended it in order.
func TestAnswerEndedEarly(t *testing.T) {
	ctx := givenUp{t.Context(), &atomic.Bool{}}
	o := hostile(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"StatusResponse":{`))
		ctx.now.Store(true)
	})
	c := o.dial(api.Caller{Account: "alice@example.com", Key: cogen.Ed25519().GenerateKey()})
	_, err := c.Do(ctx, &api.StatusRequest{AccountAddress: "alice@example.com"})
	if !errors.Is(err, api.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("the client says %v", err)
	}
}

// A service does not say how long a client sleeps.
func TestLongRetryAfter(t *testing.T) {
	calls := 0
	o := hostile(t, func(w http.ResponseWriter, _ *http.Request) {
		calls++
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write(api.Refuse("Status", api.ErrUnavailable.After(24*time.Hour)))
	})
	c := o.dial(api.Caller{Account: "alice@example.com", Key: cogen.Ed25519().GenerateKey()})
	_, err := c.Do(t.Context(), &api.StatusRequest{AccountAddress: "alice@example.com"})
	no, ok := errors.AsType[*api.Error](err)
	if !ok || no.RetryAfter != 24*time.Hour || calls != 1 {
		t.Errorf("after %d calls: %v", calls, err)
	}
}
