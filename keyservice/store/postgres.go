package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	retries    = 50
	firstPause = time.Millisecond
	lastPause  = 100 * time.Millisecond
	// connections is how many a service has at the most, unless the URL has
	// pool_max_conns. It seldom needs more than two; but those that were cut off
	// count for up to a quarter of a minute, and there have to be others meanwhile.
	connections = 16
	// pageLen is how many entries a Scan holds in memory.
	pageLen = 256
)

// These are variables for tests, which take more time.
var (
	// patience is how long one statement may take. After that the database is
	// taken to be out of reach, which otherwise nobody would tell for minutes.
	patience = 5 * time.Second
	// pulse is how long a connection that nobody uses has to show that it lives.
	pulse = time.Second
	// abandoned is how long the database waits for the next statement of a
	// transaction, whose service may be gone, before others have what it locked.
	abandoned = 3 * time.Second
)

// session is how a connection begins. A commit has to be durable when it is
// reported, whatever the database's default.
const session = `SET idle_in_transaction_session_timeout = %d;
	SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`

// Postgres is a Store in a PostgreSQL database, which several services share.
type Postgres struct {
	pool *pgxpool.Pool
	read pgx.TxOptions // how a View begins
}

// OpenPostgres connects to the database that the URL names, postgres://…, and
// brings its tables up to date. No error holds the URL, which may have a
// password.
func OpenPostgres(ctx context.Context, url string) (*Postgres, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("store: the URL of the database cannot be read")
	}
	if !strings.Contains(url, "pool_max_conns=") {
		config.MaxConns = max(config.MaxConns, connections)
	}
	if t := &config.ConnConfig.ConnectTimeout; *t == 0 {
		*t = patience
	}
	if t := &config.PingTimeout; *t == 0 {
		*t = pulse
	}
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, fmt.Sprintf(session, abandoned.Milliseconds()))
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, &UnavailableError{err}
	}
	p := &Postgres{pool, reading}
	if err := p.migrate(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return p, nil
}

// migrate runs what the database does not have yet of the migrations, each
// once, whoever else starts at the same time.
func (p *Postgres) migrate(ctx context.Context) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		// The number of the lock is arbitrary, and the same for all.
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(7308604759527159)`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `CREATE TABLE IF NOT EXISTS meshkey_version (version int PRIMARY KEY)`); err != nil {
			return err
		}
		var have int
		if err := tx.QueryRow(ctx, `SELECT coalesce(max(version), 0) FROM meshkey_version`).Scan(&have); err != nil {
			return err
		}
		if have > len(names) {
			return fmt.Errorf("store: the database is of a newer version, %d", have)
		}
		for i := have; i < len(names); i++ {
			sql, err := migrations.ReadFile(names[i])
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, string(sql)); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO meshkey_version VALUES ($1)`, i+1); err != nil {
				return err
			}
		}
		return nil
	})
	return result(nil, err)
}

// Careless names the settings without which the database may lose what it has
// reported, or all it has, with the power of its machine: "fsync" and
// "full_page_writes", if they are off.
func (p *Postgres) Careless(ctx context.Context) (settings []string, err error) {
	rows, err := p.pool.Query(ctx, `SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY name`)
	if err == nil {
		settings, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		return nil, &UnavailableError{err}
	}
	return settings, nil
}

// View implements Store.
func (p *Postgres) View(ctx context.Context, f func(Reader) error) error {
	return p.run(ctx, p.read, p.read, func(t pgTx) error { return f(t) })
}

// Patient has each View take as long as it likes between two statements, as who
// verifies a log does. A service is not to have it: Views that are cut off from the
// database keep their connections for long. It is called before the first View.
func (p *Postgres) Patient() { p.read = lingering }

// Update implements Store.
func (p *Postgres) Update(ctx context.Context, f func(Writer) error) error {
	return p.run(ctx, beside, alone, func(t pgTx) error { return f(t) })
}

// How a transaction begins. Changes run beside each other. One that lost is
// repeated alone: it waits for those that run, and new ones wait for it, so that
// it cannot lose again, however many short ones there are. The lock is taken
// before the transaction looks at the database for the first time, or it would
// see what was there before it waited.
var (
	reading   = pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	lingering = pgx.TxOptions{BeginQuery: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0"}
	beside    = changing("ROW SHARE")
	alone     = changing("EXCLUSIVE")
)

func changing(mode string) pgx.TxOptions {
	return pgx.TxOptions{BeginQuery: "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE meshkey_turn IN " + mode + " MODE"}
}

// run repeats a transaction that lost against another, or whose connection was
// gone before it was to be committed.
func (p *Postgres) run(ctx context.Context, options, repeated pgx.TxOptions, f func(pgTx) error) error {
	pause := firstPause
	for try := 1; ; try++ {
		own, err := p.once(ctx, options, f)
		if own != nil || err == nil {
			return own
		}
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			p.examine()
		}
		if try == retries || !again(err) {
			return result(nil, err)
		}
		if options = repeated; lost(err) {
			continue
		}
		select {
		case <-ctx.Done():
			return &UnavailableError{ctx.Err()}
		case <-time.After(pause/2 + time.Duration(time.Now().UnixNano())%pause): // not in step with others
		}
		pause = min(2*pause, lastPause)
	}
}

// examine closes the connections that are dead of those that nobody uses, after
// one took too long: each of them might be as long in finding out. What is only
// slow harms no other.
func (p *Postgres) examine() {
	for _, conn := range p.pool.AcquireAllIdle(context.Background()) {
		go func() {
			defer conn.Release()
			ctx, cancel := context.WithTimeout(context.Background(), pulse)
			defer cancel()
			_ = conn.Ping(ctx) // closes it if there is no answer
		}()
	}
}

// unknownError is a transaction of which it is not known whether it was
// committed.
type unknownError struct{ err error }

func (e unknownError) Error() string {
	return "whether the change was made is not known: " + e.err.Error()
}
func (e unknownError) Unwrap() error { return e.err }

// once returns what f returned, and what the database said.
func (p *Postgres) once(ctx context.Context, options pgx.TxOptions, f func(pgTx) error) (own, err error) {
	tx, err := begin(ctx, p.pool, options)
	if err != nil {
		return nil, err
	}
	defer func() {
		ctx, cancel := limited(context.WithoutCancel(ctx))
		defer cancel()
		if readOnly(err) {
			_ = tx.Conn().Close(ctx) // the next may be to a server that takes changes
		}
		_ = tx.Rollback(ctx)
	}()
	if own = f(pgTx{ctx, tx}); own != nil {
		var database *UnavailableError
		if errors.As(own, &database) {
			return nil, database.Err
		}
		return own, nil
	}
	ctx, cancel := limited(ctx)
	defer cancel()
	if err = tx.Commit(ctx); err != nil {
		var answer *pgconn.PgError
		if !errors.As(err, &answer) && options.AccessMode != pgx.ReadOnly {
			return nil, unknownError{err}
		}
	}
	return nil, err
}

func begin(ctx context.Context, pool *pgxpool.Pool, options pgx.TxOptions) (pgx.Tx, error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	return pool.BeginTx(ctx, options)
}

// limited is a context for one statement.
func limited(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, patience)
}

// again tells whether a transaction that failed so may be repeated.
func again(err error) bool {
	var unknown unknownError
	if errors.As(err, &unknown) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var answer *pgconn.PgError
	if !errors.As(err, &answer) {
		return true // the connection
	}
	switch answer.Code {
	case "25P03", // abandoned, or so it seemed
		"57P01", "57P02", "57P03", // shut down, or starting
		"53300": // too many connections
		return true
	}
	return lost(err) || readOnly(err)
}

// lost tells whether a transaction failed because of another.
func lost(err error) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && (answer.Code == "40001" || answer.Code == "40P01")
}

// readOnly tells whether the server takes no changes, as a standby: 0A000 is what
// that says to a transaction that begins.
func readOnly(err error) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && (answer.Code == "25006" || answer.Code == "0A000")
}

// Close implements Store.
func (p *Postgres) Close() error {
	p.pool.Close()
	return nil
}

type pgTx struct {
	ctx context.Context
	tx  pgx.Tx
}

func (t pgTx) Get(table Table, key []byte) ([]byte, error) {
	ctx, cancel := limited(t.ctx)
	defer cancel()
	var value []byte
	err := t.tx.QueryRow(ctx, `SELECT value FROM meshkey_entry WHERE tbl = $1 AND key = $2`, string(table), key).Scan(&value)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, &UnavailableError{err}
	}
	return value, nil
}

func (t pgTx) Scan(table Table, prefix, after []byte, yield func(key, value []byte) bool) error {
	for {
		n, last, more, err := t.page(table, prefix, after, yield)
		if err != nil {
			return &UnavailableError{err}
		}
		if !more || n < pageLen {
			return nil
		}
		after = last
	}
}

// page yields at most pageLen entries, and returns how many and the last key.
func (t pgTx) page(table Table, prefix, after []byte, yield func(key, value []byte) bool) (n int, last []byte, more bool, err error) {
	ctx, cancel := limited(t.ctx)
	defer cancel()
	rows, err := t.tx.Query(ctx,
		`SELECT key, value FROM meshkey_entry
		WHERE tbl = $1 AND key >= $2 AND ($3::bytea IS NULL OR key < $3) AND ($4::bytea IS NULL OR key > $4)
		ORDER BY key LIMIT $5`, string(table), append([]byte{}, prefix...), end(prefix), after, pageLen)
	if err != nil {
		return 0, nil, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var key, value []byte
		if err := rows.Scan(&key, &value); err != nil {
			return n, last, false, err
		}
		n, last = n+1, key
		if !yield(key, value) {
			return n, last, false, nil
		}
	}
	return n, last, true, rows.Err()
}

// end is the first key after all that begin with prefix, nil if there is none.
func end(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < 255 {
			e := append([]byte{}, prefix[:i+1]...)
			e[i]++
			return e
		}
	}
	return nil
}

func (t pgTx) Put(table Table, key, value []byte) error {
	if err := checkPut(key, value); err != nil {
		return err
	}
	ctx, cancel := limited(t.ctx)
	defer cancel()
	_, err := t.tx.Exec(ctx, `INSERT INTO meshkey_entry (tbl, key, value) VALUES ($1, $2, $3)
		ON CONFLICT (tbl, key) DO UPDATE SET value = excluded.value`, string(table), key, append([]byte{}, value...))
	if err != nil {
		return &UnavailableError{err}
	}
	return nil
}

func (t pgTx) Delete(table Table, key []byte) error {
	ctx, cancel := limited(t.ctx)
	defer cancel()
	if _, err := t.tx.Exec(ctx, `DELETE FROM meshkey_entry WHERE tbl = $1 AND key = $2`, string(table), key); err != nil {
		return &UnavailableError{err}
	}
	return nil
}
