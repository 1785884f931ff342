// Package outfile writes files so that all of a set are there in the end, or
// none: each is written in full and synced under a hidden name in its folder,
// may be read back from the disk, and gets its name only when every other file
// is ready too.
//
// # Security
//
// Files are made with mode 0600 and folders with 0700. Nothing is overwritten
// unless the caller says so, and no symbolic link is followed in the last
// element of a path or as its folder. After an error, or a signal, what was
// begun is removed; the octets on the disk are not overwritten first, which
// most disks would not honour anyway. A power failure can leave a file named
// .meshkey-… behind, never half a file under its own name.
package outfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"meshkey/cmd/internal/exit"
)

// Set is a set of files to be written together. The order of use is Add…,
// Stage, Each, Commit; Discard may follow at any point.
type Set struct {
	force   bool
	files   []*file
	settled func()

	mu      sync.Mutex // guards what lies on the disk
	folders []string   // made by us, outermost first
	undo    []func()   // what else is taken back if the set is not committed
	over    bool       // committed or discarded
}

type file struct {
	path   string
	force  bool // this one may replace another
	write  func(io.Writer) error
	staged string // hidden name while it waits, or "" when there is none
	backup string // hidden name of what it replaces, or ""
	named  bool   // path is ours
}

// New returns an empty set. With force, regular files that are in the way are
// replaced; without, they are an error.
func New(force bool) *Set { return &Set{force: force} }

// Add enters a file; write is called once, by Stage.
func (s *Set) Add(path string, write func(io.Writer) error) {
	s.files = append(s.files, &file{path: path, force: s.force, write: write})
}

// AddBytes enters a file with the given octets.
func (s *Set) AddBytes(path string, data []byte) {
	s.Add(path, func(w io.Writer) error { _, err := w.Write(data); return err })
}

// Replace enters a file with the given octets that takes the place of one that
// may be there: the next state of what the caller keeps there.
func (s *Set) Replace(path string, data []byte) {
	s.AddBytes(path, data)
	s.files[len(s.files)-1].force = true
}

// Paths are the names of the files, in the order they were added.
func (s *Set) Paths() []string {
	var out []string
	for _, f := range s.files {
		out = append(out, f.path)
	}
	return out
}

// Undo arranges for step to run, once, if the set is discarded, by an error or
// by a signal, instead of committed. The caller discards the set, if it does
// not commit it. A step must not use the set.
func (s *Set) Undo(step func()) {
	s.watch()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.undo = append(s.undo, step)
}

func (s *Set) watch() {
	if s.settled == nil {
		s.settled = exit.Undo(s.remove)
	}
}

// Check tells whether every file could be made, before anything is written.
func (s *Set) Check() error {
	for i, f := range s.files {
		if slices.ContainsFunc(s.files[:i], func(g *file) bool { return filepath.Clean(g.path) == filepath.Clean(f.path) }) {
			return exit.Errorf(exit.Usage, "two outputs have one name: %s", f.path)
		}
		if err := f.check(); err != nil {
			return err
		}
	}
	return nil
}

func (f *file) check() error {
	path := f.path
	dir := filepath.Dir(path)
	switch info, err := os.Lstat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil // the folder will be made, so nothing is in the way
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return exit.Errorf(exit.Failed, "%s is a symbolic link", dir).Hinted("give the folder it leads to")
	case !info.IsDir():
		return exit.Errorf(exit.Failed, "%s is not a folder", dir)
	}
	switch info, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return exit.Errorf(exit.Failed, "%s is in the way and not an ordinary file", path)
	case !f.force:
		return exit.Errorf(exit.Failed, "%s exists already", path).Hinted("choose another name, or --force to replace it")
	}
	return nil
}

// Stage makes the folders, writes every file under a hidden name and syncs it.
// On an error nothing is left.
func (s *Set) Stage() error {
	if err := s.Check(); err != nil {
		return err
	}
	s.watch()
	for _, f := range s.files {
		if err := s.stage(f); err != nil {
			s.Discard()
			if own, ok := errors.AsType[*fs.PathError](err); ok && own.Path == f.staged {
				return &fs.PathError{Op: own.Op, Path: f.path, Err: own.Err}
			}
			return fmt.Errorf("%s: %w", f.path, err)
		}
	}
	return nil
}

func (s *Set) stage(f *file) error {
	w, err := s.create(f)
	if err != nil {
		return err
	}
	if err := f.write(w); err != nil {
		w.Close()
		return err
	}
	if err := w.Sync(); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}

var errOver = errors.New("the set of files is closed")

// create makes the folder and the hidden file, and notes them, in one step
// that a signal cannot split.
func (s *Set) create(f *file) (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return nil, errOver
	}
	if err := s.mkdir(filepath.Dir(f.path)); err != nil {
		return nil, err
	}
	w, err := os.CreateTemp(filepath.Dir(f.path), ".meshkey-*") // exclusive, 0600
	if err != nil {
		return nil, err
	}
	f.staged = w.Name()
	return w, nil
}

func (s *Set) mkdir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if parent := filepath.Dir(dir); parent != dir {
		if err := s.mkdir(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	s.folders = append(s.folders, dir)
	return nil
}

// Each opens every staged file from the disk, in order, for reading back.
func (s *Set) Each(visit func(path string, r io.Reader) error) error {
	for _, f := range s.files {
		r, err := os.Open(f.staged)
		if err != nil {
			return err
		}
		err = visit(f.path, r)
		r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// Commit gives the staged files their names. On an error nothing is left, and
// what was replaced is back.
func (s *Set) Commit() error {
	s.mu.Lock()
	for _, f := range s.files {
		if err := s.name(f); err != nil {
			s.mu.Unlock()
			s.Discard()
			return err
		}
	}
	s.over = true
	for _, f := range s.files {
		removeAll(f.staged, f.backup)
	}
	s.mu.Unlock()
	s.settle()
	for _, f := range s.files {
		syncFolder(filepath.Dir(f.path))
	}
	return nil
}

func (s *Set) name(f *file) error {
	if s.over {
		return errOver
	}
	if err := f.check(); err != nil {
		return err
	}
	if f.force {
		return s.replace(f)
	}
	// A hard link fails if the name is taken; a rename would not.
	err := link(f.staged, f.path)
	switch {
	case err == nil:
		f.named = true
		return nil
	case errors.Is(err, fs.ErrExist):
		return exit.Errorf(exit.Failed, "%s exists already", f.path)
	}
	// A file system without hard links, as on many USB sticks: take the name
	// with an empty file, then rename over it.
	taken, err := os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	f.named = true
	taken.Close()
	return s.rename(f)
}

// link is os.Link, but for tests.
var link = os.Link

// replace puts a file over one that may exist, whose octets stay reachable
// under a hidden name until the whole set is committed. Where there are no hard
// links the old file is renamed, and its name is free for a moment.
func (s *Set) replace(f *file) error {
	if _, err := os.Lstat(f.path); err == nil {
		backup := f.staged + "-old"
		if link(f.path, backup) != nil {
			if err := os.Rename(f.path, backup); err != nil {
				return err
			}
		}
		f.backup = backup
	}
	if err := s.rename(f); err != nil {
		return err
	}
	f.named = true
	return nil
}

func (s *Set) rename(f *file) error {
	if err := os.Rename(f.staged, f.path); err != nil {
		return err
	}
	f.staged = ""
	return nil
}

// Discard removes whatever the set has put on the disk. After Commit it does
// nothing.
func (s *Set) Discard() {
	s.remove()
	s.settle()
}

func (s *Set) settle() {
	if s.settled != nil {
		s.settled()
		s.settled = nil
	}
}

func (s *Set) remove() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	s.over = true
	for _, f := range s.files {
		removeAll(f.staged)
		switch {
		case f.backup != "":
			// Where the two are still one file, a rename does nothing and
			// leaves both names.
			if os.Rename(f.backup, f.path) == nil {
				removeAll(f.backup)
			}
		case f.named:
			removeAll(f.path)
		}
	}
	for _, dir := range slices.Backward(s.folders) {
		_ = os.Remove(dir) // only if empty
	}
	for _, step := range slices.Backward(s.undo) {
		step()
	}
}

func removeAll(paths ...string) {
	for _, path := range paths {
		if path != "" {
			_ = os.Remove(path)
		}
	}
}

// syncFolder makes the names durable where the system allows it.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		d.Close()
	}
}

// Write makes one file with the given octets, as a set of one.
func Write(path string, data []byte, force bool) error {
	s := New(force)
	s.AddBytes(path, data)
	if err := s.Stage(); err != nil {
		return err
	}
	return s.Commit()
}
