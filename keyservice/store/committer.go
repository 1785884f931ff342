package store

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// maxBatch bounds how many changes go into one transaction.
const maxBatch = 256

// A Committer makes few transactions of many changes: those that wait while a
// transaction runs go together into the next. Each still is made as if no
// other ran at the time, and none is reported before it is durable.
type Committer struct {
	store  Store
	window time.Duration
	queue  chan *change
	done   chan struct{}
	failed atomic.Bool // as the last transaction did

	mu     sync.Mutex
	closed bool
	coming int           // announced, and not yet in a transaction
	fewer  chan struct{} // has a token when coming fell
}

type change struct {
	ctx     context.Context
	f       func(Writer) error
	outcome chan error
}

var errClosed = &UnavailableError{errors.New("closing")}

// NewCommitter returns a Committer for store. A transaction waits for at most
// window for changes that were announced; it waits for nothing if all that
// were announced are there. Close ends it, and not the store.
func NewCommitter(store Store, window time.Duration) *Committer {
	c := &Committer{
		store: store, window: window,
		queue: make(chan *change, maxBatch), done: make(chan struct{}), fewer: make(chan struct{}, 1),
	}
	go c.run()
	return c
}

// Announce says that an Update is likely to follow soon, until the function
// returned is called, which Update does not do. A transaction waits for it a
// little, which saves one.
func (c *Committer) Announce() (over func()) {
	c.mu.Lock()
	c.coming++
	c.mu.Unlock()
	return sync.OnceFunc(func() {
		c.mu.Lock()
		c.coming--
		c.mu.Unlock()
		select {
		case c.fewer <- struct{}{}:
		default:
		}
	})
}

// Update is Store's Update. Its f shares a transaction with others, so that an
// error of f costs them a repetition: what is often refused should be written
// and not be an error. When ctx ends first it is not known whether the change
// was made.
func (c *Committer) Update(ctx context.Context, f func(Writer) error) error {
	change := &change{ctx, f, make(chan error, 1)}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return errClosed
	}
	select {
	case c.queue <- change:
		c.mu.Unlock()
	default:
		c.mu.Unlock()
		return &UnavailableError{errors.New("too many changes wait")}
	}
	select {
	case err := <-change.outcome:
		return err
	case <-ctx.Done():
		return &UnavailableError{ctx.Err()}
	}
}

// Failing tells whether the store did not make the last transaction durable, and
// none since.
func (c *Committer) Failing() bool { return c.failed.Load() }

// Close makes the changes that wait, and refuses others.
func (c *Committer) Close() {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		close(c.queue)
	}
	c.mu.Unlock()
	<-c.done
}

func (c *Committer) run() {
	defer close(c.done)
	for first := range c.queue {
		c.commit(c.gather(first))
	}
}

// gather takes what waits, and waits for what was announced.
func (c *Committer) gather(first *change) []*change {
	batch := []*change{first}
	timer := time.NewTimer(c.window)
	defer timer.Stop()
	for len(batch) < maxBatch {
		select {
		case next, open := <-c.queue:
			if !open {
				return batch
			}
			batch = append(batch, next)
			continue
		default:
		}
		if c.announced() <= len(batch) {
			return batch
		}
		select {
		case next, open := <-c.queue:
			if !open {
				return batch
			}
			batch = append(batch, next)
		case <-c.fewer:
		case <-timer.C:
			return batch
		}
	}
	return batch
}

func (c *Committer) announced() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.coming
}

// commit makes all changes of the batch in one transaction. One whose function
// fails is taken out, and the others are tried again.
func (c *Committer) commit(batch []*change) {
	for {
		// Whoever is gone is no error of the transaction: it would be the others'.
		batch = slices.DeleteFunc(batch, (*change).given)
		if len(batch) == 0 {
			return
		}
		failed := -1
		var own error
		err := c.store.Update(context.Background(), func(w Writer) error {
			failed, own = -1, nil
			for i, change := range batch {
				if own = change.f(w); own != nil {
					failed = i
					return own
				}
			}
			return nil
		})
		if failed < 0 || !errors.Is(err, own) {
			c.failed.Store(err != nil)
			for _, change := range batch {
				change.outcome <- err
			}
			return
		}
		batch[failed].outcome <- err
		batch = append(batch[:failed:failed], batch[failed+1:]...)
	}
}

// given tells whether who wanted the change has given it up, and says so to him.
func (c *change) given() bool {
	err := c.ctx.Err()
	if err != nil {
		c.outcome <- &UnavailableError{err}
	}
	return err != nil
}
