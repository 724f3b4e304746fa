package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"

	"docent"
)

//go:embed migrations
var migrations embed.FS

// migrationsOf gives the embedded migrations of one kind of file.
func migrationsOf(folder string) fs.FS {
	sub, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return migrations // only with a name that is no path
	}
	return sub
}

// schemaWait is how long a process waits for another one that is migrating.
const schemaWait = time.Minute

// migrate brings the file's schema to the newest version. Where it is there
// already, that costs two small reads. A newer one is refused.
func (d *database) migrate(ctx context.Context, k kind) error {
	provider, err := goose.NewProvider(goose.DialectSQLite3, d.writer, k.migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return d.fail(err)
	}
	sources := provider.ListSources()
	newest := sources[len(sources)-1].Version
	current, err := d.version(ctx)
	switch {
	case err != nil:
		return d.fail(err)
	case current == newest:
		return nil
	case current > newest:
		return d.newer()
	}
	release, err := d.lock(ctx, "schema", schemaWait)
	if errors.Is(err, errLocked) {
		return d.changing()
	}
	if err != nil {
		return err
	}
	defer release()
	_, err = provider.Up(ctx)
	return d.fail(err)
}

// version gives the version of the file's schema; 0 where it has none.
func (d *database) version(ctx context.Context) (int64, error) {
	var tables int
	err := d.reader.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = 'goose_db_version'`).Scan(&tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	var version sql.NullInt64
	err = d.reader.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&version)
	return version.Int64, err
}

func (d *database) changing() error {
	return &docent.Error{Code: docent.CodeStore, Message: "the " + d.holds + " is being changed by another process",
		Hint: "try again when it is done"}
}

func (d *database) newer() error {
	return &docent.Error{
		Code:    docent.CodeStore,
		Message: "the " + d.holds + " was written by a newer version of docent",
		Hint:    "update docent, or move " + filepath.Base(d.path) + " away",
	}
}
