package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"docent"
)

// storedItem is an item with its place.
type storedItem struct {
	docent.Item
	place
}

// place is where a message or an item stands in its session.
type place struct{ turn, seq int }

// selectItems is read by scanItem.
const selectItems = `SELECT id, session_id, type, hidden, body, created_at, turn, seq FROM items WHERE site = ? AND subject = ? AND session_id = ?`

const selectItem = selectItems + ` AND id = ?`

func noItem() error { return docent.Errorf(docent.CodeNotFound, "there is no such item") }

func scanItem(scan func(dest ...any) error) (storedItem, error) {
	var i storedItem
	var body []byte
	var created int64
	err := scan(&i.ID, &i.SessionID, &i.Type, &i.Hidden, &body, &created, &i.turn, &i.seq)
	if errors.Is(err, sql.ErrNoRows) {
		return i, noItem()
	}
	i.Body, i.CreatedAt = body, time.Unix(0, created).UTC()
	return i, err
}

// PutItem stores an item, see chatkit.Threads. Its time stays where it takes the place
// of another; where it is zero, it is now. Conflict where the ID is that of something
// else.
func (c *Conversations) PutItem(ctx context.Context, o docent.Owner, i docent.Item) error {
	return c.d.write(ctx, func(w *tx) error {
		if _, err := w.session(o, i.SessionID); err != nil {
			return err
		}
		changed, err := w.exec(`UPDATE items SET type = ?, hidden = ?, body = ? WHERE site = ? AND subject = ? AND session_id = ? AND id = ?`,
			i.Type, i.Hidden, string(i.Body), o.Site, o.Subject, i.SessionID, i.ID)
		if err != nil || changed > 0 {
			return err
		}
		return w.addItem(o, i)
	})
}

// addItem stores an item at the end of its session.
func (w *tx) addItem(o docent.Owner, i docent.Item) error {
	var at place
	err := w.row(into(&at.turn), `SELECT coalesce(max(turn), 0) FROM messages WHERE site = ? AND subject = ? AND session_id = ?`,
		o.Site, o.Subject, i.SessionID)
	if err != nil {
		return err
	}
	taken, err := w.taken(i.ID)
	if err != nil {
		return err
	}
	if taken {
		return docent.Errorf(docent.CodeConflict, "there is something else of this name")
	}
	if at.seq, err = w.nextSeq(o, i.SessionID); err != nil {
		return err
	}
	if i.CreatedAt.IsZero() {
		i.CreatedAt = time.Now()
	}
	return w.insertItem(o, i, at)
}

// insertItem stores an item at its place.
func (w *tx) insertItem(o docent.Owner, i docent.Item, at place) error {
	_, err := w.exec(`INSERT INTO items (id, site, subject, session_id, turn, seq, type, hidden, body, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		i.ID, o.Site, o.Subject, i.SessionID, at.turn, at.seq, i.Type, i.Hidden, string(i.Body), i.CreatedAt.UnixNano())
	return err
}

// nextSeq is the place behind all that stands in a session.
func (w *tx) nextSeq(o docent.Owner, sessionID string) (seq int, err error) {
	err = w.row(into(&seq), `SELECT 1 + max(
		(SELECT coalesce(max(seq), 0) FROM messages WHERE site = ?1 AND subject = ?2 AND session_id = ?3),
		(SELECT coalesce(max(seq), 0) FROM items WHERE site = ?1 AND subject = ?2 AND session_id = ?3))`,
		o.Site, o.Subject, sessionID)
	return seq, err
}

// taken reports whether a message or an item has the ID, whosever it is.
func (w *tx) taken(id string) (is bool, err error) {
	err = w.row(into(&is), `SELECT EXISTS (SELECT 1 FROM messages WHERE id = ?1) OR EXISTS (SELECT 1 FROM items WHERE id = ?1)`, id)
	return is, err
}

// DeleteItem deletes an item; NotFound where the session is not the owner's or has no
// such item.
func (c *Conversations) DeleteItem(ctx context.Context, o docent.Owner, sessionID, id string) error {
	return c.d.write(ctx, func(w *tx) error {
		deleted, err := w.exec(`DELETE FROM items WHERE site = ? AND subject = ? AND session_id = ? AND id = ?`, o.Site, o.Subject, sessionID, id)
		if err == nil && deleted == 0 {
			return noItem()
		}
		return err
	})
}
