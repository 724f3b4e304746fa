package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"docent"
)

// selectSessions is read by scanSession.
const selectSessions = `SELECT id, title, created_at, updated_at, status, status_reason FROM sessions WHERE site = ? AND subject = ?`

const selectSession = selectSessions + ` AND id = ?`

func noSession() error { return docent.Errorf(docent.CodeNotFound, "there is no such session") }

func scanSession(scan func(dest ...any) error) (docent.Session, error) {
	var s docent.Session
	var created, updated int64
	err := scan(&s.ID, &s.Title, &created, &updated, &s.Status, &s.StatusReason)
	if errors.Is(err, sql.ErrNoRows) {
		return s, noSession()
	}
	s.CreatedAt, s.UpdatedAt = time.Unix(0, created).UTC(), time.Unix(0, updated).UTC()
	return s, err
}

func (w *tx) session(o docent.Owner, id string) (docent.Session, error) {
	return scanSession(func(dest ...any) error { return w.row(dest, selectSession, o.Site, o.Subject, id) })
}

// Session gives one session; NotFound where it is not the owner's.
func (c *Conversations) Session(ctx context.Context, o docent.Owner, id string) (docent.Session, error) {
	s, err := scanSession(func(dest ...any) error { return c.d.row(ctx, dest, selectSession, o.Site, o.Subject, id) })
	return s, c.d.fail(err)
}

// Sessions lists the owner's, latest change first unless q.Order is "asc". A
// session that changes between two parts of the list moves in it.
func (c *Conversations) Sessions(ctx context.Context, o docent.Owner, q docent.List) (docent.Listed[docent.Session], error) {
	var none docent.Listed[docent.Session]
	p, err := paging[string](q, "sessions", "desc", o, "")
	if err != nil {
		return none, err
	}
	list, err := c.sessions(ctx, selectSessions+p.clause("updated_at", "id"), append([]any{o.Site, o.Subject}, p.args()...)...)
	if err != nil {
		return none, err
	}
	part, more := p.part(len(list))
	listed := docent.Listed[docent.Session]{Data: list[:part], HasMore: more}
	if more {
		last := list[part-1]
		listed.After = p.cursor(last.UpdatedAt.UnixNano(), last.ID)
	}
	return listed, nil
}

// sessions runs a statement that begins with selectSessions.
func (c *Conversations) sessions(ctx context.Context, query string, args ...any) ([]docent.Session, error) {
	rows, err := c.d.query(ctx, query, args...)
	if err != nil {
		return nil, c.d.fail(err)
	}
	defer rows.Close()
	list := []docent.Session{}
	for rows.Next() {
		s, err := scanSession(rows.Scan)
		if err != nil {
			return nil, c.d.fail(err)
		}
		list = append(list, s)
	}
	return list, c.d.fail(rows.Err())
}

// RenameSession gives a session another title. Its place in the list stays.
func (c *Conversations) RenameSession(ctx context.Context, o docent.Owner, id, title string) (s docent.Session, err error) {
	err = c.d.write(ctx, func(w *tx) error {
		_, err := w.exec(`UPDATE sessions SET title = ?, chosen = 1 WHERE site = ? AND subject = ? AND id = ?`, title, o.Site, o.Subject, id)
		if err != nil {
			return err
		}
		s, err = w.session(o, id)
		return err
	})
	return s, err
}

// ImproveTitle gives a session another title where its reader chose none, see
// chat.Store. Its place in the list stays.
func (c *Conversations) ImproveTitle(ctx context.Context, o docent.Owner, id, title string) error {
	return c.d.write(ctx, func(w *tx) error {
		if _, err := w.session(o, id); err != nil {
			return err
		}
		_, err := w.exec(`UPDATE sessions SET title = ? WHERE site = ? AND subject = ? AND id = ? AND chosen = 0`, title, o.Site, o.Subject, id)
		return err
	})
}

// AddUsage adds to what an answer took, see chat.Store.
func (c *Conversations) AddUsage(ctx context.Context, o docent.Owner, messageID string, u docent.Usage) error {
	const add = `UPDATE messages SET usage = json_set(usage,
		'$.input_tokens', coalesce(json_extract(usage, '$.input_tokens'), 0) + ?,
		'$.output_tokens', coalesce(json_extract(usage, '$.output_tokens'), 0) + ?,
		'$.cached_tokens', coalesce(json_extract(usage, '$.cached_tokens'), 0) + ?,
		'$.cost_usd', coalesce(json_extract(usage, '$.cost_usd'), 0) + ?)
		WHERE site = ? AND subject = ? AND id = ?`
	return c.d.write(ctx, func(w *tx) error {
		n, err := w.exec(add, u.InputTokens, u.OutputTokens, u.CachedTokens, u.CostUSD, o.Site, o.Subject, messageID)
		if err == nil && n == 0 {
			return noMessage()
		}
		return err
	})
}

// DeleteSession deletes a session with everything of it: messages, events,
// feedback, items.
func (c *Conversations) DeleteSession(ctx context.Context, o docent.Owner, id string) error {
	return c.d.write(ctx, func(w *tx) error {
		deleted, err := w.exec(`DELETE FROM sessions WHERE site = ? AND subject = ? AND id = ?`, o.Site, o.Subject, id)
		if err == nil && deleted == 0 {
			return noSession()
		}
		return err
	})
}
