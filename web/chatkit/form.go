package chatkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"docent"
	"docent/web"
)

// The states of a form, and the kind of its questions of which one value is taken
// unless they say otherwise.
const (
	formPending  = "pending"
	formAnswered = "answered"
	formSkipped  = "skipped"

	multipleChoice = "multiple_choice"
)

// Bounds of what a model is told of a form, in bytes.
const (
	maxFormLine = 1000 // of a question with its values
	maxFormNote = 8000 // of all
)

// formAnswer is what a question of a form was answered with.
type formAnswer struct {
	Values  []string `json:"values"` // never nil
	Skipped bool     `json:"skipped"`
}

// submission is a StructuredInputSubmission.
type submission struct {
	status  string
	answers map[string]formAnswer
}

func submissionOf(o object) submission {
	sent := submission{status: o.oneOf("status", formAnswered, formSkipped), answers: map[string]formAnswer{}}
	if o.missing("answers") {
		return sent
	}
	answers := o.object("answers")
	for id := range answers.fields {
		a, given := answers.object(id), formAnswer{Values: []string{}}
		if !a.missing("values") {
			given.Values = a.texts("values")
		}
		given.Skipped = a.truth("skipped", false)
		sent.answers[id] = given
	}
	return sent
}

// to is the answer to a question: its own, or that it was skipped.
func (s submission) to(question map[string]any) formAnswer {
	id, _ := question["id"].(string)
	given, there := s.answers[id]
	if s.status == formSkipped || !there || given.Skipped || len(given.Values) == 0 {
		return formAnswer{Values: []string{}, Skipped: true}
	}
	if several, _ := question["multiple"].(bool); question["type"] == multipleChoice && !several {
		given.Values = given.Values[:1]
	}
	return given
}

// addStructuredInput answers threads.add_structured_input: the form is stored with its
// answers, and the model goes on knowing them.
func (s *service) addStructuredInput(c *web.Call, params object) error {
	id, itemID, sent := params.text("thread_id"), params.text("item_id"), submissionOf(params.object("input"))
	if err := params.err(); err != nil {
		return err
	}
	at, err := s.open(c.Context(), c.Principal.Owner(), id)
	if err != nil {
		return err
	}
	form, err := s.itemOf(c, id, itemID, typeForm)
	if err != nil {
		return err
	}
	body, note, err := submitted(form.Body, sent)
	if err != nil {
		return err
	}
	last, err := s.newestAnswer(c, id)
	if err != nil {
		return err
	}
	ask, err := s.goOn(c, params, id, docent.Continuation{AnswerID: last, Note: note})
	if err != nil {
		return err
	}
	started, err := c.Start(ask)
	if err != nil {
		return err
	}
	if form, err = s.putAnswers(c, form, body); err != nil {
		return (&answer{call: c, started: started}).stop(err)
	}
	before := []any{cancellable()}
	for _, i := range storedItem(form) {
		before = append(before, itemReplaced(i))
	}
	return s.stream(c, started, at, before...)
}

// putAnswers stores a form with its answers, once its answer is in the making: a thread
// has one of them, so the form is nobody else's from then on, unless it was before.
func (s *service) putAnswers(c *web.Call, form docent.Item, body json.RawMessage) (docent.Item, error) {
	now, err := s.itemOf(c, form.SessionID, form.ID, typeForm)
	if err != nil {
		return form, err
	}
	if !bytes.Equal(now.Body, form.Body) {
		return form, docent.Errorf(docent.CodeConflict, "the structured input was answered meanwhile")
	}
	form.Body = body
	return form, s.ports.Threads.PutItem(c.Context(), c.Principal.Owner(), form)
}

// newestAnswer gives the ID of a thread's last answer, "" where it has none.
func (s *service) newestAnswer(c *web.Call, threadID string) (string, error) {
	q := docent.List{Limit: maxLimit}
	for {
		list, err := s.ports.Threads.Entries(c.Context(), c.Principal.Owner(), threadID, q)
		if err != nil {
			return "", err
		}
		for _, e := range list.Data {
			if e.Message != nil && e.Message.Role == docent.RoleAssistant {
				return e.Message.ID, nil
			}
		}
		if q.After = list.After; !list.HasMore {
			return "", nil
		}
	}
}

// submitted is a form with its answers, and what a model is told of them. The form has
// to be pending.
func submitted(body json.RawMessage, sent submission) (json.RawMessage, string, error) {
	var form map[string]any
	if err := json.Unmarshal(body, &form); err != nil || form == nil {
		return nil, "", errors.Join(errors.New("the item is no object"), err)
	}
	if status, _ := form["status"].(string); status != "" && status != formPending {
		return nil, "", docent.Errorf(docent.CodeInvalid, "the structured input was %s before", status)
	}
	form["status"] = sent.status
	inputs, _ := form["inputs"].([]any)
	var note strings.Builder
	note.WriteString("The reader " + map[string]string{formAnswered: "answered", formSkipped: "skipped"}[sent.status] + " these questions:")
	for _, input := range inputs {
		question, is := input.(map[string]any)
		if !is {
			continue
		}
		given := sent.to(question)
		question["answer"] = given
		if note.Len() < maxFormNote {
			note.WriteString("\n- " + lineOf(question, given))
		}
	}
	changed, err := json.Marshal(form)
	return changed, note.String(), err
}

// lineOf tells a question and its answer in a line.
func lineOf(question map[string]any, given formAnswer) string {
	asked, _ := question["question"].(string)
	answer := "(skipped)"
	if !given.Skipped {
		answer = strings.Join(given.Values, "; ")
	}
	line := strings.Join(strings.Fields(asked+" "+answer), " ")
	if len(line) > maxFormLine {
		line = strings.ToValidUTF8(line[:maxFormLine], "") + " ..."
	}
	return line
}

// itemOf gives an item of a thread that is of the given type.
func (s *service) itemOf(c *web.Call, threadID, itemID, kind string) (docent.Item, error) {
	e, err := s.ports.Threads.Entry(c.Context(), c.Principal.Owner(), threadID, itemID)
	switch {
	case err != nil:
		return docent.Item{}, err
	case e.Item == nil || e.Item.Type != kind || e.Item.Hidden:
		return docent.Item{}, docent.Errorf(docent.CodeInvalid, "the item is not of the type %s", kind)
	}
	return *e.Item, nil
}
