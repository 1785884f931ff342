package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"meshkey/cmd/internal/backup"
	"meshkey/keyservice/store"
	"meshkey/keyservice/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var (
	ctx    = context.Background()
	tables = []store.Table{"b", "a", "c", "m"}
	marker = backup.Marker{Table: "m", Key: []byte("marker")}
)

func bolt(t *testing.T) store.Store {
	t.Helper()
	s, err := store.OpenBolt(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// filled is a store with enough in it for several transactions.
func filled(t *testing.T) store.Store {
	t.Helper()
	s := bolt(t)
	err := s.Update(ctx, func(w store.Writer) error {
		for i := range 2500 {
			if err := w.Put("a", fmt.Appendf(nil, "key %05d", i), fmt.Appendf(nil, "%d", i)); err != nil {
				return err
			}
		}
		if err := w.Put("b", []byte{0xff, 0}, nil); err != nil {
			return err
		}
		return w.Put("c", []byte("large"), make([]byte, store.MaxValue))
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t *testing.T, s store.Store) ([]byte, *backup.Summary) {
	t.Helper()
	var b bytes.Buffer
	var sum *backup.Summary
	err := s.View(ctx, func(r store.Reader) (err error) {
		sum, err = backup.Write(&b, r, tables)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), sum
}

func source(b []byte) backup.Source {
	return func(yield func(backup.Entry) error) error {
		_, err := backup.Read(bytes.NewReader(b), yield)
		return err
	}
}

// What was backed up comes back the same, in either kind of store and again in
// the other.
func TestThereAndBack(t *testing.T) {
	from := filled(t)
	b, want := write(t, from)
	if want.Entries != 2502 || want.Tables["a"] != 2500 || len(want.Tables) != 3 {
		t.Fatalf("%+v", want)
	}
	for name, to := range map[string]func() store.Store{
		"bolt": func() store.Store { return bolt(t) },
		"postgres": func() store.Store {
			s, err := store.OpenPostgres(ctx, storetest.URL(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			s.Patient() // as who copies a store is
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			to := to()
			got, err := backup.Fill(ctx, to, tables, marker, "test", source(b))
			if err != nil || got.Digest != want.Digest {
				t.Fatal(got, err)
			}
			again, _ := write(t, to)
			if !bytes.Equal(again, b) {
				t.Error("another backup comes out")
			}
			back := bolt(t)
			got, err = backup.Fill(ctx, back, tables, marker, "test", backup.From(ctx, to, tables, nil))
			if err != nil || got.Digest != want.Digest {
				t.Error(got, err)
			}
			if _, err := backup.Fill(ctx, to, tables, marker, "test", source(b)); !errors.Is(err, backup.ErrNotEmpty) {
				t.Errorf("into a store that is not empty: %v", err)
			}
		})
	}
}

// A fill that breaks off anywhere leaves its marker, refuses another source, and
// goes on with its own.
func TestBrokenOff(t *testing.T) {
	b, want := write(t, filled(t))
	broken := errors.New("broken off")
	for _, after := range []int{1, 1000, 1001, 2400} {
		to := bolt(t)
		reads := 0
		_, err := backup.Fill(ctx, to, tables, marker, "test", func(yield func(backup.Entry) error) error {
			reads++
			n := 0
			return source(b)(func(e backup.Entry) error {
				if n++; reads == 2 && n > after {
					return broken
				}
				return yield(e)
			})
		})
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		var left []byte
		_ = to.View(ctx, func(r store.Reader) (err error) {
			left, err = r.Get(marker.Table, marker.Key)
			return err
		})
		if left == nil {
			t.Fatal("no marker is left")
		}
		other := source(bytes.NewBuffer(nil).Bytes())
		if _, err := backup.Fill(ctx, to, tables, marker, "test", other); !errors.Is(err, backup.ErrOther) {
			t.Errorf("from nothing: %v", err)
		}
		small, _ := write(t, bolt(t))
		if _, err := backup.Fill(ctx, to, tables, marker, "test", source(small)); !errors.Is(err, backup.ErrNotEmpty) {
			t.Errorf("from another source: %v", err)
		}
		if got, err := backup.Fill(ctx, to, tables, marker, "test", source(b)); err != nil || got.Digest != want.Digest {
			t.Errorf("again: %v %v", got, err)
		}
		if got, _ := write(t, to); !bytes.Equal(got, b) {
			t.Error("the store is another")
		}
	}
}

// What somebody changes meanwhile is noticed, at either end.
func TestChangedMeanwhile(t *testing.T) {
	put := func(s store.Store, key string) {
		t.Helper()
		if err := s.Update(ctx, func(w store.Writer) error { return w.Put("b", []byte(key), []byte("new")) }); err != nil {
			t.Fatal(err)
		}
	}
	from, to := filled(t), bolt(t)
	reads := 0
	_, err := backup.Fill(ctx, to, tables, marker, "test", func(yield func(backup.Entry) error) error {
		if reads++; reads == 2 {
			put(from, "at the source")
		}
		return backup.From(ctx, from, tables, nil)(yield)
	})
	if !errors.Is(err, backup.ErrChanged) {
		t.Errorf("at the source: %v", err)
	}
	from, to, reads = filled(t), bolt(t), 0
	_, err = backup.Fill(ctx, to, tables, marker, "test", func(yield func(backup.Entry) error) error {
		if reads++; reads == 2 {
			put(to, "at the target")
		}
		return backup.From(ctx, from, tables, nil)(yield)
	})
	if !errors.Is(err, backup.ErrChanged) {
		t.Errorf("at the target: %v", err)
	}
}

// No octet of a backup can be changed, taken away or added unseen.
func TestDamage(t *testing.T) {
	s := bolt(t)
	err := s.Update(ctx, func(w store.Writer) error {
		return errors.Join(w.Put("a", []byte("k"), []byte("v")), w.Put("a", []byte("l"), nil), w.Put("b", []byte("k"), []byte("w")))
	})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := write(t, s)
	try := func(what string, b []byte) {
		t.Helper()
		if _, err := backup.Read(bytes.NewReader(b), func(backup.Entry) error { return nil }); !errors.Is(err, backup.ErrDamaged) && !errors.Is(err, backup.ErrOther) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := range b {
		try(fmt.Sprint("cut off at ", i), b[:i])
		for _, bit := range []byte{1, 0x80} {
			changed := bytes.Clone(b)
			changed[i] ^= bit
			try(fmt.Sprint("changed at ", i), changed)
		}
	}
	try("with more at its end", append(bytes.Clone(b), 0))
}

func TestWriteRefuses(t *testing.T) {
	w, err := backup.NewWriter(io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(backup.Entry{Table: "b", Key: []byte("k")}); err != nil {
		t.Fatal(err)
	}
	for _, e := range []backup.Entry{
		{Table: "b", Key: []byte("k")}, {Table: "b", Key: []byte("j")}, {Table: "a", Key: []byte("z")}, {Table: "", Key: []byte("z")},
		{Table: "c"}, {Table: "c", Key: make([]byte, store.MaxKey+1)}, {Table: "c", Key: []byte("k"), Value: make([]byte, store.MaxValue+1)},
	} {
		if err := w.Write(e); err == nil {
			t.Errorf("%s %q is written", e.Table, e.Key)
		}
	}
}

// What reads writes to the same octets.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	w, _ := backup.NewWriter(&b)
	_ = w.Write(backup.Entry{Table: "a", Key: []byte("k"), Value: []byte("v")})
	_ = w.Write(backup.Entry{Table: "b", Key: []byte("k")})
	_, _ = w.Close()
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:20])
	f.Fuzz(func(t *testing.T, data []byte) {
		var again bytes.Buffer
		w, err := backup.NewWriter(&again)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Read(bytes.NewReader(data), w.Write); err != nil {
			return
		}
		if _, err := w.Close(); err != nil || !bytes.Equal(again.Bytes(), data) {
			t.Errorf("%x reads, and writes to %x, %v", data, again.Bytes(), err)
		}
	})
}
