package group

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNotMember is what a service and members answer to whom the group's record
// does not have, whether he was dismissed or never admitted.
var ErrNotMember = errors.New("group: not a member of the group")

// ErrConditions is what a service answers that cannot tell whether a member's
// conditions are fulfilled.
var ErrConditions = errors.New("group: conditions hold for the member, and this service heeds none")

// ErrMalleable is returned for an envelope that is neither signed nor
// authenticated: anyone may have changed what would be read.
var ErrMalleable = errors.New("group: the envelope is not signed, so anyone may have changed it")

// A CheatError names who gave something wrong. Nothing was decrypted with it.
type CheatError struct {
	Who  string // address of a member, of an administrator, or Service
	What string
}

// Error implements error.
func (e *CheatError) Error() string { return fmt.Sprintf("group: %q: %s", e.Who, e.What) }

// A TooFewError says whose answers are still missing: Need of those named, or
// the service alone.
type TooFewError struct {
	Need int
	From []string // who has not answered, and could
}

// Error implements error.
func (e *TooFewError) Error() string {
	if e.Need >= len(e.From) {
		return "group: not yet an answer from " + strings.Join(e.From, ", ")
	}
	return fmt.Sprintf("group: %d more of these have to answer: %s", e.Need, strings.Join(e.From, ", "))
}

// A StaleError says that something is older than what is known.
type StaleError struct{ Have, Known int64 }

// Error implements error.
func (e *StaleError) Error() string {
	return fmt.Sprintf("group: the record has serial number %d, and %d is known", e.Have, e.Known)
}
