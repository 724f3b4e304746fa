package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	codes "modernc.org/sqlite/lib"

	"docent"
)

// idempotent is how long a key joins the turn that it began.
const idempotent = 10 * time.Minute

// BeginTurn stores a question and the place of its answer, see chat.Store. Its
// moment is that of the answer, t.Answer.CreatedAt; where that is zero, now. A
// retry takes the place of every earlier answer to the question.
func (c *Conversations) BeginTurn(ctx context.Context, o docent.Owner, t docent.Turn) (turn docent.Turn, joined bool, err error) {
	if t.Answer.CreatedAt.IsZero() {
		t.Answer.CreatedAt = time.Now()
	}
	err = c.d.writeTogether(ctx, func(w *tx) error {
		turn = t // again, should this be a second try
		if joined, err = c.join(w, o, &turn); err != nil || joined {
			return err
		}
		return c.begin(w, o, &turn)
	})
	if err != nil {
		return docent.Turn{}, false, err
	}
	return turn, joined, nil
}

// join looks for the turn that the owner began with the same key, and forgets
// keys that are too old. A key is not of an answer that failed and is retried.
func (c *Conversations) join(w *tx, o docent.Owner, t *docent.Turn) (bool, error) {
	if t.IdempotencyKey == "" {
		return false, nil
	}
	_, err := w.exec(`DELETE FROM idempotency WHERE site = ? AND subject = ? AND created_at <= ?`,
		o.Site, o.Subject, t.Answer.CreatedAt.Add(-idempotent).UnixNano())
	if err != nil {
		return false, err
	}
	var id string
	err = w.row(into(&id), `SELECT message_id FROM idempotency WHERE site = ? AND subject = ? AND key = ?`,
		o.Site, o.Subject, t.IdempotencyKey)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	answer, err := w.message(o, id)
	if err != nil || id == t.RetryOf && answer.FinishReason == docent.FinishFailed {
		return false, err
	}
	earlier := docent.Turn{Answer: answer.Message, RetryOf: answer.retryOf, IdempotencyKey: t.IdempotencyKey}
	if earlier.Session, err = w.session(o, answer.SessionID); err != nil {
		return false, err
	}
	if earlier.User, err = w.question(o, answer); err != nil {
		return false, err
	}
	*t = earlier
	return true, nil
}

func (c *Conversations) begin(w *tx, o docent.Owner, t *docent.Turn) error {
	if err := w.hold(o, t); err != nil {
		return err
	}
	var err error
	var place int // of the question in the session
	switch {
	case t.RetryOf != "":
		place, err = c.retry(w, o, t)
	case t.Continues != "":
		place, err = w.goOn(o, t)
	case t.NewSession:
		if err = w.addSession(o, &t.Session, t.Answer.CreatedAt); err == nil {
			place, err = c.ask(w, o, t)
		}
	default:
		if t.Session, err = w.session(o, t.Session.ID); err == nil {
			place, err = c.ask(w, o, t)
		}
	}
	if err == nil {
		err = takesQuestions(t.Session)
	}
	if err != nil {
		return err
	}
	if err := c.await(w, o, t, place); err != nil {
		return err
	}
	if t.Answer.CreatedAt.After(t.Session.UpdatedAt) {
		t.Session.UpdatedAt = t.Answer.CreatedAt.UTC()
	}
	_, err = w.exec(`UPDATE sessions SET updated_at = ? WHERE site = ? AND subject = ? AND id = ?`,
		t.Session.UpdatedAt.UnixNano(), o.Site, o.Subject, t.Session.ID)
	if err != nil || t.IdempotencyKey == "" {
		return err
	}
	_, err = w.exec(`INSERT OR REPLACE INTO idempotency (site, subject, key, message_id, created_at) VALUES (?, ?, ?, ?, ?)`,
		o.Site, o.Subject, t.IdempotencyKey, t.Answer.ID, t.Answer.CreatedAt.UnixNano())
	return err
}

// retry finds what t replaces, and gives the place of its question.
func (c *Conversations) retry(w *tx, o docent.Owner, t *docent.Turn) (int, error) {
	target, err := w.stands(o, t, t.RetryOf, "retried")
	if err != nil {
		return 0, err
	}
	if err := w.clear(o, target, t.Rewind); err != nil {
		return 0, err
	}
	if err := w.dropCached(o.Site, target.ID); err != nil {
		return 0, err
	}
	_, err = w.exec(`UPDATE messages SET replaced_by = ?
		WHERE site = ? AND subject = ? AND session_id = ? AND turn = ? AND role = 'assistant' AND replaced_by = ''`,
		t.Answer.ID, o.Site, o.Subject, target.SessionID, target.turn)
	return target.turn, err
}

// stands finds the answer that t leans on, and gives t its session and its question. How
// says what is done to it.
func (w *tx) stands(o docent.Owner, t *docent.Turn, id, how string) (stored, error) {
	target, err := w.message(o, id)
	switch {
	case err != nil:
		return target, err
	case t.Session.ID != "" && t.Session.ID != target.SessionID:
		return target, noMessage()
	case target.Role != docent.RoleAssistant:
		return target, docent.Errorf(docent.CodeInvalid, "only an answer can be %s", how)
	case target.running:
		return target, running()
	}
	t.NewSession = false
	if t.Session, err = w.session(o, target.SessionID); err != nil {
		return target, err
	}
	t.User, err = w.question(o, target)
	return target, err
}

// clear deletes the items of an answer's turn, and with rewind all later turns. One with
// an answer in the making is refused.
func (w *tx) clear(o docent.Owner, answer stored, rewind bool) error {
	items := `DELETE FROM items WHERE site = ? AND subject = ? AND session_id = ? AND turn `
	if !rewind {
		_, err := w.exec(items+`= ?`, o.Site, o.Subject, answer.SessionID, answer.turn)
		return err
	}
	if err := w.idle(o, answer.SessionID); err != nil {
		return err
	}
	if _, err := w.exec(items+`>= ?`, o.Site, o.Subject, answer.SessionID, answer.turn); err != nil {
		return err
	}
	_, err := w.exec(`DELETE FROM messages WHERE site = ? AND subject = ? AND session_id = ? AND turn > ?`, o.Site, o.Subject, answer.SessionID, answer.turn)
	return err
}

// ask stores the question, and gives its place.
func (c *Conversations) ask(w *tx, o docent.Owner, t *docent.Turn) (int, error) {
	if t.User.CreatedAt.IsZero() {
		t.User.CreatedAt = t.Answer.CreatedAt
	}
	t.User.SessionID, t.User.Role = t.Session.ID, docent.RoleUser
	place, err := w.addMessage(o, &t.User, "finished", 0, "")
	if err != nil {
		return 0, err
	}
	return place, w.attach(o, &t.User, t.Attachments)
}

// await stores the place of the answer, the only one of its session in the
// making.
func (c *Conversations) await(w *tx, o docent.Owner, t *docent.Turn, turn int) error {
	t.Answer.SessionID, t.Answer.Role, t.Answer.FinishReason = t.Session.ID, docent.RoleAssistant, ""
	if err := w.idle(o, t.Session.ID); err != nil {
		return err
	}
	if err := w.holdLength(o, t.Session.ID, t.Bounds.Messages); err != nil {
		return err
	}
	_, err := w.addMessage(o, &t.Answer, "running", turn, t.RetryOf)
	return err
}

func running() error {
	return &docent.Error{Code: docent.CodeConflict, Message: "this session has an answer in the making",
		Hint: "wait for its end, or cancel it"}
}

// FinishTurn stores the answer as it ended, with its events and its gap. NotFound where
// the owner has no such answer, or its session was deleted meanwhile; Conflict
// where it ended before.
func (c *Conversations) FinishTurn(ctx context.Context, o docent.Owner, answer docent.Message, events []docent.Event) error {
	packed, err := c.pack(events)
	if err != nil {
		return err
	}
	return c.d.writeTogether(ctx, func(w *tx) error { return w.finish(o, answer, packed) })
}

// finish stores an answer with its packed events.
func (w *tx) finish(o docent.Owner, m docent.Message, packed []byte) error {
	f, err := encodeFields(&m)
	if err != nil {
		return err
	}
	changed, err := w.exec(`
		UPDATE messages SET state = 'finished', text = ?, citations = ?, sources = ?, finish_reason = ?, cause = ?,
			certain = ?, grounded = ?, usage = ?, timings = ?, client_call = ?
		WHERE site = ? AND subject = ? AND id = ? AND state = 'running'`,
		m.Text, f.citations, f.sources, m.FinishReason, m.Cause, m.Certain, m.Grounded, f.usage, f.timings, f.call,
		o.Site, o.Subject, m.ID)
	if err != nil {
		return err
	}
	if changed == 0 {
		if _, err := w.message(o, m.ID); err != nil {
			return err
		}
		return docent.Errorf(docent.CodeConflict, "the answer has ended before")
	}
	_, err = w.exec(`INSERT INTO events (message_id, site, subject, events) VALUES (?, ?, ?, ?)`, m.ID, o.Site, o.Subject, packed)
	if err == nil {
		err = w.comeBack(o, m)
	}
	if err == nil && m.Gap != nil {
		err = w.addGap(o, m.ID, *m.Gap)
	}
	if err == nil {
		err = w.keepCached(o.Site, m, len(packed))
	}
	if err != nil {
		return err
	}
	return w.keepTrace(o, m.ID, m.Trace)
}

// addSession stores a new session that begins at the given moment.
func (w *tx) addSession(o docent.Owner, s *docent.Session, at time.Time) error {
	if s.CreatedAt.IsZero() {
		s.CreatedAt = at
	}
	if s.UpdatedAt.IsZero() {
		s.UpdatedAt = s.CreatedAt
	}
	if s.Status == "" {
		s.Status = docent.StatusActive
	}
	_, err := w.exec(`INSERT INTO sessions (id, site, subject, title, status, status_reason, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		s.ID, o.Site, o.Subject, s.Title, s.Status, s.StatusReason, s.CreatedAt.UnixNano(), s.UpdatedAt.UnixNano())
	if is(err, codes.SQLITE_CONSTRAINT) {
		return docent.Errorf(docent.CodeConflict, "there is a session of this name")
	}
	return err
}

// addMessage stores m at the end of its session and gives its place there. A
// turn of 0 makes it a turn of its own.
func (w *tx) addMessage(o docent.Owner, m *docent.Message, state string, turn int, retryOf string) (int, error) {
	seq, err := w.nextSeq(o, m.SessionID)
	if err != nil {
		return 0, err
	}
	if turn == 0 {
		turn = seq
	}
	_, err = w.exec(`INSERT INTO messages (id, site, subject, session_id, seq, turn, role, state, text, retry_of, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		m.ID, o.Site, o.Subject, m.SessionID, seq, turn, m.Role, state, m.Text, retryOf, m.CreatedAt.UnixNano())
	if is(err, codes.SQLITE_CONSTRAINT) {
		return 0, docent.Errorf(docent.CodeConflict, "there is a message of this name")
	}
	return seq, err
}

// fields are a message's fields that are stored as JSON.
type fields struct {
	citations, sources, usage string
	timings, call             *string
}

func encodeFields(m *docent.Message) (fields, error) {
	var failed error
	encode := func(v any) string {
		b, err := json.Marshal(v)
		failed = errors.Join(failed, err)
		return string(b)
	}
	f := fields{citations: encode(notNil(m.Citations)), sources: encode(notNil(m.Sources)), usage: encode(m.Usage)}
	if m.Timings != nil {
		timings := encode(m.Timings)
		f.timings = &timings
	}
	if m.ClientCall != nil {
		call := encode(m.ClientCall)
		f.call = &call
	}
	return f, failed
}

// notNil makes JSON's [] of a list that is nil.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
