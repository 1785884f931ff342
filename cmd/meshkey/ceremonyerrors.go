package main

import (
	"errors"

	"meshkey/cmd/internal/exit"
	"meshkey/cogen"
	"meshkey/internal/ceremony"
)

// ceremonyCode is the exit code of an error of a ceremony, exit.Failed if it is
// none.
func ceremonyCode(err error) int {
	switch {
	case is[*ceremony.MissingError](err), errors.Is(err, cogen.ErrEarly):
		return exit.TooFew
	case is[*ceremony.ForeignError](err), is[*ceremony.ConflictError](err):
		return exit.BadShare
	case is[*ceremony.ForgeryError](err), is[*ceremony.SecretError](err), is[*cogen.ContributionError](err):
		return exit.NotVerified
	}
	return exit.Failed
}
