// Package store keeps what a key service must not lose: values under keys, in
// a few tables, changed by transactions that see no other and are durable when
// they have ended.
//
// There are two stores, one conformance suite holds both to the same
// behaviour: Bolt is one file that needs nothing installed, Postgres is a
// database that several services share. Committer puts many small changes
// into few transactions of either.
//
// # Security
//
// A store keeps octets as they are given. Secrets are sealed before they come
// here.
package store

import (
	"context"
	"errors"
	"fmt"
)

// A Table is one of a few sets of keys. The names are part of what is stored.
type Table string

// MaxKey and MaxValue bound what is put, in octets.
const (
	MaxKey   = 1024
	MaxValue = 1 << 20
)

// A Reader sees one state of the whole store.
type Reader interface {
	// Get returns a copy of the value under key, nil if there is none.
	Get(table Table, key []byte) ([]byte, error)
	// Scan calls yield with copies of the entries whose keys begin with prefix
	// and come after the key after, if that is not nil, in the order of their
	// octets, until yield returns false. The transaction must not be used
	// within yield.
	Scan(table Table, prefix, after []byte, yield func(key, value []byte) bool) error
}

// A Writer changes what it sees.
type Writer interface {
	Reader
	// Put sets the value under key. A key has 1 to MaxKey octets, a value at
	// most MaxValue.
	Put(table Table, key, value []byte) error
	// Delete removes key, if it is there.
	Delete(table Table, key []byte) error
}

// A Store runs transactions. Several goroutines may use it.
type Store interface {
	// View runs f on one state of the store.
	View(ctx context.Context, f func(Reader) error) error
	// Update runs f, and if it returns nil makes all its changes durable, as if
	// no other transaction ran at the time; else it changes nothing. It may run
	// f several times, so f has no other effects. An error that f did not
	// return is an *UnavailableError.
	Update(ctx context.Context, f func(Writer) error) error
	// Close ends the use of the store.
	Close() error
}

// UnavailableError is a store that cannot be used at present, or a change of
// which it is not known whether it was made.
type UnavailableError struct{ Err error }

func (e *UnavailableError) Error() string { return "store: not available: " + e.Err.Error() }
func (e *UnavailableError) Unwrap() error { return e.Err }

// errPut is a key or value out of bounds.
var errPut = errors.New("store: a key or value of a length that is not kept")

func checkPut(key, value []byte) error {
	if len(key) == 0 || len(key) > MaxKey || len(value) > MaxValue {
		return errPut
	}
	return nil
}

// result is err as Store's methods return it: what f returned as it is, all
// else as an *UnavailableError.
func result(own, err error) error {
	var unavailable *UnavailableError
	switch {
	case own != nil:
		return own
	case err == nil, errors.As(err, &unavailable):
		return err
	}
	return &UnavailableError{fmt.Errorf("%w", err)}
}
