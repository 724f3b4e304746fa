package sqlite

import (
	"strings"

	"docent"
)

// comeBack lets the answers that a retry was to replace stand again, as far as they
// say something, where it failed, or was stopped before it said anything: then it is in
// no list itself.
func (w *tx) comeBack(o docent.Owner, m docent.Message) error {
	silent := m.FinishReason == docent.FinishCancelled && strings.TrimSpace(m.Text) == ""
	if m.FinishReason != docent.FinishFailed && !silent {
		return nil
	}
	retry, err := w.message(o, m.ID)
	if err != nil || retry.retryOf == "" {
		return err
	}
	back, err := w.exec(`UPDATE messages SET replaced_by = ''
		WHERE site = ? AND subject = ? AND session_id = ? AND replaced_by = ? AND finish_reason <> 'failed' AND (text <> '' OR client_call IS NOT NULL)`,
		o.Site, o.Subject, retry.SessionID, m.ID)
	if err != nil || back == 0 {
		return err
	}
	_, err = w.exec(`UPDATE messages SET replaced_by = ? WHERE site = ? AND subject = ? AND id = ?`, retry.retryOf, o.Site, o.Subject, m.ID)
	return err
}
