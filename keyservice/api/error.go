package api

import (
	"errors"
	"math"
	"net/http"
	"strings"
	"time"
	"unicode"
)

// An Error is a refusal, on either side of the wire. errors.Is tells whether it
// is one of those below, whatever its description.
type Error struct {
	Status      int           // of HTTP, and of the response
	Code        string        // a word, for programs and the audit log
	Description string        // for people
	RetryAfter  time.Duration // whole seconds on the wire; 0 if it says nothing
	Request     string        // the service's name for the request, if what is wrong is its own matter
}

// Error implements error.
func (e *Error) Error() string {
	if e.Request != "" {
		return "keyservice: " + e.Description + " (request " + e.Request + ")"
	}
	return "keyservice: " + e.Description
}

// RequestHeader is the header of answers with the service's name for the request,
// 16 hexadecimal digits: its log has it, and who asks the operator can give it.
const RequestHeader = "Request-Id"

// Named is the same refusal with the request's name, if it is one, where it is of
// use to the service's operator.
func (e *Error) Named(request string) *Error {
	if e.Status < http.StatusInternalServerError || len(request) != 16 || strings.Trim(request, "0123456789abcdef") != "" {
		return e
	}
	no := *e
	no.Request = request
	return &no
}

// Is tells whether target is a refusal of the same kind.
func (e *Error) Is(target error) bool {
	var t *Error
	return errors.As(target, &t) && t.Code == e.Code
}

// Because is the same refusal with what is wrong in particular.
func (e *Error) Because(what string) *Error {
	no := *e
	no.Description += ": " + what
	return &no
}

// After is the same refusal with how long the caller should wait before he asks
// again.
func (e *Error) After(d time.Duration) *Error {
	no := *e
	no.RetryAfter = d
	return &no
}

// The refusals.
var (
	ErrMalformed   = &Error{Status: http.StatusBadRequest, Code: "malformed", Description: "the call is malformed"}
	ErrUnsigned    = &Error{Status: http.StatusUnauthorized, Code: "unsigned", Description: "the call has to be signed"}
	ErrSignature   = &Error{Status: http.StatusUnauthorized, Code: "signature", Description: "the call's signature does not verify"}
	ErrExpired     = &Error{Status: http.StatusUnauthorized, Code: "expired", Description: "the call was signed too long ago, or its signer's clock is wrong"}
	ErrReplayed    = &Error{Status: http.StatusConflict, Code: "replayed", Description: "the call was made before"}
	ErrDenied      = &Error{Status: http.StatusForbidden, Code: "denied", Description: "the caller may not do this"}
	ErrUnknown     = &Error{Status: http.StatusNotFound, Code: "unknown", Description: "nothing of this name is here"}
	ErrExists      = &Error{Status: http.StatusConflict, Code: "exists", Description: "the name is taken"}
	ErrStale       = &Error{Status: http.StatusConflict, Code: "stale", Description: "something newer is here already"}
	ErrQuota       = &Error{Status: http.StatusTooManyRequests, Code: "quota", Description: "the quota is used up"}
	ErrWaiting     = &Error{Status: http.StatusAccepted, Code: "waiting", Description: "the call waits for approval, or for its delay to pass"}
	ErrVetoed      = &Error{Status: http.StatusForbidden, Code: "vetoed", Description: "somebody has vetoed this"}
	ErrUnsupported = &Error{Status: http.StatusNotImplemented, Code: "unsupported", Description: "the service does not do this"}
	ErrTooLarge    = &Error{Status: http.StatusRequestEntityTooLarge, Code: "too-large", Description: "the call is too large"}
	ErrSealed      = &Error{Status: http.StatusServiceUnavailable, Code: "sealed", Description: "the service waits for its keys"}
	ErrUnavailable = &Error{Status: http.StatusServiceUnavailable, Code: "unavailable", Description: "the service cannot answer at present"}
	ErrTooMany     = &Error{Status: http.StatusTooManyRequests, Code: "too-many", Description: "too many calls"}
)

// refusals are all of them.
//
// Spec: the drafts have a Status and no Code. Where the same status is that of several, the first
// is what a service means that gives no Code.
var refusals = []*Error{
	ErrMalformed, ErrUnsigned, ErrSignature, ErrExpired, ErrDenied, ErrVetoed, ErrUnknown, ErrExists, ErrStale, ErrReplayed,
	ErrTooMany, ErrQuota, ErrWaiting, ErrUnsupported, ErrTooLarge, ErrUnavailable, ErrSealed,
}

// fill puts a refusal into a response.
func (e *Error) fill(b *ResponseBase) {
	b.Status, b.StatusDescription, b.Code = int64(e.Status), e.Description, e.Code
	b.RetryAfter = int64((e.RetryAfter + time.Second - 1) / time.Second)
}

// maxDescription is how much of a refusal's description is shown.
const maxDescription = 512

// refusal is what a response says that is none of what was asked for.
func refusal(b *ResponseBase) *Error {
	e := &Error{Code: b.Code, Description: printable(b.StatusDescription)}
	if b.Status >= 100 && b.Status <= 999 {
		e.Status = int(b.Status)
	}
	for _, known := range refusals {
		if e.Code == "" && e.Status == known.Status {
			e.Code = known.Code
		}
		if e.Code == known.Code && e.Description == "" {
			e.Description = known.Description
		}
	}
	if e.Description == "" {
		e.Description = "the service refuses"
	}
	if b.RetryAfter > 0 {
		e.RetryAfter = time.Duration(min(b.RetryAfter, math.MaxInt64/int64(time.Second))) * time.Second
	}
	return e
}

// printable is text from elsewhere as it can be shown: in one line and without
// what would steer a terminal.
func printable(s string) string {
	if len(s) > maxDescription {
		s = s[:maxDescription]
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
