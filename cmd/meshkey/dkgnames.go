package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"meshkey/cmd/internal/exit"
	"meshkey/cogen"
	"meshkey/cogen/dkg"
)

// named gives the parties in an error their names, and the error its code.
func (t *dkgTable) named(err error) error {
	var texts []string
	code := exit.Failed
	var walk func(error)
	walk = func(err error) {
		switch e := err.(type) {
		case *dkg.CheatError:
			texts, code = append(texts, t.nameOf(e.Index)+" "+t.withNames(e.What)), exit.NotVerified
		case *dkg.DisputeError:
			texts = append(texts, t.dispute(e))
			if code == exit.Failed {
				code = exit.BadShare
			}
		case interface{ Unwrap() []error }:
			for _, err := range e.Unwrap() {
				walk(err)
			}
		}
	}
	walk(err)
	if texts == nil {
		return err
	}
	return exit.Errorf(code, "%s", strings.Join(texts, "; ")).
		Hinted("nothing was made; keep the files, and begin anew without who is named")
}

var partyNumber = regexp.MustCompile(`party [0-9]+`)

// withNames puts names in the place of numbers.
func (t *dkgTable) withNames(text string) string {
	return partyNumber.ReplaceAllStringFunc(text, func(party string) string {
		i, err := cogen.ParseIndex(strings.TrimPrefix(party, "party "))
		if err != nil {
			return party
		}
		return t.nameOf(i)
	})
}

func (t *dkgTable) dispute(e *dkg.DisputeError) string {
	var names []string
	for _, i := range e.Tellers {
		names = append(names, t.nameOf(i))
	}
	tellers := strings.Join(names, ", ")
	if e.About.IsZero() {
		return tellers + " has seen other messages than are here: somebody has sent out two"
	}
	return fmt.Sprintf("%s says that %s pledged something else than is here; the files round1-* that %[2]s signed show who lies", tellers, t.nameOf(e.About))
}

// nameOf is the party that has an index.
func (t *dkgTable) nameOf(i cogen.Index) string {
	if n := slices.Index(t.indexes, i); n >= 0 {
		return t.Names()[n]
	}
	return "party " + i.String()
}
