package outfile_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meshkey/cmd/internal/outfile"
)

// listing is every name below dir with its mode and content.
func listing(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if d.IsDir() {
			out[name] = "folder"
			return nil
		}
		b, err := os.ReadFile(path)
		out[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func same(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	got := listing(t, dir)
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s holds %q, want %q", name, got[name], want[name])
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is left behind", name)
		}
	}
}

func TestAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	build := func(last func(io.Writer) error) *outfile.Set {
		s := outfile.New(false)
		s.AddBytes(filepath.Join(dir, "new", "deep", "a"), []byte("aa"))
		s.Add(filepath.Join(dir, "new", "b"), last)
		return s
	}
	bad := errors.New("the disk is full")
	if err := build(func(io.Writer) error { return bad }).Stage(); !errors.Is(err, bad) {
		t.Errorf("Stage: %v", err)
	}
	same(t, dir, nil)

	s := build(func(w io.Writer) error { _, err := w.Write([]byte("bb")); return err })
	if err := s.Stage(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "new", "b")); err == nil {
		t.Error("a file has its name before Commit")
	}
	s.Discard()
	same(t, dir, nil)

	s = build(func(w io.Writer) error { _, err := w.Write([]byte("bb")); return err })
	if err := s.Stage(); err != nil {
		t.Fatal(err)
	}
	var read []string
	if err := s.Each(func(path string, r io.Reader) error {
		b, err := io.ReadAll(r)
		read = append(read, filepath.Base(path)+"="+string(b))
		return err
	}); err != nil || strings.Join(read, " ") != "a=aa b=bb" {
		t.Errorf("Each: %v %v", read, err)
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	s.Discard()
	same(t, dir, map[string]string{"new": "folder", "new/deep": "folder", "new/deep/a": "aa", "new/b": "bb"})
	for name, mode := range map[string]os.FileMode{"new": 0o700, "new/deep": 0o700, "new/deep/a": 0o600, "new/b": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s has mode %v, %v", name, info.Mode(), err)
		}
	}
}

// What goes wrong with a file is told of its name, not of the hidden one.
func TestErrorNamesFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	s := outfile.New(false)
	s.Add(path, func(w io.Writer) error {
		w.(io.Closer).Close()
		_, err := w.Write([]byte("late"))
		return err
	})
	err := s.Stage()
	wrong, ok := errors.AsType[*fs.PathError](err)
	if !ok || wrong.Path != path || !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Stage: %v", err)
	}
}

func TestNothingOverwritten(t *testing.T) {
	dir := t.TempDir()
	old, link := filepath.Join(dir, "old"), filepath.Join(dir, "link")
	if err := os.WriteFile(old, []byte("keep"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(old, link); err != nil {
		t.Fatal(err)
	}
	before := listing(t, dir)
	for _, path := range []string{old, link, filepath.Join(old, "x")} {
		if err := outfile.Write(path, []byte("new"), false); err == nil {
			t.Errorf("%s was overwritten", path)
		}
	}
	if err := outfile.Write(link, []byte("new"), true); err == nil {
		t.Error("a link was replaced")
	}
	same(t, dir, before)
	if err := outfile.Write(old, []byte("new"), true); err != nil {
		t.Fatal(err)
	}
	before["old"], before["link"] = "new", "new"
	same(t, dir, before)
}

// A name taken between Stage and Commit stays its owner's.
func TestLateCollision(t *testing.T) {
	dir := t.TempDir()
	s := outfile.New(false)
	s.AddBytes(filepath.Join(dir, "a"), []byte("a"))
	s.AddBytes(filepath.Join(dir, "b"), []byte("b"))
	if err := s.Stage(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "b"), []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(); err == nil {
		t.Error("Commit took a name that was taken")
	}
	same(t, dir, map[string]string{"b": "other"})
}

// With force, a set that fails half-way gives back what it replaced.
func TestForceIsUndone(t *testing.T) {
	t.Run("links", forceIsUndone)
	t.Run("no links", func(t *testing.T) {
		defer outfile.WithoutLinks()()
		forceIsUndone(t)
	})
}

func forceIsUndone(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := outfile.New(true)
	s.AddBytes(filepath.Join(dir, "a"), []byte("new"))
	s.AddBytes(filepath.Join(dir, "b"), []byte("new"))
	if err := s.Stage(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "b")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "b"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(); err == nil {
		t.Error("Commit replaced a folder")
	}
	same(t, dir, map[string]string{"a": "old", "b": "folder"})
}

// Nor does one that fails between keeping the old file and putting the new one
// in its place leave the old one under a second name.
func TestForceLeavesNoSecondName(t *testing.T) {
	t.Run("links", leavesNoSecondName)
	t.Run("no links", func(t *testing.T) {
		defer outfile.WithoutLinks()()
		leavesNoSecondName(t)
	})
}

func leavesNoSecondName(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := outfile.New(true)
	s.AddBytes(path, []byte("new"))
	if err := s.Stage(); err != nil {
		t.Fatal(err)
	}
	staged, err := filepath.Glob(filepath.Join(dir, ".meshkey-*"))
	if err != nil || len(staged) != 1 {
		t.Fatal(staged, err)
	}
	if err := os.Remove(staged[0]); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(); err == nil {
		t.Error("Commit without the file that was staged")
	}
	same(t, dir, map[string]string{"a": "old"})
}

func TestFolderLinkRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "real"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", filepath.Join(dir, "alias")); err != nil {
		t.Fatal(err)
	}
	if err := outfile.Write(filepath.Join(dir, "alias", "x"), nil, false); err == nil {
		t.Error("a linked folder was followed")
	}
}

func TestTwice(t *testing.T) {
	dir := t.TempDir()
	s := outfile.New(false)
	s.AddBytes(filepath.Join(dir, "a"), nil)
	s.AddBytes(dir+"/./a", nil)
	if err := s.Check(); err == nil {
		t.Error("one name was accepted twice")
	}
}

// What a set takes back with it is taken back once, and not after Commit.
func TestUndo(t *testing.T) {
	for _, commit := range []bool{true, false} {
		undone := 0
		s := outfile.New(false)
		s.Undo(func() { undone++ })
		s.AddBytes(filepath.Join(t.TempDir(), "a"), nil)
		if err := s.Stage(); err != nil {
			t.Fatal(err)
		}
		if commit {
			if err := s.Commit(); err != nil {
				t.Fatal(err)
			}
		}
		s.Discard()
		s.Discard()
		if want := map[bool]int{true: 0, false: 1}[commit]; undone != want {
			t.Errorf("committed %t: %d times", commit, undone)
		}
	}
}
