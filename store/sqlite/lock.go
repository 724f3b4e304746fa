package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"time"

	codes "modernc.org/sqlite/lib"
)

// errLocked says that someone else holds a lock.
var errLocked = errors.New("locked")

// lock takes the lock called name of the database d, waiting for it at most
// wait. It is an exclusive transaction on an empty database of that name, so
// it excludes this process and every other, and dies with the process.
func (d *database) lock(ctx context.Context, name string, wait time.Duration) (release func() error, err error) {
	return d.hold(ctx, name, wait, "BEGIN EXCLUSIVE")
}

// share takes the lock called name together with others that share it: as long
// as anyone does, nobody gets it alone.
func (d *database) share(ctx context.Context, name string, wait time.Duration) (release func() error, err error) {
	return d.hold(ctx, name, wait, "BEGIN; SELECT count(*) FROM sqlite_master")
}

// hold opens the database of a lock and begins a transaction that holds it.
func (d *database) hold(ctx context.Context, name string, wait time.Duration, begin string) (release func() error, err error) {
	dir := filepath.Join(filepath.Dir(d.path), "locks")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, d.readOnly(err)
	}
	file := filepath.Join(dir, filepath.Base(d.path)+"-"+name)
	db, err := sql.Open("sqlite", dsn(file, [2]string{"_busy_timeout", strconv.FormatInt(wait.Milliseconds(), 10)}))
	if err != nil {
		return nil, d.fail(err)
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err == nil {
		_, err = conn.ExecContext(ctx, begin)
	}
	if err != nil {
		if conn != nil {
			conn.Close()
		}
		db.Close()
		if is(err, codes.SQLITE_BUSY) {
			return nil, errLocked
		}
		return nil, d.fail(err)
	}
	return func() error { return errors.Join(conn.Close(), db.Close()) }, nil
}
