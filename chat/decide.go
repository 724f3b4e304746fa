package chat

import (
	"slices"

	"docent"
)

// nearestPages is how many pages a refusal offers.
const nearestPages = 3

// nearest gives the best passage of each of the first pages, numbered.
func nearest(passages []docent.Passage) []docent.Passage {
	var first []docent.Passage
	for _, p := range passages {
		known := slices.ContainsFunc(first, func(f docent.Passage) bool { return f.Unit == p.Unit && f.Path == p.Path })
		if !known && len(first) < nearestPages {
			first = append(first, p)
		}
	}
	return number(first)
}

// looked is a question that was understood, and what was found for it.
type looked struct {
	message string
	filters docent.Filters
	of      understood
	found   *docent.Found // nil: it was not searched for yet
}

// find retrieves for a question, once.
func (s *Service) find(a *answering, u understood) (docent.Found, error) {
	if a.looked.found != nil && a.looked.message == a.turn.User.Text && a.looked.filters == a.ask.Filters {
		return *a.looked.found, nil
	}
	u.query.Explain = a.trace != nil
	found, err := s.search(a, u.query)
	a.done.Timings.RetrievalMS = a.elapsed()
	if err == nil && s.respondent != nil {
		a.looked = looked{message: a.turn.User.Text, filters: a.ask.Filters, of: u, found: &found}
	}
	return found, err
}

// prepare retrieves for the question, gives it as it was searched for, publishes
// the sources and packs the prompt; the prompt stays empty where the documentation
// does not hold the answer.
func (s *Service) prepare(a *answering, u understood) (question string, err error) {
	found, err := s.find(a, u)
	if err != nil {
		return "", err
	}
	question = found.Asked
	nearest := nearest(found.Passages)
	a.gap = docent.Gap{
		Question: a.turn.User.Text, Searched: question, Nearest: sources(nearest), Answerable: found.Answerable, AskedAt: a.turn.Answer.CreatedAt,
	}
	a.tools = s.tooled(a)
	if a.hasData() && s.model != nil || a.tools.beyondDocs() {
		if found.Refuse {
			found.Passages = nil // the data, or a tool, may hold the answer
		}
	} else if found.Refuse || len(found.Passages) == 0 {
		a.trace.found(u.query, found, zoneRefused)
		a.publish(nearest, found.Note)
		return question, nil
	}
	zone := zoneCertain
	if found.Answerable < s.cfg.Answer.CertainFrom {
		a.done.Certain, zone = "uncertain", zoneUncertain
	}
	a.trace.found(u.query, found, zone)
	if a.prompt, err = s.pack(a, question, u, found.Passages); err != nil {
		return "", err
	}
	a.trace.sent(a.prompt, s.cfg.ContextTokens)
	a.publish(a.prompt.passages, found.Note)
	a.tools.opened(a.evidence(), len(a.prompt.passages))
	if s.verify != nil {
		beside := a.beside(question)
		a.support = newSupport(func(passages []docent.Passage) Judge { return a.seeing(s.verify(beside, passages)) }, a.evidence(), a.known)
		if s.cfg.Answer.Verify == VerifyModel {
			a.support.passages = a.evidence()
		}
	}
	s.resume(a)
	return question, nil
}

// evidence is what sentences are held against: the passages, and the further
// data, which nothing cites.
func (a *answering) evidence() []docent.Passage {
	data := a.prompt.data.Context
	if data == "" {
		return a.prompt.passages
	}
	block := docent.Block{Kind: docent.BlockParagraph, End: len(data)}
	return append(slices.Clone(a.prompt.passages), docent.Passage{
		Chunk: docent.Chunk{Text: data, Blocks: []docent.Block{block}},
	})
}

// refuse says that the documentation does not hold the answer, and notes the gap.
func (a *answering) refuse() error {
	a.done.FinishReason = docent.FinishRefused
	a.answer.Gap = &a.gap
	if len(a.answer.Sources) == 0 && len(a.gap.Nearest) > 0 && len(a.text) == 0 {
		a.answer.Sources = a.gap.Nearest
		a.emit(docent.EventSources, docent.SourcesData{Sources: a.gap.Nearest})
	}
	w := wordingIn(a.lang)
	text := w.refused
	if len(a.answer.Sources) > 0 {
		text += w.between() + w.nearest
	}
	if len(a.text) > 0 {
		text = "\n\n" + text // after what the model announced before it called tools
	}
	return a.say(text)
}

// unlessRefusing keeps a judge from the words by which an answer begins that
// says that the documentation does not hold it: they are no claim of its.
func unlessRefusing(judge Judge) Judge {
	begun := 0
	return func(sentence string, cited []int) Verdict {
		if begun++; begun <= maxRefusal && disclaims(sentence) {
			return Verdict{}
		}
		return judge(sentence, cited)
	}
}
