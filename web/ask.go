package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"docent"
)

// askRequest is the body of POST /api/v1/chat.
type askRequest struct {
	Message     string                     `json:"message"`
	Messages    []docent.ModelMessage      `json:"messages"`
	RetryOf     string                     `json:"retry_of"`
	SessionID   string                     `json:"session_id"`
	Stream      *bool                      `json:"stream"` // nil is true
	Filters     docent.Filters             `json:"filters"`
	Page        docent.PageContext         `json:"page"`
	Model       string                     `json:"model"`
	Metadata    map[string]json.RawMessage `json:"metadata"`
	Attachments []string                   `json:"attachments"`
	Index       string                     `json:"index"`
}

// Bounds of a question's parts, in bytes.
const (
	maxMetadata = 4096
	maxKey      = 200
	maxIndex    = 200
)

// problems collects what is wrong with the fields of a request.
type problems []docent.FieldError

func (p *problems) add(field, format string, args ...any) {
	*p = append(*p, docent.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
}

func (p *problems) atMost(field, value string, most int) {
	if len(value) > most {
		p.add(field, "has %d bytes; at most %d are taken", len(value), most)
	}
}

func (p *problems) id(field, value string) {
	if value != "" && !SaneID(value) {
		p.add(field, "is not an identifier")
	}
}

// ask turns the request into the question it means. key is the
// Idempotency-Key; maxMessage is a message's length in bytes, 0 for any, and
// maxFiles the number of its attachments.
func (q *askRequest) ask(key string, maxMessage, maxFiles int) (docent.Ask, error) {
	var wrong problems
	a := docent.Ask{
		Message: q.Message, SessionID: q.SessionID, RetryOf: q.RetryOf, Filters: q.Filters,
		Page: q.Page, Model: q.Model, IdempotencyKey: key,
	}
	a.Filters.Index = q.Index
	q.question(&a, &wrong)
	if maxMessage > 0 && len(a.Message) > maxMessage {
		return a, tooLong(a.Message, maxMessage)
	}
	q.context(&wrong)
	a.Attachments = q.files(maxFiles, &wrong)
	a.Metadata = metadata(q.Metadata, &wrong)
	if len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
		wrong.add("Idempotency-Key", "must be at most %d printable ASCII characters", maxKey)
	}
	return a, invalid(wrong...)
}

// question finds what is asked: exactly one of message, messages and retry_of.
func (q *askRequest) question(a *docent.Ask, wrong *problems) {
	given := 0
	for _, is := range []bool{q.Message != "", q.Messages != nil, q.RetryOf != ""} {
		if is {
			given++
		}
	}
	switch {
	case given == 0:
		wrong.add("message", "is required")
		return
	case given > 1:
		wrong.add("message", "stands beside messages or retry_of: give one of them")
		return
	case q.RetryOf != "":
		wrong.id("retry_of", q.RetryOf)
		return
	}
	field := "message"
	if q.Messages != nil {
		field = "messages"
		a.Message, a.History = split(q.Messages, wrong)
	}
	switch {
	case strings.TrimSpace(a.Message) == "":
		wrong.add(field, "must not be blank")
	case strings.ContainsRune(a.Message, 0):
		wrong.add(field, "must not hold the character U+0000")
	}
}

// split takes the last message of the user as the question and the rest as
// its history. Instructions are the server's: roles that carry any are refused.
func split(messages []docent.ModelMessage, wrong *problems) (question string, history []docent.ModelMessage) {
	last := -1
	for i, m := range messages {
		switch m.Role {
		case docent.RoleUser:
			last = i
		case docent.RoleAssistant:
		default:
			wrong.add(fmt.Sprintf("messages[%d].role", i), "must be user or assistant")
		}
	}
	if last < 0 {
		return "", nil
	}
	history = make([]docent.ModelMessage, 0, len(messages)-1) // not nil: the client keeps its own
	history = append(history, messages[:last]...)
	return messages[last].Text, append(history, messages[last+1:]...)
}

// context checks what stands around the question.
func (q *askRequest) context(wrong *problems) {
	wrong.id("session_id", q.SessionID)
	for _, f := range []struct {
		field, value string
		most         int
	}{
		{"model", q.Model, 200},
		{"filters.source", q.Filters.Source, 200},
		{"filters.version", q.Filters.Version, 200},
		{"filters.lang", q.Filters.Lang, 50},
		{"filters.path_prefix", q.Filters.PathPrefix, 1000},
		{"index", q.Index, maxIndex},
		{"page.url", q.Page.URL, 4096},
		{"page.title", q.Page.Title, 1000},
		{"page.selection", q.Page.Selection, 8192},
	} {
		wrong.atMost(f.field, f.value, f.most)
	}
}

// files gives the attachments that the request names, each once.
func (q *askRequest) files(most int, wrong *problems) []string {
	switch {
	case len(q.Attachments) == 0:
		return nil
	case most == 0:
		wrong.add("attachments", "are not taken by this server: leave them out")
	case q.RetryOf != "":
		wrong.add("attachments", "stand beside retry_of: the question has those that it was asked with")
	case len(q.Attachments) > most:
		wrong.add("attachments", "has %d; at most %d are taken", len(q.Attachments), most)
	}
	var ids []string
	for i, id := range q.Attachments {
		if !SaneID(id) {
			wrong.add(fmt.Sprintf("attachments[%d]", i), "is not an identifier")
		} else if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// tooLong says in characters what the limit is in bytes, for a text of such
// characters: whoever wrote it counts no bytes.
func tooLong(message string, most int) error {
	characters := utf8.RuneCountInString(message)
	return docent.Errorf(docent.CodeTooLarge, "the question is too long: it has %d characters, and about %d are taken",
		characters, most*characters/len(message))
}

// metadata flattens what may only be strings, numbers and booleans. null is
// left out.
func metadata(sent map[string]json.RawMessage, wrong *problems) map[string]string {
	size := 0
	flat := make(map[string]string, len(sent))
	for key, raw := range sent {
		size += len(key) + len(raw)
		switch raw[0] {
		case '{', '[':
			wrong.add("metadata", "must be flat: strings, numbers, true and false")
			return nil
		case 'n':
		case '"':
			var s string
			_ = json.Unmarshal(raw, &s) // a string, as decode has seen
			flat[key] = s
		default:
			flat[key] = string(raw)
		}
	}
	if size > maxMetadata {
		wrong.add("metadata", "has %d bytes; at most %d are taken", size, maxMetadata)
	}
	if len(flat) == 0 {
		return nil
	}
	return flat
}
