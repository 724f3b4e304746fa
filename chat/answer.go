package chat

import (
	"cmp"
	"context"
	"errors"
	"time"

	"docent"
)

// answer makes the run's answer, from the first event to the last.
func (s *Service) answer(r *run) {
	a := s.answering(r)
	r.emit(docent.EventSession, docent.SessionData{
		SessionID: r.turn.Session.ID, MessageID: a.answer.ID, UserMessageID: r.turn.User.ID, Title: r.turn.Session.Title,
	})
	err := contained(func() error {
		err := cmp.Or(s.readAttachments(a), s.readEarlier(a))
		if err == nil {
			err = s.made(a)
		}
		if err == nil && !a.shared {
			a.offer(s.cfg.Answer.Followups)
		}
		return err
	})
	a.done.Usage = sum(a.done.Usage, a.spent)
	s.finish(a, err)
	s.entitle(a)
}

// answering begins the state of a run's answer.
func (s *Service) answering(r *run) *answering {
	a := &answering{
		run:    r,
		ctx:    r.ctx,
		answer: r.turn.Answer,
		done:   docent.DoneData{MessageID: r.turn.Answer.ID, Certain: "yes", Citations: []docent.Citation{}},
	}
	a.answer.Citations, a.answer.Sources = []docent.Citation{}, []docent.Source{}
	a.trace, a.secrets = s.tracing(a), s.secrets
	return a
}

// answering is the state of one answer while it is composed.
type answering struct {
	*run
	ctx     context.Context // the run's, or what a responder made of it
	answer  docent.Message  // what will be stored
	done    docent.DoneData
	text    []byte
	spent   docent.Usage // of model calls beside the answer's own
	prompt  prompt       // empty once there is text: most of what an answer holds
	support *support     // nil where nothing is checked
	gap     docent.Gap   // what is stored if the documentation does not hold the answer
	trace   *tracing     // nil where none is kept
	secrets *secrets     // what the answer does not repeat
	label   string       // said before what does not come from the documentation; "" mostly
	free    bool         // it is no answer from the documentation, which nothing refuses

	tools  *toolbox // nil where the model can call none
	rounds []round  // of calls, where it may end with one of the reader's page

	files   []docent.Attachment // that the question refers to
	former  []docent.Attachment // of an earlier one, where answers need no documentation
	earlier []docent.Message    // answers of the turn that stand before this one
	looked  looked              // what was found already; mostly nothing
	added   string              // instructions of a responder
	context string              // data of a responder, for the model
	offered []string            // questions of a responder; nil where it offered none

	named   []docent.Release // that the cache's key of the answer names; nil without one
	strayed bool             // others were searched: they changed meanwhile

	flight  *flight // that this answer is made for; nil of a reader's own answer
	shared  bool    // it comes from a flight
	landing *flight // that ends when this answer is stored; nil mostly
}

// compose prepares and writes. An error means that the answer failed, or was
// stopped: finish tells which. Its frame is small, as are those below it: while
// a model streams, a stack that is mostly unused shrinks to 8 KB.
func (s *Service) compose(a *answering) error {
	if s.cfg.Mode(a.who.Site) == ModeChat {
		return s.withoutDocs(a)
	}
	u, err := s.understand(a)
	if err != nil {
		return err
	}
	switch u.kind {
	case smallTalk:
		return a.reply(u)
	case asksTalk:
		return s.respond(a, u)
	}
	question, err := s.prepare(a, u)
	switch {
	case err != nil:
		return err
	case a.prompt.messages == nil:
		return s.absent(a, u)
	case s.model == nil:
		if extracted, err := a.quote(s.extract, question, docent.CauseNoModel); extracted || err != nil {
			return err
		}
		return a.refuse()
	}
	err = s.write(a)
	if errors.Is(err, errModelRefused) {
		return s.absent(a, u)
	}
	if err == nil || len(a.text) > 0 || a.ctx.Err() != nil {
		return err
	}
	if len(a.prompt.passages) == 0 && a.tools.beyondDocs() { // a tool might have known, the documentation does not
		return a.refuse()
	}
	s.logger(a).Warn("the model gave no answer; answering in the documents' words", "error", err)
	if extracted, failed := a.quote(s.extract, question, docent.CauseModelDown); extracted {
		return failed
	}
	return err
}

// write lets the model write, with fewer passages where these are too much for it.
func (s *Service) write(a *answering) error {
	withholding, rules := s.cfg.Answer.Verify == VerifyWithhold, s.linkRules(a)
	err := a.write(s.model, withholding, rules)
	if errors.Is(err, docent.ErrTooLong) && len(a.text) == 0 && a.ctx.Err() == nil && a.shorten() {
		s.logger(a).Warn("the model was asked too much at once; asking with half of the passages", "hint", "lower chat.context_tokens", "error", err)
		err = a.write(s.model, withholding, rules)
	}
	return err
}

// quote streams an answer in the passages' own words; false when none fits.
func (a *answering) quote(extract Extract, question string, cause docent.Cause) (bool, error) {
	if len(a.prompt.passages) == 0 {
		return false, nil
	}
	text, ok := extract(question, a.prompt.passages[0].Unit.Lang, a.prompt.passages)
	if !ok {
		return false, nil
	}
	a.done.FinishReason, a.done.Cause = docent.FinishExtractive, cause
	filter := a.filter()
	for _, piece := range pieces(visible(text)) {
		if err := a.ctx.Err(); err != nil {
			return true, err
		}
		if err := filter.Write(piece); err != nil {
			return true, err
		}
		a.tell(false)
	}
	err := filter.Close()
	a.tell(true)
	return true, err
}

// known reports whether n is the number of a source that the text may come from.
func (a *answering) known(n int) bool { return a.label == "" && n >= 1 && n <= len(a.answer.Sources) }

// maxAnswerBytes is more than any answer has; beyond it a model has run away.
const maxAnswerBytes = 256 << 10

// errRunAway stops a model that does not end.
var errRunAway = errors.New("the answer is longer than any answer")

// say emits text as a delta.
func (a *answering) say(text string) error {
	if text == "" {
		return nil
	}
	if len(a.text)+len(text) > maxAnswerBytes {
		return errRunAway
	}
	if a.prompt.messages != nil {
		a.letGo()
	}
	if len(a.text) == 0 {
		a.done.Timings.FirstTokenMS = a.elapsed()
		defer a.trace.pack()
		text = a.label + text
	}
	a.text = append(a.text, text...)
	a.emit(docent.EventDelta, docent.DeltaData{Text: text})
	return nil
}

// letGo lets go of the prompt, or of what it can be made of again where the model
// may yet call tools: most of what an answer holds while it streams.
func (a *answering) letGo() {
	if a.tools == nil {
		a.prompt = prompt{}
	}
	a.prompt.messages = nil
}

// publish puts the numbered sources on the wire.
func (a *answering) publish(passages []docent.Passage, note string) {
	a.answer.Sources = sources(passages)
	a.emit(docent.EventSources, docent.SourcesData{Sources: a.answer.Sources, Note: note})
}

// sources are numbered passages as clients see them.
func sources(passages []docent.Passage) []docent.Source {
	list := make([]docent.Source, len(passages))
	for i, p := range passages {
		list[i] = docent.Source{
			N: p.N, ID: p.ID, Title: visible(p.Title), Heading: visible(p.Heading()), URL: p.URL, Snippet: visible(p.Snippet),
			Score: p.Score, Source: p.Unit.Source, Version: p.Unit.Version,
		}
	}
	return list
}

// elapsed is the time since the question arrived, in milliseconds.
func (a *answering) elapsed() float64 {
	return float64(time.Since(a.arrived).Microseconds()) / 1000
}
