package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	codes "modernc.org/sqlite/lib"

	"docent"
)

// RemoveStale deletes the files of indexes of other stamps to which nothing was
// published since the first publication to this one, and gives their stamps.
// What counts is the order of publications, not what clocks say. Files stay that
// a process has open, to serve or to build, and those that can't be read. As long
// as this index has no release, everything stays.
func (x *Index) RemoveStale(ctx context.Context) ([]docent.Stamp, error) {
	o, err := x.read(ctx)
	if code := docent.CodeOf(err); code == docent.CodeNoIndex || code == docent.CodeIndexStamp {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var first int64
	if err := o.row(ctx, into(&first), `SELECT published FROM about`); err != nil || first == 0 {
		return nil, o.fail(err)
	}
	others, err := x.others(ctx)
	if err != nil {
		return nil, err
	}
	var removed []docent.Stamp
	for _, old := range others {
		if old.latest >= first {
			continue
		}
		if idle, err := idle(ctx, old.path); err != nil || !idle {
			continue // in doubt it stays
		}
		if err := remove(old.path); err != nil {
			return removed, o.fail(err)
		}
		removed = append(removed, old.Stamp)
	}
	return removed, ctx.Err()
}

// RemoveFolder deletes a folder of indexes, unless a process has one of them open or
// one can't be read. It reports whether the folder is gone.
func RemoveFolder(ctx context.Context, dir string) bool {
	files, _ := filepath.Glob(filepath.Join(dir, indexFiles)) // the pattern is good
	for _, file := range files {
		if idle, err := idle(ctx, file); err != nil || !idle {
			return false
		}
	}
	return os.RemoveAll(dir) == nil
}

// idle reports whether no process has the file open: as long as one has, it
// holds a lock that excludes an exclusive one. Whoever opens the file between
// this and its deletion finds it gone with the next call.
func idle(ctx context.Context, file string) (bool, error) {
	db, err := sql.Open("sqlite", dsn(file, [2]string{"mode", "rw"}, [2]string{"_pragma", "locking_mode(EXCLUSIVE)"}))
	if err != nil {
		return false, err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	_, err = conn.ExecContext(ctx, "BEGIN EXCLUSIVE")
	if is(err, codes.SQLITE_BUSY) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	return true, err
}

// remove deletes a file with what SQLite keeps beside it.
func remove(file string) error {
	for _, f := range []string{file, file + "-wal", file + "-shm"} {
		if err := os.Remove(f); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
