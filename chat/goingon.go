package chat

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"docent"
)

const (
	// maxOutput is how long what a call in the reader's page gave may be, in bytes.
	maxOutput = 256 << 10
	// maxCalledBefore is how much of a former call's arguments a model is told, in bytes.
	maxCalledBefore = 200
)

// checkContinuation holds what an answer goes on with against its limits.
func (s *Service) checkContinuation(c docent.Continuation) error {
	switch {
	case len(c.Output) > maxOutput:
		return docent.Errorf(docent.CodeTooLarge, "what the call gave has %d bytes; at most %d are taken", len(c.Output), maxOutput)
	case c.Output != nil && !json.Valid(c.Output):
		return docent.Errorf(docent.CodeInvalid, "what the call gave is no JSON")
	case len(c.Note) > s.cfg.MaxMessageBytes:
		return docent.Errorf(docent.CodeTooLarge, "what the reader did takes %d bytes; at most %d are taken", len(c.Note), s.cfg.MaxMessageBytes)
	}
	return nil
}

// asNewQuestion makes a question of what goes on with no answer: what the reader did.
func asNewQuestion(a docent.Ask) docent.Ask {
	if a.Continues != nil && a.Continues.AnswerID == "" && a.Continues.Output == nil {
		a.Message, a.Continues = a.Continues.Note, nil
	}
	return a
}

// readEarlier reads the answers of the turn that stand before this one.
func (s *Service) readEarlier(a *answering) error {
	if a.turn.Continues == "" && a.turn.RetryOf == "" {
		return nil
	}
	said, err := s.store.History(a.ctx, a.who.Owner(), a.turn.Session.ID, a.answer.ID, historyMessages)
	if err != nil {
		return err
	}
	asked := slices.IndexFunc(said, func(m docent.Message) bool { return m.ID == a.turn.User.ID })
	if asked >= 0 { // else it is too long ago
		a.earlier = said[asked+1:]
	}
	return nil
}

// note is what the reader did since the answer that this one goes on with.
func (a *answering) note() string {
	if a.ask.Continues == nil {
		return ""
	}
	return strings.TrimSpace(a.ask.Continues.Note)
}

// learned reports whether something is known that was not when the turn began.
func (a *answering) learned() bool {
	return a.note() != "" || slices.ContainsFunc(a.earlier, wentToPage)
}

// wentToPage reports whether an answer ended with a call that the reader's page made.
func wentToPage(m docent.Message) bool {
	return m.ClientCall != nil && m.ClientCall.Status == docent.CallCompleted
}

// resume tells the model what came of the turn before this answer: what it said and
// called, what the reader's page gave, and what the reader did. All that is data, and
// sentences are held against it as against other results.
func (s *Service) resume(a *answering) {
	b := a.tools
	if b == nil || len(a.earlier) == 0 && a.note() == "" {
		return
	}
	a.trace.step("went on with the turn", fmt.Sprintf("answers before: %d", len(a.earlier)))
	text := ""
	for _, m := range a.earlier {
		text = inParagraphs(text, toldAgain(m))
		if !wentToPage(m) {
			continue
		}
		for _, r := range s.roundsOf(m, text) {
			calls := b.take(r.calls)
			b.say(docent.ModelMessage{Role: docent.RoleAssistant, Text: r.said, Calls: shownAgain(calls)})
			a.results(calls, r.made)
		}
		text = ""
	}
	if text != "" {
		b.say(docent.ModelMessage{Role: docent.RoleAssistant, Text: text})
	}
	if text == "" && a.note() == "" {
		return // a result is last
	}
	data := promptData{Boundary: a.prompt.data.Boundary, Note: a.note()}
	b.say(docent.ModelMessage{Role: docent.RoleUser, Text: render("going on", data)})
	if a.note() != "" {
		b.passages = append(b.passages, uncited(docent.ModelCall{Name: "what the reader did"}, a.note()))
		a.support.against(b.passages)
	}
}

// toldAgain is what a model is told of an answer before the one that it writes.
func toldAgain(m docent.Message) string {
	text := withoutCitations(m.Text)
	if m.FinishReason == docent.FinishCancelled {
		text = inParagraphs(text, stoppedNote)
	}
	return text
}

// stoppedNote stands behind an answer that its reader stopped.
const stoppedNote = "[The reader stopped this answer here, and does not want it gone on with.]"

// calledNote stands behind a former answer that ended with a call of the reader's page.
func calledNote(c docent.ClientCall) string {
	return fmt.Sprintf("[The reader's page then ran %s %s.]", c.Name, cut(string(c.Arguments), maxCalledBefore))
}

// saidBefore gives the messages of former turns as a model is told them: one answer
// a question, with what became of it. Calls that the reader's page never made are left
// out.
func saidBefore(stored []docent.Message, most int) []docent.ModelMessage {
	var said []docent.ModelMessage
	for _, m := range stored {
		now := docent.ModelMessage{Role: m.Role, Text: m.Text}
		if m.Role == docent.RoleAssistant {
			now.Text = cutTokens(withoutCitations(m.Text), most)
		}
		if m.FinishReason == docent.FinishCancelled {
			now.Text = inParagraphs(now.Text, stoppedNote)
		}
		if wentToPage(m) {
			now.Text = inParagraphs(now.Text, calledNote(*m.ClientCall))
		}
		if last := len(said) - 1; last >= 0 && m.Role == docent.RoleAssistant && said[last].Role == m.Role {
			said[last].Text = inParagraphs(said[last].Text, now.Text)
			continue
		}
		said = append(said, now)
	}
	return said
}

// inParagraphs puts one text below another; an empty one takes no place.
func inParagraphs(a, b string) string {
	if strings.TrimSpace(a) == "" || strings.TrimSpace(b) == "" {
		return a + b
	}
	return a + "\n\n" + b
}
