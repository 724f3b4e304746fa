package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"docent"
)

// keepTrace stores how an answer came to be, and forgets what is too old.
func (w *tx) keepTrace(o docent.Owner, messageID string, t *docent.PackedTrace) error {
	if t == nil {
		return nil
	}
	if err := w.forgetTraces(forgottenAtOnce); err != nil {
		return err
	}
	_, err := w.exec(`INSERT INTO traces (message_id, site, subject, trace, until) VALUES (?, ?, ?, ?, ?)`,
		messageID, o.Site, o.Subject, t.Data, t.Until.UnixNano())
	return err
}

// forgottenAtOnce bounds what one answer waits for.
const forgottenAtOnce = 20

// forgetTraces deletes traces that have ended, at most limit; below 0 is all.
func (w *tx) forgetTraces(limit int) error {
	_, err := w.exec(`DELETE FROM traces WHERE message_id IN (SELECT message_id FROM traces WHERE until <= ? LIMIT ?)`,
		time.Now().UnixNano(), limit)
	return err
}

// Trace gives an answer of a site with how it came to be, as package chat packed
// it; messageID "" is the latest answer. It is for whoever runs the site and says
// not whose it is. NotFound where there is no such answer, or its trace is not
// kept, or no longer.
func (c *Conversations) Trace(ctx context.Context, site, messageID string) (answer docent.Message, trace []byte, err error) {
	var o docent.Owner
	var until *int64
	err = c.d.row(ctx, into(&o.Subject, &messageID, &trace, &until), `
		SELECT m.subject, m.id, t.trace, t.until FROM messages m
		LEFT JOIN traces t ON t.message_id = m.id AND t.site = m.site AND t.subject = m.subject
		WHERE m.site = ? AND (m.id = ? OR ? = '') AND m.role = 'assistant' AND m.state = 'finished'
		ORDER BY m.created_at DESC, m.id LIMIT 1`, site, messageID, messageID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return answer, nil, &docent.Error{Code: docent.CodeNotFound, Message: "there is no such answer",
			Hint: "an answer's ID begins with msg_ and stands in its done event, in 'docent ask --json' and in feedback"}
	case err != nil:
		return answer, nil, c.d.fail(err)
	case until == nil || *until <= time.Now().UnixNano():
		return answer, nil, &docent.Error{Code: docent.CodeNotFound, Message: "how this answer came to be is not kept",
			Hint: "chat.keep_traces says for how long it is; ask again to see it now"}
	}
	o.Site = site
	answer, err = c.Message(ctx, o, messageID)
	return answer, trace, err
}
