package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"docent"
)

// errDry undoes a transaction that was only tried.
var errDry = docent.Errorf(docent.CodeInternal, "nothing is to be stored")

// Import stores a session from elsewhere with what stands in it, oldest first, under
// their own IDs and times: all of it, or with an error nothing. What is there already
// stays as it is, so that importing again changes nothing. An answer belongs to the
// question before it. With dry set nothing is stored, and told what would be.
// Conflict where the session is another owner's.
func (c *Conversations) Import(ctx context.Context, o docent.Owner, s docent.Session, entries []docent.Entry, dry bool) (done docent.Imported, err error) {
	err = c.d.write(ctx, func(w *tx) error {
		if done, err = w.bringIn(o, s, entries); err == nil && dry {
			err = errDry
		}
		return err
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return done, err
}

func (w *tx) bringIn(o docent.Owner, s docent.Session, entries []docent.Entry) (docent.Imported, error) {
	var done docent.Imported
	for _, e := range entries {
		if _, at := nameOf(e); at.After(s.UpdatedAt) {
			s.UpdatedAt = at
		}
	}
	_, err := w.session(o, s.ID)
	if docent.CodeOf(err) == docent.CodeNotFound {
		done.New = true
		err = w.addSession(o, &s, s.CreatedAt)
	}
	if err != nil {
		return done, err
	}
	next := place{}
	if next.seq, err = w.nextSeq(o, s.ID); err != nil {
		return done, err
	}
	for n, e := range entries {
		there, err := w.find(o, s.ID, e)
		switch {
		case err != nil:
			return done, err
		case there.elsewhere:
			done.Taken = append(done.Taken, n)
			continue
		case there.question:
			next.turn = there.turn
		}
		if there.seq > 0 {
			continue
		}
		if e.Message != nil && e.Message.Role == docent.RoleUser {
			next.turn = next.seq
		}
		if err := w.bringInEntry(o, s.ID, e, next); err != nil {
			return done, err
		}
		next.seq++
		done.Added = append(done.Added, n)
	}
	if len(done.Added) == 0 || done.New {
		return done, nil
	}
	_, err = w.exec(`UPDATE sessions SET updated_at = max(updated_at, ?) WHERE site = ? AND subject = ? AND id = ?`,
		s.UpdatedAt.UnixNano(), o.Site, o.Subject, s.ID)
	return done, err
}

// nameOf gives the ID of an entry, and when it was made.
func nameOf(e docent.Entry) (id string, at time.Time) {
	if e.Item != nil {
		return e.Item.ID, e.Item.CreatedAt
	}
	return e.Message.ID, e.Message.CreatedAt
}

// whereabouts is where the bearer of an ID stands.
type whereabouts struct {
	place          // zero where there is none in the session
	question  bool // it is one of the session's
	elsewhere bool // it is not of the session
}

func (w *tx) find(o docent.Owner, sessionID string, e docent.Entry) (whereabouts, error) {
	id, _ := nameOf(e)
	var at whereabouts
	var of docent.Owner
	var session string
	err := w.row(into(&of.Site, &of.Subject, &session, &at.turn, &at.seq, &at.question), `
		SELECT site, subject, session_id, turn, seq, role = 'user' FROM messages WHERE id = ?1
		UNION ALL SELECT site, subject, session_id, turn, seq, false FROM items WHERE id = ?1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return at, nil
	}
	if err == nil && (of != o || session != sessionID) {
		at = whereabouts{elsewhere: true}
	}
	return at, err
}

// bringInEntry stores a message or an item at its place.
func (w *tx) bringInEntry(o docent.Owner, sessionID string, e docent.Entry, at place) error {
	if e.Item != nil {
		i := *e.Item
		i.SessionID = sessionID
		return w.insertItem(o, i, at)
	}
	m := *e.Message
	if m.Role == docent.RoleAssistant {
		m.FinishReason = cmp.Or(m.FinishReason, docent.FinishStop)
	}
	f, err := encodeFields(&m)
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO messages (id, site, subject, session_id, seq, turn, role, state, text, citations, sources, finish_reason, usage, client_call, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, 'finished', ?, ?, ?, ?, ?, ?, ?)`,
		m.ID, o.Site, o.Subject, sessionID, at.seq, at.turn, m.Role, m.Text, f.citations, f.sources, m.FinishReason, f.usage, f.call, m.CreatedAt.UnixNano())
	return err
}
