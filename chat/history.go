package chat

import (
	"context"
	"strings"
	"unicode/utf8"

	"docent"
	"docent/analysis"
)

// historyMessages is how many stored messages are looked at; the token budget
// usually ends it sooner.
const historyMessages = 40

// history gives what was said before the run's question, oldest first, within
// the token budget: the client's own where it sent one, else the session's.
func (s *Service) history(ctx context.Context, r *run) ([]docent.ModelMessage, error) {
	said := r.ask.History
	if said == nil && !r.turn.NewSession {
		stored, err := s.store.History(ctx, r.who.Owner(), r.turn.Session.ID, r.turn.User.ID, historyMessages)
		if err != nil {
			return nil, err
		}
		for _, m := range stored {
			said = append(said, docent.ModelMessage{Role: m.Role, Text: m.Text})
		}
	}
	return latest(said, s.cfg.HistoryTokens), nil
}

// latest gives the last messages that the budget holds, from a user's message
// on. Citation numbers are taken out: they name passages of another answer.
func latest(said []docent.ModelMessage, budget int) []docent.ModelMessage {
	from := len(said)
	for i := len(said) - 1; i >= 0; i-- {
		if budget -= messageTokens(said[i]); budget < 0 {
			break
		}
		if said[i].Role == docent.RoleUser {
			from = i
		}
	}
	kept := make([]docent.ModelMessage, 0, len(said)-from)
	for _, m := range said[from:] {
		if m.Role == docent.RoleAssistant {
			m.Text = withoutCitations(m.Text)
		}
		if strings.TrimSpace(m.Text) != "" {
			kept = append(kept, m)
		}
	}
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

// referring are words by which a question leans on the one before it, and
// referringLast those that do so at its end ("can I change that?", but not "the
// port that it listens on").
var (
	referring     = map[string]bool{"it": true, "its": true, "this": true, "they": true, "them": true, "these": true, "those": true}
	referringLast = map[string]bool{"that": true, "there": true, "one": true, "ones": true, "same": true, "instead": true, "else": true, "too": true}
)

// ellipticalTerms is the number of content terms up to which a question with
// history is taken for one that leans on it.
const ellipticalTerms = 2

// leansBack is how many of the user's earlier questions a text to retrieve for
// may have.
const leansBack = 2

// Standalone gives the text to retrieve and to quote for: the question, and
// where it can't be understood alone ("and how do I turn it off?") the user's
// last one, or two where that one can't either.
func Standalone(question string, history []docent.ModelMessage) string {
	text, last := question, question
	for i, n := len(history)-1, 0; i >= 0 && n < leansBack && elliptical(last); i-- {
		if history[i].Role == docent.RoleUser {
			last = history[i].Text
			text += "\n" + last
			n++
		}
	}
	return text
}

func elliptical(question string) bool {
	words := strings.FieldsFunc(strings.ToLower(question), func(r rune) bool {
		return r != '\'' && !('a' <= r && r <= 'z') && r < utf8.RuneSelf
	})
	if len(words) > 0 && (words[0] == "and" || words[0] == "but" || words[0] == "or") {
		return true
	}
	for i, w := range words {
		if referring[w] || i == len(words)-1 && referringLast[w] {
			return true
		}
	}
	return len(analysis.QueryTerms(question, "")) <= ellipticalTerms
}

// titleRunes bounds a session's title.
const titleRunes = 80

// title makes a session's title of its first question: its first line, cut at
// a word.
func title(question string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(question), "\n")
	line = strings.Join(strings.Fields(line), " ")
	if utf8.RuneCountInString(line) <= titleRunes {
		return line
	}
	cut := string([]rune(line)[:titleRunes])
	if i := strings.LastIndexByte(cut, ' '); i > titleRunes/2 {
		cut = cut[:i]
	}
	return cut + "…"
}
