package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"runtime/debug"
	"slices"
	"time"

	"meshkey/keyservice/api"
	"meshkey/keyservice/audit"
	"meshkey/keyservice/store"
)

// attempts is how often a call is begun anew because what it was prepared with
// was changed meanwhile.
const attempts = 10

// errChanged is what a caller's still returns when the store has something else
// than the caller was found with.
var errChanged = errors.New("server: what the call was prepared with has changed")

// Do answers one call, a signed one or plain JSON, and returns the response and
// its HTTP status. There always is a response; it may hold contributions, and is
// the caller's to wipe. If ctx ends, who called cannot know whether the call was
// carried out; nothing is ever half done.
func (s *Server) Do(ctx context.Context, peer Peer, body []byte) (response []byte, status int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	start := time.Now()
	j := &job{ctx: ctx, server: s, keys: s.keys, peer: peer, body: body, now: s.config.Now(), over: func() {}}
	response, refused := j.run()
	a := Access{Peer: peer, Status: api.StatusDone}
	if refused != nil {
		response, a.Status, a.Code = api.Refuse(j.name, refused), refused.Status, refused.Code
	}
	s.meter.outcome(Outcome{j.name, a.Code})
	a.Call, a.In, a.Out, a.Took = j.name, len(body), len(response), time.Since(start)
	s.accessed(a)
	return response, a.Status
}

// accessed tells of a request.
func (s *Server) accessed(a Access) {
	if s.config.Access != nil {
		s.config.Access(a)
	}
}

// run answers or refuses, and sees to it that either is recorded.
func (j *job) run() (response []byte, refused *api.Error) {
	defer func() {
		if r := recover(); r != nil {
			response, refused = nil, j.panicked()
		}
	}()
	if j.keys == nil {
		return nil, api.ErrSealed
	}
	h, err := j.parse()
	if err != nil {
		return nil, j.refuse(err)
	}
	if j.call != nil {
		// Who is not verified yet is on his way too: a transaction that waits a
		// little for him is saved more often than it waits in vain.
		j.over = j.server.committer.Announce()
		defer j.over()
	}
	for range attempts {
		if response, err = j.attempt(h); !errors.Is(err, errChanged) {
			break
		}
	}
	if err != nil {
		return nil, j.refuse(err)
	}
	return response, nil
}

// panicked logs where a call ended that should not have. What was thrown is not
// logged: it might be secret.
func (j *job) panicked() *api.Error {
	j.server.log.Error("a call ended in a panic", "request", j.peer.Request, "call", j.name, "stack", string(debug.Stack()))
	return api.ErrUnavailable
}

// parse reads the call and finds its handler.
func (j *job) parse() (h handler, err error) {
	if api.IsCall(j.body) {
		if j.call, err = api.ParseCall(j.body); err != nil {
			return h, err
		}
		j.request = j.call.Request
	} else if j.request, err = api.ParseRequest(j.body); err != nil {
		return h, err
	}
	name := api.Name(j.request)
	h, ok := handlers[name]
	if !ok {
		return h, api.ErrMalformed
	}
	j.name = name
	if j.call == nil {
		if h.who != nil {
			return h, api.ErrUnsigned
		}
		return h, nil
	}
	if j.call.Service != j.keys.fingerprint {
		return h, api.ErrDenied
	}
	return h, j.call.Fresh(j.now, j.server.config.Skew)
}

// attempt goes through the call once. Its error is errChanged if that was in
// vain.
func (j *job) attempt(h handler) (response []byte, err error) {
	j.caller, j.group, j.about = nil, nil, nil
	defer j.end()
	down := &store.UnavailableError{}
	if response, err = j.answer(h); err != nil && j.group != nil && !errors.Is(err, errChanged) && !errors.As(err, &down) {
		// Who is refused by what was in memory might not be by what is stored.
		if e := j.server.config.Store.View(j.ctx, j.group.still); e != nil {
			err = e
		}
	}
	if errors.Is(err, errChanged) && j.group != nil {
		j.server.groups.drop(j.group)
	}
	return response, err
}

// answer finds the caller, prepares, and carries out.
func (j *job) answer(h handler) (_ []byte, err error) {
	if h.who != nil {
		if j.caller, err = h.who(j); err != nil {
			return nil, err
		}
	}
	if err := j.ctx.Err(); err != nil {
		return nil, err
	}
	p, err := h.prepare(j)
	if err != nil {
		return nil, err
	}
	if p.unrecorded {
		return api.Marshal(p.response)
	}
	return j.transact(p)
}

// end runs what was left for the end of an attempt.
func (j *job) end() {
	for _, f := range slices.Backward(j.after) {
		f()
	}
	j.after = nil
}

// digest is what the audit log has of the call.
func (j *job) digest() audit.Hash {
	if j.call != nil {
		return audit.Hash(j.call.Digest)
	}
	return digest(j.body)
}

// digest is what the audit log has of octets.
func digest(octets []byte) audit.Hash { return audit.Hash(sha256.Sum256(octets)) }
