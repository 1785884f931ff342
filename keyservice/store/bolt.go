package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"meshkey/internal/secret"
)

// lockWait is how long OpenBolt waits for another process that has the file.
const lockWait = 2 * time.Second

// ErrLocked is a file that another process has open.
var ErrLocked = errors.New("store: another process has the file open")

// ErrDamaged is a file that is no store, or was cut off or overwritten where it
// matters.
var ErrDamaged = errors.New("store: the file is damaged, or is no store")

// errOther is a file that is not as it was left when it was closed to be opened
// anew: a name under which there is nothing would be made an empty store, in which
// nobody has an account.
var errOther = errors.New("store: the file is not the one that was open: it was replaced, or another program changed it")

// renewAfter is after how many pages that were written the file is opened anew.
// The database remembers each page that it ever took from its list of free ones
// and did not give back, to no use once the readers of that time are gone: some
// 40 octets a page, and without end.
var renewAfter int64 = 1 << 19

// Bolt is a Store in one file, for one process at a time. While it is open, and
// after a process that did not close it, the last changes are in a journal beside
// it, a file of the same name with ".journal" behind: there a change is written
// and made durable at once, where the database needs many writes and has to wait
// for the disk twice. Many changes together go from there into the database.
type Bolt struct {
	name string
	mu   sync.RWMutex // who uses db reads; who opens it anew writes
	db   *bbolt.DB    // nil if it could not be opened anew, and after Close

	writing sync.Mutex // has who changes anything, db too
	journal journal    // has the changes that are in newer
	doubt   bool       // it is not known whether the last change of db was made
	last    int        // number of the file's last transaction when it was closed
	over    bool       // closed

	pair  sync.Mutex // a state is one of db and newer, both taken with it
	newer *overlay   // what is not, or just now, in db
}

// OpenBolt opens the file of that name, and makes it, with mode 0600, if it is
// not there. It is an error if another process has it open, or if it has a
// journal, as after a process that ended without Close, that is not there.
func OpenBolt(name string) (*Bolt, error) {
	b := &Bolt{name: name}
	if err := b.open(); err != nil {
		return nil, err
	}
	return b, nil
}

// open opens the file and its journal. Nobody else uses b. What the database cannot
// read at its start, it says by an error, by a panic, or by reading beyond the end of
// what is mapped; after the latter two it keeps its lock on the file until the process
// ends.
func (b *Bolt) open() (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	db, err := bbolt.Open(b.name, 0o600, &bbolt.Options{Timeout: lockWait, FreelistType: bbolt.FreelistMapType})
	switch {
	case err == nil:
	case errors.Is(err, bbolt.ErrTimeout):
		return ErrLocked
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrChecksum):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	default:
		return fmt.Errorf("store: %w", err)
	}
	b.newer, b.doubt = nil, false
	// If a process ended while it emptied the journal, the file has to have the
	// new seed for good before anything is written over the old changes.
	var seed []byte
	if b.last > 0 && b.last != lastOf(db) {
		err = errOther
	} else {
		seed, err = settle(db)
	}
	if err == nil {
		if b.journal.start(seed); seed != nil {
			err = b.journal.load(b.name+journalSuffix, func(e entry) { b.newer = b.newer.with(e) })
		}
	}
	if err != nil {
		b.journal.close()
		return errors.Join(err, db.Close())
	}
	b.db = db
	return nil
}

// View implements Store.
func (b *Bolt) View(ctx context.Context, f func(Reader) error) error {
	if err := ctx.Err(); err != nil {
		return &UnavailableError{err}
	}
	if err := b.there(); err != nil {
		return result(nil, err)
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	own, err := b.see(func(r boltReader) error { return f(r) })
	return result(own, err)
}

// there opens the file for a reader too, if it could not be opened anew.
func (b *Bolt) there() error {
	b.mu.RLock()
	there := b.db != nil
	b.mu.RUnlock()
	if there {
		return nil
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	return b.ready()
}

// see runs f on the state of now, and returns its error apart.
func (b *Bolt) see(f func(boltReader) error) (own, err error) {
	if b.db == nil {
		return nil, errClosed
	}
	b.pair.Lock()
	tx, err := b.db.Begin(false)
	newer := b.newer
	b.pair.Unlock()
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	return f(boltReader{tx, newer}), nil
}

// Update implements Store.
func (b *Bolt) Update(ctx context.Context, f func(Writer) error) error {
	if err := ctx.Err(); err != nil {
		return &UnavailableError{err}
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	if err := b.ready(); err != nil {
		return result(nil, err)
	}
	w := new(boltWriter)
	// The reader ends before anything is written: the database might have to wait
	// for it.
	own, err := b.see(func(r boltReader) error {
		w.boltReader = r
		return f(w)
	})
	if own == nil && err == nil && len(w.changes) > 0 {
		err = b.keep(w)
		b.renew()
	}
	return result(own, err)
}

// ready opens what could not be opened anew, and finds out what is in doubt.
func (b *Bolt) ready() error {
	switch {
	case b.over:
		return errClosed
	case b.db == nil:
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.open()
	case b.doubt:
		seed, err := settle(b.db)
		if err != nil {
			return err
		}
		if !bytes.Equal(seed, b.journal.seed) { // it was made
			b.merged(seed)
		}
		b.doubt = false
	}
	return nil
}

// settle makes all that is to be seen in the database durable, and returns the
// seed of its journal, nil for none.
func settle(db *bbolt.DB) (seed []byte, err error) {
	if err := db.Sync(); err != nil {
		return nil, err
	}
	err = db.View(func(tx *bbolt.Tx) error {
		if bucket := tx.Bucket(journalBucket); bucket != nil {
			seed = bytes.Clone(bucket.Get(journalSeed))
		}
		return nil
	})
	return seed, err
}

// Where the database has the seed of its journal. No table is called so.
var journalBucket, journalSeed = []byte("\x00journal"), []byte("seed")

// keep makes the changes of w durable, and then seen.
func (b *Bolt) keep(w *boltWriter) error {
	n := frameLen(w.changes)
	if !b.journal.fits(n) {
		if err := b.empty(); err != nil {
			return err
		}
		w.newer = nil
		for _, e := range w.changes {
			w.newer = w.newer.with(e)
		}
		if n > journalLimit {
			return b.commit(func(tx *bbolt.Tx) error { return w.newer.put(tx) })
		}
	}
	if err := b.journal.append(w.changes); err != nil {
		return err
	}
	b.pair.Lock()
	b.newer = w.newer
	b.pair.Unlock()
	return nil
}

// empty puts the journal's changes into the database, and begins it anew.
func (b *Bolt) empty() error {
	if err := b.journal.create(b.name + journalSuffix); err != nil {
		return err
	}
	seed := make([]byte, len(b.journal.sum))
	secret.Fill(seed)
	return b.merge(seed)
}

// merge puts the journal's changes into the database, with the seed of what is to
// come in the journal, nil if that is nothing.
func (b *Bolt) merge(seed []byte) error {
	err := b.commit(func(tx *bbolt.Tx) error {
		if err := b.newer.put(tx); err != nil {
			return err
		}
		bucket, err := tx.CreateBucketIfNotExists(journalBucket)
		if err != nil {
			return err
		}
		if seed == nil {
			return bucket.Delete(journalSeed)
		}
		return bucket.Put(journalSeed, seed)
	})
	if err == nil {
		b.merged(seed)
	}
	return err
}

// merged is after merge. Until then a reader may have a database that has the
// changes and the changes too, which is the same state.
func (b *Bolt) merged(seed []byte) {
	b.pair.Lock()
	b.newer = nil
	b.pair.Unlock()
	b.journal.start(seed)
}

// commit changes the database. If it fails, what it left is for ready to find out.
func (b *Bolt) commit(f func(*bbolt.Tx) error) error {
	err := b.db.Update(f)
	b.doubt = err != nil
	return err
}

// Backup writes a copy of the file, of one state, while others go on. It needs no
// journal.
func (b *Bolt) Backup(w io.Writer) error {
	tx, err := b.whole()
	if err != nil {
		return result(nil, err)
	}
	defer b.mu.RUnlock()
	_, err = tx.WriteTo(w)
	return errors.Join(err, tx.Rollback())
}

// whole is a reader of the database while all is in it. It uses db until mu is
// unlocked.
func (b *Bolt) whole() (*bbolt.Tx, error) {
	b.writing.Lock()
	defer b.writing.Unlock()
	if err := b.ready(); err != nil {
		return nil, err
	}
	if err := b.merge(nil); err != nil {
		return nil, err
	}
	b.mu.RLock()
	tx, err := b.db.Begin(false)
	if err != nil {
		b.mu.RUnlock()
	}
	return tx, err
}

// renew opens the file anew if it is time to, and nobody uses it at the moment: a
// reader may take long, and nobody is to wait for him. Where one goroutine makes
// all changes (Committer) such a moment comes soon.
func (b *Bolt) renew() {
	stats := b.db.Stats()
	if stats.TxStats.GetPageCount() < renewAfter || !b.mu.TryLock() {
		return
	}
	defer b.mu.Unlock()
	b.shut()
	// If it cannot be opened, whoever comes next tries again.
	_ = b.open()
}

// Close implements Store.
func (b *Bolt) Close() error {
	b.writing.Lock()
	defer b.writing.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
	return b.shut()
}

// shut closes the file, and takes the journal away unless it is still needed:
// then all is in both, and the next to open them finds it. Nobody else uses b.
func (b *Bolt) shut() error {
	if b.db == nil {
		return nil
	}
	spare := !b.doubt && (b.journal.seed == nil || b.merge(nil) == nil)
	made := b.journal.file != nil
	b.journal.close()
	if spare && made {
		_ = os.Remove(b.name + journalSuffix)
	}
	b.last = lastOf(b.db)
	err := b.db.Close()
	b.db, b.newer = nil, nil
	return err
}

// lastOf is the number of a database's last transaction.
func lastOf(db *bbolt.DB) (id int) {
	_ = db.View(func(tx *bbolt.Tx) error {
		id = tx.ID()
		return nil
	})
	return id
}
