package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"meshkey/keyservice/store"
)

// A Marker is an entry that a store has while it is being filled.
type Marker struct {
	Table store.Table
	Key   []byte
}

// A Source gives the entries of a backup or a store, in their order, and the
// same ones every time.
type Source func(yield func(Entry) error) error

// ErrNotEmpty is a store that holds something already.
var ErrNotEmpty = errors.New("backup: the store is not empty")

// ErrChanged is a source that gave something else the second time, or a store
// that somebody wrote to while it was filled.
var ErrChanged = errors.New("backup: something was changed meanwhile")

const (
	chunkEntries = 1000
	chunkLen     = 1 << 20
)

// Fill puts all entries of a source into a store whose tables are empty, reads
// them back, and compares. While that goes on the marker is in the store, with
// the name of the source; what is broken off is taken up again by another Fill
// from the same.
func Fill(ctx context.Context, to store.Store, tables []store.Table, marker Marker, name string, source Source) (*Summary, error) {
	want, err := summarize(source)
	if err != nil {
		return nil, err
	}
	// The digest is what tells one source from another.
	value := []byte(name + " (" + want.Digest.String() + ")")
	if err := begin(ctx, to, tables, marker, value); err != nil {
		return nil, err
	}
	if err := copyAll(ctx, to, source); err != nil {
		return nil, err
	}
	got, err := Summarize(ctx, to, tables, &marker)
	if err != nil {
		return nil, err
	}
	if again, err := summarize(source); err != nil || again.Digest != want.Digest || got.Digest != want.Digest {
		return nil, errors.Join(ErrChanged, err)
	}
	return got, to.Update(ctx, func(w store.Writer) error { return w.Delete(marker.Table, marker.Key) })
}

// begin puts the marker into a store that is empty, or has that marker.
func begin(ctx context.Context, to store.Store, tables []store.Table, marker Marker, value []byte) error {
	return to.Update(ctx, func(w store.Writer) error {
		have, err := w.Get(marker.Table, marker.Key)
		if err != nil {
			return err
		}
		if have != nil && !bytes.Equal(have, value) {
			return fmt.Errorf("%w: it holds a part of %s", ErrNotEmpty, have)
		}
		if have == nil {
			some := false
			for _, table := range tables {
				if err := w.Scan(table, nil, nil, func(_, _ []byte) bool { some = true; return false }); err != nil {
					return err
				}
			}
			if some {
				return ErrNotEmpty
			}
		}
		return w.Put(marker.Table, marker.Key, value)
	})
}

// copyAll puts the entries of a source into a store, many in a transaction.
func copyAll(ctx context.Context, to store.Store, source Source) error {
	var chunk []Entry
	size := 0
	flush := func() error {
		err := to.Update(ctx, func(w store.Writer) error {
			for _, e := range chunk {
				if err := w.Put(e.Table, e.Key, e.Value); err != nil {
					return err
				}
			}
			return nil
		})
		chunk, size = chunk[:0], 0
		return err
	}
	err := source(func(e Entry) error {
		chunk = append(chunk, e)
		size += len(e.Key) + len(e.Value)
		if len(chunk) < chunkEntries && size < chunkLen {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// summarize is what a source gives.
func summarize(source Source) (*Summary, error) {
	w, err := NewWriter(io.Discard)
	if err != nil {
		return nil, err
	}
	if err := source(w.Write); err != nil {
		return nil, err
	}
	return w.Close()
}

// Summarize is what the tables of a store hold, but for the marker.
func Summarize(ctx context.Context, s store.Store, tables []store.Table, marker *Marker) (*Summary, error) {
	return summarize(From(ctx, s, tables, marker))
}

// From is a store as a source, without the marker, which may be nil.
func From(ctx context.Context, s store.Store, tables []store.Table, marker *Marker) Source {
	return func(yield func(Entry) error) error {
		return s.View(ctx, func(r store.Reader) error {
			return Scan(r, tables, func(e Entry) error {
				if marker != nil && e.Table == marker.Table && bytes.Equal(e.Key, marker.Key) {
					return nil
				}
				return yield(e)
			})
		})
	}
}
