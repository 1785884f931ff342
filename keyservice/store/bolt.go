package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"go.etcd.io/bbolt"
)

// lockWait is how long OpenBolt waits for another process that has the file.
const lockWait = 2 * time.Second

// ErrLocked is a file that another process has open.
var ErrLocked = errors.New("store: another process has the file open")

// Bolt is a Store in one file, for one process at a time.
type Bolt struct{ db *bbolt.DB }

// OpenBolt opens the file of that name, and makes it, with mode 0600, if it is
// not there. It is an error if another process has it open.
func OpenBolt(name string) (*Bolt, error) {
	db, err := bbolt.Open(name, 0o600, &bbolt.Options{Timeout: lockWait, FreelistType: bbolt.FreelistMapType})
	if errors.Is(err, bbolt.ErrTimeout) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return &Bolt{db}, nil
}

// View implements Store.
func (b *Bolt) View(ctx context.Context, f func(Reader) error) error {
	if err := ctx.Err(); err != nil {
		return &UnavailableError{err}
	}
	var own error
	return result(own, b.db.View(func(tx *bbolt.Tx) error {
		own = f(boltTx{tx})
		return own
	}))
}

// Update implements Store.
func (b *Bolt) Update(ctx context.Context, f func(Writer) error) error {
	if err := ctx.Err(); err != nil {
		return &UnavailableError{err}
	}
	var own error
	err := b.db.Update(func(tx *bbolt.Tx) error {
		own = f(boltTx{tx})
		return own
	})
	return result(own, err)
}

// Backup writes a copy of the file, of one state, while others go on.
func (b *Bolt) Backup(w io.Writer) error {
	return b.db.View(func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(w)
		return err
	})
}

// Close implements Store.
func (b *Bolt) Close() error { return b.db.Close() }

type boltTx struct{ tx *bbolt.Tx }

func (t boltTx) Get(table Table, key []byte) ([]byte, error) {
	bucket := t.tx.Bucket([]byte(table))
	if bucket == nil {
		return nil, nil
	}
	return bytes.Clone(bucket.Get(key)), nil
}

func (t boltTx) Scan(table Table, prefix, after []byte, yield func(key, value []byte) bool) error {
	bucket := t.tx.Bucket([]byte(table))
	if bucket == nil {
		return nil
	}
	from := prefix
	if bytes.Compare(after, from) > 0 {
		from = after
	}
	c := bucket.Cursor()
	k, v := c.Seek(from)
	if after != nil && bytes.Equal(k, after) {
		k, v = c.Next()
	}
	for ; k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		if !yield(bytes.Clone(k), append([]byte{}, v...)) {
			break
		}
	}
	return nil
}

func (t boltTx) Put(table Table, key, value []byte) error {
	if err := checkPut(key, value); err != nil {
		return err
	}
	bucket := t.tx.Bucket([]byte(table))
	if bucket == nil {
		var err error
		if bucket, err = t.tx.CreateBucket([]byte(table)); err != nil {
			return &UnavailableError{err}
		}
	}
	if err := bucket.Put(key, bytes.Clone(value)); err != nil { // it copies the key
		return &UnavailableError{err}
	}
	return nil
}

func (t boltTx) Delete(table Table, key []byte) error {
	bucket := t.tx.Bucket([]byte(table))
	if bucket == nil {
		return nil
	}
	if err := bucket.Delete(key); err != nil {
		return &UnavailableError{err}
	}
	return nil
}
