// Package exit says how a command of Meshkey ends: the exit codes, the error
// that carries one together with a hint to the person, and what is undone when
// a signal ends the program early.
//
// # Security
//
// An error ends on a screen, in a log and in a bug report. Nothing here puts
// share text, seeds or keys into one.
package exit

import (
	"errors"
	"fmt"
)

// The exit codes. Their numbers are part of the command's interface.
const (
	Done         = 0
	Failed       = 1 // for a reason that has no code of its own
	Usage        = 2 // wrong use; also no anchor, or no terminal to ask at
	TooFew       = 3 // not enough shares yet
	BadShare     = 4 // a share is damaged, foreign to the set, or contradicts another
	WrongAccount = 5 // the shares combine, but not to the account asked for
	Refused      = 6 // by the key service
	NotVerified  = 7 // a proof or signature does not verify
)

// Error is an error with the exit code it stands for and, where a person can
// act, a hint. Hint may be empty.
type Error struct {
	Code int
	Err  error
	Hint string
}

func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error without a hint.
func Errorf(code int, format string, args ...any) *Error {
	return &Error{Code: code, Err: fmt.Errorf(format, args...)}
}

// Hinted adds a hint and returns e.
func (e *Error) Hinted(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// Code is the exit code of err: 0 for nil, 1 for an error that carries none.
func Code(err error) int {
	if err == nil {
		return Done
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Failed
}

// Hint is the hint err carries, or nothing.
func Hint(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Hint
	}
	return ""
}
