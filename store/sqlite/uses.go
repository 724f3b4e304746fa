package sqlite

import (
	"context"
	"time"

	"docent/access"
)

// SaveUses stores what limits counted: with those below it implements access.Uses.
func (c *Conversations) SaveUses(ctx context.Context, uses []access.Use) error {
	return c.d.write(ctx, func(w *tx) error {
		for _, u := range uses {
			if _, err := w.exec(`INSERT INTO uses (bound, who, at) VALUES (?, ?, ?)`, u.Limit, u.Who[:], u.At.UnixNano()); err != nil {
				return err
			}
		}
		return nil
	})
}

// ForgetUses deletes a limit's uses up to a moment.
func (c *Conversations) ForgetUses(ctx context.Context, limit string, until time.Time) error {
	return c.d.write(ctx, func(w *tx) error {
		_, err := w.exec(`DELETE FROM uses WHERE bound = ? AND at <= ?`, limit, until.UnixNano())
		return err
	})
}

// LoadUses gives a limit's uses after since, oldest first.
func (c *Conversations) LoadUses(ctx context.Context, limit string, since time.Time) ([]access.Use, error) {
	rows, err := c.d.query(ctx, `SELECT who, at FROM uses WHERE bound = ? AND at > ? ORDER BY at`, limit, since.UnixNano())
	if err != nil {
		return nil, c.d.fail(err)
	}
	defer rows.Close()
	var uses []access.Use
	for rows.Next() {
		var who []byte
		var at int64
		if err := rows.Scan(&who, &at); err != nil {
			return nil, c.d.fail(err)
		}
		u := access.Use{Limit: limit, At: time.Unix(0, at)}
		copy(u.Who[:], who)
		uses = append(uses, u)
	}
	return uses, c.d.fail(rows.Err())
}
