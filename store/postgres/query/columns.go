package query

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"docent"
)

// Columns gives the columns that the role may read of each table, in the table's
// order; of a table with named columns only those.
func (d *Database) Columns(ctx context.Context) (map[string][]docent.QueryColumn, error) {
	c, err := d.pool.Acquire(ctx)
	if err != nil {
		return nil, unreachable(err)
	}
	defer c.Release()
	all := map[string][]docent.QueryColumn{}
	for _, t := range d.tables {
		columns, err := columnsOf(ctx, c.Conn(), t)
		if err != nil {
			return nil, unreachable(err)
		}
		all[t.Name] = columns
	}
	return all, nil
}

func columnsOf(ctx context.Context, c *pgx.Conn, t docent.QueryTable) ([]docent.QueryColumn, error) {
	rows, err := c.Query(ctx, `SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute
		WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND has_column_privilege(attrelid, attnum, 'SELECT') ORDER BY attnum`, t.Name)
	if err != nil {
		return nil, err
	}
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[docent.QueryColumn])
	if len(t.Columns) > 0 {
		columns = slices.DeleteFunc(columns, func(c docent.QueryColumn) bool { return !slices.Contains(t.Columns, c.Name) })
	}
	return columns, err
}
