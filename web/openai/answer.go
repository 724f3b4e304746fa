package openai

import (
	"context"
	"encoding/json"
	"errors"

	"docent"
	"docent/analysis"
	"docent/web"
)

// answer is what became of a question, as both APIs tell it.
type answer struct {
	text        string // with footnotes
	annotations []urlCitation
	finish      docent.FinishReason // FinishStop or FinishLength
	usage       docent.Usage
}

// bounds are where a client wants its answer to end.
type bounds struct {
	stops  []string
	tokens int // 0 is any number
}

// begun is an answer that is being made.
type begun struct {
	docent.Started
	bounds
	question docent.Ask
}

// begin asks a question, in the session of its conversation.
func (s *service) begin(c *web.Call, question docent.Ask, end bounds) (begun, error) {
	known := ""
	if question.SessionID == "" && len(question.History) > 0 {
		known = s.recent.recall(c.Principal.Owner(), question.History)
		question.SessionID = known
	}
	started, err := c.Start(question)
	if code := docent.CodeOf(err); known != "" && (code == docent.CodeNotFound || code == docent.CodeConflict) {
		question.SessionID = "" // it was deleted, or is closed
		started, err = c.Start(question)
	}
	if err != nil {
		return begun{}, err
	}
	c.Writer.Header().Set(sessionHeader, started.SessionID)
	return begun{started, end, question}, nil
}

// prompt is what the client sent, in tokens.
func (b begun) prompt() int {
	tokens := analysis.Tokens(b.question.Message) + analysis.Tokens(b.question.Program)
	for _, m := range b.question.History {
		tokens += analysis.Tokens(m.Text)
	}
	return tokens
}

// errEnough ends an answer that has all that the client wants of it.
var errEnough = errors.New("the client wants no more of the answer")

// following is an answer as its events come.
type following struct {
	call    *web.Call
	cut     cut
	say     func(text []string) error // is given the text in its pieces, those together that are there together
	cited   []docent.Citation
	sources []docent.Source
	done    docent.DoneData
	failed  error
}

// follow follows an answer to its end. Its error is a *docent.Error where the answer
// failed, and else that of the connection or of say.
func (s *service) follow(c *web.Call, b begun, say func(text []string) error) (answer, error) {
	f := following{call: c, cut: cut{stops: b.stops, most: b.tokens}, say: say}
	err := c.Follow(b.MessageID, f.take)
	switch {
	case errors.Is(err, errEnough):
		f.done.Usage = s.usage(c, b.MessageID)
	case err != nil:
		return answer{}, err
	case f.failed != nil:
		return answer{}, f.failed
	default:
		if err := f.end(); err != nil {
			return answer{}, err
		}
	}
	a := f.answer()
	if a.usage == (docent.Usage{}) { // no model was asked
		a.usage = docent.Usage{InputTokens: b.prompt(), OutputTokens: analysis.Tokens(a.text)}
	}
	s.recent.remember(c.Principal.Owner(), b.question, a.text, b.SessionID)
	return a, nil
}

// take takes events of an answer.
func (f *following) take(events []docent.Event) error {
	var text []string
	for _, e := range events {
		said, err := f.event(e)
		if err != nil {
			return err
		}
		if said != "" {
			text = append(text, said)
		}
		if f.cut.ended() {
			break
		}
	}
	if len(text) > 0 {
		if err := f.say(text); err != nil {
			return err
		}
	}
	if f.cut.ended() {
		return errEnough
	}
	return nil
}

// event takes one event, and gives what it adds to the text.
func (f *following) event(e docent.Event) (said string, err error) {
	switch e.Name {
	case docent.EventDelta:
		var d docent.DeltaData
		err = json.Unmarshal(e.Data, &d)
		said = f.cut.write(d.Text)
	case docent.EventCitation:
		var cited docent.Citation
		err = json.Unmarshal(e.Data, &cited)
		f.cited = append(f.cited, cited)
	case docent.EventSources:
		var d docent.SourcesData
		err = json.Unmarshal(e.Data, &d)
		f.sources = d.Sources
	case docent.EventDone:
		err = json.Unmarshal(e.Data, &f.done)
	case docent.EventError:
		var d docent.ErrorData
		err = json.Unmarshal(e.Data, &d)
		f.failed = d.Err()
	}
	return said, err
}

// end says what was held back, and the footnotes where they have room.
func (f *following) end() error {
	var text []string
	if held := f.cut.close(); held != "" {
		text = append(text, held)
	}
	if notes := footnotesOf(f.call, f.done, f.sources); notes != "" && !f.cut.ended() && f.cut.fits(notes) {
		f.cut.shown.WriteString(notes)
		text = append(text, notes)
	}
	if text == nil {
		return nil
	}
	return f.say(text)
}

// answer is what was followed, at its end.
func (f *following) answer() answer {
	a := answer{text: f.cut.shown.String(), finish: docent.FinishStop, usage: f.done.Usage}
	a.annotations = urlCitations(f.call, a.text, f.cited)
	if f.cut.why == docent.FinishLength || f.done.FinishReason == docent.FinishLength {
		a.finish = docent.FinishLength
	}
	return a
}

// usage is what an answer took that was stopped, as it is stored.
func (s *service) usage(c *web.Call, id string) docent.Usage {
	m, err := s.ports.Messages.Message(context.WithoutCancel(c.Context()), c.Principal.Owner(), id)
	if err != nil {
		return docent.Usage{} // not worth failing an answer that is there
	}
	return m.Usage
}

// told is what a client is told of an error.
func told(err error) string { return failure(err).Told() }

// failure is an error that a client may see: whatever is not made for clients becomes
// an internal one.
func failure(err error) *docent.Error {
	var e *docent.Error
	if errors.As(err, &e) {
		return e
	}
	return docent.Errorf(docent.CodeInternal, "something went wrong in the server")
}
