package chatkit

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf16"

	"docent"
	"docent/web"
)

// Types of items.
const (
	typeUser      = "user_message"
	typeAssistant = "assistant_message"
	typeCall      = "client_tool_call"
	typeWidget    = "widget"
	typeImage     = "generated_image"
	typeForm      = "structured_input"
	typeWorkflow  = "workflow"
	typeTask      = "task"
	typeEndOfTurn = "end_of_turn"
	typeInputNote = "user_input" // hidden: see inputID
)

// What stands behind the ID of a message in those of items that belong to it.
const (
	inputSuffix = "_input"
	callSuffix  = "_call"
)

// shown are the types of stored items that clients may see.
var shown = []string{typeUser, typeAssistant, typeCall, typeWidget, typeImage, typeForm, typeWorkflow, typeTask, typeEndOfTurn}

// inputID names the hidden item that keeps what a question was beside its words.
func inputID(questionID string) string { return questionID + inputSuffix }

// callID names the item of an answer's call of a tool in the reader's page.
func callID(answerID string) string { return answerID + callSuffix }

// items gives what clients see of an entry, in the order of time: mostly one item,
// two of an answer that said something and then called a tool, none of what is hidden,
// in the making, blank or failed.
func (s *service) items(c *web.Call, e docent.Entry) ([]item, error) {
	switch {
	case e.Item != nil:
		return storedItem(*e.Item), nil
	case e.Message == nil:
		return nil, nil
	case e.Message.Role == docent.RoleUser:
		i, err := s.question(c, *e.Message)
		return []item{i}, err
	}
	before, err := s.workflowOf(c, *e.Message)
	return append(before, answerItems(c.Link, *e.Message)...), err
}

// storedItem is an item as its protocol stored it.
func storedItem(i docent.Item) []item {
	if i.Hidden || !slices.Contains(shown, i.Type) {
		return nil
	}
	return []item{{i.ID, i.SessionID, i.CreatedAt, i.Type, withoutHead(i.Body)}}
}

// withoutHead takes out of a body what every item has, which its row says.
func withoutHead(body json.RawMessage) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return nil
	}
	for _, key := range []string{"id", "thread_id", "created_at", "type"} {
		delete(fields, key)
	}
	b, _ := json.Marshal(fields) // of raw JSON that was read
	return b
}

// question is a user message. What it was beside its words is an item of its own.
func (s *service) question(c *web.Call, m docent.Message) (item, error) {
	kept, err := s.kept(c, m)
	if err != nil {
		return item{}, err
	}
	return s.questionItem(c, m, kept), nil
}

// kept is what a question was, with its parts.
func (s *service) kept(c *web.Call, m docent.Message) (userMessage, error) {
	return keptOf(c.Context(), s.ports.Threads, c.Principal.Owner(), m)
}

func keptOf(ctx context.Context, threads Threads, o docent.Owner, m docent.Message) (userMessage, error) {
	kept := userMessage{Content: []part{{Type: partText, Text: m.Text}}}
	e, err := threads.Entry(ctx, o, m.SessionID, inputID(m.ID))
	switch {
	case docent.CodeOf(err) == docent.CodeNotFound:
		return kept, nil
	case err != nil:
		return kept, err
	case e.Item != nil:
		err = json.Unmarshal(e.Item.Body, &kept)
	}
	return kept, err
}

func (s *service) questionItem(c *web.Call, m docent.Message, kept userMessage) item {
	kept.Attachments = make([]attachment, len(m.Attachments))
	for i, f := range m.Attachments {
		kept.Attachments[i] = s.attachmentOf(c.Site(), c.Principal.Owner(), f, m.SessionID)
	}
	return newItem(m.ID, m.SessionID, m.CreatedAt, typeUser, kept)
}

// answerItems are an answer's: what it said, and the tool that it called.
func answerItems(link func(url string) string, m docent.Message) []item {
	var list []item
	if m.FinishReason == "" || m.FinishReason == docent.FinishFailed {
		return nil
	}
	if strings.TrimSpace(m.Text) != "" {
		list = append(list, answerItem(m, m.Text, annotations(link, m.Text, m.Citations)))
	}
	if m.ClientCall != nil {
		list = append(list, callItem(m))
	}
	return list
}

// answerItem is an answer as an assistant's message; without text it has no content.
func answerItem(m docent.Message, text string, notes []annotation) item {
	said := assistantMessage{Content: []output{}}
	if text != "" {
		said.Content = append(said.Content, outputOf(text, notes))
	}
	return newItem(m.ID, m.SessionID, m.CreatedAt, typeAssistant, said)
}

func annotations(link func(url string) string, text string, citations []docent.Citation) []annotation {
	notes, within := make([]annotation, len(citations)), utf16.Encode([]rune(text))
	for i, cited := range citations {
		notes[i] = annotationOf(link, cited)
		if end := notes[i].Index; end > len(within) || string(utf16.Decode(within[cited.Start:end])) != mark(cited.N) {
			notes[i].Index = cited.Start // of an answer from elsewhere, which has no marks
		}
	}
	return notes
}

// annotationOf is a citation as ChatKit has it: behind its mark, "[1]".
func annotationOf(link func(url string) string, cited docent.Citation) annotation {
	about := cited.Snippet
	if cited.Heading != "" && cited.Heading != cited.Title {
		about = strings.Trim(cited.Heading+": "+cited.Snippet, ": ")
	}
	url := link(cited.URL)
	return annotation{Type: "annotation", Index: cited.Start + len(mark(cited.N)), Source: urlSource{
		Type: "url", Title: cmp.Or(cited.Title, url), Description: about, URL: url,
	}}
}

// units is the length of a text as JavaScript counts it.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}
