package chat

import "docent"

// understood is what a question asks, seen with what was said before it.
type understood struct {
	history []docent.ModelMessage // oldest first, within its share of the budget
	query   docent.Query
}

// understand reads the question with its history. Of the history, retrieval
// takes what the question leans on.
func (s *Service) understand(a *answering) (understood, error) {
	history, err := s.history(a.ctx, a.run)
	if err != nil {
		return understood{}, err
	}
	return understood{
		history: history,
		query:   docent.Query{Site: a.who.Site, Text: a.turn.User.Text, History: history, Whole: true, Filters: a.ask.Filters},
	}, nil
}
