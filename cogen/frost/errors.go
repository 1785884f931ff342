package frost

import (
	"errors"
	"fmt"
	"strings"

	"meshkey/cogen"
)

// ErrUsed says that nonces have signed, or were wiped.
var ErrUsed = errors.New("frost: the nonces have been used")

// ErrMessage says that a package is for another message than the one approved.
var ErrMessage = errors.New("frost: the package is for another message than the one approved")

var (
	errGroup  = errors.New("frost: of another group, or of its shares before they were refreshed")
	errIndex  = errors.New("frost: an index is 0, or not below the group order")
	errFormat = errors.New("frost: not what Bytes writes")
	errNeed   = errors.New("frost: fewer signers than the group needs")
	errZero   = errors.New("frost: the commitments cancel out")
	errMany   = fmt.Errorf("frost: more than %d signers", MaxSigners)
)

// A HolderError names holders whose messages cannot be used, or are missing.
// It does not say that they cheat: their messages may have been lost,
// mistaken, or made for what somebody else sent them.
type HolderError struct {
	Indexes []cogen.Index
	Reason  string
}

// Error implements error.
func (e *HolderError) Error() string {
	return fmt.Sprintf("frost: %s: %s", name(e.Indexes), e.Reason)
}

// A CheatError names the holders whose signature shares are wrong for the
// package that they were made for. No holder who runs this program can be
// among them, unless somebody else speaks in his name or his share was damaged.
type CheatError struct{ Indexes []cogen.Index }

// Error implements error.
func (e *CheatError) Error() string {
	return fmt.Sprintf("frost: %s: a wrong signature share", name(e.Indexes))
}

// name is "holder 3" or "holders 3, 5".
func name(indexes []cogen.Index) string {
	names := make([]string, len(indexes))
	for i, x := range indexes {
		names[i] = x.String()
	}
	if len(names) == 1 {
		return "holder " + names[0]
	}
	return "holders " + strings.Join(names, ", ")
}
