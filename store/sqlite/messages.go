package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"docent"
)

// stored is a message with what only the store knows of it.
type stored struct {
	docent.Message
	place
	running bool
	retryOf string
}

// selectMessages is read by scanMessage.
const selectMessages = `
	SELECT m.id, m.session_id, m.seq, m.turn, m.role, m.state = 'running', m.text, m.citations, m.sources,
		m.finish_reason, m.cause, m.certain, m.grounded, m.usage, m.timings, m.client_call, m.retry_of, m.created_at,
		f.rating, f.reasons, f.comment,
		(SELECT json_group_array(json(a.about) ORDER BY q.place) FROM attached q JOIN attachments a ON a.id = q.attachment_id
			WHERE q.message_id = m.id AND q.site = m.site AND q.subject = m.subject)
	FROM messages m
	LEFT JOIN feedback f ON f.message_id = m.id AND f.site = m.site AND f.subject = m.subject
	WHERE m.site = ? AND m.subject = ?`

const selectMessage = selectMessages + ` AND m.id = ?`

func noMessage() error { return docent.Errorf(docent.CodeNotFound, "there is no such message") }

// scanMessage reads a row of selectMessages with the given function.
func scanMessage(scan func(dest ...any) error) (stored, error) {
	var m stored
	var citations, sources, usage, attachments []byte
	var timings, call, reasons *[]byte
	var rating, comment *string
	var created int64
	err := scan(&m.ID, &m.SessionID, &m.seq, &m.turn, &m.Role, &m.running, &m.Text, &citations, &sources,
		&m.FinishReason, &m.Cause, &m.Certain, &m.Grounded, &usage, &timings, &call, &m.retryOf, &created,
		&rating, &reasons, &comment, &attachments)
	if errors.Is(err, sql.ErrNoRows) {
		return m, noMessage()
	}
	if err != nil {
		return m, err
	}
	m.CreatedAt = time.Unix(0, created).UTC()
	err = errors.Join(json.Unmarshal(citations, &m.Citations), json.Unmarshal(sources, &m.Sources), json.Unmarshal(usage, &m.Usage))
	if string(attachments) != "[]" {
		err = errors.Join(err, json.Unmarshal(attachments, &m.Attachments))
	}
	if timings != nil {
		err = errors.Join(err, json.Unmarshal(*timings, &m.Timings))
	}
	if call != nil {
		err = errors.Join(err, json.Unmarshal(*call, &m.ClientCall))
	}
	if rating != nil {
		m.Feedback = &docent.Feedback{Rating: *rating, Comment: *comment}
		err = errors.Join(err, json.Unmarshal(*reasons, &m.Feedback.Reasons))
	}
	return m, err
}

func (w *tx) message(o docent.Owner, id string) (stored, error) {
	return scanMessage(func(dest ...any) error { return w.row(dest, selectMessage, o.Site, o.Subject, id) })
}

// question gives the question of an answer.
func (w *tx) question(o docent.Owner, answer stored) (docent.Message, error) {
	m, err := scanMessage(func(dest ...any) error {
		return w.row(dest, selectMessages+` AND m.session_id = ? AND m.seq = ?`, o.Site, o.Subject, answer.SessionID, answer.turn)
	})
	return m.Message, err
}

// Message gives one message, a replaced answer too; NotFound where it is not
// the owner's.
func (c *Conversations) Message(ctx context.Context, o docent.Owner, id string) (docent.Message, error) {
	m, err := c.message(ctx, o, id)
	return m.Message, err
}

func (c *Conversations) message(ctx context.Context, o docent.Owner, id string) (stored, error) {
	m, err := scanMessage(func(dest ...any) error { return c.d.row(ctx, dest, selectMessage, o.Site, o.Subject, id) })
	return m, c.d.fail(err)
}

// messages runs a statement that begins with selectMessages.
func (c *Conversations) messages(ctx context.Context, query string, args ...any) ([]stored, error) {
	rows, err := c.d.query(ctx, query, args...)
	if err != nil {
		return nil, c.d.fail(err)
	}
	defer rows.Close()
	var messages []stored
	for rows.Next() {
		m, err := scanMessage(rows.Scan)
		if err != nil {
			return nil, c.d.fail(err)
		}
		messages = append(messages, m)
	}
	return messages, c.d.fail(rows.Err())
}

// History gives a session's latest messages, oldest first, see chat.Store. An
// answer in the making is among them, empty.
func (c *Conversations) History(ctx context.Context, o docent.Owner, sessionID, before string, limit int) ([]docent.Message, error) {
	if _, err := c.Session(ctx, o, sessionID); err != nil {
		return nil, err
	}
	latest := `AND (?5 = 0 OR (m.turn, m.seq) < (?4, ?5)) ORDER BY m.turn DESC, m.seq DESC LIMIT ?6`
	turn, seq := 0, 0
	if before != "" {
		m, err := c.message(ctx, o, before)
		if err == nil && m.SessionID != sessionID {
			err = noMessage()
		}
		if err != nil {
			return nil, err
		}
		turn, seq = m.turn, m.seq
	}
	list, err := c.messages(ctx, selectMessages+` AND m.session_id = ? AND m.replaced_by = '' `+latest,
		o.Site, o.Subject, sessionID, turn, seq, max(limit, 0))
	if err != nil {
		return nil, err
	}
	slices.Reverse(list)
	return plain(list), nil
}

func plain(list []stored) []docent.Message {
	messages := make([]docent.Message, len(list))
	for i := range list {
		messages[i] = list[i].Message
	}
	return messages
}

// Messages lists a session's messages without replaced answers, oldest first
// unless q.Order is "desc".
func (c *Conversations) Messages(ctx context.Context, o docent.Owner, sessionID string, q docent.List) (docent.Listed[docent.Message], error) {
	var none docent.Listed[docent.Message]
	p, err := paging[int](q, "messages", "asc", o, sessionID)
	if err != nil {
		return none, err
	}
	if _, err := c.Session(ctx, o, sessionID); err != nil {
		return none, err
	}
	list, err := c.messages(ctx, selectMessages+` AND m.session_id = ? AND m.replaced_by = ''`+p.clause("m.turn", "m.seq"),
		append([]any{o.Site, o.Subject, sessionID}, p.args()...)...)
	if err != nil {
		return none, err
	}
	part, more := p.part(len(list))
	listed := docent.Listed[docent.Message]{Data: plain(list[:part]), HasMore: more}
	if more {
		last := list[part-1]
		listed.After = p.cursor(int64(last.turn), last.seq)
	}
	return listed, nil
}

// SetFeedback stores the owner's verdict on an answer, in place of an earlier
// one. Invalid where it is none, or the message is not an answer.
func (c *Conversations) SetFeedback(ctx context.Context, o docent.Owner, messageID string, f docent.Feedback) error {
	if f.Rating != "up" && f.Rating != "down" {
		return &docent.Error{Code: docent.CodeInvalid, Message: "the feedback does not fit",
			Fields: []docent.FieldError{{Field: "rating", Message: "must be up or down"}}}
	}
	reasons, err := json.Marshal(notNil(f.Reasons))
	if err != nil {
		return err
	}
	return c.d.write(ctx, func(w *tx) error {
		m, err := w.message(o, messageID)
		if err != nil {
			return err
		}
		if m.Role != docent.RoleAssistant {
			return docent.Errorf(docent.CodeInvalid, "only an answer takes feedback")
		}
		_, err = w.exec(`INSERT OR REPLACE INTO feedback (message_id, site, subject, rating, reasons, comment, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?)`,
			messageID, o.Site, o.Subject, f.Rating, string(reasons), f.Comment, time.Now().UnixNano())
		if err != nil || f.Rating == "up" {
			return err
		}
		return w.dropCached(o.Site, messageID)
	})
}
