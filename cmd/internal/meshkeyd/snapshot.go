package meshkeyd

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"meshkey/cmd/internal/backup"
	"meshkey/cmd/internal/exit"
	"meshkey/keyservice/store"
)

// reading opens the store for reading, even of a file that a running service
// has: then it is a copy of one state, which the service makes and which goes
// with Close.
func (a *app) reading(ctx context.Context, s *settings) (store.Store, error) {
	if !a.held(ctx, s) {
		st, err := a.openStore(ctx, s.store, false)
		if err != nil {
			return nil, inUseHere(err)
		}
		patiently(st)
		return st, nil
	}
	return a.copied(s, func(to store.Store) error {
		from, err := os.CreateTemp(s.dir, ".meshkeyd-snapshot-*")
		if err != nil {
			return err
		}
		defer os.Remove(from.Name())
		defer from.Close()
		if err := fetchSnapshot(ctx, s, from); err != nil {
			return err
		}
		return load(ctx, to, from)
	})
}

// patiently lets who reads a store of several services take his time.
func patiently(st store.Store) {
	if p, ok := st.(*store.Postgres); ok {
		p.Patient()
	}
}

// held tells whether a running service has the store for itself.
func (a *app) held(ctx context.Context, s *settings) bool {
	if s.shared() {
		return false
	}
	c, err := dial(ctx, s)
	if err != nil {
		return false
	}
	var status statusJSON
	return c.call(ctx, "GET", "/status", nil, &status) == nil && status.File == s.store
}

// fetchSnapshot asks the running service for a backup.
func fetchSnapshot(ctx context.Context, s *settings, w io.Writer) error {
	c, err := dial(ctx, s)
	if err != nil {
		return err
	}
	r, err := c.open(ctx, "GET", "/snapshot", nil)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(w, r)
	return err
}

// load puts a backup in a file into an empty store.
func load(ctx context.Context, to store.Store, from *os.File) error {
	_, err := backup.Fill(ctx, to, tables(), marker(), "a backup", fromFile(from))
	return err
}

// fromFile is a backup in a file as a source.
func fromFile(f io.ReadSeeker) backup.Source {
	return func(yield func(backup.Entry) error) error {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		_, err := backup.Read(f, yield)
		return err
	}
}

func marker() backup.Marker { return backup.Marker{Table: tableService, Key: []byte(keyUnder)} }

// copied is a store in a file of its own, which goes with Close.
func (a *app) copied(s *settings, fill func(store.Store) error) (store.Store, error) {
	dir, err := os.MkdirTemp(s.dir, ".meshkeyd-copy-")
	if err != nil {
		dir, err = os.MkdirTemp("", "meshkeyd-copy-") // as when an auditor has no folder
	}
	if err != nil {
		return nil, err
	}
	remove := func() { _ = os.RemoveAll(dir) }
	settled := exit.Undo(remove)
	st, err := store.OpenBolt(filepath.Join(dir, storeName))
	if err == nil {
		c := &copyStore{st, func() { remove(); settled() }}
		if err = fill(c); err == nil {
			return c, nil
		}
		c.Close()
		return nil, err
	}
	remove()
	settled()
	return nil, err
}

// copyStore is a store that is removed when it is closed.
type copyStore struct {
	store.Store
	remove func()
}

func (c *copyStore) Close() error {
	err := c.Store.Close()
	c.remove()
	return err
}
