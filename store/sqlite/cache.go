package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"docent"
)

// Cached gives the events of an answer that was kept for whoever asks the same,
// and its ID; see chat.Store. It is the one read that asks for no subject: what
// is kept was made for nobody in particular.
func (c *Conversations) Cached(ctx context.Context, site, key string) (messageID string, events []docent.Event, err error) {
	var packed []byte
	err = c.d.row(ctx, into(&messageID, &packed), `
		SELECT c.message_id, e.events FROM cached c JOIN events e ON e.message_id = c.message_id AND e.site = c.site
		WHERE c.site = ? AND c.key = ? AND c.until > ?`, site, key, time.Now().UnixNano())
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", nil, docent.Errorf(docent.CodeNotFound, "no answer is kept for this question")
	case err != nil:
		return "", nil, c.d.fail(err)
	}
	if events, err = unpack(packed); err != nil {
		return "", nil, &docent.Error{Code: docent.CodeStore, Message: "the events of an answer can't be read", Hint: c.d.mend, Err: err}
	}
	return messageID, events, nil
}

// keepCached keeps an answer for whoever asks the same, where it is worth it, and
// makes room for it.
func (w *tx) keepCached(site string, m docent.Message, bytes int) error {
	if m.Cache == nil {
		return nil
	}
	_, err := w.exec(`UPDATE messages SET cache_key = ? WHERE site = ? AND id = ?`, m.Cache.Key, site, m.ID)
	if err != nil || m.Cache.Until.IsZero() || bytes > m.Cache.MaxBytes {
		return err
	}
	_, err = w.exec(`INSERT OR REPLACE INTO cached (site, key, message_id, bytes, until) VALUES (?, ?, ?, ?, ?)`,
		site, m.Cache.Key, m.ID, bytes, m.Cache.Until.UnixNano())
	if err != nil {
		return err
	}
	if _, err = w.exec(`DELETE FROM cached WHERE until <= ?`, time.Now().UnixNano()); err != nil {
		return err
	}
	return w.boundCached(m.Cache.MaxBytes)
}

// boundCached deletes what ends first until the rest has at most so many bytes.
func (w *tx) boundCached(most int) error {
	_, err := w.exec(`DELETE FROM cached WHERE (site, key) IN (
		SELECT site, key FROM (SELECT site, key, sum(bytes) OVER (ORDER BY until DESC, site, key) AS kept FROM cached) WHERE kept > ?)`, most)
	return err
}

// dropCached takes an answer that was not good enough, or was taken from one that
// was not, away from others.
func (w *tx) dropCached(site, messageID string) error {
	_, err := w.exec(`DELETE FROM cached WHERE site = ? AND key = (SELECT cache_key FROM messages WHERE site = ? AND id = ?)`,
		site, site, messageID)
	return err
}
