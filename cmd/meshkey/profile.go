package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"meshkey/cmd/internal/exit"
	"meshkey/profile"
)

// maxEnvelope bounds a file with a profile or another envelope, in octets.
const maxEnvelope = 1 << 20

// openProfile reads and verifies a signed profile.
func (a *app) openProfile(name string) (*profile.Profile, error) {
	data, err := a.read(name, maxEnvelope)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.Errorf(exit.Failed, "%s: no such file or directory", sourceName(name)).Hinted("meshkey account create writes it beside the seed, as SEED.profile")
	}
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
	return exit.Errorf(codeOf(err), "%s is no profile that can be trusted: %w", sourceName(name), err)
}

// printKeys writes a line for each key.
func printKeys(w io.Writer, keys []profile.NamedKey) {
	for _, k := range keys {
		fmt.Fprintf(w, "  %-24s %-6s %s\n", k.Name, k.Algorithm, k.Fingerprint)
	}
}
