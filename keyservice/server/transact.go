package server

import (
	"context"
	"errors"

	"meshkey/group"
	"meshkey/internal/secret"
	"meshkey/keyservice/api"
	"meshkey/keyservice/audit"
	"meshkey/keyservice/store"
	"meshkey/mesh"
)

// unknownKey is the audit log's for refusals of callers who are not known.
const unknownKey = "refused"

// An outcome is what a transaction did.
type outcome struct {
	response api.Response
	octets   []byte     // of the response, without receipts
	refused  *api.Error // nil if there is a response
	records  []line
}

// recorded is a refusal that is in the audit log already.
type recorded struct{ no *api.Error }

// Error implements error.
func (r recorded) Error() string { return r.no.Error() }

// transact carries the plan out and records it, in one transaction, and returns
// the response with its receipts.
func (j *job) transact(p *plan) ([]byte, error) {
	var fixed []byte // the response, if it is known by now
	if p.response != nil {
		var err error
		if fixed, err = api.Marshal(p.response); err != nil {
			return nil, err
		}
	}
	var out outcome
	err := j.server.committer.Update(j.ctx, func(w store.Writer) (err error) {
		defer func() { // here it would end the service
			if r := recover(); r != nil {
				err = j.panicked()
			}
		}()
		out = outcome{response: p.response, octets: fixed}
		return j.change(w, p, &out)
	})
	j.over()
	switch {
	case err != nil:
		return nil, err
	case out.refused != nil:
		return nil, recorded{out.refused}
	}
	return j.receive(&out)
}

// change is one try of the transaction. Its errors are the store's, errChanged,
// and refusals that came after something was written, which have to be recorded
// by a transaction of their own. Transactions are shared, so each of these costs
// others a repetition.
func (j *job) change(w store.Writer, p *plan, out *outcome) error {
	no := j.admit(w)
	if no == nil && p.apply != nil {
		watch := &watched{Writer: w}
		var response api.Response
		if response, no = p.apply(watch); no != nil && watch.wrote && !errors.As(no, new(noted)) {
			return no
		}
		if no == nil && response != nil {
			var err error
			out.response = response
			if out.octets, err = api.Marshal(response); err != nil {
				return err
			}
		}
	}
	if no != nil {
		if out.refused = refusal(no); out.refused == nil || out.refused.Code == api.ErrUnavailable.Code {
			return no
		}
	}
	return j.append(w, out)
}

// admit checks that the caller still is who he was, and spends the call's nonce.
func (j *job) admit(w store.Writer) error {
	if j.caller == nil {
		return nil
	}
	if err := j.caller.still(w); err != nil {
		return err
	}
	return j.spend(w)
}

// append makes the call's records.
func (j *job) append(w store.Writer, out *outcome) error {
	r := audit.Record{Time: j.now, Call: j.name, Request: j.digest()}
	if out.refused != nil {
		r.Refused = out.refused.Code
	} else {
		r.Answer = digest(out.octets)
	}
	about := j.about
	switch {
	case j.caller == nil, j.unknown() && out.refused != nil:
		about = []string{unknownKey}
	case len(about) == 0:
		about = []string{j.caller.account}
	}
	if j.caller != nil {
		r.Caller = j.caller.kid
	}
	for _, key := range about {
		one := r
		one.Key = key
		l, err := w.(*ledger).append(&one)
		if err != nil {
			return err
		}
		out.records = append(out.records, l)
	}
	return nil
}

// refuse makes of an error what the caller is told, and has it recorded. If that
// cannot be, the service is not available.
func (j *job) refuse(err error) *api.Error {
	var done recorded
	if errors.As(err, &done) {
		return done.no
	}
	no := refusal(err)
	if no == nil {
		j.server.log.Error("a call failed", "request", j.peer.Request, "call", j.name, "error", err)
		return api.ErrUnavailable
	}
	if no.Code == api.ErrUnavailable.Code {
		j.server.log.Warn("a call could not be answered", "request", j.peer.Request, "call", j.name, "error", err)
		return no
	}
	if j.unknown() && j.server.Audible != nil && !j.server.Audible(j.peer) {
		return no
	}
	err = j.server.committer.Update(j.ctx, func(w store.Writer) error {
		if j.caller != nil {
			if err := j.spend(w); err != nil && refusal(err) == nil {
				return err
			}
		}
		return j.append(w, &outcome{refused: no})
	})
	if err != nil {
		j.server.log.Warn("a refusal could not be recorded", "request", j.peer.Request, "call", j.name, "error", err)
		return api.ErrUnavailable
	}
	return no
}

// receive signs receipts of what was recorded and puts them into the response.
func (j *job) receive(out *outcome) ([]byte, error) {
	if j.caller == nil {
		return out.octets, nil
	}
	defer secret.Wipe(out.octets) // contributions are in it
	base := out.response.Base()
	for _, l := range out.records {
		signed, err := l.batch.Receipt(l.place, l.octets, j.sign)
		if err != nil {
			return nil, err
		}
		base.EnvelopedReceipts = append(base.EnvelopedReceipts, mesh.Envelope(signed))
	}
	return api.Marshal(out.response)
}

// sign signs for the service.
func (j *job) sign(statement []byte) ([]byte, error) {
	defer j.server.meter.time(Receipt, 1)()
	return j.keys.signature.Sign(statement)
}

// refusal is what an error says to the caller, nil if it is none of his
// business.
func refusal(err error) *api.Error {
	var no *api.Error
	var stale *group.StaleError
	var down *store.UnavailableError
	switch {
	case errors.As(err, &no):
		return no
	case errors.Is(err, group.ErrNotMember):
		return api.ErrDenied
	case errors.As(err, &stale):
		return api.ErrStale
	case errors.As(err, &down), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return api.ErrUnavailable
	}
	return nil
}

// watched tells whether anything was written.
type watched struct {
	store.Writer
	wrote bool
}

// Put implements store.Writer.
func (w *watched) Put(t store.Table, key, value []byte) error {
	w.wrote = true
	return w.Writer.Put(t, key, value)
}

// Delete implements store.Writer.
func (w *watched) Delete(t store.Table, key []byte) error {
	w.wrote = true
	return w.Writer.Delete(t, key)
}
