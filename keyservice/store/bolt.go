package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// lockWait is how long OpenBolt waits for another process that has the file.
const lockWait = 2 * time.Second

// ErrLocked is a file that another process has open.
var ErrLocked = errors.New("store: another process has the file open")

// renewAfter is after how many pages that were written the file is opened anew.
// The database remembers each page that it ever took from its list of free ones
// and did not give back, to no use once the readers of that time are gone: some
// 40 octets a page, and without end.
var renewAfter int64 = 1 << 21

// Bolt is a Store in one file, for one process at a time.
type Bolt struct {
	name string
	mu   sync.RWMutex // who uses db reads; who opens it anew writes
	db   *bbolt.DB    // nil if it could not be opened anew, and after Close
	over bool         // closed
}

// OpenBolt opens the file of that name, and makes it, with mode 0600, if it is
// not there. It is an error if another process has it open.
func OpenBolt(name string) (*Bolt, error) {
	db, err := openBolt(name)
	if err != nil {
		return nil, err
	}
	return &Bolt{name: name, db: db}, nil
}

func openBolt(name string) (*bbolt.DB, error) {
	db, err := bbolt.Open(name, 0o600, &bbolt.Options{Timeout: lockWait, FreelistType: bbolt.FreelistMapType})
	if errors.Is(err, bbolt.ErrTimeout) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return db, nil
}

// View implements Store.
func (b *Bolt) View(ctx context.Context, f func(Reader) error) error {
	if err := ctx.Err(); err != nil {
		return &UnavailableError{err}
	}
	var own error
	err := b.use(func(db *bbolt.DB) error {
		return db.View(func(tx *bbolt.Tx) error {
			own = f(boltTx{tx})
			return own
		})
	})
	return result(own, err)
}

// Update implements Store.
func (b *Bolt) Update(ctx context.Context, f func(Writer) error) error {
	if err := ctx.Err(); err != nil {
		return &UnavailableError{err}
	}
	var own error
	err := b.use(func(db *bbolt.DB) error {
		return db.Update(func(tx *bbolt.Tx) error {
			own = f(boltTx{tx})
			return own
		})
	})
	b.renew()
	return result(own, err)
}

// Backup writes a copy of the file, of one state, while others go on.
func (b *Bolt) Backup(w io.Writer) error {
	return b.use(func(db *bbolt.DB) error {
		return db.View(func(tx *bbolt.Tx) error {
			_, err := tx.WriteTo(w)
			return err
		})
	})
}

// use does something with the database.
func (b *Bolt) use(do func(*bbolt.DB) error) error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.db == nil {
		return errClosed
	}
	return do(b.db)
}

// renew opens the file anew if it is time to, and nobody uses it at the moment: a
// reader may take long, and nobody is to wait for him. Where one goroutine makes
// all changes (Committer) such a moment comes soon.
func (b *Bolt) renew() {
	b.mu.RLock()
	due := !b.over && (b.db == nil || b.written() >= renewAfter)
	b.mu.RUnlock()
	if !due || !b.mu.TryLock() {
		return
	}
	defer b.mu.Unlock()
	if b.over || b.db != nil && (b.written() < renewAfter || b.db.Close() != nil) {
		return
	}
	// If it cannot be opened, it is tried again after the next change, which fails.
	b.db, _ = openBolt(b.name)
}

// written is how many pages were written since the file was opened.
func (b *Bolt) written() int64 {
	stats := b.db.Stats()
	return stats.TxStats.GetPageCount()
}

// Close implements Store.
func (b *Bolt) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
	if b.db == nil {
		return nil
	}
	err := b.db.Close()
	b.db = nil
	return err
}

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
