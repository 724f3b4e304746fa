package sqlite

import (
	"encoding/json"

	"docent"
)

// goOn finds the answer that t continues, completes its call, and gives the place of
// its question.
func (w *tx) goOn(o docent.Owner, t *docent.Turn) (int, error) {
	target, err := w.stands(o, t, t.Continues, "continued")
	if err != nil {
		return 0, err
	}
	if err := w.isLast(o, target); err != nil {
		return 0, err
	}
	return target.turn, w.complete(o, target, t.Output)
}

// isLast refuses an answer that is not the last of its session.
func (w *tx) isLast(o docent.Owner, answer stored) error {
	var last string
	err := w.row(into(&last), `SELECT id FROM messages WHERE site = ? AND subject = ? AND session_id = ? AND replaced_by = ''
		ORDER BY turn DESC, seq DESC LIMIT 1`, o.Site, o.Subject, answer.SessionID)
	if err == nil && last != answer.ID {
		return docent.Errorf(docent.CodeConflict, "only the last answer of a session can be continued")
	}
	return err
}

// complete stores what an answer's call gave; nil is of an answer without a pending
// one. Earlier calls of the session that still wait are forgotten: no page will make them.
func (w *tx) complete(o docent.Owner, answer stored, output json.RawMessage) error {
	call := answer.ClientCall
	pending := call != nil && call.Status == docent.CallPending
	switch {
	case output == nil && pending:
		return docent.Errorf(docent.CodeConflict, "the answer waits for what a tool in the reader's page gives")
	case output == nil:
		return nil
	case !pending:
		return docent.Errorf(docent.CodeConflict, "the answer waits for no tool in the reader's page")
	}
	call.Status, call.Output = docent.CallCompleted, output
	encoded, err := json.Marshal(call)
	if err != nil {
		return &docent.Error{Code: docent.CodeInvalid, Message: "what the tool gave is no JSON", Err: err}
	}
	_, err = w.exec(`UPDATE messages SET client_call = ? WHERE site = ? AND subject = ? AND id = ?`, string(encoded), o.Site, o.Subject, answer.ID)
	if err != nil {
		return err
	}
	_, err = w.exec(`UPDATE messages SET client_call = NULL
		WHERE site = ? AND subject = ? AND session_id = ? AND json_extract(client_call, '$.status') = ?`, o.Site, o.Subject, answer.SessionID, docent.CallPending)
	return err
}
