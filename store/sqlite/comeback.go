package sqlite

import (
	"strings"

	"docent"
)

// comeBack lets the answers that a retry was to replace stand again, as far as they
// say something, where it failed or was stopped. What a stopped one said stands
// behind them; one that failed, or said nothing, is in no list.
func (w *tx) comeBack(o docent.Owner, m docent.Message) error {
	if m.FinishReason != docent.FinishFailed && m.FinishReason != docent.FinishCancelled {
		return nil
	}
	retry, err := w.message(o, m.ID)
	if err != nil || retry.retryOf == "" {
		return err
	}
	back, err := w.exec(`UPDATE messages SET replaced_by = ''
		WHERE site = ? AND subject = ? AND session_id = ? AND replaced_by = ? AND finish_reason <> 'failed' AND (text <> '' OR client_call IS NOT NULL)`,
		o.Site, o.Subject, retry.SessionID, m.ID)
	if err != nil || back == 0 || m.FinishReason == docent.FinishCancelled && strings.TrimSpace(m.Text) != "" {
		return err
	}
	_, err = w.exec(`UPDATE messages SET replaced_by = ? WHERE site = ? AND subject = ? AND id = ?`, retry.retryOf, o.Site, o.Subject, m.ID)
	return err
}
