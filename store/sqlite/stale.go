package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	codes "modernc.org/sqlite/lib"

	"docent"
)

// other is an index of another stamp in the same folder.
type other struct {
	file     string
	stamp    docent.Stamp
	released bool      // it holds a release
	changed  time.Time // when the newest was published; without one, when the file was written
}

// others looks at the indexes of other stamps. Files that can't be read, or
// only by a newer version, are left out.
func (x *Index) others(ctx context.Context) ([]other, error) {
	files, _ := filepath.Glob(filepath.Join(x.dir, "index-????????.db")) // the pattern is good
	var list []other
	for _, file := range files {
		if file == x.file {
			continue
		}
		o, err := x.other(ctx, file)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil {
			list = append(list, o)
		}
	}
	return list, nil
}

func (x *Index) other(ctx context.Context, file string) (other, error) {
	o := other{file: file}
	info, err := os.Stat(file)
	if err != nil {
		return o, err
	}
	d, err := openForReading(ctx, file, indexKind, x.timeout)
	if err != nil {
		return o, err
	}
	defer d.close()
	if version, err := d.version(ctx); err != nil || version > newest(indexKind) {
		return o, errors.Join(err, d.newer())
	}
	if o.stamp, err = readStamp(ctx, d); err != nil {
		return o, err
	}
	var published sql.NullInt64
	if err := d.row(ctx, into(&published), `SELECT max(created_at) FROM releases`); err != nil {
		return o, err
	}
	o.released, o.changed = published.Valid, info.ModTime()
	if o.released {
		o.changed = time.UnixMilli(published.Int64)
	}
	return o, nil
}

// stampOf gives the stamp of an index file.
func stampOf(ctx context.Context, file string) (docent.Stamp, error) {
	d, err := openForReading(ctx, file, indexKind, busyTimeout)
	if err != nil {
		return docent.Stamp{}, err
	}
	defer d.close()
	return readStamp(ctx, d)
}

// RemoveStale deletes the files of indexes of other stamps whose last change
// was before the first publication of this one, and gives their stamps. Those
// stay that a process has open, that were published to since, or that can't be
// read. As long as this index has no release, everything stays.
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
		if !old.changed.Before(time.UnixMilli(first)) {
			continue
		}
		if idle, err := idle(ctx, old.file); err != nil || !idle {
			continue // in doubt it stays
		}
		if err := remove(old.file); err != nil {
			return removed, o.fail(err)
		}
		removed = append(removed, old.stamp)
	}
	return removed, ctx.Err()
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
