package chatkit

import (
	"encoding/json"
	"net/http"
	"strings"

	"docent"
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
	if err == nil && e.Item != nil && e.Item.Type == typeWidget && !e.Item.Hidden {
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

// follow gives emit what follows an action.
func (s *service) follow(c *web.Call, a docent.Action, emit func(docent.ActionStep) error) error {
	if s.ports.Actions == nil {
		return unsupported("this server follows no actions", "whoever runs it can set hooks.action.url")
	}
	return s.ports.Actions.Act(c.Context(), c.Principal, a, emit)
}

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
