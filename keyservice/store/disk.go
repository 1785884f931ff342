package store

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
)

// A disk is where a journal's file is: the system's, or in tests one that fails.
type disk interface {
	open(name string, flag int) (journalFile, error)
	remove(name string) error
	// syncFolder makes durable which files a folder has.
	syncFolder(name string) error
}

// A journalFile is an *os.File, or one that fails.
type journalFile interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Stat() (fs.FileInfo, error)
	Sync() error
}

type system struct{}

func (system) open(name string, flag int) (journalFile, error) {
	f, err := os.OpenFile(name, flag, 0o600)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (system) remove(name string) error { return os.Remove(name) }

func (system) syncFolder(name string) error {
	if runtime.GOOS == "windows" {
		return nil // which has no such thing
	}
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
