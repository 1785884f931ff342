package dkg

import (
	"errors"
	"fmt"
	"strings"

	"meshkey/cogen"
)

// A CheatError names a party that did not do what the ceremony asks of it.
// Where several did, the error joins one CheatError for each: Culprits.
type CheatError struct {
	Index cogen.Index
	What  string
}

// Error implements error.
func (e *CheatError) Error() string { return fmt.Sprintf("dkg: party %v %s", e.Index, e.What) }

// A DisputeError says that what party About sent to all is one thing to us and
// another to the Tellers: About told them otherwise, or they lie. The messages
// that About signed decide: a teller who can show none lies. About is zero if
// the tellers do not say whom they have other openings of.
type DisputeError struct {
	About   cogen.Index
	Tellers []cogen.Index
}

// Error implements error.
func (e *DisputeError) Error() string {
	if e.About.IsZero() {
		return fmt.Sprintf("dkg: party %s has seen other openings than we have; those that are signed show who lies", list(e.Tellers))
	}
	return fmt.Sprintf("dkg: party %v told us one thing and party %s another; the messages that it signed show who lies", e.About, list(e.Tellers))
}

// A MissingError names the parties whose message is not there.
type MissingError struct {
	What string // pledge, opening, deal, receipt, table, delta or sum
	From []cogen.Index
}

// Error implements error.
func (e *MissingError) Error() string {
	return fmt.Sprintf("dkg: no %s of party %s", e.What, list(e.From))
}

// Culprits returns the parties that the CheatErrors in err name, in their
// order.
func Culprits(err error) []cogen.Index {
	switch e := err.(type) {
	case *CheatError:
		return []cogen.Index{e.Index}
	case interface{ Unwrap() []error }:
		var out []cogen.Index
		for _, err := range e.Unwrap() {
			out = append(out, Culprits(err)...)
		}
		return out
	case interface{ Unwrap() error }:
		return Culprits(e.Unwrap())
	}
	return nil
}

// maxListed bounds how many parties an error's text names.
const maxListed = 10

func list(of []cogen.Index) string {
	var out []string
	for i, x := range of {
		if i == maxListed {
			return fmt.Sprintf("%s and %d more", strings.Join(out, ", "), len(of)-i)
		}
		out = append(out, x.String())
	}
	return strings.Join(out, ", ")
}

// faults collects what is wrong, so that all culprits are named at once.
type faults []error

func (f *faults) add(i cogen.Index, what string) { *f = append(*f, &CheatError{i, what}) }

func (f faults) err() error { return errors.Join(f...) }
