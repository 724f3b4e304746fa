package chatkit

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"docent"
	"docent/access"
	"docent/web"
)

// actionAsk is the action of follow-up questions: its payload's question is asked.
const actionAsk = "docent.ask"

// actionOf reads the action of a request, with the widget that it came from. The item
// of another type is told by found.
func (s *service) actionOf(c *web.Call, params object) (at docent.Session, a docent.Action, found bool, err error) {
	a.SessionID = params.text("thread_id")
	itemID := params.optionalText("item_id")
	sent := params.object("action")
	a.Type = sent.text("type")
	if sent.has("payload") {
		a.Payload = sent.raw("payload")
	}
	if err = params.err(); err != nil {
		return at, a, false, err
	}
	if at, err = s.open(c.Context(), c.Principal.Owner(), a.SessionID); err != nil || itemID == "" {
		return at, a, true, err
	}
	e, err := s.ports.Threads.Entry(c.Context(), c.Principal.Owner(), a.SessionID, strings.TrimSuffix(itemID, callSuffix))
	if err == nil && e.Item != nil && e.Item.Type == typeWidget {
		a.Item, found = e.Item, true
	}
	return at, a, found, err
}

// customAction answers threads.custom_action: with an answer, or whatever steps follow.
func (s *service) customAction(c *web.Call, params object) error {
	at, a, found, err := s.actionOf(c, params)
	if err != nil {
		return err
	}
	if !found {
		return sendAll(c, errorEvent{Type: "error", Code: "stream.error"})
	}
	if a.Type == actionAsk {
		question, err := questionIn(a)
		if err != nil {
			return err
		}
		return s.askFor(c, params, at, question)
	}
	return s.act(c, params, at, a)
}

// questionIn is the question of an actionAsk.
func questionIn(a docent.Action) (string, error) {
	var payload struct {
		Question string `json:"question"`
	}
	if json.Unmarshal(a.Payload, &payload) != nil || strings.TrimSpace(payload.Question) == "" {
		return "", docent.Errorf(docent.CodeInvalid, "params.action.payload must hold a question")
	}
	return payload.Question, nil
}

// asking is what a reader would send who asked a question.
func asking(question string) input {
	return input{message: userMessage{Content: []part{{Type: partText, Text: question}}}}
}

// askFor asks a question for the reader, and streams the answer.
func (s *service) askFor(c *web.Call, params object, at docent.Session, question string) error {
	in := asking(question)
	started, err := c.Start(s.ask(c, params, in, at.ID))
	if err != nil {
		return err
	}
	at, asked, err := s.asked(c, in, started)
	if err != nil {
		return (&answer{call: c, started: started}).stop(err)
	}
	return s.stream(c, started, at, cancellable(), itemDone(asked))
}

// acting is the stream of what follows an action.
type acting struct {
	*service
	call   *web.Call
	params object
	at     docent.Session
	w      *web.Stream
	failed bool // the stream was told so
}

// sendAll answers with a stream of just these events.
func sendAll(c *web.Call, events ...any) error {
	list, err := encoded(events)
	if err != nil {
		return err
	}
	w := openStream(c)
	return errors.Join(w.Send(list...), w.Close())
}

// act streams the steps that follow an action.
func (s *service) act(c *web.Call, params object, at docent.Session, a docent.Action) error {
	acting := &acting{service: s, call: c, params: params, at: at, w: openStream(c)}
	defer acting.w.Close()
	err := acting.say(cancellable())
	if err == nil {
		err = s.follow(c, a, acting.step)
	}
	if err != nil && !acting.failed {
		d := told(err)
		if docent.CodeOf(err) == docent.CodeUnsupported {
			d.Retryable = true // as the reference has it
		}
		_ = acting.say(failed(d)) // Close says the same
	}
	return errors.Join(acting.w.Close(), err)
}

// follow gives emit what follows an action.
func (s *service) follow(c *web.Call, a docent.Action, emit func(docent.ActionStep) error) error {
	if s.ports.Actions == nil {
		return unsupported("this server follows no actions", "whoever runs it can set hooks.action.url")
	}
	return s.ports.Actions.Act(c.Context(), c.Principal, a, emit)
}

func (a *acting) say(events ...any) error {
	list, err := encoded(events)
	if err != nil {
		return err
	}
	return a.w.Send(list...)
}

// step carries a step out.
func (a *acting) step(step docent.ActionStep) error {
	switch {
	case step.Ask != "":
		return a.question(step.Ask)
	case step.Text != "":
		return a.put(saidItem(step.Text))
	case step.Item != nil:
		return a.put(*step.Item)
	case step.Removed != "":
		return a.remove(step.Removed)
	case step.Progress != "":
		return a.say(progress("", step.Progress))
	case step.Notice != nil:
		return a.say(notice(*step.Notice))
	case step.Effect != nil:
		return a.say(effect(*step.Effect))
	}
	return nil
}

// question asks a question for the reader, and streams its answer among the steps.
func (a *acting) question(text string) error {
	in := asking(text)
	started, err := a.call.Start(a.ask(a.call, a.params, in, a.at.ID))
	if err != nil {
		return err
	}
	at, asked, err := a.asked(a.call, in, started)
	of := &answer{service: a.service, call: a.call, started: started, out: []any{itemDone(asked)}}
	if err == nil {
		err = of.find()
	}
	if err != nil {
		return of.stop(err)
	}
	err = of.run(a.w, at)
	a.failed = err != nil
	return err
}

// saidItem is an answer in words that no question was asked for.
func saidItem(text string) docent.Item {
	body, _ := json.Marshal(assistantMessage{Content: []output{outputOf(text, nil)}}) // of texts: it cannot fail
	return docent.Item{Type: typeAssistant, Body: body}
}

// put stores an item of the thread, and tells it unless it is hidden.
func (a *acting) put(i docent.Item) error {
	i, replaced, err := a.stored(a.call, a.at.ID, i)
	if err != nil {
		return err
	}
	for _, shown := range storedItem(i) {
		event := itemDone(shown)
		if replaced {
			event = itemReplaced(shown)
		}
		if err := a.say(event); err != nil {
			return err
		}
	}
	return nil
}

func (a *acting) remove(id string) error {
	if err := a.ports.Threads.DeleteItem(a.call.Context(), a.call.Principal.Owner(), a.at.ID, id); err != nil {
		return err
	}
	return a.say(itemRemoved(id))
}

// stored stores an item in a thread: in the place of the one with its ID, or at the end.
func (s *service) stored(c *web.Call, threadID string, i docent.Item) (put docent.Item, replaced bool, err error) {
	ctx, o := c.Context(), c.Principal.Owner()
	i.SessionID = threadID
	if i.ID == "" {
		i.ID = access.NewID(itemPrefix)
	} else if e, err := s.ports.Threads.Entry(ctx, o, threadID, i.ID); err == nil && e.Item != nil {
		i.CreatedAt, replaced = e.Item.CreatedAt, true
	} else if err != nil && docent.CodeOf(err) != docent.CodeNotFound {
		return i, false, err
	}
	if i.CreatedAt.IsZero() {
		i.CreatedAt = time.Now().UTC()
	}
	return i, replaced, s.ports.Threads.PutItem(ctx, o, i)
}

// itemPrefix begins the IDs of items.
const itemPrefix = "itm_"

// syncCustomAction answers threads.sync_custom_action: with the last item that follows,
// and nothing that only a stream could tell.
func (s *service) syncCustomAction(c *web.Call, params object) error {
	_, a, found, err := s.actionOf(c, params)
	switch {
	case err != nil:
		return err
	case !found:
		return docent.Errorf(docent.CodeInvalid, "the item that the action came from is no widget")
	case a.Type == actionAsk:
		return streams()
	}
	var answer struct {
		Updated *item `json:"updated_item,omitempty"`
	}
	err = s.follow(c, a, func(step docent.ActionStep) error {
		switch {
		case step.Ask != "" || step.Text != "":
			return streams()
		case step.Removed != "":
			return s.ports.Threads.DeleteItem(c.Context(), c.Principal.Owner(), a.SessionID, step.Removed)
		case step.Item == nil:
			return nil
		}
		put, _, err := s.stored(c, a.SessionID, *step.Item)
		for _, shown := range storedItem(put) {
			answer.Updated = &shown
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, answer)
}

// streams is the error of an action that needs a stream and was sent without one.
func streams() error {
	return &docent.Error{Code: docent.CodeInvalid, Message: "what follows this action is a stream", Hint: "leave streaming: false out of the widget's action"}
}
