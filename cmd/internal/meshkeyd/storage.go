package meshkeyd

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"meshkey/cmd/internal/exit"
	"meshkey/keyservice/store"
)

// openStore opens a store, a file or a database. A file that is not there is
// made only if fresh.
func (a *app) openStore(ctx context.Context, name string, fresh bool) (store.Store, error) {
	if isURL(name) {
		a.warnOfPassword(name)
		st, err := store.OpenPostgres(ctx, name)
		if err != nil {
			return nil, exit.Errorf(exit.Failed, "the database %s: %w", shownStore(name), err).
				Hinted("does it run, does it let this user in? the password belongs in a file that PGPASSFILE or ?passfile= names")
		}
		careless, err := st.Careless(ctx)
		if err != nil {
			st.Close()
			return nil, exit.Errorf(exit.Failed, "the database %s: %w", shownStore(name), err)
		}
		if len(careless) > 0 {
			a.voice.Warn("the database %s has %s off: if its machine loses power, what was acknowledged may be lost, or everything", shownStore(name), strings.Join(careless, " and "))
		}
		return st, nil
	}
	switch info, err := os.Stat(name); {
	case errors.Is(err, fs.ErrNotExist) && !fresh:
		return nil, exit.Errorf(exit.Usage, "there is no service here: %s is not there", name).
			Hinted("meshkeyd init makes one; --dir or --store names another")
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, exit.Errorf(exit.Usage, "the store %s is a folder", name).Hinted("name a file in it")
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return nil, exit.Errorf(exit.Failed, "the store %s can be read by others", name).Hinted("chmod 600 %s", name)
	}
	st, err := store.OpenBolt(name)
	if errors.Is(err, store.ErrJournal) {
		return nil, exit.Errorf(exit.Failed, "the store %s was not closed, and there is no journal of it in %[1]s.journal", name).
			Hinted("bring back the one that was beside it then: it has the newest changes; if it is lost, see docs/operating.md, The journal is gone")
	}
	if err != nil {
		return nil, damaged(name, err)
	}
	return st, nil
}

// damaged says of a file that is damaged which it is, and what to do.
func damaged(name string, err error) error {
	if !errors.Is(err, store.ErrDamaged) {
		return err
	}
	return exit.Errorf(exit.Failed, "the store %s is damaged, or is no store", name).
		Hinted("keep the file as it is and look at the disk; then restore the last backup into another folder: \"The store is damaged\" in docs/operating.md")
}

// shownStore is a store as it is shown: without a password.
func shownStore(name string) string {
	if !isURL(name) {
		return name
	}
	u, err := url.Parse(name)
	if err != nil {
		return "postgres://…"
	}
	u.RawQuery = ""
	return u.Redacted()
}

// warnOfPassword warns of a password that stands in the URL of a database.
func (a *app) warnOfPassword(name string) {
	u, err := url.Parse(name)
	if err != nil {
		return
	}
	_, inUser := u.User.Password()
	if inUser || u.Query().Has("password") {
		a.voice.Warn("a password stands in the URL of the store: on a command line every program here sees it; PGPASSFILE or ?passfile=FILE keeps it in a file")
	}
}

// inUse tells whether err is that another process has the store open.
func inUse(err error) bool { return errors.Is(err, store.ErrLocked) }

// makeDir makes the service's folder, for its user alone.
func makeDir(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return checkDir(dir)
}

// checkDir refuses a folder that others can write to.
func checkDir(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return exit.Errorf(exit.Usage, "the folder %s is not there", dir).Hinted("meshkeyd init makes it; --dir names another")
	case err != nil:
		return err
	case !info.IsDir():
		return exit.Errorf(exit.Usage, "%s is not a folder", dir)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0:
		return exit.Errorf(exit.Failed, "others can write to the folder %s", dir).Hinted("chmod 700 %s", dir)
	}
	return nil
}
