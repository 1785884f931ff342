package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// A model is a store that is known to be right.
type model map[string]string

var modelTables = []Table{"a", "ab", "b"}

// change makes the same changes of w and of m.
func (m model) change(w Writer, r *rand.Rand) error {
	for range 1 + r.IntN(8) {
		table := modelTables[r.IntN(len(modelTables))]
		key := fmt.Appendf(nil, "%d", r.IntN(60))
		if r.IntN(3) == 0 {
			delete(m, overlayKey(table, key))
			if err := w.Delete(table, key); err != nil {
				return err
			}
			continue
		}
		value := bytes.Repeat([]byte{byte(r.IntN(256))}, r.IntN(40))
		m[overlayKey(table, key)] = string(value)
		if err := w.Put(table, key, value); err != nil {
			return err
		}
	}
	return nil
}

// check compares all that a store has, and a part, with the model.
func (m model) check(t *testing.T, r Reader) {
	t.Helper()
	for _, table := range modelTables {
		for _, c := range []struct{ prefix, after string }{{"", ""}, {"1", ""}, {"1", "13"}, {"2", "10"}, {"3", "4"}, {"4", "4"}} {
			var got, want []string
			var after []byte
			if c.after != "" {
				after = []byte(c.after)
			}
			check(t, r.Scan(table, []byte(c.prefix), after, func(key, value []byte) bool {
				got = append(got, string(key), string(value))
				return true
			}))
			for _, key := range slices.Sorted(maps.Keys(m)) {
				name, ours := strings.CutPrefix(key, overlayKey(table, []byte(c.prefix)))
				if name = c.prefix + name; ours && (name > c.after || c.after == "") {
					want = append(want, name, m[key])
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("table %s from %q after %q has\n%q, want\n%q", table, c.prefix, c.after, got, want)
			}
		}
		for i := range 60 {
			key := fmt.Appendf(nil, "%d", i)
			value, err := r.Get(table, key)
			check(t, err)
			if want, ok := m[overlayKey(table, key)]; ok != (value != nil) || want != string(value) {
				t.Fatalf("%s of %s is %q, want %q", key, table, value, want)
			}
		}
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func openTest(t *testing.T, name string) *Bolt {
	t.Helper()
	b, err := OpenBolt(name)
	check(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// view checks the state of now.
func (m model) view(t *testing.T, b *Bolt) {
	t.Helper()
	check(t, b.View(context.Background(), func(r Reader) error { m.check(t, r); return nil }))
}

// killed is the store's files as they are, as if the process had ended now; edit
// changes the journal.
func killed(t *testing.T, b *Bolt, edit func([]byte) []byte) (name string) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "store")
	for _, suffix := range []string{"", journalSuffix} {
		octets, err := os.ReadFile(b.name + suffix)
		if errors.Is(err, fs.ErrNotExist) && suffix != "" {
			break
		}
		check(t, err)
		if suffix != "" {
			octets = edit(octets)
		}
		check(t, os.WriteFile(name+suffix, octets, 0o600))
	}
	return name
}

func asIs(b []byte) []byte { return b }

// At any moment the store has what was changed, and so have its files when the
// process ends there, also in the midst of writing more, and a reader has what was
// there when he began.
func TestJournal(t *testing.T) {
	limit := journalLimit
	t.Cleanup(func() { journalLimit = limit })
	journalLimit = 1000
	ctx := context.Background()
	r := rand.New(rand.NewPCG(1, 2))
	m := model{}
	b := openTest(t, filepath.Join(t.TempDir(), "store"))
	// The database waits for its readers when it needs more room, so it gets enough.
	check(t, b.Update(ctx, func(w Writer) error { return w.Put("room", []byte{0}, make([]byte, MaxValue)) }))
	check(t, b.Update(ctx, func(w Writer) error { return w.Delete("room", []byte{0}) }))
	for i := range 100 {
		before := maps.Clone(m)
		check(t, b.View(ctx, func(then Reader) error {
			check(t, b.Update(ctx, func(w Writer) error {
				if err := m.change(w, r); err != nil {
					return err
				}
				m.check(t, w)
				return nil
			}))
			before.check(t, then)
			return nil
		}))
		m.view(t, b)
		switch i % 10 {
		case 3:
			check(t, b.Close())
			if _, err := os.Stat(b.name + journalSuffix); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a closed store has a journal: %v", err)
			}
			b = openTest(t, b.name)
			m.view(t, b)
		case 5:
			var out bytes.Buffer
			check(t, b.Backup(&out))
			name := filepath.Join(t.TempDir(), "copy")
			check(t, os.WriteFile(name, out.Bytes(), 0o600))
			m.view(t, openTest(t, name))
		case 8:
			end := b.journal.size
			more := openTest(t, killed(t, b, func(octets []byte) []byte {
				// What comes behind is of before, or was not written to its end.
				return append(slices.Clone(octets[:end]), octets[r.IntN(end+1):]...)
			}))
			m.view(t, more)
			after := maps.Clone(m)
			check(t, more.Update(ctx, func(w Writer) error { return after.change(w, r) }))
			again := openTest(t, killed(t, more, asIs))
			after.view(t, again)
			check(t, again.Close())
			after.view(t, openTest(t, again.name))
		}
	}
}

// A transaction that was not written to its end was not made, and what was before
// it stays.
func TestJournalTorn(t *testing.T) {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(3, 4))
	m, before, start := model{}, model{}, 0
	b := openTest(t, filepath.Join(t.TempDir(), "store"))
	for range 3 {
		before, start = maps.Clone(m), b.journal.size
		check(t, b.Update(ctx, func(w Writer) error { return m.change(w, r) }))
	}
	for cut := start; cut < b.journal.size; cut += 3 {
		before.view(t, openTest(t, killed(t, b, func(octets []byte) []byte { return octets[:cut] })))
		before.view(t, openTest(t, killed(t, b, func(octets []byte) []byte { octets[cut] ^= 4; return octets })))
	}
	m.view(t, openTest(t, killed(t, b, asIs)))
}

// What is too long for the journal goes past it.
func TestJournalPassed(t *testing.T) {
	ctx := context.Background()
	b := openTest(t, filepath.Join(t.TempDir(), "store"))
	m := model{}
	put := func(key, value string) {
		m[overlayKey("a", []byte(key))] = value
		check(t, b.Update(ctx, func(w Writer) error { return w.Put("a", []byte(key), []byte(value)) }))
	}
	put("1", "short")
	put("2", strings.Repeat("long", journalLimit/4))
	m.view(t, openTest(t, killed(t, b, asIs)))
	put("1", "again")
	m.view(t, openTest(t, killed(t, b, asIs)))
	m.view(t, b)
}

// A file that had a journal is not opened without: changes would be missing
// unseen. An empty one says that they may be.
func TestJournalMissing(t *testing.T) {
	b := openTest(t, filepath.Join(t.TempDir(), "store"))
	check(t, b.Update(context.Background(), func(w Writer) error { return w.Put("a", []byte("1"), nil) }))
	name := killed(t, b, asIs)
	check(t, os.Remove(name+journalSuffix))
	if _, err := OpenBolt(name); !errors.Is(err, ErrJournal) {
		t.Fatalf("the error is %v", err)
	}
	check(t, os.WriteFile(name+journalSuffix, nil, 0o600))
	model{}.view(t, openTest(t, name))
}

// When writing the database failed, it may have been written. Nothing is lost
// either way.
func TestJournalInDoubt(t *testing.T) {
	ctx := context.Background()
	failed := errors.New("of the disk")
	for _, c := range []struct {
		name    string
		written bool
	}{{"not written", false}, {"written", true}} {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(5, 6))
			m := model{}
			b := openTest(t, filepath.Join(t.TempDir(), "store"))
			update := func() {
				t.Helper()
				check(t, b.Update(ctx, func(w Writer) error { return m.change(w, r) }))
			}
			update()
			for range 3 {
				update()
				if c.written {
					check(t, b.db.Update(func(tx *bbolt.Tx) error {
						if err := b.newer.put(tx); err != nil {
							return err
						}
						bucket := tx.Bucket(journalBucket)
						return errors.Join(bucket.Put(journalSeed, bytes.Repeat([]byte{7}, 32)), bucket.Put(journalBefore, b.journal.mark))
					}))
				}
				if err := b.commit(func(*bbolt.Tx) error { return failed }); err != failed {
					t.Fatal(err)
				}
				m.view(t, b)
				m.view(t, openTest(t, killed(t, b, asIs)))
				update()
				m.view(t, b)
				m.view(t, openTest(t, killed(t, b, asIs)))
			}
			_ = b.commit(func(*bbolt.Tx) error { return failed })
			check(t, b.Close()) // with the journal left
			m.view(t, openTest(t, b.name))
		})
	}
}

// What parses is what is written.
func FuzzParseEntries(f *testing.F) {
	f.Add([]byte{})
	f.Add(appendEntries(nil, []entry{{"a\x001", []byte("x")}, {"a\x002", nil}, {"", []byte{}}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := parseEntries(b)
		if err == nil && !bytes.Equal(appendEntries(nil, entries), b) {
			t.Errorf("%x is written as %x", b, appendEntries(nil, entries))
		}
		frame, _ := nextFrame(b, [32]byte{})
		if len(frame) > len(b) {
			t.Error("a frame is longer than what it is in")
		}
	})
}

// A journal of another file, or of another time, is not taken for an empty one.
func TestJournalOther(t *testing.T) {
	limit := journalLimit
	t.Cleanup(func() { journalLimit = limit })
	journalLimit = 200
	ctx := context.Background()
	b := openTest(t, filepath.Join(t.TempDir(), "store"))
	other := openTest(t, filepath.Join(t.TempDir(), "store"))
	put := func(b *Bolt) {
		t.Helper()
		check(t, b.Update(ctx, func(w Writer) error { return w.Put("a", []byte("1"), make([]byte, 60)) }))
	}
	put(b)
	put(other)
	old, err := os.ReadFile(other.journal.name)
	check(t, err)
	replaced := func(octets []byte) error {
		b, err := OpenBolt(killed(t, b, func([]byte) []byte { return octets }))
		if err == nil {
			check(t, b.Close())
		}
		return err
	}
	if err := replaced(old); !errors.Is(err, ErrJournal) {
		t.Errorf("another's: %v", err)
	}
	if old, err = os.ReadFile(b.journal.name); err != nil {
		t.Fatal(err)
	}
	check(t, replaced(old))
	for range 8 {
		put(b)
	}
	if err := replaced(old); !errors.Is(err, ErrJournal) {
		t.Errorf("an old one: %v", err)
	}
}

// A failing is a disk of which writing fails when it is told to, after it was done or
// half done.
type failing struct {
	system
	write, sync bool
}

var errDisk = errors.New("the disk fails")

func (d *failing) open(name string, flag int) (journalFile, error) {
	f, err := d.system.open(name, flag)
	return failingFile{f, d}, err
}

type failingFile struct {
	journalFile
	disk *failing
}

func (f failingFile) WriteAt(b []byte, at int64) (int, error) {
	if f.disk.write {
		n, _ := f.journalFile.WriteAt(b[:len(b)/2], at)
		return n, errDisk
	}
	return f.journalFile.WriteAt(b, at)
}

func (f failingFile) Sync() error {
	if f.disk.sync {
		return errDisk
	}
	return f.journalFile.Sync()
}

// After a change could not be made durable nothing is written behind it or in its
// place, and it is not made by what is: the next goes into another file.
func TestJournalFails(t *testing.T) {
	ctx := context.Background()
	for _, how := range []string{"write", "sync"} {
		t.Run(how, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 8))
			d := &failing{}
			b, err := openBolt(filepath.Join(t.TempDir(), "store"), d)
			check(t, err)
			t.Cleanup(func() { _ = b.Close() })
			m := model{}
			for range 5 {
				for range 2 {
					check(t, b.Update(ctx, func(w Writer) error { return m.change(w, r) }))
				}
				held, err := os.Open(b.journal.name) // so that its number is not given to the next
				check(t, err)
				before, err := held.Stat()
				check(t, err)
				d.write, d.sync = how == "write", how == "sync"
				var down *UnavailableError
				for range 2 {
					err := b.Update(ctx, func(w Writer) error { return maps.Clone(m).change(w, r) })
					if !errors.As(err, &down) || !errors.Is(err, errDisk) {
						t.Fatal(err)
					}
					m.view(t, b)
				}
				*d = failing{}
				check(t, b.Update(ctx, func(w Writer) error { return m.change(w, r) }))
				after, err := os.Stat(b.journal.name)
				check(t, err)
				check(t, held.Close())
				if os.SameFile(before, after) {
					t.Error("the file that failed is written")
				}
				m.view(t, b)
				m.view(t, openTest(t, killed(t, b, asIs)))
			}
		})
	}
}

// After the database could not be made durable, the journal is not used before it was
// written anew: that it is durable then is not asked of the system, which would say so.
func TestDatabaseFails(t *testing.T) {
	limit, commit := journalLimit, commitTx
	t.Cleanup(func() { journalLimit, commitTx = limit, commit })
	journalLimit = 500
	ctx := context.Background()
	r := rand.New(rand.NewPCG(9, 10))
	m := model{}
	b := openTest(t, filepath.Join(t.TempDir(), "store"))
	commits := 0
	for failed := 0; failed < 5; {
		commitTx = func(tx *bbolt.Tx) error { return errors.Join(commit(tx), errDisk) }
		after := maps.Clone(m)
		err := b.Update(ctx, func(w Writer) error { return after.change(w, r) })
		if err == nil {
			m = after
			continue
		}
		failed++
		m.view(t, b)
		db := b.db
		commitTx = func(tx *bbolt.Tx) error { commits++; return commit(tx) }
		commits = 0
		check(t, b.Update(ctx, func(w Writer) error { return m.change(w, r) }))
		if commits < 2 || b.db == db {
			t.Errorf("%d times written, opened anew: %v", commits, b.db != db)
		}
		m.view(t, b)
		m.view(t, openTest(t, killed(t, b, asIs)))
	}
}
