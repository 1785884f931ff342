package store

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"meshkey/keyservice/store/storetest"
)

// What is reported is durable even where the database would report it sooner. A
// stronger promise stays.
func TestSynchronousCommit(t *testing.T) {
	url := storetest.URL(t)
	for given, want := range map[string]string{"off": "on", "remote_apply": "remote_apply"} {
		p, err := OpenPostgres(context.Background(), url+"&synchronous_commit="+given)
		if err != nil {
			t.Fatal(err)
		}
		var has string
		if err := p.pool.QueryRow(context.Background(), "SHOW synchronous_commit").Scan(&has); err != nil || has != want {
			t.Errorf("%s given: %s, %v", given, has, err)
		}
		p.Close()
	}
}

// Who is gone is not waited for, unless he reads and has said that he takes his time.
func TestIdleTransactions(t *testing.T) {
	was := abandoned
	t.Cleanup(func() { abandoned = was })
	abandoned = 3 * time.Second
	p, err := OpenPostgres(context.Background(), storetest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	idle := func(options pgx.TxOptions, want string) {
		t.Helper()
		var has string
		err := p.run(context.Background(), options, options, func(tx pgTx) error {
			err := tx.tx.QueryRow(context.Background(), "SHOW idle_in_transaction_session_timeout").Scan(&has)
			if err != nil {
				return &UnavailableError{err}
			}
			return nil
		})
		if err != nil || has != want {
			t.Errorf("%s instead of %s, %v", has, want, err)
		}
	}
	idle(p.read, "3s")
	p.Patient()
	idle(p.read, "0")
	idle(beside, "3s")
	if err := p.View(context.Background(), func(r Reader) error {
		if own := r.(pgTx).tx; own == nil {
			t.Error("no transaction")
		}
		_, err := r.Get("t", []byte("k"))
		return err
	}); err != nil {
		t.Error(err)
	}
}
