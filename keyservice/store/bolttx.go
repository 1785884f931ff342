package store

import (
	"bytes"
	"strings"

	"go.etcd.io/bbolt"
)

// A boltReader sees a state: the database, and over it what is newer.
type boltReader struct {
	tx    *bbolt.Tx
	newer *overlay
}

// Get implements Reader.
func (r boltReader) Get(table Table, key []byte) ([]byte, error) {
	if value, ok := r.newer.get(overlayKey(table, key)); ok {
		return bytes.Clone(value), nil
	}
	bucket := r.tx.Bucket([]byte(table))
	if bucket == nil {
		return nil, nil
	}
	return bytes.Clone(bucket.Get(key)), nil
}

// Scan implements Reader.
func (r boltReader) Scan(table Table, prefix, after []byte, yield func(key, value []byte) bool) error {
	from := prefix
	if bytes.Compare(after, from) > 0 {
		from = after
	}
	older := r.older(table, from)
	head, stopped := overlayKey(table, prefix), false
	// before yields what the database has before end, or all for nil.
	before := func(end []byte) bool {
		for older.key != nil && bytes.HasPrefix(older.key, prefix) && (end == nil || bytes.Compare(older.key, end) < 0) {
			if !bytes.Equal(older.key, after) && !yield(bytes.Clone(older.key), append([]byte{}, older.value...)) {
				return false
			}
			older.next()
		}
		if bytes.Equal(older.key, end) {
			older.next()
		}
		return true
	}
	r.newer.from(overlayKey(table, from), func(e entry) bool {
		if !strings.HasPrefix(e.key, head) {
			return false
		}
		key := []byte(e.key[len(table)+1:])
		stopped = !before(key) ||
			e.value != nil && !bytes.Equal(key, after) && !yield(key, bytes.Clone(e.value))
		return !stopped
	})
	if !stopped {
		before(nil)
	}
	return nil
}

// older is where a reader is in a table of the database.
func (r boltReader) older(table Table, from []byte) *boltCursor {
	bucket := r.tx.Bucket([]byte(table))
	if bucket == nil {
		return &boltCursor{}
	}
	c := &boltCursor{cursor: bucket.Cursor()}
	c.key, c.value = c.cursor.Seek(from)
	return c
}

// A boltCursor is at an entry; its key is nil at the end.
type boltCursor struct {
	cursor     *bbolt.Cursor
	key, value []byte
}

func (c *boltCursor) next() {
	if c.key != nil {
		c.key, c.value = c.cursor.Next()
	}
}

// A boltWriter remembers what it is to change, and sees it.
type boltWriter struct {
	boltReader
	changes []entry
}

// Put implements Writer.
func (w *boltWriter) Put(table Table, key, value []byte) error {
	if err := checkPut(key, value); err != nil {
		return err
	}
	w.change(entry{overlayKey(table, key), append([]byte{}, value...)})
	return nil
}

// Delete implements Writer.
func (w *boltWriter) Delete(table Table, key []byte) error {
	w.change(entry{overlayKey(table, key), nil})
	return nil
}

func (w *boltWriter) change(e entry) {
	w.changes, w.newer = append(w.changes, e), w.newer.with(e)
}

// put makes all changes of o in the database.
func (o *overlay) put(tx *bbolt.Tx) (err error) {
	o.from("", func(e entry) bool {
		table, key, _ := strings.Cut(e.key, "\x00")
		bucket := tx.Bucket([]byte(table))
		switch {
		case bucket == nil && e.value == nil:
			return true
		case bucket == nil:
			if bucket, err = tx.CreateBucket([]byte(table)); err != nil {
				return false
			}
			fallthrough
		case e.value != nil:
			err = bucket.Put([]byte(key), e.value)
		default:
			err = bucket.Delete([]byte(key))
		}
		return err == nil
	})
	return err
}
