package query

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"docent"
)

// limits bound what one query may make SQLite allocate or compute at a stroke.
var limits = map[int]int{
	codes.SQLITE_LIMIT_LENGTH:              256 << 10, // of one text or blob, in bytes; a row may have many
	codes.SQLITE_LIMIT_SQL_LENGTH:          2 * maxSQL,
	codes.SQLITE_LIMIT_COLUMN:              200,
	codes.SQLITE_LIMIT_EXPR_DEPTH:          100,
	codes.SQLITE_LIMIT_COMPOUND_SELECT:     50,
	codes.SQLITE_LIMIT_VDBE_OP:             100_000,
	codes.SQLITE_LIMIT_FUNCTION_ARG:        50,
	codes.SQLITE_LIMIT_ATTACHED:            0,
	codes.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
	codes.SQLITE_LIMIT_VARIABLE_NUMBER:     100,
	codes.SQLITE_LIMIT_TRIGGER_DEPTH:       0,
	codes.SQLITE_LIMIT_WORKER_THREADS:      0,
}

// address is how the file is opened: it must exist, and is only read. What a
// query sorts goes to a file that is deleted with it, not into memory.
func address(path string) string {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/data is /C:/data in a URI
	}
	options := url.Values{
		"mode": {"ro"}, "_busy_timeout": {"1000"}, "_defensive": {"1"},
		"_pragma": {"trusted_schema(0)", "cell_size_check(1)", "cache_size(-2000)", "temp_store(1)"},
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}).String()
}

// connect gives a connection to the file that nobody had before.
func (d *Database) connect(ctx context.Context) (*sql.Conn, error) {
	c, err := d.file.Conn(ctx)
	if err != nil {
		return nil, unreadable(err)
	}
	return c, nil
}

// confine lets a connection do nothing any more but read the given views.
func confine(ctx context.Context, c *sql.Conn, views map[string][]docent.QueryColumn) error {
	if _, err := c.ExecContext(ctx, "PRAGMA query_only = 1"); err != nil {
		return err
	}
	for limit, most := range limits {
		if _, err := driver.Limit(c, limit, most); err != nil {
			return err
		}
	}
	return c.Raw(func(conn any) error {
		registerer, ok := conn.(driver.AuthorizerRegisterer)
		if !ok {
			return fmt.Errorf("%T has no authorizer", conn)
		}
		return registerer.RegisterAuthorizer(authorizer(views))
	})
}

// view is the statement that puts a view before a table. A query that has a
// condition of its own on a view of rows meets a computed result, which
// MATERIALIZED asks for: conditions are not moved into it.
func view(t docent.QueryTable, columns []docent.QueryColumn, subject string) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = quoted(c.Name)
	}
	from := fmt.Sprintf("SELECT %s FROM main.%s", strings.Join(names, ", "), quoted(t.Name))
	if t.Subject != "" {
		from = fmt.Sprintf("WITH own AS MATERIALIZED (%s WHERE %s = %s) SELECT * FROM own", from, quoted(t.Subject), literal(subject))
	}
	return fmt.Sprintf("CREATE TEMP VIEW %s AS %s", quoted(t.Name), from)
}

// emptyView is the statement for a view with the same name and columns that
// has no rows.
func emptyView(table string, columns []docent.QueryColumn) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = "NULL AS " + quoted(c.Name)
	}
	return fmt.Sprintf("CREATE TEMP VIEW %s AS SELECT %s WHERE 0", quoted(table), strings.Join(names, ", "))
}

// quoted is a name, and literal a text, as SQL has them: only the quote itself
// has a meaning between quotes.
func quoted(name string) string  { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
