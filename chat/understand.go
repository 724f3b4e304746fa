package chat

import (
	"slices"

	"docent"
)

// understood is what a message wants, seen with what was said before it.
type understood struct {
	kind    kind
	history []docent.ModelMessage // oldest first, within its share of the budget
	// query is what is searched for: its Text is the question as it stands alone
	// and in a language of the documentation, as far as restate made it so.
	query docent.Query
	lang  string // the reader's language, BCP 47; "" where nothing tells it
}

// understand reads the message with its history, and tells the reader's
// language. Of the history, retrieval takes what the question leans on.
func (s *Service) understand(a *answering) (understood, error) {
	if a.looked.found != nil && a.looked.message == a.turn.User.Text && a.looked.filters == a.ask.Filters {
		return a.looked.of, nil
	}
	history, err := s.history(a.ctx, a.run)
	if err != nil {
		return understood{}, err
	}
	message := a.turn.User.Text
	u := understood{
		kind:    kindOf(message),
		history: history,
		query: docent.Query{Site: a.who.Site, Text: message, History: asking(history), Whole: true, Filters: a.ask.Filters,
			Page: a.ask.Page.URL, Selection: a.ask.Page.Selection},
	}
	if u.kind == asksTalk && a.ask.Page.Selection != "" || len(a.files) > 0 || a.learned() {
		u.kind = asksDocs // "explain it" is of what is marked, attached, or came meanwhile
	}
	u.lang = readersLanguage(message, readersWords(history), a.ask.Filters.Lang, a.ask.Lang)
	a.lang = u.lang
	if u.kind != asksDocs {
		a.trace.step("understood", string(u.kind))
		return u, nil
	}
	return u, s.restate(a, &u)
}

// asking gives of a conversation what a question can lean on: all but what the
// reader said that asks nothing of the documentation.
func asking(history []docent.ModelMessage) []docent.ModelMessage {
	return slices.DeleteFunc(slices.Clone(history), func(m docent.ModelMessage) bool {
		return m.Role == docent.RoleUser && kindOf(m.Text) != asksDocs
	})
}

// readersWords gives what the reader said, the latest first.
func readersWords(history []docent.ModelMessage) []string {
	var words []string
	for _, m := range slices.Backward(history) {
		if m.Role == docent.RoleUser {
			words = append(words, m.Text)
		}
	}
	return words
}
