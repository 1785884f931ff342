package main

import (
	"errors"
	"io/fs"
	"os"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/group"
	"meshkey/keyservice/api"
)

// endRequest is after the name of a file with a request that waits at the
// service; before it stands the name of the envelope that is asked for.
const endRequest = ".request"

// beginOrResume asks for an envelope to be opened, with the request that waits at
// the service if there is one: a new one would begin to wait anew.
func (a *app) beginOrResume(f folder, me *party, s *group.Sealed) (*group.Decryption, string, error) {
	name, err := s.Name(me.group)
	if err != nil {
		return nil, "", err
	}
	path := f.path(name + endRequest)
	b, err := a.read(path, maxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		d, err := me.member.Begin(s)
		return d, path, err
	}
	if err != nil {
		return nil, "", err
	}
	r, err := group.ParseRequest(b, me.group)
	if err != nil {
		return nil, "", about(path, err)
	}
	d, err := me.member.Resume(r)
	return d, path, err
}

// keepWaiting keeps a request that waits, and forgets one that was vetoed; err is
// what the service said of it.
func keepWaiting(path string, r *group.Request, err error) error {
	if errors.Is(err, api.ErrWaiting) {
		if wrong := outfile.Write(path, r.Bytes(), true); wrong != nil {
			return exit.Errorf(exit.Failed, "the request waits at the service, but it cannot be kept here: %w", wrong)
		}
		return err
	}
	if errors.Is(err, api.ErrVetoed) {
		if wrong := forget(path); wrong != nil {
			return errors.Join(err, wrong)
		}
	}
	return err
}

// forget deletes a request that waits no more, if there is one.
func forget(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
