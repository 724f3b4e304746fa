package sqlite

import (
	"context"
	"os"
	"time"

	codes "modernc.org/sqlite/lib"

	"docent"
)

// openForReading opens the file at path, which must exist, and reads a little
// of it. SQLite keeps a log and locks beside a file; where the folder can't be
// written and no writer has made them, the file is taken as one that nobody
// changes.
func openForReading(ctx context.Context, path string, k kind, timeout time.Duration) (*database, error) {
	d, err := openDatabase(path, k, timeout, false)
	if err != nil {
		return nil, err
	}
	_, err = d.version(ctx)
	if err == nil {
		return d, nil
	}
	d.close()
	if !is(err, codes.SQLITE_CANTOPEN) && !is(err, codes.SQLITE_READONLY) {
		return nil, d.fail(err)
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		return nil, &docent.Error{
			Code:    docent.CodeStore,
			Message: "the " + k.holds + " can't be read: its last changes are in a log beside it, and its folder can't be written",
			Hint:    "run `docent index list` once where the folder can be written, or stop writing before copying it",
		}
	}
	alone := [][2]string{{"mode", "ro"}, {"immutable", "1"}}
	if d, err = connect(path, k, alone, alone); err != nil {
		return nil, err
	}
	d.immutable = true
	if _, err = d.version(ctx); err != nil {
		d.close()
		return nil, d.fail(err)
	}
	return d, nil
}
