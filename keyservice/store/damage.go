package store

import (
	"fmt"
	"runtime/debug"

	"go.etcd.io/bbolt"
)

// guard runs what uses the database. What that cannot read of a damaged file it says by
// a panic, or by reading beyond the end of what is mapped. Either is an error, and the
// end of the use of the store: who went on writing might write over what is whole.
func (b *Bolt) guard(f func() error) (err error) {
	if err := b.damage(); err != nil {
		return err
	}
	before := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(before)
		if p := recover(); p != nil {
			b.broken.CompareAndSwap(nil, &UnavailableError{fmt.Errorf("%w: %v", ErrDamaged, p)})
			err = b.damage()
		}
	}()
	return f()
}

// damage is the damage that was met, nil if none was.
func (b *Bolt) damage() error {
	if err := b.broken.Load(); err != nil {
		return err
	}
	return nil
}

// begin begins a transaction of the database, with what is newer than it. A panic in
// there leaves locks held for which all others would wait for ever.
func (b *Bolt) begin(writable bool) (tx *bbolt.Tx, newer *overlay, err error) {
	b.pair.Lock()
	defer b.pair.Unlock()
	err = b.guard(func() (err error) {
		ended := false
		defer func() {
			if !ended {
				b.stuck.Store(true)
			}
		}()
		tx, err = b.db.Begin(writable)
		ended = true
		return err
	})
	return tx, b.newer, err
}

// end ends a transaction that is not to be made, or was made.
func (b *Bolt) end(tx *bbolt.Tx) {
	if b.stuck.Load() {
		return
	}
	defer func() {
		if recover() != nil {
			b.stuck.Store(true)
		}
	}()
	_ = tx.Rollback()
}
