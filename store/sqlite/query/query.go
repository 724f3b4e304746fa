// Package query lets SQL that a model wrote read a SQLite file, and only what
// it may read of it. Nothing here looks at the SQL: the engine does.
//
// A query has two connections of its own, which know nothing of other queries.
// The first holds no data: it has an empty view for each allowed table. What
// compiles there names nothing but allowed tables and columns. That it compiles
// within brackets, too, makes it a single statement that only selects. The second
// has the file, opened for reading, with a view of the same name before each
// allowed table: of the allowed columns, and of the reader's own rows where the
// table has a subject column. A view of rows is computed before anything else
// of the query is, so that not even its errors depend on another's rows.
//
// On both connections SQLite's authorizer lets through what selects, a list of
// functions without effects, and the views; limits bound what a query may
// allocate, and its time ends by interrupting it.
//
// What it doubts: the SQL, wholly. The file is believed: its own views run as
// they are.
package query

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"docent"
)

// maxSQL is how long a query may be, in bytes.
const maxSQL = 16 << 10

// Database is a file with the tables of it that may be read.
type Database struct {
	file   *sql.DB // connections are made for one use
	shape  *sql.DB
	tables []docent.QueryTable
}

// Open names a file and what of it may be read. The file is opened by the first
// use. The error is of tables that can't be meant: without a name, or twice.
func Open(path string, tables []docent.QueryTable) (*Database, error) {
	seen := map[string]bool{}
	for _, t := range tables {
		name := strings.ToLower(t.Name)
		if name == "" || seen[name] || strings.HasPrefix(name, "sqlite_") || strings.ContainsRune(name, 0) {
			return nil, docent.Errorf(docent.CodeInvalid, "%q can't be a table that may be read", t.Name)
		}
		seen[name] = true
	}
	d := &Database{tables: tables}
	var err error
	if d.file, err = sql.Open("sqlite", address(path)); err != nil {
		return nil, err
	}
	if d.shape, err = sql.Open("sqlite", ":memory:"); err != nil {
		return nil, errors.Join(err, d.file.Close())
	}
	d.file.SetMaxIdleConns(0)
	d.shape.SetMaxIdleConns(0)
	return d, nil
}

// Close ends what is open.
func (d *Database) Close() error { return errors.Join(d.file.Close(), d.shape.Close()) }

// Query runs one SELECT for a reader, within bounds. bind are the values of
// :subject, :site and :claim_NAME in it, by name without the colon; "subject"
// says whose rows are read, and without it the tables with a subject column are
// none. The error is a *docent.Error that may be told to a model, or that of ctx.
func (d *Database) Query(ctx context.Context, text string, bind map[string]string, bounds docent.QueryBounds) (docent.QueryRows, error) {
	if len(text) > maxSQL || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return docent.QueryRows{}, docent.Errorf(docent.CodeInvalid, "the query must be UTF-8 text of at most %d bytes without NUL", maxSQL)
	}
	text = strings.TrimRight(text, "; \t\r\n")
	within, cancel := context.WithTimeout(ctx, bounds.Timeout)
	defer cancel()
	rows, err := d.run(within, text, bind, bounds)
	if err == nil {
		return rows, nil
	}
	return docent.QueryRows{}, d.told(ctx, within, err, bounds)
}

func (d *Database) run(ctx context.Context, text string, bind map[string]string, bounds docent.QueryBounds) (docent.QueryRows, error) {
	subject, known := bind["subject"]
	tables := d.readable(known && subject != "")
	c, err := d.connect(ctx)
	if err != nil {
		return docent.QueryRows{}, err
	}
	defer c.Close()
	columns, err := d.columns(ctx, c, tables)
	if err != nil {
		return docent.QueryRows{}, err
	}
	if err := d.compiles(ctx, text, columns); err != nil {
		return docent.QueryRows{}, err
	}
	for _, t := range tables {
		if _, err := c.ExecContext(ctx, view(t, columns[t.Name], subject)); err != nil {
			return docent.QueryRows{}, unreadable(err)
		}
	}
	if err := confine(ctx, c, columns); err != nil {
		return docent.QueryRows{}, unreadable(err)
	}
	return read(ctx, c, text, bind, bounds)
}

// readable gives the tables that a reader may read: those with a subject column
// only where there is a subject.
func (d *Database) readable(subject bool) []docent.QueryTable {
	var tables []docent.QueryTable
	for _, t := range d.tables {
		if t.Subject == "" || subject {
			tables = append(tables, t)
		}
	}
	return tables
}

// compiles checks the query where there is no data. Alone, its first statement
// must compile; within brackets, which no complete statement closes, that is all
// there is, and it selects.
func (d *Database) compiles(ctx context.Context, text string, columns map[string][]docent.QueryColumn) error {
	c, err := d.shape.Conn(ctx)
	if err != nil {
		return unreadable(err)
	}
	defer c.Close()
	for table, of := range columns {
		if _, err := c.ExecContext(ctx, emptyView(table, of)); err != nil {
			return unreadable(err)
		}
	}
	if err := confine(ctx, c, columns); err != nil {
		return unreadable(err)
	}
	for i, whole := range []string{text, "SELECT * FROM (\n" + text + "\n)"} {
		stmt, err := c.PrepareContext(ctx, whole)
		if err != nil && i == 1 {
			return &docent.Error{Code: docent.CodeInvalid, Message: "the query must be one SELECT, and nothing else", Err: err}
		}
		if err != nil {
			return err
		}
		stmt.Close()
	}
	return nil
}

// told makes an error one that a model can act on. What SQLite says of SQL it
// says of text and of names that stand in it.
func (d *Database) told(ctx, within context.Context, err error, bounds docent.QueryBounds) error {
	var told *docent.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case within.Err() != nil:
		return &docent.Error{Code: docent.CodeInvalid, Message: fmt.Sprintf("the query took longer than %s and was stopped", bounds.Timeout), Hint: "ask for less: fewer tables, a condition, a limit", Err: err}
	case errors.As(err, &told):
		return err
	}
	var sqlite *driver.Error
	if !errors.As(err, &sqlite) {
		return docent.Errorf(docent.CodeInvalid, "%s", err) // of a parameter that has no value
	}
	if sqlite.Code()&0xff == codes.SQLITE_AUTH {
		return &docent.Error{Code: docent.CodeInvalid, Message: "the query does what is not allowed", Hint: "only SELECT from the tables that were named, and functions without side effects", Err: err}
	}
	return &docent.Error{Code: docent.CodeInvalid, Message: "SQLite refused the query", Hint: sqlite.Error()}
}

// unreadable is the error of a file that can't be read as it is set up.
func unreadable(err error) error {
	return &docent.Error{Code: docent.CodeStore, Message: "the database can't be read", Err: err}
}
