// Package query lets SQL that a model wrote read a PostgreSQL database, and only
// what its role may read of it. Nothing here looks at the SQL: the engine does.
//
// A query runs in a transaction that only reads, as that of a cursor, by the
// extended protocol: so it is one statement, which PostgreSQL's own grammar
// takes only where it selects. The server stops it after its time, and gives no
// more rows than are wanted. What may be read is the role's: PostgreSQL has no
// authorizer that is asked, so Rights looks at what the role was granted, and a
// connection whose role may do more than read the named tables is not used.
//
// Whose rows are read is said by the setting docent.subject of the transaction,
// which policies of row level security compare. A statement could change settings
// by the function set_config; so a table with a subject column is not read by a
// role that may execute it.
//
// What it doubts: the SQL, wholly, and the role, until it was looked at. The
// database's own functions and views are believed.
package query

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"docent"
)

const (
	maxSQL         = 16 << 10        // bytes of a query
	maxMessage     = 8 << 20         // bytes of a row as the server sends it
	connections    = 4               // to one database, at most
	lifetime       = 5 * time.Minute // of a connection: then the role's rights are looked at again
	connectTimeout = 10 * time.Second
	grace          = time.Second // for the server to stop what the client gave up
)

// Database is a PostgreSQL database with the tables of it that may be read.
type Database struct {
	pool   *pgxpool.Pool
	tables []docent.QueryTable
}

// Open names a database, by a postgres:// URL with the role whose rights count,
// and what of it may be read. It connects with the first use. The error says
// nothing of the URL, which holds a password.
func Open(url string, tables []docent.QueryTable) (*Database, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, docent.Errorf(docent.CodeInvalid, "the database's URL must be postgres://ROLE:PASSWORD@HOST/DATABASE")
	}
	d := &Database{tables: tables}
	config.MaxConns, config.MinConns, config.MaxConnLifetime = connections, 0, lifetime
	settings := config.ConnConfig
	settings.ConnectTimeout = connectTimeout
	settings.MaxProtocolMessageBodyLen = maxMessage
	settings.RuntimeParams["standard_conforming_strings"] = "on"
	settings.RuntimeParams["client_encoding"] = "UTF8"
	settings.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: grace}
	}
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		rights, err := d.rights(ctx, c)
		return errors.Join(err, refusal(rights))
	}
	config.AfterRelease = clean
	d.pool, err = pgxpool.NewWithConfig(context.Background(), config)
	return d, err
}

// Close ends the connections.
func (d *Database) Close() error {
	d.pool.Close()
	return nil
}

// clean takes what a query may have left in a session, locks above all.
func clean(c *pgx.Conn) bool {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	_, err := c.PgConn().Exec(ctx, "DISCARD ALL").ReadAll()
	return err == nil
}

// Query runs one SELECT for a reader, within bounds. bind are the values of
// :subject, :site and :claim_NAME in it, by name without the colon, and of the
// settings docent.subject and so on. The error is a *docent.Error that may be told
// to a model, or that of ctx.
func (d *Database) Query(ctx context.Context, text string, bind map[string]string, bounds docent.QueryBounds) (docent.QueryRows, error) {
	if len(text) > maxSQL || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return docent.QueryRows{}, docent.Errorf(docent.CodeInvalid, "the query must be UTF-8 text of at most %d bytes without NUL", maxSQL)
	}
	text = strings.TrimRight(text, "; \t\r\n")
	within, cancel := context.WithTimeout(ctx, bounds.Timeout+grace)
	defer cancel()
	rows, err := d.run(within, text, bind, bounds)
	if err == nil {
		return rows, nil
	}
	return docent.QueryRows{}, told(ctx, within, err, bounds)
}

func (d *Database) run(ctx context.Context, text string, bind map[string]string, bounds docent.QueryBounds) (docent.QueryRows, error) {
	c, err := d.pool.Acquire(ctx)
	if err != nil {
		return docent.QueryRows{}, unreachable(err)
	}
	defer c.Release()
	session := c.Conn().PgConn()
	if err := begin(ctx, session, bind, bounds); err != nil {
		return docent.QueryRows{}, unreachable(err)
	}
	defer rollback(ctx, session)
	text, values := positional(text, bind)
	// Only what selects can have a cursor. The line's end ends a comment.
	if _, err := session.ExecParams(ctx, "DECLARE docent_query NO SCROLL CURSOR FOR\n"+text, values, nil, nil, nil).Close(); err != nil {
		return docent.QueryRows{}, err
	}
	return fetch(ctx, session, bounds)
}

// begin opens a transaction that only reads, in the reader's name.
func begin(ctx context.Context, session *pgconn.PgConn, bind map[string]string, bounds docent.QueryBounds) error {
	statements := []string{
		"BEGIN TRANSACTION READ ONLY",
		fmt.Sprintf("SET LOCAL statement_timeout = %d", max(bounds.Timeout.Milliseconds(), 1)),
		"SET LOCAL lock_timeout = 1000",
		"SET LOCAL row_security = on",
		"SET LOCAL max_parallel_workers_per_gather = 0",
		"SET LOCAL docent.subject = ''", "SET LOCAL docent.site = ''",
	}
	for name, value := range bind {
		if !settingName(name) {
			continue
		}
		escaped, err := session.EscapeString(value)
		if err != nil {
			return err
		}
		statements = append(statements, fmt.Sprintf("SET LOCAL docent.%s = '%s'", name, escaped))
	}
	_, err := session.Exec(ctx, strings.Join(statements, "; ")).ReadAll()
	return err
}

// settingName reports whether a name can stand in SQL as it is.
func settingName(name string) bool {
	return name != "" && len(name) < 60 && wordEnd(name, 0) == len(name) && (name[0] < '0' || name[0] > '9') && strings.IndexFunc(name, func(r rune) bool { return r > 0x7f }) < 0
}

// rollback ends the transaction, whatever became of the caller. A session that
// can't be brought out of it is closed.
func rollback(ctx context.Context, session *pgconn.PgConn) {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if _, err := session.Exec(end, "ROLLBACK").ReadAll(); err != nil {
		session.Close(end)
	}
}
