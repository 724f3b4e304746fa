package sqlite

import (
	"crypto/sha256"
	"fmt"
	"time"

	"docent"
)

// boundQuestions names what counts questions in the table of uses.
const boundQuestions = "questions"

// hold checks a turn that is about to begin against its bounds and counts it.
// Being part of the turn's transaction it is exact for all processes, and what
// is refused, joined or undone is not counted.
func (w *tx) hold(o docent.Owner, t *docent.Turn) error {
	if err := w.holdRunning(o, t.Bounds.AtOnce); err != nil || t.Bounds.PerHour == 0 {
		return err
	}
	now := t.Answer.CreatedAt
	who := sha256.Sum256([]byte(o.Site + "\x00" + o.Subject))
	for _, old := range []struct {
		where string
		at    time.Time
	}{
		{`at <= ?`, now.Add(-time.Hour)},
		{`at > ?`, now.Add(time.Minute)}, // counted before the clock was put back
	} {
		if _, err := w.exec(`DELETE FROM uses WHERE bound = ? AND `+old.where, boundQuestions, old.at.UnixNano()); err != nil {
			return err
		}
	}
	var asked int
	var first, due int64 // the oldest, and the one whose end frees the next
	err := w.row(into(&asked, &first), `SELECT count(*), coalesce(min(at), 0) FROM uses WHERE bound = ? AND who = ?`, boundQuestions, who[:])
	if err != nil {
		return err
	}
	if asked == 0 {
		first = now.UnixNano()
	}
	q := &docent.Quota{Policy: boundQuestions, Limit: t.Bounds.PerHour, Window: time.Hour, Remaining: t.Bounds.PerHour - asked - 1}
	q.Reset = min(time.Unix(0, first).Add(time.Hour).Sub(now), time.Hour)
	if q.Remaining < 0 {
		err := w.row(into(&due), `SELECT at FROM uses WHERE bound = ? AND who = ? ORDER BY at DESC LIMIT 1 OFFSET ?`,
			boundQuestions, who[:], t.Bounds.PerHour-1)
		if err != nil {
			return err
		}
		q.Remaining, q.Reset = 0, min(time.Unix(0, due).Add(time.Hour).Sub(now), time.Hour)
		return &docent.Error{Code: docent.CodeRateLimited, RetryAfter: q.Reset, Quota: q,
			Message: fmt.Sprintf("too many questions: %d an hour are taken from each reader", q.Limit)}
	}
	t.Questions = q
	_, err = w.exec(`INSERT INTO uses (bound, who, at) VALUES (?, ?, ?)`, boundQuestions, who[:], now.UnixNano())
	return err
}

// holdRunning refuses an owner who has most answers in the making already.
func (w *tx) holdRunning(o docent.Owner, most int) error {
	if most == 0 {
		return nil
	}
	var running int
	err := w.row(into(&running), `SELECT count(*) FROM messages WHERE site = ? AND subject = ? AND state = 'running'`, o.Site, o.Subject)
	if err != nil || running < most {
		return err
	}
	return &docent.Error{Code: docent.CodeRateLimited, RetryAfter: 2 * time.Second,
		Message: fmt.Sprintf("too many answers in the making: %d at once are made for each reader", most), Hint: "wait for one to end, or cancel it"}
}

// holdLength refuses one more message in a session that has most of them.
func (w *tx) holdLength(o docent.Owner, sessionID string, most int) error {
	if most == 0 {
		return nil
	}
	var has int
	err := w.row(into(&has), `SELECT count(*) FROM messages WHERE site = ? AND subject = ? AND session_id = ?`, o.Site, o.Subject, sessionID)
	if err != nil || has < most {
		return err
	}
	return &docent.Error{Code: docent.CodeConflict, Message: fmt.Sprintf("this session is full: at most %d messages are kept of one", most),
		Hint: "begin a new one"}
}
