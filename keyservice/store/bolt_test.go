package store

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// renewOften opens files anew after few pages.
func renewOften(t *testing.T) {
	pages, octets := renewAfter, journalLimit
	renewAfter, journalLimit = 8, 64
	t.Cleanup(func() { renewAfter, journalLimit = pages, octets })
}

// The file is opened anew while many read and write: nothing is lost, nobody
// fails, and what the database remembers is forgotten.
func TestBoltRenewed(t *testing.T) {
	renewOften(t)
	ctx := context.Background()
	b, err := OpenBolt(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	c := NewCommitter(b, 0)
	defer c.Close()
	opened := map[any]bool{}
	var wait sync.WaitGroup
	var written atomic.Int64
	const writers, each = 4, 40
	for i := range writers {
		wait.Go(func() {
			// The first goes on until the others let go of the file often enough.
			for n := 0; n < each || i == 0 && len(opened) < 3 && n < 100*each; n++ {
				written.Add(1)
				key := binary.BigEndian.AppendUint32([]byte{byte(i)}, uint32(n))
				if err := c.Update(ctx, func(w Writer) error { return w.Put("t", key, key) }); err != nil {
					t.Error(err)
				}
				err := b.View(ctx, func(r Reader) error {
					got, err := r.Get("t", key)
					if string(got) != string(key) {
						t.Errorf("%x has %x", key, got)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
				b.mu.RLock()
				if i == 0 {
					opened[b.db] = true
				}
				b.mu.RUnlock()
			}
		})
	}
	wait.Wait()
	count := 0
	if err := b.View(ctx, func(r Reader) error {
		return r.Scan("t", nil, nil, func(_, _ []byte) bool { count++; return true })
	}); err != nil || int64(count) != written.Load() {
		t.Errorf("%d entries, %v", count, err)
	}
	if len(opened) < 3 {
		t.Errorf("%d files were opened", len(opened))
	}
	if _, err := OpenBolt(b.name); !errors.Is(err, ErrLocked) {
		t.Errorf("a second time: %v", err)
	}
}

// A file that cannot be opened anew is one that cannot be used, until it can be.
func TestBoltGone(t *testing.T) {
	renewOften(t)
	ctx := context.Background()
	name := filepath.Join(t.TempDir(), "store")
	b, err := OpenBolt(name)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	put := func() error {
		return b.Update(ctx, func(w Writer) error { return w.Put("t", []byte("k"), []byte("v")) })
	}
	for range 3 {
		if err := put(); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Rename(name, name+".away"), os.Mkdir(name, 0o700)); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if err = put(); err != nil {
			break
		}
	}
	var gone *UnavailableError
	if !errors.As(err, &gone) {
		t.Fatal(err)
	}
	if err := b.View(ctx, func(Reader) error { return nil }); !errors.As(err, &gone) {
		t.Errorf("read: %v", err)
	}
	if err := errors.Join(os.Remove(name), os.Rename(name+".away", name)); err != nil {
		t.Fatal(err)
	}
	_ = put() // finds it back
	if err := put(); err != nil {
		t.Error(err)
	}
	if err := b.View(ctx, func(r Reader) error {
		v, err := r.Get("t", []byte("k"))
		if string(v) != "v" {
			t.Errorf("%q", v)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

// A file of which a part is lost or overwritten is refused by a typed error,
// wherever that is.
func TestBoltDamaged(t *testing.T) {
	name := filepath.Join(t.TempDir(), "store")
	b, err := OpenBolt(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Update(context.Background(), func(w Writer) error { return w.Put("t", []byte("k"), []byte("v")) }); err != nil {
		t.Fatal(err)
	}
	b.Close()
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	overwritten := append([]byte{}, whole...)
	for i := 2 * page; i < len(overwritten); i++ {
		overwritten[i] = 0xa5
	}
	for what, damaged := range map[string][]byte{
		"text":        []byte("no database"),
		"cut off":     whole[:2*page],
		"overwritten": overwritten,
		"zeros":       make([]byte, len(whole)),
	} {
		name := filepath.Join(t.TempDir(), "store") // each its own: the lock may stay
		if err := os.WriteFile(name, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenBolt(name); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A file that was moved away, or replaced, is not taken for another: neither an
// empty one, nor one from before.
func TestBoltReplaced(t *testing.T) {
	renewOften(t)
	ctx := context.Background()
	name := filepath.Join(t.TempDir(), "store")
	b, err := OpenBolt(name)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	put := func() error {
		return b.Update(ctx, func(w Writer) error { return w.Put("t", []byte("k"), []byte("v")) })
	}
	if err := put(); err != nil {
		t.Fatal(err)
	}
	for what, replace := range map[string]func() error{
		"moved away": func() error { return nil },
		"restored": func() error {
			other, err := OpenBolt(name)
			if err != nil {
				return err
			}
			return errors.Join(other.Update(ctx, func(w Writer) error { return w.Put("t", []byte("k"), []byte("old")) }), other.Close())
		},
	} {
		if err := errors.Join(os.Rename(name, name+".away"), replace()); err != nil {
			t.Fatal(err)
		}
		for range 100 {
			if err = put(); err != nil {
				break
			}
		}
		if !errors.Is(err, errOther) {
			t.Fatalf("%s: %v", what, err)
		}
		var gone *UnavailableError
		if err := b.View(ctx, func(Reader) error { return nil }); !errors.Is(err, errOther) || !errors.As(err, &gone) {
			t.Errorf("%s: read: %v", what, err)
		}
		if err := errors.Join(os.Remove(name), os.Rename(name+".away", name)); err != nil {
			t.Fatal(err)
		}
		// A reader finds it back too.
		if err := b.View(ctx, func(r Reader) error {
			v, err := r.Get("t", []byte("k"))
			if string(v) != "v" {
				t.Errorf("%s: %q", what, v)
			}
			return err
		}); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}
