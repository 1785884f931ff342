package ceremony

import (
	"fmt"
	"strings"
)

// A ForeignError says that a message or a state belongs elsewhere: to another
// ceremony, to another party, or to a round that there is not.
type ForeignError struct {
	From   string // whose name it bears, which nobody has verified; may be empty
	Reason string
}

// Error implements error.
func (e *ForeignError) Error() string {
	if e.From == "" {
		return "ceremony: " + e.Reason
	}
	return fmt.Sprintf("ceremony: %s, in the name of %s", e.Reason, e.From)
}

// A ForgeryError says that what bears the name of a party does not bear its
// signature.
type ForgeryError struct {
	Name string
	Err  error
}

// Error implements error.
func (e *ForgeryError) Error() string {
	return fmt.Sprintf("ceremony: not from %s, whose name it bears: %v", e.Name, e.Err)
}

// Unwrap returns the reason.
func (e *ForgeryError) Unwrap() error { return e.Err }

// A SecretError names a party whose message, which it has signed, holds nothing
// for self that can be used.
type SecretError struct {
	Name string
	Err  error
}

// Error implements error.
func (e *SecretError) Error() string {
	return fmt.Sprintf("ceremony: what %s has sealed cannot be used: %v", e.Name, e.Err)
}

// Unwrap returns the reason.
func (e *SecretError) Unwrap() error { return e.Err }

// A ConflictError names a party that signed two different messages in one
// round.
type ConflictError struct {
	Name  string
	Round int
}

// Error implements error.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("ceremony: %s signed two different messages for round %d", e.Name, e.Round)
}

// A MissingError names the parties whose messages of a round are missing.
type MissingError struct {
	Round int
	Names []string
}

// Error implements error.
func (e *MissingError) Error() string {
	return fmt.Sprintf("ceremony: round %d lacks the message of %s", e.Round, strings.Join(e.Names, ", "))
}
