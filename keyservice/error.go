package keyservice

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"meshkey/keyservice/api"
)

// WrongServiceError says that another service answers than the one that the
// address names.
type WrongServiceError struct{ Want, Got string }

// Error implements error.
func (e *WrongServiceError) Error() string {
	return fmt.Sprintf("keyservice: another service answers there: %s instead of %s", e.Got, e.Want)
}

// An UnreachableError says that the service could not be reached, or did not
// answer. It is api.ErrUnavailable.
type UnreachableError struct{ Cause error }

// Error implements error.
func (e *UnreachableError) Error() string { return "keyservice: no answer: " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Cause }

// Is tells that the error is of the kind of api.ErrUnavailable.
func (e *UnreachableError) Is(target error) bool { return target == error(api.ErrUnavailable) }

// ErrUntrusted says that nobody vouches for a host: no certificate authority, and
// no service whose fingerprint is known.
var ErrUntrusted = errors.New("keyservice: no certificate authority vouches for the host, nor does a service whose fingerprint is known")

// untrustedError is ErrUntrusted, and what is wrong with the host's certificate.
type untrustedError struct{ cause error }

// Error implements error.
func (e *untrustedError) Error() string { return ErrUntrusted.Error() + ": " + e.cause.Error() }

// Is tells that the error is of the kind of ErrUntrusted.
func (e *untrustedError) Is(target error) bool { return target == ErrUntrusted }

// ErrCertificate says that a host takes no call without a certificate of the
// client, or not with the one it was shown.
var ErrCertificate = errors.New("keyservice: the host asks for a client certificate, or does not take the one it was shown")

// unreachable says why there is no answer.
func unreachable(err error) error {
	if errors.Is(err, errUnmet) {
		return errUnmet
	}
	// The standard library has no type for what the other side says in TLS.
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" && strings.Contains(op.Err.Error(), "certificate") {
		return ErrCertificate
	}
	if bad, ok := errors.AsType[*untrustedError](err); ok {
		return bad
	}
	return &UnreachableError{err}
}

// A ClockError says that a call was refused because the clock here is not that of
// the service. It is api.ErrExpired.
type ClockError struct {
	Ahead time.Duration // of the service's clock; negative if it is behind
	err   error
}

// leastAhead is what is told of: less may have passed on the way.
const leastAhead = 30 * time.Second

// clockError explains a refusal, if the clocks do.
func clockError(refused error, date string, now time.Time) error {
	sent, err := http.ParseTime(date)
	ahead := now.Sub(sent)
	if err != nil || ahead.Abs() < leastAhead {
		return refused
	}
	return &ClockError{ahead.Round(time.Second), refused}
}

// Error implements error.
func (e *ClockError) Error() string {
	how := "ahead of"
	if e.Ahead < 0 {
		how = "behind"
	}
	return fmt.Sprintf("keyservice: the clock here is %v %s the service's, which refuses calls of another time", e.Ahead.Abs(), how)
}

// Unwrap returns the refusal.
func (e *ClockError) Unwrap() error { return e.err }

// An UncertainError is the refusal of a call that was made again after an answer
// was lost. The first may have been carried out, and the second been refused for
// that.
type UncertainError struct{ Refusal *api.Error }

// Error implements error.
func (e *UncertainError) Error() string {
	return e.Refusal.Error() + " (the call was made before, its answer was lost, and it may have been carried out)"
}

// Unwrap returns the refusal.
func (e *UncertainError) Unwrap() error { return e.Refusal }

// unheard tells whether a call that had no answer cannot have been carried out.
func unheard(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial" || errors.Is(err, api.ErrTooMany)
}

// uncertain tells whether a refusal can be that of a call which was carried out
// before.
func uncertain(no *api.Error) bool {
	for _, e := range []*api.Error{api.ErrDenied, api.ErrUnknown, api.ErrExists, api.ErrStale, api.ErrQuota} {
		if no.Is(e) {
			return true
		}
	}
	return false
}
