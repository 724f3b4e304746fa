package chatkit

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"docent"
	"docent/web"
)

// mark is how a citation stands in the text.
func mark(n int) string { return "[" + strconv.Itoa(n) + "]" }

// answer is the stream of an answer: its events as ChatKit's.
type answer struct {
	*service
	call    *web.Call
	started docent.Started
	message docent.Message // of the answer, as it began

	begun   bool // its item was added
	text    []byte
	units   int // of text, in UTF-16
	notes   []annotation
	waiting []docent.Citation // whose mark was not said yet
	out     []any             // to be sent

	sources   []docent.Source // the last ones
	followups []string
	work      work // what was done before the first word, where that is shown
	seen      int  // the highest number among the sources that work shows
	over      bool // the last event came
}

// stream answers with the events of an answer that Start began, behind others that come
// before it. When the client leaves, the answer stops. at is the thread as the client
// has it: what differs at the end is told.
func (s *service) stream(c *web.Call, started docent.Started, at docent.Session, before ...any) error {
	a := &answer{service: s, call: c, started: started, out: before}
	if err := a.find(); err != nil {
		return a.stop(err)
	}
	w := openStream(c)
	defer w.Close()
	err := a.run(w, at)
	if gone := w.Close(); gone != nil {
		return gone
	}
	return err
}

// run writes the answer to its end. An error was told.
func (a *answer) run(w *web.Stream, at docent.Session) error {
	err := a.flush(w)
	following := a.call.Follow(a.started.MessageID, func(events []docent.Event) error {
		if err != nil { // the client was gone before: following it only stops it
			return err
		}
		for _, e := range events {
			if err := a.take(e); err != nil {
				return err
			}
		}
		return a.flush(w)
	})
	if following != nil && !a.over {
		a.out = append(a.out, failed(told(following)))
		_ = a.flush(w) // Close says the same
	}
	if following != nil {
		return following
	}
	return a.renamed(w, at)
}

// find reads the answer's place, which has its time.
func (a *answer) find() error {
	e, err := a.ports.Threads.Entry(a.call.Context(), a.call.Principal.Owner(), a.started.SessionID, a.started.MessageID)
	if err == nil && e.Message == nil {
		err = docent.Errorf(docent.CodeNotFound, "there is no such answer")
	}
	if err == nil {
		a.message = *e.Message
	}
	return err
}

// stop ends an answer of which nothing can be shown because of err.
func (a *answer) stop(err error) error {
	return a.call.Follow(a.started.MessageID, func([]docent.Event) error { return err })
}

func (a *answer) say(events ...any) { a.out = append(a.out, events...) }

// flush sends what there is to be sent.
func (a *answer) flush(w *web.Stream) error {
	if len(a.out) == 0 {
		return nil
	}
	events, err := encoded(a.out)
	a.out = nil
	if err != nil {
		return err
	}
	return w.Send(events...)
}

// take turns an event of the answer into those of ChatKit.
func (a *answer) take(e docent.Event) error {
	switch e.Name {
	case docent.EventDelta:
		return read(e, a.delta)
	case docent.EventCitation:
		return read(e, a.cite)
	case docent.EventSession, docent.EventTool:
		return a.working(e)
	case docent.EventSources:
		return read(e, func(d docent.SourcesData) error {
			a.sources = d.Sources
			return a.working(e)
		})
	case docent.EventFollowups:
		return read(e, func(d docent.FollowupsData) error {
			a.followups = d.Questions
			return nil
		})
	case docent.EventDone:
		err := read(e, a.done)
		a.over = err == nil
		return err
	case docent.EventError:
		a.over = true
		return read(e, func(d docent.ErrorData) error {
			err := a.worked()
			a.say(failed(d))
			return err
		})
	}
	return nil // the protocol has no word for it
}

// read gives fn the data of an event.
func read[T any](e docent.Event, fn func(T) error) error {
	var data T
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return err
	}
	return fn(data)
}

// begin adds the item of what is said.
func (a *answer) begin() error {
	if a.begun {
		return nil
	}
	a.begun = true
	if err := a.worked(); err != nil {
		return err
	}
	a.say(itemAdded(answerItem(a.message, "", nil)),
		itemUpdated(a.message.ID, partUpdate{Type: "assistant_message.content_part.added", Content: outputOf("", nil)}))
	return nil
}

func (a *answer) delta(d docent.DeltaData) error {
	if d.Text == "" {
		return nil
	}
	if err := a.begin(); err != nil {
		return err
	}
	a.text = append(a.text, d.Text...)
	a.units += units(d.Text)
	a.say(itemUpdated(a.message.ID, textDelta{Type: "assistant_message.content_part.text_delta", Delta: d.Text}))
	a.annotate(false)
	return nil
}

func (a *answer) cite(c docent.Citation) error {
	a.waiting = append(a.waiting, c)
	a.annotate(false)
	return nil
}

// annotate adds the annotations whose marks were said; in the end, all.
func (a *answer) annotate(all bool) {
	for len(a.waiting) > 0 {
		note := annotationOf(a.call.Link, a.waiting[0])
		if note.Index > a.units && !all {
			return
		}
		a.waiting = a.waiting[1:]
		a.say(itemUpdated(a.message.ID, annotationAdded{
			Type: "assistant_message.content_part.annotation_added", AnnotationIndex: len(a.notes), Annotation: note,
		}))
		a.notes = append(a.notes, note)
	}
}

// done ends the answer's item, and what stands behind it.
func (a *answer) done(d docent.DoneData) error {
	if err := a.worked(); err != nil {
		return err
	}
	if a.begun {
		a.annotate(true)
		text := string(a.text)
		a.say(itemUpdated(a.message.ID, partUpdate{Type: "assistant_message.content_part.done", Content: outputOf(text, a.notes)}),
			itemDone(answerItem(a.message, text, a.notes)))
	}
	if d.ClientCall != nil {
		return a.called(*d.ClientCall)
	}
	return a.closing(d)
}

// renamed tells the thread where it is not as the client has it.
func (a *answer) renamed(w *web.Stream, at docent.Session) error {
	now, err := a.ports.Threads.Session(a.call.Context(), a.call.Principal.Owner(), at.ID)
	if err != nil {
		return err
	}
	if now.Title == at.Title && now.Status == at.Status && now.StatusReason == at.StatusReason {
		return nil
	}
	a.say(threadUpdated(threadOf(now)))
	return a.flush(w)
}

// told is what a reader is told of an error in a stream. What is not made for readers
// has no words.
func told(err error) docent.ErrorData {
	code := docent.CodeOf(err)
	d := docent.ErrorData{Code: string(code), Retryable: code.Retryable() || code == docent.CodeInternal}
	if e := new(docent.Error); errors.As(err, &e) {
		d.Message = e.Told()
	}
	return d
}

// answers streams what an Ask begins, see stream.
func (s *service) answers(c *web.Call, ask docent.Ask, at docent.Session, before ...any) error {
	started, err := c.Start(ask)
	if err != nil {
		return err
	}
	return s.stream(c, started, at, before...)
}

// open gives a session that takes questions.
func (s *service) open(ctx context.Context, o docent.Owner, id string) (docent.Session, error) {
	at, err := s.ports.Threads.Session(ctx, o, id)
	if err != nil || at.Status == "" || at.Status == docent.StatusActive {
		return at, err
	}
	why := "the thread is " + at.Status
	if at.StatusReason != "" {
		why += ": " + at.StatusReason
	}
	return at, docent.Errorf(docent.CodeInvalid, "%s", why)
}
