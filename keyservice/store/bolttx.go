package store

import (
	"bytes"
	"strings"

	"go.etcd.io/bbolt"
)

// A boltReader sees a state: the database, and over it what is newer.
type boltReader struct {
	store *Bolt
	tx    *bbolt.Tx
	newer *overlay
}

// Get implements Reader.
func (r boltReader) Get(table Table, key []byte) ([]byte, error) {
	if value, ok := r.newer.get(overlayKey(table, key)); ok {
		return bytes.Clone(value), nil
	}
	return r.stored([]byte(table), key)
}

// stored is what the database has.
func (r boltReader) stored(table, key []byte) (value []byte, err error) {
	err = r.store.guard(func() error {
		if bucket := r.tx.Bucket(table); bucket != nil {
			value = bytes.Clone(bounded(bucket.Get(key), MaxValue))
		}
		return nil
	})
	return value, err
}

// bounded is b. What the database gives out may be anything if that is damaged, and
// too long to be copied.
func bounded(b []byte, most int) []byte {
	if len(b) > most {
		panic("an entry is longer than any that is kept")
	}
	return b
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
			if !bytes.Equal(older.key, after) && !yield(older.key, older.value) {
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
	return older.err
}

// older is where a reader is in a table of the database.
func (r boltReader) older(table Table, from []byte) *boltCursor {
	c := &boltCursor{store: r.store}
	c.move(func() (key, value []byte) {
		bucket := r.tx.Bucket([]byte(table))
		if bucket == nil {
			return nil, nil
		}
		c.cursor = bucket.Cursor()
		return c.cursor.Seek(from)
	})
	return c
}

// A boltCursor is at an entry, of which it has copies; its key is nil at the end, and
// after an error.
type boltCursor struct {
	store      *Bolt
	cursor     *bbolt.Cursor
	key, value []byte
	err        error
}

func (c *boltCursor) next() {
	if c.key != nil {
		c.move(c.cursor.Next)
	}
}

func (c *boltCursor) move(to func() (key, value []byte)) {
	var key, value []byte
	c.err = c.store.guard(func() error {
		k, v := to()
		key, value = bytes.Clone(bounded(k, MaxKey)), append([]byte{}, bounded(v, MaxValue)...)
		return nil
	})
	if c.key, c.value = key, value; c.err != nil {
		c.key = nil
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
