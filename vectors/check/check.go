// Package check runs the vectors against the packages of this program, for
// tests and for people who want to see what their copy of it does.
//
// # Security
//
// Results may print values of the vectors, which are published.
package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"meshkey/vectors"
)

// Status is how a case ended.
type Status string

// The statuses. Honoured is a case that passed where a document is wrong: we
// have the right value and not the printed one.
const (
	Passed     Status = "passed"
	Honoured   Status = "erratum honoured"
	NotChecked Status = "not checkable"
	Failed     Status = "failed"
)

// Result is what came of one case.
type Result struct {
	Topic  string         `json:"topic"`
	Name   string         `json:"name"`
	Source vectors.Source `json:"source"`
	Origin vectors.Origin `json:"origin"`
	Status Status         `json:"status"`
	Detail string         `json:"detail,omitempty"` // why it failed or could not be checked
}

// topics holds the check of every topic. It returns nil if all members of the
// case are as they should be.
var topics = map[string]func(vectors.Case[json.RawMessage]) error{
	"call":                of(calls),
	"contribution":        of(contributions),
	"dare":                of(envelope),
	"dealing":             of(dealing),
	"dkg":                 of(distributed),
	"mesh-cogen":          of(composition),
	"mesh-empty-prefix":   of(emptyPrefix),
	"mesh-escrow":         of(escrow),
	"mesh-group":          of(groups),
	"mesh-profile":        of(profiles),
	"partial":             of(partials),
	"record":              of(records),
	"rfc9591":             of(frostSigned),
	"sheet":               of(sheetRow),
	"threshold-decrypt":   of(decryption),
	"threshold-keygen":    of(composite),
	"threshold-signature": of(unsafeSigned),
	"udf-authenticator":   of(authenticator),
	"udf-derive":          of(derivation),
	"udf-digest":          of(digest),
	"udf-earl":            of(earl),
	"udf-key":             of(key),
	"udf-nonce":           of(nonce),
	"udf-oid":             of(oid),
	"udf-pin":             of(pin),
	"udf-primes":          of(prime),
	"udf-publication":     of(publication),
	"udf-rsa":             of(rsa),
	"udf-shares":          of(shares),
	"udf-text":            of(text),
}

// Run checks all cases of the topics named, or of all topics when none is. The
// only error is a topic that does not exist; failures are in the results.
func Run(names ...string) ([]Result, error) {
	if len(names) == 0 {
		names = vectors.Topics()
	}
	var out []Result
	for _, name := range names {
		check, ok := topics[name]
		if !ok {
			return nil, fmt.Errorf("check: there is no topic %q", name)
		}
		for c := range vectors.Each[json.RawMessage](name) {
			out = append(out, result(c, check(c)))
		}
	}
	return out, nil
}

func result(c vectors.Case[json.RawMessage], err error) Result {
	r := Result{Topic: c.Topic, Name: c.Name, Source: c.Source, Origin: c.Origin, Status: Passed}
	switch {
	case err != nil:
		r.Status, r.Detail = Failed, err.Error()
	case c.Result == vectors.NotCheckable:
		r.Status, r.Detail = NotChecked, c.Note
	case c.Origin == vectors.Erratum:
		r.Status = Honoured
	}
	return r
}

// of makes a check of typed cases one of raw cases.
func of[T any](check func(vectors.Case[T]) error) func(vectors.Case[json.RawMessage]) error {
	return func(raw vectors.Case[json.RawMessage]) error {
		c := vectors.Case[T]{
			Topic: raw.Topic, Source: raw.Source, Origin: raw.Origin,
			Name: raw.Name, Result: raw.Result, Printed: raw.Printed, Note: raw.Note,
		}
		d := json.NewDecoder(bytes.NewReader(raw.Data))
		d.DisallowUnknownFields()
		if err := d.Decode(&c.Data); err != nil {
			return err
		}
		return check(c)
	}
}

// findings collects what is wrong with one case.
type findings struct{ errs []error }

func (f *findings) err() error { return errors.Join(f.errs...) }

func (f *findings) add(format string, args ...any) {
	f.errs = append(f.errs, fmt.Errorf(format, args...))
}

// failed notes err, if there is one, and reports whether there was.
func (f *findings) failed(what string, err error) bool {
	if err != nil {
		f.add("%s: %w", what, err)
	}
	return err != nil
}

// same notes a difference.
func (f *findings) same(what, got, want string) {
	if got != want {
		f.add("%s is %q and should be %q", what, got, want)
	}
}

// octets notes a difference, unless the case does not have the value.
func (f *findings) octets(what string, got []byte, want vectors.Hex) {
	if want != nil {
		f.same(what, vectors.Hex(got).String(), want.String())
	}
}
