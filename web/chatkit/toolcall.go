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

// addClientToolOutput answers threads.add_client_tool_output.
func (s *service) addClientToolOutput(*web.Call, object) error {
	return unsupported("this server calls no tools of pages", "")
}
