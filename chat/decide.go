package chat

import "docent"

// certainFrom is the estimate from which an answer is called certain; below it
// and above retrieval's refusal it is uncertain.
const certainFrom = 0.6

// nearestPages is how many passages a refusal offers.
const nearestPages = 3

// prepare retrieves for the question, gives it as it was searched for, publishes
// the sources and packs the prompt; the prompt stays empty where the documentation
// does not hold the answer.
func (s *Service) prepare(a *answering, u understood) (question string, err error) {
	found, err := s.retrieve(a.ctx, u.query)
	a.done.Timings.RetrievalMS = a.elapsed()
	if err != nil {
		return "", err
	}
	question = found.Asked
	if found.Refuse || len(found.Passages) == 0 {
		a.publish(number(found.Passages[:min(len(found.Passages), nearestPages)]), found.Note)
		return question, nil
	}
	if found.Answerable < certainFrom {
		a.done.Certain = "uncertain"
	}
	if a.prompt, err = s.pack(a.run, question, u.history, found.Passages); err != nil {
		return "", err
	}
	a.publish(a.prompt.passages, found.Note)
	if s.verify != nil {
		a.support = &support{sentences: sentences{judge: s.verify(question, a.prompt.passages), known: a.known}}
	}
	return question, nil
}

// refuse says that the documentation does not hold the answer.
func (a *answering) refuse() error {
	a.done.FinishReason = docent.FinishRefused
	text := "The documentation does not seem to answer this question."
	if len(a.answer.Sources) > 0 {
		text += " The nearest pages are listed with this answer."
	}
	return a.say(text)
}
