package chatkit

import (
	"encoding/json"

	"docent"
	"docent/web"
)

// toolCall is what a client tool call has beside its head.
type toolCall struct {
	Status    string          `json:"status"`
	CallID    string          `json:"call_id"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
	Output    json.RawMessage `json:"output,omitempty"`
}

// callItem is the call that an answer ended with.
func callItem(m docent.Message) item {
	c := m.ClientCall
	return newItem(callID(m.ID), m.SessionID, m.CreatedAt, typeCall, toolCall{c.Status, c.ID, c.Name, c.Arguments, c.Output})
}

// called ends the stream of an answer with the call of a tool in the reader's page.
func (a *answer) called(c docent.ClientCall) error {
	m := a.message
	m.ClientCall = &c
	a.say(itemDone(callItem(m)))
	return nil
}

// addClientToolOutput answers threads.add_client_tool_output: the newest item has to be
// a call that waits for what it gave.
func (s *service) addClientToolOutput(c *web.Call, params object) error {
	id, output := params.text("thread_id"), params.raw("result")
	if err := params.err(); err != nil {
		return err
	}
	at, err := s.open(c.Context(), c.Principal.Owner(), id)
	if err != nil {
		return err
	}
	last, err := s.lastAnswer(c, id)
	if err != nil {
		return err
	}
	if last.ClientCall == nil || last.ClientCall.Status != docent.CallPending {
		return docent.Errorf(docent.CodeInvalid, "the thread's last item is no client tool call that waits for its output")
	}
	ask, err := s.goOn(c, params, id, docent.Continuation{AnswerID: last.ID, Output: output})
	if err != nil {
		return err
	}
	return s.answers(c, ask, at, cancellable())
}

// goOn has an answer gone on with, as its question was to be answered.
func (s *service) goOn(c *web.Call, params object, threadID string, from docent.Continuation) (docent.Ask, error) {
	ask := docent.Ask{SessionID: threadID, Continues: &from, Lang: c.Language(), Metadata: params.metadata, ClientTools: true}
	if from.AnswerID == "" {
		return ask, nil
	}
	list, err := s.ports.Threads.Entries(c.Context(), c.Principal.Owner(), threadID, docent.List{After: from.AnswerID, Order: "desc"})
	if err != nil {
		return ask, err
	}
	for _, e := range list.Data {
		if e.Message != nil && e.Message.Role == docent.RoleUser {
			kept, err := s.kept(c, *e.Message)
			return s.shaped(ask, kept), err
		}
	}
	return ask, nil
}

// lastAnswer gives the answer at the end of a thread, behind which nothing stands but
// what belongs to it; the zero value where there is none.
func (s *service) lastAnswer(c *web.Call, threadID string) (docent.Message, error) {
	list, err := s.ports.Threads.Entries(c.Context(), c.Principal.Owner(), threadID, docent.List{Order: "desc"})
	for _, e := range list.Data {
		switch {
		case e.Message != nil && e.Message.Role == docent.RoleAssistant:
			return *e.Message, err
		case e.Item == nil || e.Item.Type != typeInputNote && e.Item.Type != typeWorkflow:
			return docent.Message{}, err
		}
	}
	return docent.Message{}, err
}
