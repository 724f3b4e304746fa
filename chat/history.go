package chat

import (
	"context"
	"slices"
	"strings"

	"docent"
)

// historyMessages is how many stored messages are looked at; the token budget
// usually ends it sooner.
const historyMessages = 40

// notesTokens is what notes behind an answer take, see saidBefore.
const notesTokens = 100

// history gives what was said before the run's question, oldest first, within
// the token budget: the client's own where it sent one, else the session's.
func (s *Service) history(ctx context.Context, r *run) ([]docent.ModelMessage, error) {
	said := r.ask.History
	if said == nil && !r.turn.NewSession {
		stored, err := s.store.History(ctx, r.who.Owner(), r.turn.Session.ID, r.turn.User.ID, historyMessages)
		if err != nil {
			return nil, err
		}
		said = saidBefore(stored, s.cfg.HistoryTokens/2-notesTokens)
	}
	return latest(said, s.cfg.HistoryTokens), nil
}

// latest gives the last messages that the budget holds, from a user's message
// on; of an answer that takes more than half of it, the beginning. Citation
// numbers are taken out: they name passages of another answer.
func latest(said []docent.ModelMessage, budget int) []docent.ModelMessage {
	said = said[max(0, len(said)-historyMessages):]
	kept := make([]docent.ModelMessage, 0, len(said))
	from, most := 0, budget/2
	for _, m := range slices.Backward(said) {
		if m.Role == docent.RoleAssistant {
			m.Text = cutTokens(withoutCitations(m.Text), most)
		}
		if strings.TrimSpace(m.Text) == "" {
			continue
		}
		if budget -= messageTokens(m); budget < 0 {
			break
		}
		kept = append(kept, m)
		if m.Role == docent.RoleUser {
			from = len(kept)
		}
	}
	kept = kept[:from]
	slices.Reverse(kept)
	return kept
}

// withoutCitations takes the citation numbers out of an answer.
func withoutCitations(text string) string {
	var b strings.Builder
	f := newCiteFilter(func(int) bool { return false }, func(text string) error {
		b.WriteString(text)
		return nil
	}, func(int, int) error { return nil })
	_ = f.Write(text) // the builder has no errors
	_ = f.Close()
	return b.String()
}
