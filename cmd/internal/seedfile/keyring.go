package seedfile

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"filippo.io/age"
	ring "github.com/zalando/go-keyring"
)

// service is the name all our entries in the key ring go by.
const service = "meshkey"

// stanza is the type of the stanza that names the entry. It carries no key:
// the stanza beside it, an ordinary one, does.
const stanza = "meshkey-keyring"

// RingError is what went wrong with the system's key ring.
type RingError struct{ Err error }

func (e *RingError) Error() string {
	if errors.Is(e.Err, ring.ErrNotFound) {
		return "the key of this file is not in the key ring"
	}
	return fmt.Sprintf("the key ring does not answer: %v", e.Err)
}

func (e *RingError) Unwrap() error { return e.Err }

// onSessionBus sees to it that a key ring is looked for where a person who is
// logged in has his. Where there is none, the library would start a message bus, and
// with it a key ring that nobody can unlock, and both would run on.
func onSessionBus() {
	const address = "DBUS_SESSION_BUS_ADDRESS"
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return
	}
	if has := os.Getenv(address); has == "" || has == "autolaunch:" {
		os.Setenv(address, fmt.Sprintf("unix:path=/run/user/%d/bus", os.Getuid()))
	}
}

// InKeyring locks with a fresh key that it puts into the system's key ring,
// where it is found again by the user who is logged in now and by nobody else.
// Only the key lies there, 32 octets in the age form: a key ring has small
// limits, and the file can be copied and backed up like any other.
func InKeyring() (*Lock, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	name := id.Recipient().String()
	onSessionBus()
	if err := ring.Set(service, name, id.String()); err != nil {
		return nil, &RingError{err}
	}
	return &Lock{
		recipients: []age.Recipient{named{id.Recipient()}},
		undo:       func() error { return ring.Delete(service, name) },
	}, nil
}

// named is a recipient that says its own name in the file.
type named struct{ *age.X25519Recipient }

func (n named) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	wrapped, err := n.X25519Recipient.Wrap(fileKey)
	return append(wrapped, &age.Stanza{Type: stanza, Args: []string{n.String()}}), err
}

// keyring is an identity that looks into the key ring when a file names an
// entry of it.
type keyring struct{}

func (keyring) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, s := range stanzas {
		if s.Type != stanza || len(s.Args) != 1 {
			continue
		}
		onSessionBus()
		text, err := ring.Get(service, s.Args[0])
		if err != nil {
			return nil, &RingError{err}
		}
		id, err := age.ParseX25519Identity(text)
		if err != nil {
			return nil, &RingError{errors.New("the entry is not an age key")}
		}
		return id.Unwrap(stanzas)
	}
	return nil, age.ErrIncorrectIdentity
}
