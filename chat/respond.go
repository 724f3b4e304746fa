package chat

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"docent"
)

// respond answers a request about the conversation, from what was said and the
// passages that it was said from. It never refuses.
func (s *Service) respond(a *answering, u understood) error {
	wants := requestOf(a.turn.User.Text)
	if wants.wish == wantsSpoken {
		a.lang, u.lang = wants.lang, wants.lang
	}
	said, err := s.conversation(a)
	if err != nil {
		return err
	}
	question, last := lastAnswered(said)
	a.done.FinishReason = docent.FinishStop
	switch {
	case last == nil:
		return a.say(wordingIn(a.lang).nothingYet)
	case wants.wish == wantsFirst, wants.wish == wantsLast:
		return a.say(recalled(said, wants.wish, a.lang))
	case wants.wish == wantsRepeated:
		return a.recite(last, last.Text)
	}
	if s.model != nil && last.Cause == docent.CauseOutside {
		a.about = question
		if said, err := s.fromOutside(a, u); said {
			return err
		}
	} else if s.model != nil {
		if tried, err := s.reword(a, u, question, last); tried {
			return err
		}
	}
	a.done.FinishReason, a.done.Cause = docent.FinishStop, ""
	if wants.wish == wantsShorter {
		return a.recite(last, shortened(last.Text))
	}
	return a.say(wordingIn(a.lang).needsModel)
}

// wholeConversation is more messages than a session mostly has.
const wholeConversation = 1000

// conversation gives all that was said before the message, oldest first: the
// client's own history, without sources, or the session's.
func (s *Service) conversation(a *answering) ([]docent.Message, error) {
	if a.ask.History != nil {
		said := make([]docent.Message, len(a.ask.History))
		for i, m := range a.ask.History {
			said[i] = docent.Message{Role: m.Role, Text: m.Text}
		}
		return said, nil
	}
	if a.turn.NewSession {
		return nil, nil
	}
	return s.store.History(a.ctx, a.who.Owner(), a.turn.Session.ID, a.turn.User.ID, wholeConversation)
}

// lastAnswered gives the last answer that cites something, or else the last one,
// and the question that it answered; nil where there is none.
func lastAnswered(said []docent.Message) (question string, answer *docent.Message) {
	asked := ""
	for i := range said {
		m := &said[i]
		switch {
		case m.Role == docent.RoleUser && kindOf(m.Text) == asksDocs:
			asked = m.Text
		case m.Role == docent.RoleAssistant && m.Text != "" && (answer == nil || len(m.Citations) > 0 || len(answer.Citations) == 0):
			question, answer = asked, m
		}
	}
	return question, answer
}

// recalled says what the reader asked first or last, of the documentation.
func recalled(said []docent.Message, wish wish, lang string) string {
	var asked []string
	for _, m := range said {
		if m.Role == docent.RoleUser && kindOf(m.Text) == asksDocs {
			asked = append(asked, strings.Join(strings.Fields(m.Text), " "))
		}
	}
	if len(asked) == 0 {
		return wordingIn(lang).nothingYet
	}
	which := asked[0]
	if wish == wantsLast {
		which = asked[len(asked)-1]
	}
	return fmt.Sprintf(wordingIn(lang).youAsked, "“"+firstBytes(which, maxRecalled)+"”")
}

// maxRecalled bounds a question that is recalled, in bytes.
const maxRecalled = 500

// reword lets the model answer the request from the former passages. tried is
// false where nothing was said: there are no passages any more, or the model
// failed before its first word.
func (s *Service) reword(a *answering, u understood, question string, last *docent.Message) (tried bool, err error) {
	passages, err := s.former(a, u, question, last)
	if err != nil || len(passages) == 0 {
		return err != nil, err
	}
	a.about = question
	if a.prompt, err = s.pack(a, question, u, passages); err != nil {
		return true, err
	}
	a.trace.sent(a.prompt, s.cfg.ContextTokens)
	a.publish(a.prompt.passages, "")
	if s.verify != nil {
		a.support = &support{sentences: sentences{judge: s.verify(a.beside(question), a.prompt.passages), known: a.known}}
	}
	err = s.write(a)
	if errors.Is(err, errModelRefused) {
		err = a.refuse()
	}
	if a.done.FinishReason == docent.FinishRefused {
		a.done.FinishReason, a.answer.Gap = docent.FinishStop, nil // what was said is no gap
	}
	if err == nil || len(a.text) > 0 || a.ctx.Err() != nil {
		return true, err
	}
	s.logger(a).Warn("the model did not say it otherwise", "error", err)
	a.trace.failed("the model failed", err)
	return false, nil
}

// former gives the passages of an answer: those it cited, those it was given
// where it cited none, or what is found again for its question where they are
// gone or the client keeps its own history.
func (s *Service) former(a *answering, u understood, question string, last *docent.Message) ([]docent.Passage, error) {
	cited := slices.DeleteFunc(slices.Clone(last.Sources), func(source docent.Source) bool {
		return !slices.ContainsFunc(last.Citations, func(c docent.Citation) bool { return c.N == source.N })
	})
	if len(cited) == 0 {
		cited = last.Sources
	}
	if s.docs != nil && len(cited) > 0 {
		passages, err := s.docs.Again(a.ctx, a.who.Site, a.ask.Filters, cited)
		if err != nil || len(passages) > 0 {
			return passages, err
		}
	}
	if question == "" {
		return nil, nil
	}
	u.query.Text = question
	found, err := s.found(a, u.query)
	a.done.Timings.RetrievalMS = a.elapsed()
	return found.Passages, err
}

// recite says text of a former answer, with its sources and citations.
func (a *answering) recite(of *docent.Message, text string) error {
	if len(of.Sources) > 0 {
		a.answer.Sources = of.Sources
		a.emit(docent.EventSources, docent.SourcesData{Sources: of.Sources})
	}
	if of.FinishReason == docent.FinishExtractive {
		a.done.FinishReason, a.done.Cause = docent.FinishExtractive, of.Cause
	}
	filter := a.filter()
	for _, piece := range pieces(text) {
		if err := filter.Write(piece); err != nil {
			return err
		}
	}
	return filter.Close()
}
