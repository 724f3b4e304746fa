package sqlite

import (
	"context"
	"database/sql"
)

// snapshot is a transaction that reads: all its statements see one moment.
type snapshot struct {
	ctx   context.Context
	tx    *sql.Tx
	stmts map[string]*sql.Stmt
}

// snapshot runs fn in a transaction that reads. The statements that are named
// are prepared once and for all; others each time.
func (d *database) snapshot(ctx context.Context, fn func(*snapshot) error, named ...string) error {
	s := &snapshot{ctx: ctx, stmts: map[string]*sql.Stmt{}}
	for _, query := range named { // before it holds a connection: there are few
		stmt, err := d.prepared(ctx, query)
		if err != nil {
			return err
		}
		s.stmts[query] = stmt
	}
	var err error
	if s.tx, err = d.reader.BeginTx(ctx, nil); err != nil {
		return err
	}
	defer s.tx.Rollback() // nothing was written
	return fn(s)
}

// query runs a reading statement.
func (s *snapshot) query(query string, args ...any) (*sql.Rows, error) {
	if stmt := s.stmts[query]; stmt != nil {
		return s.tx.StmtContext(s.ctx, stmt).QueryContext(s.ctx, args...)
	}
	return s.tx.QueryContext(s.ctx, query, args...)
}

// row runs a reading statement that gives one row into dest.
func (s *snapshot) row(dest []any, query string, args ...any) error {
	rows, err := s.query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	return rows.Scan(dest...)
}

// kept reports whether a release is there.
func (s *snapshot) kept(unit int64, number int) (there bool, err error) {
	err = s.row(into(&there), `SELECT EXISTS (SELECT 1 FROM releases WHERE unit = ? AND number = ?)`, unit, number)
	return there, err
}
