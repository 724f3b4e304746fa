package query

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"docent"
)

// Right is something about the database's role that someone should know.
type Right struct {
	Refused bool   // the database is not read while it is so
	Detail  string // "the role can write table public.orders"
	Fix     string // the SQL, or what else to do
}

// Rights looks at what the role may do beyond reading the named tables, and at
// what keeps the readers' rows apart. Nothing to say is an empty list; the error
// is that of a database that can't be reached.
func (d *Database) Rights(ctx context.Context) ([]Right, error) {
	c, err := pgx.ConnectConfig(ctx, d.pool.Config().ConnConfig)
	if err != nil {
		return nil, unreachable(err)
	}
	defer c.Close(context.WithoutCancel(ctx))
	rights, err := d.rights(ctx, c)
	if err != nil {
		return nil, unreachable(err)
	}
	return rights, nil
}

// refusal is the error of a role that may do what it must not.
func refusal(rights []Right) error {
	for _, r := range rights {
		if r.Refused {
			return &docent.Error{Code: docent.CodeStore, Message: "the database is not read: its role is not limited as it must be", Hint: "`docent doctor` says how", Err: fmt.Errorf("%s", r.Detail)}
		}
	}
	return nil
}

func (d *Database) rights(ctx context.Context, c *pgx.Conn) ([]Right, error) {
	var all []Right
	for _, look := range []func(context.Context, *pgx.Conn) ([]Right, error){ofRole, ofFiles, d.ofTables, d.ofColumns, d.ofSubjects, ofFunctions} {
		rights, err := look(ctx, c)
		if err != nil {
			return nil, err
		}
		all = append(all, rights...)
	}
	return all, nil
}

// texts runs a query that gives one column of texts.
func texts(ctx context.Context, c *pgx.Conn, query string, args ...any) ([]string, error) {
	rows, err := c.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// ofRole finds what the role is, or may become, that no GRANT limits.
func ofRole(ctx context.Context, c *pgx.Conn) ([]Right, error) {
	strong, err := texts(ctx, c, `SELECT rolname FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')
		AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
			OR rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
				'pg_execute_server_program', 'pg_monitor', 'pg_read_all_stats', 'pg_signal_backend', 'pg_maintain', 'pg_checkpoint'))`)
	if err != nil || len(strong) == 0 {
		return nil, err
	}
	return []Right{{true, "the role is, or may become, " + strings.Join(strong, ", "), "connect as a role of its own: CREATE ROLE docent_reader LOGIN PASSWORD '...' NOSUPERUSER NOBYPASSRLS"}}, nil
}

// ofFiles finds functions by which the role reaches beyond the database.
func ofFiles(ctx context.Context, c *pgx.Conn) ([]Right, error) {
	reach, err := texts(ctx, c, `SELECT DISTINCT p.proname::text FROM pg_proc p WHERE has_function_privilege(p.oid, 'EXECUTE')
		AND (p.proname IN ('pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'pg_stat_file', 'lo_import', 'lo_export', 'pg_reload_conf', 'pg_rotate_logfile')
			OR p.proname LIKE 'dblink%' AND p.pronamespace <> 'pg_catalog'::regnamespace)`)
	if err != nil || len(reach) == 0 {
		return nil, err
	}
	return []Right{{true, "the role may execute " + strings.Join(reach, ", "), "REVOKE EXECUTE on them from PUBLIC and from the role"}}, nil
}

// ofFunctions finds functions that run with another role's rights.
func ofFunctions(ctx context.Context, c *pgx.Conn) ([]Right, error) {
	borrowed, err := texts(ctx, c, `SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.prosecdef AND has_function_privilege(p.oid, 'EXECUTE')
		AND has_schema_privilege(p.pronamespace, 'USAGE') ORDER BY 1 LIMIT 20`)
	if err != nil || len(borrowed) == 0 {
		return nil, err
	}
	return []Right{{false, "these functions run with their owner's rights, and the role may execute them: " + strings.Join(borrowed, ", "), "REVOKE EXECUTE where they give what the role must not read"}}, nil
}

// ofTables compares what the role may do to tables with what was named.
func (d *Database) ofTables(ctx context.Context, c *pgx.Conn) ([]Right, error) {
	named := make([]string, len(d.tables))
	for i, t := range d.tables {
		named[i] = t.Name
	}
	missing, err := texts(ctx, c, `SELECT n FROM unnest($1::text[]) n WHERE to_regclass(n) IS NULL OR NOT has_any_column_privilege(to_regclass(n), 'SELECT')`, named)
	if err != nil {
		return nil, err
	}
	const theirs = `FROM pg_class r WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f') AND r.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
		AND r.relnamespace::regnamespace::text NOT LIKE 'pg\_%'`
	more, err := texts(ctx, c, `SELECT r.oid::regclass::text `+theirs+` AND has_any_column_privilege(r.oid, 'SELECT') AND has_schema_privilege(r.relnamespace, 'USAGE')
		AND NOT r.oid IN (SELECT to_regclass(n) FROM unnest($1::text[]) n WHERE to_regclass(n) IS NOT NULL) ORDER BY 1 LIMIT 20`, named)
	if err != nil {
		return nil, err
	}
	written, err := texts(ctx, c, `SELECT r.oid::regclass::text `+theirs+` AND (has_any_column_privilege(r.oid, 'INSERT, UPDATE') OR has_table_privilege(r.oid, 'DELETE, TRUNCATE')) ORDER BY 1 LIMIT 20`)
	if err != nil {
		return nil, err
	}
	var all []Right
	for _, found := range []struct {
		tables     []string
		what, mend string
	}{
		{missing, "the role can't read ", "GRANT SELECT ON them to the role, or take them from the tool's tables"},
		{more, "the role can also read ", "REVOKE ALL ON them FROM the role and PUBLIC, or name them among the tool's tables"},
		{written, "the role can write ", "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON them FROM the role and PUBLIC; a table's owner always can"},
	} {
		if len(found.tables) > 0 {
			all = append(all, Right{true, found.what + strings.Join(found.tables, ", "), found.mend})
		}
	}
	return all, nil
}

// ofColumns finds columns that the role may read beside those that were named.
func (d *Database) ofColumns(ctx context.Context, c *pgx.Conn) ([]Right, error) {
	var all []Right
	for _, t := range d.tables {
		if len(t.Columns) == 0 {
			continue
		}
		more, err := texts(ctx, c, `SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
			AND has_column_privilege(attrelid, attnum, 'SELECT') AND NOT attname = ANY ($2::text[]) ORDER BY attnum`, t.Name, t.Columns)
		if err != nil {
			return nil, err
		}
		if len(more) > 0 {
			all = append(all, Right{true, fmt.Sprintf("the role can also read of %s the columns %s", t.Name, strings.Join(more, ", ")),
				fmt.Sprintf("REVOKE SELECT ON %s FROM the role and PUBLIC; GRANT SELECT (%s) ON %s TO the role", t.Name, strings.Join(t.Columns, ", "), t.Name)})
		}
	}
	return all, nil
}

// ofSubjects looks at what keeps the rows of the tables with a subject column
// apart: policies that compare docent.subject, which no statement may change.
func (d *Database) ofSubjects(ctx context.Context, c *pgx.Conn) ([]Right, error) {
	var apart []string
	for _, t := range d.tables {
		if t.Subject != "" {
			apart = append(apart, t.Name)
		}
	}
	all, err := ofActivity(ctx, c, len(apart) > 0)
	if err != nil || len(apart) == 0 {
		return all, err
	}
	kept, err := texts(ctx, c, `SELECT n FROM unnest($1::text[]) n JOIN pg_class r ON r.oid = to_regclass(n)
		WHERE row_security_active(r.oid) AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = r.oid AND p.polpermissive AND p.polcmd IN ('r', '*')
			AND (0 = ANY (p.polroles) OR EXISTS (SELECT 1 FROM unnest(p.polroles) o WHERE pg_has_role(current_user, o, 'MEMBER')))
			AND coalesce(pg_get_expr(p.polqual, p.polrelid), '') NOT LIKE '%docent.subject%')
		OR r.relkind = 'v' AND 'security_barrier=true' = ANY (r.reloptions) AND pg_get_viewdef(r.oid) LIKE '%docent.subject%'`, apart)
	if err != nil {
		return nil, err
	}
	for _, t := range d.tables {
		if t.Subject != "" && !slices.Contains(kept, t.Name) {
			all = append(all, Right{true, "nothing keeps the rows of " + t.Name + " apart", fmt.Sprintf(
				"ALTER TABLE %s ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON %s FOR SELECT USING (%s = current_setting('docent.subject', true))", t.Name, t.Name, t.Subject)})
		}
	}
	set, err := texts(ctx, c, `SELECT 'set' WHERE has_function_privilege('pg_catalog.set_config(text, text, boolean)', 'EXECUTE')`)
	if len(set) > 0 {
		all = append(all, Right{true, "the role may execute set_config, by which a query could take another reader's name", "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC (as a superuser, in this database)"})
	}
	return all, err
}

// ofActivity finds that PostgreSQL shows a session's queries to others of its
// role. They may name what only one reader should know, so with rows to keep
// apart the database is not read.
func ofActivity(ctx context.Context, c *pgx.Conn, refused bool) ([]Right, error) {
	seen, err := texts(ctx, c, `SELECT 'seen' WHERE current_setting('track_activities')::bool`)
	if err != nil || len(seen) == 0 {
		return nil, err
	}
	return []Right{{refused, "a query can see what others ask at the same time, in pg_stat_activity", "ALTER ROLE the role SET track_activities = off (as a superuser)"}}, nil
}
