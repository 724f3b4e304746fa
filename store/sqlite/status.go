package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"docent"
)

// takesQuestions refuses a session that is locked or closed, with the reason.
func takesQuestions(s docent.Session) error {
	if s.Status != docent.StatusLocked && s.Status != docent.StatusClosed {
		return nil
	}
	message := "this session is " + s.Status
	if s.StatusReason != "" {
		message += ": " + s.StatusReason
	}
	return &docent.Error{Code: docent.CodeConflict, Message: message, Hint: "begin a new one"}
}

// SetStatus says whether a session takes questions, and to its reader why not.
// Invalid where there is no such status; NotFound where the session is not the owner's.
func (c *Conversations) SetStatus(ctx context.Context, o docent.Owner, id, status, reason string) (s docent.Session, err error) {
	switch status {
	case docent.StatusActive, docent.StatusLocked, docent.StatusClosed:
	default:
		return s, unfit("status", "must be active, locked or closed")
	}
	err = c.d.write(ctx, func(w *tx) error {
		_, err := w.exec(`UPDATE sessions SET status = ?, status_reason = ? WHERE site = ? AND subject = ? AND id = ?`,
			status, reason, o.Site, o.Subject, id)
		if err != nil {
			return err
		}
		s, err = w.session(o, id)
		return err
	})
	return s, err
}

// OwnerOf says whose a session is. It is for whoever runs the server. NotFound where
// there is none.
func (c *Conversations) OwnerOf(ctx context.Context, id string) (o docent.Owner, err error) {
	err = c.d.row(ctx, into(&o.Site, &o.Subject), `SELECT site, subject FROM sessions WHERE id = ?`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return o, noSession()
	}
	return o, c.d.fail(err)
}

// EachSession gives fn the sessions of everyone, latest change first, or only those of
// a site or a subject; "" is any. It is for whoever runs the server. With fn's error it
// ends with that error.
func (c *Conversations) EachSession(ctx context.Context, site, subject string, fn func(docent.Owner, docent.Session) error) error {
	rows, err := c.d.query(ctx, `SELECT id, site, subject FROM sessions WHERE ?1 IN ('', site) AND ?2 IN ('', subject)
		ORDER BY updated_at DESC, id DESC`, site, subject)
	if err != nil {
		return c.d.fail(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var o docent.Owner
		if err := rows.Scan(&id, &o.Site, &o.Subject); err != nil {
			return c.d.fail(err)
		}
		s, err := c.Session(ctx, o, id)
		if docent.CodeOf(err) == docent.CodeNotFound {
			continue // deleted meanwhile
		}
		if err == nil {
			err = fn(o, s)
		}
		if err != nil {
			return err
		}
	}
	return c.d.fail(rows.Err())
}
