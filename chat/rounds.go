package chat

import "docent"

// round is what a model said and called at once, and what came of each call.
type round struct {
	said  string
	calls []docent.ModelCall
	made  []*called // nil of the call that the reader's page makes
}

// maxRounds is how much is kept of what came of calls, in bytes, until readers' pages
// have made theirs. What is gone by then, or with the process, the model can call again.
const maxRounds = 8 << 20

// callBytes is about what a call takes without its result.
const callBytes = 500

// errOneAtATime is what a model is told of its further calls of the page.
var errOneAtATime = docent.Errorf(docent.CodeConflict, "this call was not made: the reader's page makes one at a time")

// ending is the round that ends an answer with a call of the page.
func (b *toolbox) ending(said string, calls []docent.ModelCall, page string) round {
	r := round{said, calls, make([]*called, len(calls))}
	for i, c := range calls {
		switch {
		case c.ID == page:
		case b.page[c.Name]:
			r.made[i] = &called{err: errOneAtATime}
		default:
			r.made[i] = b.made[keyOf(c)]
		}
	}
	return r
}

// keepRounds keeps what an answer's calls gave for the one that goes on with it.
func (s *Service) keepRounds(a *answering) {
	if a.answer.ClientCall == nil {
		return
	}
	bytes := 0
	for _, r := range a.rounds {
		bytes += len(r.said) + callBytes*len(r.calls)
		for _, m := range r.made {
			if m == nil {
				continue
			}
			bytes += len(m.result.Text)
			for _, p := range m.result.Passages {
				bytes += len(p.Text)
			}
		}
	}
	s.rounds.Put(a.answer.ID, a.rounds, bytes)
}

// roundsOf gives what an answer called that ended with a call of the page, and what
// came of that; text is what it said.
func (s *Service) roundsOf(m docent.Message, text string) []round {
	output := &called{result: docent.ToolResult{Text: string(m.ClientCall.Output)}}
	kept, _ := s.rounds.Get(m.ID)
	if len(kept) == 0 {
		call := docent.ModelCall{ID: m.ClientCall.ID, Name: m.ClientCall.Name, Arguments: string(m.ClientCall.Arguments)}
		return []round{{text, []docent.ModelCall{call}, []*called{output}}}
	}
	rounds := make([]round, len(kept)) // what is kept is not changed
	for i, r := range kept {
		rounds[i] = round{withoutCitations(r.said), r.calls, make([]*called, len(r.made))}
		for j, made := range r.made {
			if made == nil {
				made = output
			}
			rounds[i].made[j] = made
		}
	}
	return rounds
}
