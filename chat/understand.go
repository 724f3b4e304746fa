package chat

import (
	"time"

	"docent"
)

// understood is what a message wants, seen with what was said before it.
type understood struct {
	kind    kind
	history []docent.ModelMessage // oldest first, within its share of the budget
	// query is what is searched for: its Text is the question as it stands alone
	// and in a language of the documentation, as far as steps made it so.
	query docent.Query
	lang  string       // the reader's language, BCP 47; "" where nothing tells it
	steps []step       // what was done to the question, in order
	usage docent.Usage // of the model calls among steps
}

// step is one thing that was done to a question before it was searched for.
type step struct {
	did   did
	by    means
	text  string        // the question afterwards
	wrong string        // why the model's words were not taken; "" where they were, or none was asked
	took  time.Duration // of the model
}

// did is what a step does.
type did string

// What is done to questions.
const (
	rewritten  did = "rewritten"  // a follow-up, to stand alone
	translated did = "translated" // into a language of the documentation
)

// means is what does a step.
type means string

// What does steps.
const (
	byModel means = "model"
	byWords means = "words" // the rules of retrieval: what is leaned on counts beside the question
)

// understand reads the question with its history. Of the history, retrieval
// takes what the question leans on.
func (s *Service) understand(a *answering) (understood, error) {
	history, err := s.history(a.ctx, a.run)
	if err != nil {
		return understood{}, err
	}
	return understood{
		kind:    asksDocs,
		history: history,
		query: docent.Query{Site: a.who.Site, Text: a.turn.User.Text, History: history, Whole: true, Filters: a.ask.Filters,
			Page: a.ask.Page.URL, Selection: a.ask.Page.Selection},
	}, nil
}
