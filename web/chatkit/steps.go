package chatkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"docent"
	"docent/access"
	"docent/web"
)

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
	if i.Body, err = itemBody(i); err != nil {
		return i, false, err
	}
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

// fieldOf is what an item of a type can't be shown without. The other types that are
// shown are made of messages.
var fieldOf = map[string]string{
	typeWidget: "widget", typeForm: "inputs", typeWorkflow: "workflow", typeTask: "task", typeAssistant: "content", typeImage: "", typeEndOfTurn: "",
}

// itemBody is the body of an item that clients can show, or that is hidden from them.
func itemBody(i docent.Item) (json.RawMessage, error) {
	if i.Hidden || !slices.Contains(shown, i.Type) {
		return i.Body, nil
	}
	var fields map[string]json.RawMessage
	err := json.Unmarshal(i.Body, &fields)
	field, can := fieldOf[i.Type]
	if err != nil || !can || field != "" && len(fields[field]) == 0 {
		return nil, errors.Join(fmt.Errorf("an item of the type %s that can't be shown: it needs %q", i.Type, field), err)
	}
	if i.Type != typeForm || fields["status"] != nil {
		return i.Body, nil
	}
	fields["status"] = json.RawMessage(`"` + formPending + `"`)
	return json.Marshal(fields)
}

// itemPrefix begins the IDs of items.
const itemPrefix = "itm_"
