package main

import (
	"errors"
	"fmt"
	"io"

	"meshkey/cmd/internal/exit"
	"meshkey/internal/dare"
	"meshkey/profile"
)

// maxEnvelope bounds a file with a profile or another envelope, in octets.
const maxEnvelope = 1 << 20

// openProfile reads and verifies a signed profile.
func (a *app) openProfile(name string) (*profile.Profile, error) {
	data, err := a.read(name, maxEnvelope)
	if err != nil {
		return nil, err
	}
	p, err := profile.Parse(data)
	if err != nil {
		return nil, badProfile(name, err)
	}
	return p, nil
}

func badProfile(name string, err error) error {
	code := exit.Failed
	if isForgery(err) {
		code = exit.NotVerified
	}
	return exit.Errorf(code, "%s is no profile that can be trusted: %w", sourceName(name), err)
}

// isForgery tells an error of a signature from one of form.
func isForgery(err error) bool {
	_, bad := errors.AsType[*dare.SignatureError](err)
	_, other := errors.AsType[*dare.SignerError](err)
	return bad || other || errors.Is(err, dare.ErrUnsigned)
}

// printKeys writes a line for each key.
func printKeys(w io.Writer, keys []profile.NamedKey) {
	for _, k := range keys {
		fmt.Fprintf(w, "  %-24s %-6s %s\n", k.Name, k.Algorithm, k.Fingerprint)
	}
}
