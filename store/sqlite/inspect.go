package sqlite

import (
	"context"
	"io/fs"

	"github.com/pressly/goose/v3"

	"docent"
)

// Inspection is what was found out about a file that is sound.
type Inspection struct {
	Journal string // "wal" unless the disk can't do it
	Schema  int64  // version of the file's schema; 0 for an empty file
	Newest  int64  // version that this program brings it to
}

// InspectConversations looks at the file at path, which must exist, and changes
// nothing. A file that is damaged, locked, or of a newer version is an error
// with docent.CodeStore. It reads every page: of a large file that takes a
// while, which ctx bounds.
func InspectConversations(ctx context.Context, path string) (Inspection, error) {
	d, err := openDatabase(path, conversationsKind, busyTimeout, false)
	if err != nil {
		return Inspection{}, err
	}
	defer d.close()
	i := Inspection{Newest: newest(conversationsKind)}
	var verdict string
	if err = d.reader.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&verdict); err != nil {
		return i, d.fail(err)
	}
	if verdict != "ok" {
		return i, &docent.Error{Code: docent.CodeStore, Message: "the " + d.holds + " is damaged: " + verdict, Hint: d.mend}
	}
	if err = d.reader.QueryRowContext(ctx, `PRAGMA journal_mode`).Scan(&i.Journal); err != nil {
		return i, d.fail(err)
	}
	if i.Schema, err = d.version(ctx); err != nil {
		return i, d.fail(err)
	}
	if i.Schema > i.Newest {
		return i, d.newer()
	}
	return i, nil
}

// newest gives the version of the last migration of a kind of file.
func newest(k kind) int64 {
	files, _ := fs.Glob(k.migrations, "*.sql") // the pattern is good
	var last int64
	for _, name := range files {
		if v, err := goose.NumericComponent(name); err == nil {
			last = max(last, v)
		}
	}
	return last
}
