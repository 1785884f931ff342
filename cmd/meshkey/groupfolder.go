package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"meshkey/cmd/internal/exit"
	"meshkey/group"
	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
)

// folder is a folder with what its owner has of a group. Everyone's has the
// group's record. What else there is begins with the number of the record that
// it came with. None of it is readable but by whom it is sealed to, except the
// seed, which is encrypted as the seed of an account is.
type folder string

const (
	fileRecord    = "record"      // for everyone in the group
	fileProfile   = "profile"     // for those who write to it
	fileSeed      = "seed"        // of the administrator, SECRET
	endInvitation = ".invitation" // for a member
	endHalves     = ".halves"     // for the service
	endCapability = ".capability" // for an appointed administrator
	maxRecord     = dare.MaxSize  // octets
)

func (f folder) path(name string) string { return filepath.Join(string(f), name) }

// numbered is the name of what comes with the record of that number.
func numbered(serial int64, who, end string) string {
	if who != "" {
		who = "." + fileName(who)
	}
	return fmt.Sprint(serial, who, end)
}

// fileName makes a name for a file of an address, which may be anything.
func fileName(address string) string {
	safe := strings.Map(func(r rune) rune {
		if strings.ContainsRune("@.-_+", r) || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, address)
	return strings.Trim(safe, ".")
}

// record reads the group's record, which was verified when it came into the
// folder and is verified again, against the profile in it.
func (f folder) record(a *app) (*group.Group, error) {
	b, err := a.read(f.path(fileRecord), maxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.Errorf(exit.Failed, "%s has no record of a group", string(f)).
			Hinted("meshkey group create makes a group; meshkey group accept %s FILE... takes what a group's administrator sends", string(f))
	}
	if err != nil {
		return nil, err
	}
	g, err := parseRecord(b)
	if err != nil {
		return nil, about(f.path(fileRecord), err)
	}
	return g, nil
}

// parseRecord reads a record of the group that it says it is one of.
func parseRecord(b []byte) (*group.Group, error) {
	f, err := groupNamed(b, "GroupRecord")
	if err != nil {
		return nil, err
	}
	return group.Parse(b, f)
}

// all reads the files of one kind, in the order of their numbers.
func (f folder) all(a *app, end string) (out []namedFile, err error) {
	entries, err := os.ReadDir(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !strings.HasSuffix(e.Name(), end) || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		b, err := a.read(f.path(e.Name()), maxRecord)
		if err != nil {
			return nil, err
		}
		out = append(out, namedFile{f.path(e.Name()), b})
	}
	slices.SortFunc(out, func(x, y namedFile) int { return number(x.name) - number(y.name) })
	return out, nil
}

// namedFile is a file that was read.
type namedFile struct {
	name string
	data []byte
}

// number is the number a file's name begins with.
func number(path string) (n int) {
	_, _ = fmt.Sscanf(filepath.Base(path), "%d.", &n)
	return n
}

// list joins envelopes in one file; unlist takes them apart.
func list(envelopes [][]byte) []byte {
	out := []byte("[")
	for i, e := range envelopes {
		if i > 0 {
			out = append(out, ',', '\n')
		}
		out = append(out, e...)
	}
	return append(out, ']', '\n')
}

func unlist(b []byte) ([][]byte, error) {
	v, err := jsonb.Parse(b)
	if err != nil {
		return nil, err
	}
	if v.Kind() != jsonb.Array {
		return nil, errors.New("no list of envelopes")
	}
	var out [][]byte
	for _, item := range v.Items() {
		text, err := item.Marshal(jsonb.JSON)
		if err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, nil
}
