package api

import (
	"errors"
	"net/http"
	"time"
)

// An Error is a refusal, on either side of the wire. errors.Is tells whether it
// is one of those below, whatever its description.
type Error struct {
	Status      int    // of HTTP
	Code        string // a word, for programs and the audit log
	Description string // for people
	RetryAfter  time.Duration
}

// Error implements error.
func (e *Error) Error() string { return "keyservice: " + e.Description }

// Is tells whether target is a refusal of the same kind.
func (e *Error) Is(target error) bool {
	var t *Error
	return errors.As(target, &t) && t.Code == e.Code
}

// Because is the same refusal with what is wrong in particular.
func (e *Error) Because(what string) *Error {
	return &Error{e.Status, e.Code, e.Description + ": " + what, e.RetryAfter}
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
	ErrTooLarge    = &Error{Status: http.StatusRequestEntityTooLarge, Code: "too-large", Description: "the call is too large"}
	ErrSealed      = &Error{Status: http.StatusServiceUnavailable, Code: "sealed", Description: "the service waits for its keys"}
	ErrUnavailable = &Error{Status: http.StatusServiceUnavailable, Code: "unavailable", Description: "the service cannot answer at present"}
	ErrTooMany     = &Error{Status: http.StatusTooManyRequests, Code: "too-many", Description: "too many calls"}
)
