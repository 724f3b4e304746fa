package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// readers is how many connections of a file read at the same time, at most.
const readers = 4

// database is one file: a connection that writes and a few that read, with
// their statements prepared once.
type database struct {
	path  string
	holds string // what is in it, as errors call it
	mend  string // what to do when it is damaged

	immutable bool        // opened from a folder that can't be written
	gone      atomic.Bool // the path leads elsewhere, and it was closed for that

	writer *sql.DB
	reader *sql.DB
	turn   chan struct{} // holds one token: whose turn it is to write
	conn   *sql.Conn     // the writer's connection; only with the token

	mu      sync.Mutex
	waiting []*job // for writeTogether
	reads   map[string]*sql.Stmt
	writes  map[string]*sql.Stmt // only with the token

	closing sync.Once
}

// kind says which of the two kinds of files a database is.
type kind struct {
	holds, mend string
	migrations  fs.FS
}

// openDatabase opens the file at path, which must exist unless create is set.
// Nothing is read before the first statement.
func openDatabase(path string, k kind, timeout time.Duration, create bool) (*database, error) {
	mode := "rw"
	if create {
		mode = "rwc"
	}
	common := [][2]string{
		{"mode", mode},
		{"_busy_timeout", strconv.FormatInt(timeout.Milliseconds(), 10)},
		{"_foreign_keys", "on"},
	}
	// The system's page cache does the rest: larger caches, or mmap, measured
	// no faster on 100,000 chunks and cost resident memory.
	reading := append([][2]string{{"_query_only", "on"}, {"_pragma", "cache_size(-2000)"}}, common...)
	writing := append([][2]string{
		{"_txlock", "immediate"},
		{"_journal_mode", "wal"},
		// A commit survives the process. Of a power cut the last moments may be
		// lost, the file is not.
		{"_synchronous", "normal"},
		{"_pragma", "cache_size(-4000)"},
		{"_pragma", "journal_size_limit(16777216)"},
	}, common...)

	return connect(path, k, reading, writing)
}

// connect gives the file its two pools of connections.
func connect(path string, k kind, reading, writing [][2]string) (*database, error) {
	d := &database{
		path: path, holds: k.holds, mend: k.mend,
		turn:  make(chan struct{}, 1),
		reads: map[string]*sql.Stmt{}, writes: map[string]*sql.Stmt{},
	}
	d.turn <- struct{}{}
	var err error
	if d.writer, err = sql.Open("sqlite", dsn(path, writing...)); err != nil {
		return nil, d.fail(err)
	}
	if d.reader, err = sql.Open("sqlite", dsn(path, reading...)); err != nil {
		d.writer.Close()
		return nil, d.fail(err)
	}
	d.writer.SetMaxOpenConns(1)
	d.reader.SetMaxOpenConns(readers)
	d.reader.SetMaxIdleConns(readers)
	return d, nil
}

// close ends all connections. The last one to leave a file writes its log
// back into it, so that the file alone is whole; that needs every statement
// closed before.
func (d *database) close() error {
	var err error
	d.closing.Do(func() {
		<-d.turn // after the write that is under way
		defer func() { d.turn <- struct{}{} }()
		for _, stmt := range d.writes {
			stmt.Close()
		}
		if d.conn != nil {
			d.conn.Close()
		}
		d.conn, d.writes = nil, nil
		err = errors.Join(d.reader.Close(), d.writer.Close())
	})
	return d.fail(err)
}

// query runs a reading statement.
func (d *database) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := d.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// row runs a reading statement that gives one row into dest.
func (d *database) row(ctx context.Context, dest []any, query string, args ...any) error {
	stmt, err := d.prepared(ctx, query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(ctx, args...).Scan(dest...)
}

func (d *database) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	d.mu.Lock()
	stmt := d.reads[query]
	d.mu.Unlock()
	if stmt != nil {
		return stmt, nil
	}
	stmt, err := d.reader.PrepareContext(ctx, query) // may wait for a connection
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if first := d.reads[query]; first != nil {
		stmt.Close()
		return first, nil
	}
	d.reads[query] = stmt
	return stmt, nil
}

// tx is a transaction that writes.
type tx struct {
	d   *database
	ctx context.Context
}

// write runs fn in a transaction: all of it is stored, or with an error
// nothing. One runs at a time; others wait for their turn until ctx ends.
func (d *database) write(ctx context.Context, fn func(*tx) error) error {
	select {
	case <-d.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { d.turn <- struct{}{} }()
	return d.transaction(ctx, fn)
}

// transaction is write for who has the token.
func (d *database) transaction(ctx context.Context, fn func(*tx) error) (err error) {
	if d.conn == nil {
		if d.conn, err = d.writer.Conn(ctx); err != nil {
			return d.fail(err)
		}
	}
	// Whatever becomes of the caller, the transaction ends: a context that ends
	// with BEGIN may leave one open, too.
	end := context.WithoutCancel(ctx)
	defer func() {
		if err != nil {
			d.conn.ExecContext(end, "ROLLBACK") // fails where there is none, as after a full disk
			err = d.fail(err)
		}
	}()
	if _, err = d.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err = fn(&tx{d, ctx}); err != nil {
		return err
	}
	if err = ctx.Err(); err != nil {
		return err
	}
	_, err = d.conn.ExecContext(end, "COMMIT")
	return err
}

// exec runs a statement and gives the number of rows that it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	stmt, err := t.prepared(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// insert runs a statement and gives the row's number.
func (t *tx) insert(query string, args ...any) (int64, error) {
	stmt, err := t.prepared(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// query runs a statement that gives rows.
func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	stmt, err := t.prepared(query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(t.ctx, args...)
}

// row runs a statement that gives one row into dest.
func (t *tx) row(dest []any, query string, args ...any) error {
	stmt, err := t.prepared(query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(t.ctx, args...).Scan(dest...)
}

func (t *tx) prepared(query string) (*sql.Stmt, error) {
	if stmt, ok := t.d.writes[query]; ok {
		return stmt, nil
	}
	stmt, err := t.d.conn.PrepareContext(t.ctx, query)
	if err == nil {
		t.d.writes[query] = stmt
	}
	return stmt, err
}

// into lists destinations of a row.
func into(dest ...any) []any { return dest }
