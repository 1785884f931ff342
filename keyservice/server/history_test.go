package server

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"meshkey/keyservice/api"
	"meshkey/keyservice/audit"
	"meshkey/keyservice/store"
)

// undoing is a memory that forgets the changes of a function that failed.
type undoing struct{ memory }

func (u *undoing) Update(_ context.Context, f func(store.Writer) error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	before := map[store.Table]map[string][]byte{}
	for t, entries := range u.m {
		before[t] = maps.Clone(entries)
	}
	err := f(&u.memory)
	if err != nil {
		u.m = before
	}
	return err
}

// A history is what a service was asked over HTTP, and what it said.
type history struct {
	*testing.T
	w         *world
	server    *Server
	handler   http.Handler
	sent      [][]byte
	genuine   map[string]genuine
	answered  map[string]bool
	dismissed bool
}

// A genuine is a call as somebody signed it.
type genuine struct {
	who int // of the asks
	at  time.Time
}

// A trial is what somebody may try. The first two are in the group at first.
type trial struct {
	by api.Caller
	r  api.Request
}

const (
	askAlice = iota
	askBob
	askMallory
	askDismiss // bob
	askAdmit   // him again
	askUsurp   // dismissing bob, by alice
	allAsks
)

// send sends octets, and checks that they could be answered if they are.
func (h *history) send(body []byte) {
	h.Helper()
	recorder := httptest.NewRecorder()
	h.handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, api.Path, bytes.NewReader(body)))
	r, err := api.ParseResponse(recorder.Body.Bytes())
	if err != nil || int(r.Base().Status) != recorder.Code {
		h.Fatalf("%d: %s: %v", recorder.Code, recorder.Body, err)
	}
	if recorder.Code != api.StatusDone {
		return
	}
	g, signed := h.genuine[string(body)]
	age := h.w.clock.now().Sub(g.at)
	switch {
	case !signed:
		h.Errorf("answered, and nobody signed it: %s", body)
	case h.answered[string(body)]:
		h.Errorf("answered twice: %s", body)
	case age > h.server.config.Skew:
		h.Errorf("answered after %v", age)
	case g.who == askMallory || g.who == askUsurp:
		h.Errorf("answered to somebody who may not ask: %s", body)
	case g.who == askBob && h.dismissed:
		h.Error("answered to bob, who was dismissed")
	}
	h.answered[string(body)] = true
	if g.who == askDismiss || g.who == askAdmit {
		h.dismissed = g.who == askDismiss
	}
}

// FuzzHistory has a service asked in any order, by those who may and those who
// may not, with calls that came before, came changed, or were put together of
// two, while time passes and the service is sealed and unsealed. What it answers
// has to be signed, fresh, new, and by somebody who may; and the log has to be
// whole in the end.
func FuzzHistory(f *testing.F) {
	w := newWorld(f, "alice", "bob")
	asks := make([]trial, allAsks)
	asks[askAlice] = trial{by(f, "alice"), w.operation("alice", "groupw", 1)}
	asks[askBob] = trial{by(f, "bob"), w.operation("bob", "groupw", 1)}
	asks[askMallory] = trial{by(f, "mallory"), asks[askBob].r}
	admin := w.groups["groupw"].admin
	out, err := admin.Dismiss(today, "bob@example.com")
	check(f, err)
	in, err := admin.Admit(today, identity(f, "bob").Member)
	check(f, err)
	asks[askDismiss] = trial{administers(f, "groupw"), transferOf("groupw", out)}
	asks[askAdmit] = trial{administers(f, "groupw"), transferOf("groupw", in)}
	asks[askUsurp] = trial{by(f, "alice"), asks[askDismiss].r}

	f.Add([]byte{0, 0, 0, 1, 3, 0, 0, 2, 0, 5, 0, 3, 0, 1, 0, 0, 0, 4, 0, 1})
	f.Add([]byte{0, 0, 4, 9, 4, 128, 12, 200, 5, 90, 6, 100, 3, 0, 7, 0, 0, 0, 7, 0, 0, 0})
	f.Add([]byte{0, 4, 0, 3, 0, 4, 3, 1, 3, 0, 0, 1, 5, 128, 5, 10})
	f.Fuzz(func(t *testing.T, program []byte) {
		db := &undoing{}
		check(t, copyStore(db, w.db))
		w := &world{TB: t, db: db, secrets: w.secrets, clock: &clock{t: today}}
		s := w.serve(db)
		h := &history{T: t, w: w, server: s, handler: s.Handler(), genuine: map[string]genuine{}, answered: map[string]bool{}}
		for step := range slices.Chunk(program[:min(len(program), 48)], 2) {
			if len(step) == 2 {
				h.step(asks, step[0], int(step[1]))
			}
		}
		if s.Sealed() {
			check(t, s.Unseal(w.secrets))
		}
		check(t, s.Tie(ctx))
		check(t, db.View(ctx, func(r store.Reader) error {
			report, err := audit.Verify(r, s.Profile().Key("ServiceSignature"))
			if err == nil && len(report.Findings) > 0 {
				t.Errorf("the audit: %v", report.Findings)
			}
			return err
		}))
	})
}

// step does one thing, of which kind tells in its lowest three bits.
func (h *history) step(asks []trial, kind byte, arg int) {
	h.Helper()
	old := func(i int) []byte { return h.sent[i%len(h.sent)] }
	switch {
	case kind&7 < 3 || len(h.sent) == 0: // signed anew
		who := arg % len(asks)
		body := h.w.sign(asks[who].by, asks[who].r)
		h.sent, h.genuine[string(body)] = append(h.sent, body), genuine{who, h.w.clock.now()}
		h.send(body)
	case kind&7 == 3: // once more
		h.send(old(arg))
	case kind&7 == 4: // changed
		body := bytes.Clone(old(int(kind >> 3)))
		body[arg*len(body)/256] ^= 1 << (kind >> 5)
		h.send(body)
	case kind&7 == 5: // the beginning of one, the end of another
		a, b := old(int(kind>>3)), old(arg)
		cut := arg * min(len(a), len(b)) / 256
		h.send(append(bytes.Clone(a[:cut]), b[cut:]...))
	case kind&7 == 6:
		h.w.clock.add(time.Duration(arg) * time.Second)
	case h.server.Sealed():
		check(h, h.server.Unseal(h.w.secrets))
	default:
		h.server.Seal()
	}
}
