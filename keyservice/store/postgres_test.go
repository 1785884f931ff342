package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"meshkey/keyservice/store"
	"meshkey/keyservice/store/storetest"
)

// As many connections as the least pool has may be lost, and there are others.
func TestSpareConnections(t *testing.T) {
	s, err := store.OpenPostgres(ctx, storetest.URL(t))
	check(t, err)
	defer s.Close()
	s.Patient() // so that the first is not given up before the last has begun
	bounded, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var held func(n int) error
	held = func(n int) error {
		return s.View(bounded, func(store.Reader) error {
			if n == 0 {
				return nil
			}
			return held(n - 1)
		})
	}
	check(t, held(10))
}

// A statement that takes too long, or whose caller will not wait, costs its own
// connection, and no other.
func TestSlowStatement(t *testing.T) {
	url := storetest.URL(t)
	s, err := store.OpenPostgres(ctx, url+"&pool_max_conns=2")
	check(t, err)
	defer s.Close()
	other, err := pgx.Connect(ctx, url)
	check(t, err)
	defer other.Close(ctx)
	// connections are those of the store, by their processes in the database.
	connections := func() (pids []int32) {
		check(t, s.View(ctx, func(store.Reader) error {
			return s.View(ctx, func(store.Reader) error {
				rows, err := other.Query(ctx, `SELECT pid FROM pg_stat_activity
					WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction'`)
				if err == nil {
					pids, err = pgx.CollectRows(rows, pgx.RowTo[int32])
				}
				return err
			})
		}))
		return pids
	}
	for name, wait := range map[string]time.Duration{"caller": 100 * time.Millisecond, "statement": time.Minute} {
		before := connections()
		lock, err := other.Begin(ctx)
		check(t, err)
		_, err = lock.Exec(ctx, `LOCK TABLE meshkey_entry`)
		check(t, err)
		impatient, cancel := context.WithTimeout(ctx, wait)
		var unavailable *store.UnavailableError
		done := store.Hurry(5 * time.Second)
		if err := s.Update(impatient, raise("counter")); !errors.As(err, &unavailable) || impatient.Err() == nil != (name == "statement") {
			t.Errorf("%s: a table that is locked: %v", name, err)
		}
		done()
		cancel()
		check(t, lock.Rollback(ctx))
		after := connections()
		if !slices.ContainsFunc(before, func(pid int32) bool { return slices.Contains(after, pid) }) {
			t.Errorf("%s: no connection is left: %v, then %v", name, before, after)
		}
	}
	check(t, s.Update(ctx, raise("counter")))
}

// A database that ends and comes back: what was acknowledged is there, and
// what was refused says so with its type.
func TestPostgresStops(t *testing.T) {
	server := storetest.Start(t)
	s, err := store.OpenPostgres(ctx, server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Update(ctx, raise("counter")); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var unavailable *store.UnavailableError
	if err := s.Update(short, raise("counter")); !errors.As(err, &unavailable) {
		t.Errorf("without a database: %v", err)
	}
	server.Up()
	if err := s.Update(ctx, raise("counter")); err != nil {
		t.Error(err)
	}
	if got := count(get(t, s, "a", "counter")); got != 2 {
		t.Errorf("2 steps made %d", got)
	}
}

// A database that was told to be careless with what it reports is found out.
func TestCareless(t *testing.T) {
	server := storetest.Start(t)
	for _, off := range []string{"", "fsync", "full_page_writes"} {
		if off != "" {
			server.Set(off, "off")
		}
		s, err := store.OpenPostgres(ctx, server.URL())
		check(t, err)
		got, err := s.Careless(ctx)
		s.Close()
		want := map[string]string{"": "", "fsync": "fsync", "full_page_writes": "fsync, full_page_writes"}[off]
		if err != nil || strings.Join(got, ", ") != want {
			t.Errorf("with %q off too: %v, %v", off, got, err)
		}
	}
}

// A connection that takes no changes any more, as when its server became a
// standby, is given up for another.
func TestPostgresReadOnly(t *testing.T) {
	url := storetest.URL(t)
	s, err := store.OpenPostgres(ctx, url)
	check(t, err)
	defer s.Close()
	other, err := pgx.Connect(ctx, url)
	check(t, err)
	defer other.Close(ctx)
	exec := func(sql string) {
		t.Helper()
		_, err := other.Exec(ctx, sql)
		check(t, err)
	}
	exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`)
	exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	get(t, s, "a", "counter") // by a connection that takes no changes
	short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	var unavailable *store.UnavailableError
	if err := s.Update(short, raise("counter")); !errors.As(err, &unavailable) {
		t.Errorf("without a server that takes changes: %v", err)
	}
	get(t, s, "a", "counter")
	exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only', current_database()); END $$`)
	check(t, s.Update(ctx, raise("counter")))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
