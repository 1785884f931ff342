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
