package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
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
// matters. Of a store that is open it means that nothing is read or written any more
// until it is opened anew.
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

	writing sync.Mutex  // has who changes anything, db too
	journal journal     // has the changes that are in newer
	loaded  bool        // journal and newer are those of the file
	doubt   bool        // it is not known whether the last change of db was made
	last    int         // number of the file's last transaction when it was closed
	own     fs.FileInfo // the file that is open
	over    bool        // closed

	pair  sync.Mutex // a state is one of db and newer, both taken with it
	newer *overlay   // what is not, or just now, in db

	broken atomic.Pointer[UnavailableError] // the damage that was met: nothing goes on after it
	stuck  atomic.Bool                      // db has locks of its own that it will not give back
}

// OpenBolt opens the file of that name, and makes it, with mode 0600, if it is
// not there. It is an error if another process has it open, or if it has a
// journal, as after a process that ended without Close, that is not there.
func OpenBolt(name string) (*Bolt, error) {
	return openBolt(name, system{})
}

func openBolt(name string, d disk) (*Bolt, error) {
	b := &Bolt{name: name, journal: journal{disk: d, name: name + journalSuffix}}
	if err := b.open(); err != nil {
		return nil, err
	}
	return b, nil
}

// open opens the file and its journal. Nobody else uses b.
func (b *Bolt) open() error {
	if err := b.openFile(); err != nil || b.loaded {
		return err
	}
	err := b.load()
	if err == nil {
		err = b.damage()
	}
	if err != nil {
		b.journal.close()
		b.newer = nil
		return errors.Join(err, b.closeFile())
	}
	b.loaded = true
	return nil
}

// openFile opens the file. What the database cannot read at its start, it says by an
// error, or as guard has it; after the latter it keeps its lock on the file until the
// process ends.
func (b *Bolt) openFile() error {
	var db *bbolt.DB
	err := b.guard(func() (err error) {
		db, err = bbolt.Open(b.name, 0o600, &bbolt.Options{
			Timeout: lockWait, FreelistType: bbolt.FreelistMapType,
			OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				f, err := os.OpenFile(name, flag, mode)
				if err == nil {
					b.own, err = f.Stat()
				}
				return f, err
			},
		})
		return err
	})
	switch {
	case err == nil, b.damage() != nil:
	case errors.Is(err, bbolt.ErrTimeout):
		err = ErrLocked
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrChecksum):
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	default:
		err = fmt.Errorf("store: %w", err)
	}
	if err != nil {
		return err
	}
	b.db, b.doubt = db, false
	if last := b.lastID(); b.last > 0 && b.last != last {
		return errors.Join(errOther, b.closeFile())
	}
	return b.damage()
}

// load makes what was left in the journal durable. Not all that is read need be so:
// what a process could not make durable before it ended is read from memory, and
// another time to try finds nothing to do. So all is written once more, into the
// database. Where that is not possible, as on a full disk, it can be read, and is
// written before anything else is.
func (b *Bolt) load() error {
	if err := b.db.Sync(); err != nil {
		return err
	}
	seed, before, err := b.seeds()
	if err != nil {
		return err
	}
	if b.journal.start(seed); seed == nil {
		return nil
	}
	if err := b.journal.load(before, func(e entry) { b.newer = b.newer.with(e) }); err != nil {
		return err
	}
	_ = b.merge(nil)
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
	tx, newer, err := b.begin(false)
	if err != nil {
		return nil, err
	}
	defer b.end(tx)
	if own = f(boltReader{b, tx, newer}); own == nil {
		err = b.damage()
	}
	return own, err
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
		b.renew(err)
	}
	return result(own, err)
}

// errReaders is a database that has to be opened anew, while somebody reads it.
var errReaders = errors.New("store: writing failed, and who still reads has to end first")

// ready opens what could not be opened anew, or failed: what the database has in
// memory then is not what it would read. Who began to read before it failed is
// waited for, or it might write over what he reads.
func (b *Bolt) ready() error {
	switch {
	case b.over:
		return errClosed
	case b.damage() != nil:
		return b.damage()
	case b.db == nil:
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.open()
	case b.doubt:
		if !b.mu.TryLock() {
			return errReaders
		}
		defer b.mu.Unlock()
		b.last = b.lastID()
		return errors.Join(b.closeFile(), b.openFile())
	}
	return nil
}

// Where the database has the seed of its journal, and the one before, with which the
// journal's file may still begin, empty if that file is new. No table is called so.
var journalBucket, journalSeed, journalBefore = []byte("\x00journal"), []byte("seed"), []byte("before")

// seeds returns the database's seed of its journal, nil for none, and the one before,
// nil if the file does not tell.
func (b *Bolt) seeds() (seed, before []byte, err error) {
	own, err := b.see(func(r boltReader) (err error) {
		if seed, err = r.stored(journalBucket, journalSeed); err == nil {
			before, err = r.stored(journalBucket, journalBefore)
		}
		return err
	})
	return seed, before, errors.Join(own, err)
}

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

// empty puts the journal's changes into the database, and begins it anew: in a new
// file if what was written to the one there is was not, or of nobody knows whom.
func (b *Bolt) empty() error {
	if b.journal.failed {
		if err := b.merge(nil); err != nil {
			return err
		}
	}
	if b.journal.seed == nil {
		// The journal of that name is this file's as long as the file of its name is.
		if there, err := os.Stat(b.name); err != nil || !os.SameFile(there, b.own) {
			return errOther
		}
		if err := b.journal.create(); err != nil {
			return err
		}
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
			return errors.Join(bucket.Delete(journalSeed), bucket.Delete(journalBefore))
		}
		return errors.Join(bucket.Put(journalSeed, seed), bucket.Put(journalBefore, b.journal.mark))
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

// commitTx is a variable for tests of what fails.
var commitTx = (*bbolt.Tx).Commit

// commit changes the database. If that fails, it may have been made all the same, and
// be seen though it is not durable: the journal is not used either before there is a
// change that is.
func (b *Bolt) commit(f func(*bbolt.Tx) error) error {
	tx, _, err := b.begin(true)
	if err == nil {
		err = b.guard(func() error {
			if err := f(tx); err != nil {
				return err
			}
			return commitTx(tx)
		})
		if err != nil {
			b.end(tx)
		}
	}
	if err != nil {
		b.doubt, b.journal.failed = true, true
	}
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
	defer b.end(tx)
	_, err = tx.WriteTo(w)
	return err
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
	tx, _, err := b.begin(false)
	if err != nil {
		b.mu.RUnlock()
	}
	return tx, err
}

// renew opens the file anew if it is time to, and nobody uses it at the moment: a
// reader may take long, and nobody is to wait for him. Where one goroutine makes
// all changes (Committer) such a moment comes soon.
// After errOther it is only closed.
func (b *Bolt) renew(err error) {
	if b.damage() != nil {
		return
	}
	stats := b.db.Stats()
	other := errors.Is(err, errOther)
	if !other && stats.TxStats.GetPageCount() < renewAfter || !b.mu.TryLock() {
		return
	}
	defer b.mu.Unlock()
	_ = b.shut()
	// If it cannot be opened, whoever comes next tries again.
	if !other {
		_ = b.open()
	}
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
		b.journal.close()
		b.newer, b.loaded = nil, false
		return nil
	}
	spare := !b.doubt && b.damage() == nil && (b.journal.seed == nil && !b.journal.failed || b.merge(nil) == nil)
	if spare {
		b.journal.remove()
	}
	b.journal.close()
	b.newer, b.loaded = nil, false
	b.last = b.lastID()
	return errors.Join(b.damage(), b.closeFile())
}

// closeFile closes the database, if that ends.
func (b *Bolt) closeFile() (err error) {
	if !b.stuck.Load() {
		err = b.db.Close()
	}
	b.db = nil
	return err
}

// lastID is the number of the database's last transaction, 0 if it does not tell.
func (b *Bolt) lastID() (id int) {
	_, _ = b.see(func(r boltReader) error {
		id = r.tx.ID()
		return nil
	})
	return id
}
