package query

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"docent"
)

// Columns gives the columns that may be read of each table. A table that is not
// there, or lacks a column that was named, is an error: what was meant to be
// hidden or filtered by it would not be.
func (d *Database) Columns(ctx context.Context) (map[string][]docent.QueryColumn, error) {
	c, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return d.columns(ctx, c, d.tables)
}

func (d *Database) columns(ctx context.Context, c *sql.Conn, tables []docent.QueryTable) (map[string][]docent.QueryColumn, error) {
	all := map[string][]docent.QueryColumn{}
	for _, t := range tables {
		there, err := columnsOf(ctx, c, t.Name)
		if err != nil {
			return nil, unreadable(err)
		}
		if all[t.Name], err = allowed(t, there); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// columnsOf gives all columns of a table, in its order.
func columnsOf(ctx context.Context, c *sql.Conn, table string) ([]docent.QueryColumn, error) {
	rows, err := c.QueryContext(ctx, "SELECT name, type FROM pragma_table_xinfo(?, 'main') WHERE hidden <> 1", table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var columns []docent.QueryColumn
	for rows.Next() {
		var column docent.QueryColumn
		if err := rows.Scan(&column.Name, &column.Type); err != nil {
			return nil, err
		}
		columns = append(columns, column)
	}
	return columns, rows.Err()
}

// allowed picks the columns of a table that may be read.
func allowed(t docent.QueryTable, there []docent.QueryColumn) ([]docent.QueryColumn, error) {
	if len(there) == 0 {
		return nil, docent.Errorf(docent.CodeStore, "the database has no table %s", t.Name)
	}
	named := t.Columns
	if t.Subject != "" {
		named = append(slices.Clone(named), t.Subject)
	}
	for _, name := range named {
		if !slices.ContainsFunc(there, func(c docent.QueryColumn) bool { return strings.EqualFold(c.Name, name) }) {
			return nil, docent.Errorf(docent.CodeStore, "the table %s of the database has no column %s", t.Name, name)
		}
	}
	if len(t.Columns) == 0 {
		return there, nil
	}
	return slices.DeleteFunc(there, func(c docent.QueryColumn) bool {
		return !slices.ContainsFunc(t.Columns, func(name string) bool { return strings.EqualFold(name, c.Name) })
	}), nil
}
