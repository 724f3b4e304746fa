package hook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"

	"docent"
	"docent/access"
)

// Bounds of what follows one action.
const (
	maxSteps    = 100
	maxStepText = 32 << 10 // bytes of a question, of words, of a notice
)

// Act gives emit the steps that follow an action, in order. With emit's error it
// returns that error.
type Act func(ctx context.Context, p access.Principal, a docent.Action, emit func(docent.ActionStep) error) error

// Action makes an Act of the hook; nil without an address.
func Action(c Hook, log *slog.Logger) Act {
	if c.URL == "" {
		return nil
	}
	h := newHook("action", c, log)
	h.fails = "what you did could not be answered"
	return func(ctx context.Context, p access.Principal, a docent.Action, emit func(docent.ActionStep) error) error {
		if err := h.act(ctx, p, a, emit); err != nil {
			return h.failed(ctx, err)
		}
		return nil
	}
}

// acted is what a hook is told of an action.
type acted struct {
	Hook      string            `json:"hook"`
	SessionID string            `json:"session_id"`
	Action    action            `json:"action"`
	Item      *item             `json:"item"`
	Site      string            `json:"site"`
	Subject   string            `json:"subject"`
	Claims    map[string]string `json:"claims"`
}

type action struct {
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// item is a docent.Item as hooks see and give it.
type item struct {
	ID     string          `json:"id"`
	Type   string          `json:"type"`
	Hidden bool            `json:"hidden"`
	Body   json.RawMessage `json:"body"`
}

func (h *hook) act(ctx context.Context, p access.Principal, a docent.Action, emit func(docent.ActionStep) error) error {
	told := acted{Hook: h.name, SessionID: a.SessionID, Action: action{a.Type, a.Payload}, Site: p.Site, Subject: p.Subject, Claims: p.Claims}
	if a.Item != nil {
		told.Item = &item{a.Item.ID, a.Item.Type, a.Item.Hidden, a.Item.Body}
	}
	answer, err := h.call(ctx, told)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusNoContent {
		return nil
	}
	s := &steps{sessionID: a.SessionID, emit: emit}
	return read(answer, s.event, s.whole)
}

// steps passes on what a hook says of an action.
type steps struct {
	sessionID string
	emit      func(docent.ActionStep) error
	given     int
}

// step is the data of every event, of which each has its own fields.
type step struct {
	Text    string          `json:"text"`
	Item    *item           `json:"item"`
	ID      string          `json:"id"`
	Name    string          `json:"name"`
	Data    json.RawMessage `json:"data"`
	Level   string          `json:"level"`
	Title   string          `json:"title"`
	Message string          `json:"message"` // of a notice; of an error, for the log
}

// whole passes on steps that come at once.
func (s *steps) whole(body io.Reader) error {
	var all struct {
		Steps []json.RawMessage `json:"steps"`
	}
	if err := readJSON(body, &all); err != nil {
		return err
	}
	for _, one := range all.Steps {
		var named struct {
			Event string `json:"event"`
		}
		if err := json.Unmarshal(one, &named); err != nil {
			return fmt.Errorf("a step is no JSON object: %w", err)
		}
		if err := s.event(named.Event, one); err != nil {
			return err
		}
	}
	return nil
}

// event passes on one step.
func (s *steps) event(name string, data []byte) error {
	switch name {
	case docent.EventDone:
		return errDone
	case docent.EventError:
		var says step
		_ = json.Unmarshal(data, &says) // it is for the log alone
		return fmt.Errorf("the hook says: %s", says.Message)
	}
	var p step
	if err := json.Unmarshal(data, &p); err != nil {
		return fmt.Errorf("the data of %q is no JSON of the kind that is needed: %w", name, err)
	}
	next, known, err := p.as(name, s.sessionID)
	if err != nil || !known {
		return err
	}
	if s.given++; s.given > maxSteps {
		return fmt.Errorf("more than %d steps", maxSteps)
	}
	if err := s.emit(next); err != nil {
		return &goneError{err}
	}
	return nil
}

// errStep is a step that lacks what its name asks for, or has too much of it.
var errStep = errors.New("what it has does not fit its name")

var itemID = regexp.MustCompile(`^[a-zA-Z0-9_.:-]{0,128}$`)

// as gives the step that the event of a name means; known is false of other names.
func (p step) as(name, sessionID string) (next docent.ActionStep, known bool, err error) {
	fits, known := false, true
	switch name {
	case "ask":
		next.Ask, fits = p.Text, p.Text != ""
	case "text":
		next.Text, fits = p.Text, p.Text != ""
	case "progress":
		next.Progress, fits = p.Text, p.Text != ""
	case "removed":
		next.Removed, fits = p.ID, p.ID != "" && itemID.MatchString(p.ID)
	case "notice":
		next.Notice = &docent.Notice{Level: p.Level, Title: p.Title, Message: p.Message}
		fits = p.Message != "" && (p.Level == "info" || p.Level == "warning" || p.Level == "danger")
	case "effect":
		if len(p.Data) == 0 {
			p.Data = json.RawMessage(`{}`)
		}
		next.Effect, fits = &docent.Effect{Name: p.Name, Data: p.Data}, p.Name != "" && isObject(p.Data)
	case "item":
		if fits = p.Item != nil && p.Item.Type != "" && itemID.MatchString(p.Item.ID) && isObject(p.Item.Body); fits {
			next.Item = &docent.Item{ID: p.Item.ID, SessionID: sessionID, Type: p.Item.Type, Hidden: p.Item.Hidden, Body: p.Item.Body}
		}
	default:
		known = false
	}
	if known && (!fits || max(len(p.Text), len(p.Title), len(p.Message)) > maxStepText) {
		err = fmt.Errorf("%q: %w", name, errStep)
	}
	return next, known, err
}

func isObject(data json.RawMessage) bool { return bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) }
