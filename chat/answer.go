package chat

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"docent"
	"docent/analysis"
)

// certainFrom is the estimate from which an answer is called certain; below it
// and above retrieval's refusal it is uncertain.
const certainFrom = 0.6

// nearestPages is how many passages a refusal offers.
const nearestPages = 3

// answer makes the run's answer, from the first event to the last.
func (s *Service) answer(r *run) {
	a := &answering{
		run:    r,
		answer: r.turn.Answer,
		done:   docent.DoneData{MessageID: r.turn.Answer.ID, Certain: "yes", Citations: []docent.Citation{}},
	}
	a.answer.Citations, a.answer.Sources = []docent.Citation{}, []docent.Source{}
	r.emit(docent.EventSession, docent.SessionData{
		SessionID: r.turn.Session.ID, MessageID: a.answer.ID, UserMessageID: r.turn.User.ID, Title: r.turn.Session.Title,
	})
	s.finish(a, s.compose(a))
}

// answering is the state of one answer while it is composed.
type answering struct {
	*run
	answer  docent.Message // what will be stored
	done    docent.DoneData
	text    []byte
	prompt  prompt   // empty once there is text: most of what an answer holds
	support *support // nil where nothing is checked
}

// compose prepares and writes. An error means that the answer failed, or was
// stopped: finish tells which. Its frame is small, as are those below it: while
// a model streams, a stack that is mostly unused shrinks to 8 KB.
func (s *Service) compose(a *answering) error {
	question, err := s.prepare(a)
	switch {
	case err != nil:
		return err
	case a.prompt.passages == nil:
		return a.refuse()
	case s.model == nil:
		if extracted, err := a.extract(question, docent.CauseNoModel); extracted || err != nil {
			return err
		}
		return a.refuse()
	}
	err = a.write(s.model, s.cfg.Answer.Verify == VerifyWithhold)
	if err == nil || len(a.text) > 0 || a.ctx.Err() != nil {
		return err
	}
	s.logger(a).Warn("the model gave no answer; answering in the documents' words", "error", err)
	if extracted, failed := a.extract(question, docent.CauseModelDown); extracted {
		return failed
	}
	return err
}

// prepare retrieves for the question, gives it as it was searched for, publishes
// the sources and packs the prompt; the prompt stays empty where the documentation
// does not hold the answer.
func (s *Service) prepare(a *answering) (question string, err error) {
	history, err := s.history(a.ctx, a.run)
	if err != nil {
		return "", err
	}
	found, err := s.retrieve(a.ctx, a.query(history))
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
	if a.prompt, err = s.pack(a.run, question, history, found.Passages); err != nil {
		return "", err
	}
	a.publish(a.prompt.passages, found.Note)
	if s.verify != nil {
		a.support = &support{sentences: sentences{judge: s.verify(question, a.prompt.passages), known: a.known}}
	}
	return question, nil
}

// write streams the model's text through the citation filter.
func (a *answering) write(model Model, withholding bool) error {
	tokens := a.prompt.tokens
	var filter textFilter = a.filter()
	var held *withhold
	if withholding && a.support != nil {
		filter, held = a.withholding(filter)
	}
	result, err := model.Stream(a.ctx, docent.ModelRequest{Model: a.ask.Model, Messages: a.prompt.messages}, func(text string) error {
		err := filter.Write(text)
		a.tell(false)
		return err
	})
	a.done.Usage = result.Usage
	if errors.Is(err, errRunAway) {
		a.done.FinishReason = docent.FinishLength
		return nil
	}
	if err != nil {
		if len(a.text) > 0 {
			_ = filter.Close() // what was held back was said, too
		}
		return err
	}
	if err := filter.Close(); err != nil {
		return err
	}
	a.tell(result.FinishReason != docent.FinishLength)
	if len(a.text) == 0 && held != nil && held.any {
		return a.refuse()
	}
	if len(a.text) == 0 {
		return docent.Errorf(docent.CodeModelFailed, "the model answered with nothing")
	}
	a.done.FinishReason = result.FinishReason
	if a.done.Usage == (docent.Usage{}) {
		a.done.Usage = docent.Usage{InputTokens: tokens, OutputTokens: analysis.Tokens(string(a.text))}
	}
	return nil
}

// extract streams an answer in the passages' own words; false when none fits.
func (a *answering) extract(question string, cause docent.Cause) (bool, error) {
	text, ok := extract(question, a.prompt.passages[0].Unit.Lang, a.prompt.passages)
	if !ok {
		return false, nil
	}
	a.done.FinishReason, a.done.Cause = docent.FinishExtractive, cause
	filter := a.filter()
	for _, piece := range pieces(text) {
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

// refuse says that the documentation does not hold the answer.
func (a *answering) refuse() error {
	a.done.FinishReason = docent.FinishRefused
	text := "The documentation does not seem to answer this question."
	if len(a.answer.Sources) > 0 {
		text += " The nearest pages are listed with this answer."
	}
	return a.say(text)
}

// known reports whether n is a source's number.
func (a *answering) known(n int) bool { return n >= 1 && n <= len(a.answer.Sources) }

// filter makes the citation filter between a text and the run's events.
func (a *answering) filter() *citeFilter {
	return newCiteFilter(a.known, a.say, func(n, start int) error {
		s := a.answer.Sources[n-1]
		c := docent.Citation{N: n, Title: s.Title, Heading: s.Heading, URL: s.URL, Snippet: s.Snippet, Start: start}
		a.done.Citations = append(a.done.Citations, c)
		a.emit(docent.EventCitation, c)
		return nil
	})
}

// textFilter is a citation filter, alone or with what stands behind it.
type textFilter interface {
	Write(text string) error
	Close() error
}

// withholding puts what holds unsupported sentences back before a filter, and
// another filter before that: what the model writes for citations has to be in
// form to be judged, and their places are known when all before them is shown.
func (a *answering) withholding(shown textFilter) (textFilter, *withhold) {
	held := &withhold{sentences: sentences{judge: a.support.judge, known: a.known}, pass: shown.Write}
	inForm := newCiteFilter(a.known, held.Write, func(int, int) error { return nil })
	return chain{inForm, held, shown}, held
}

// chain is filters of which each writes to the next.
type chain []textFilter

func (c chain) Write(text string) error { return c[0].Write(text) }

func (c chain) Close() error {
	for _, f := range c {
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

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
	if len(a.text) == 0 {
		a.done.Timings.FirstTokenMS = a.elapsed()
		a.prompt = prompt{}
	}
	a.text = append(a.text, text...)
	a.emit(docent.EventDelta, docent.DeltaData{Text: text})
	return nil
}

// publish puts the numbered sources on the wire.
func (a *answering) publish(passages []docent.Passage, note string) {
	a.answer.Sources = make([]docent.Source, len(passages))
	for i, p := range passages {
		a.answer.Sources[i] = docent.Source{
			N: p.N, ID: p.ID, Title: p.Title, Heading: p.Heading(), URL: p.URL, Snippet: p.Snippet,
			Score: p.Score, Source: p.Unit.Source, Version: p.Unit.Version,
		}
	}
	a.emit(docent.EventSources, docent.SourcesData{Sources: a.answer.Sources, Note: note})
}

// elapsed is the time since the question arrived, in milliseconds.
func (a *answering) elapsed() float64 {
	return float64(time.Since(a.arrived).Microseconds()) / 1000
}

// finish stores the answer as it ended, and then shows its last event.
func (s *Service) finish(a *answering, err error) {
	last := a.ending(err)
	if last.Name == docent.EventError {
		s.logger(a).Log(a.ctx, severity(err), "answer failed", "error", err, "said_bytes", len(a.text))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), storeTimeout)
	defer cancel()
	if err := s.store.FinishTurn(ctx, a.who.Owner(), a.answer, append(a.log(), last)); err != nil {
		s.logger(a).Error("answer not stored", "error", err)
		last = a.event(docent.EventError, errorData(&docent.Error{
			Code: docent.CodeStore, Message: "the answer could not be stored", Err: err,
		}))
		s.keep(a, last)
	}
	a.append(last)
}

// ending completes the message to be stored and makes the last event: done for
// an answer that ended or was cancelled, error for one that failed.
func (a *answering) ending(err error) docent.Event {
	cause := context.Cause(a.ctx)
	if err != nil && (errors.Is(cause, errCancelled) || errors.Is(cause, errAbandoned)) {
		a.done.FinishReason, err = docent.FinishCancelled, nil
	}
	if err != nil && errors.Is(cause, errShutdown) {
		err = docent.Errorf(docent.CodeShutdown, "the server stopped before the answer was complete")
	}
	if err != nil {
		a.done.FinishReason = docent.FinishFailed
	}
	a.done.Timings.TotalMS = a.elapsed()
	a.done.Grounded = a.support.grounded()
	a.answer.Grounded = a.done.Grounded
	a.answer.Text = string(a.text)
	a.answer.Citations = a.done.Citations
	a.answer.FinishReason, a.answer.Cause, a.answer.Certain = a.done.FinishReason, a.done.Cause, a.done.Certain
	a.answer.Usage, a.answer.Timings = a.done.Usage, &a.done.Timings
	if err != nil {
		return a.event(docent.EventError, errorData(err))
	}
	return a.event(docent.EventDone, a.done)
}

// errorData is what a reader is told of an error: never its cause.
func errorData(err error) docent.ErrorData {
	var e *docent.Error
	if !errors.As(err, &e) {
		e = docent.Errorf(docent.CodeInternal, "the answer could not be made")
	}
	told := e.Told()
	if e.Code.OfModel() {
		told = e.Message // what to do about it concerns the server's owner
	}
	return docent.ErrorData{Code: string(e.Code), Message: told, Retryable: e.Code.Retryable()}
}

// severity is of an error's place in the log: what a question is at fault for is
// nothing to mend.
func severity(err error) slog.Level {
	switch docent.CodeOf(err) {
	case docent.CodeInvalid, docent.CodeNotFound, docent.CodeNoIndex, docent.CodeShutdown:
		return slog.LevelInfo
	}
	return slog.LevelError
}

func (s *Service) logger(a *answering) *slog.Logger {
	return s.log.With("message_id", a.answer.ID, "site", a.who.Site)
}
