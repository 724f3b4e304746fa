package chatkit

import (
	"bytes"
	"encoding/json"
	"time"

	"docent"
)

// moment is a time as it is sent: RFC 3339, UTC, microseconds.
type moment time.Time

func (m moment) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Time(m).UTC().Format("2006-01-02T15:04:05.999999Z"))
}

// page is a part of a list.
type page[T any] struct {
	Data    []T    `json:"data"`
	HasMore bool   `json:"has_more"`
	After   string `json:"after,omitempty"`
}

func emptyPage() page[item] { return page[item]{Data: []item{}} }

// thread is a session. Its items are told by threads.get_by_id alone.
type thread struct {
	ID        string     `json:"id"`
	Title     string     `json:"title,omitempty"`
	CreatedAt moment     `json:"created_at"`
	Status    status     `json:"status"`
	Metadata  struct{}   `json:"metadata"`
	Items     page[item] `json:"items"`
}

type status struct {
	Type   string `json:"type"`
	Reason string `json:"reason,omitempty"`
}

func threadOf(s docent.Session) thread {
	state := status{Type: s.Status, Reason: s.StatusReason}
	if state.Type == "" {
		state.Type = docent.StatusActive
	}
	return thread{ID: s.ID, Title: s.Title, CreatedAt: moment(s.CreatedAt), Status: state, Items: emptyPage()}
}

// item is what stands in a thread: what all have, and the fields of its type, a JSON
// object.
type item struct {
	ID       string
	ThreadID string
	Created  time.Time
	Type     string
	Fields   json.RawMessage
}

// newItem makes an item of fields that marshal as an object.
func newItem(id, threadID string, created time.Time, kind string, fields any) item {
	b, err := json.Marshal(fields)
	if err != nil { // only a type that JSON does not know can do that
		panic("chatkit: " + kind + ": " + err.Error())
	}
	return item{id, threadID, created, kind, b}
}

func (i item) MarshalJSON() ([]byte, error) {
	head, err := json.Marshal(struct {
		ID        string `json:"id"`
		ThreadID  string `json:"thread_id"`
		CreatedAt moment `json:"created_at"`
		Type      string `json:"type"`
	}{i.ID, i.ThreadID, moment(i.Created), i.Type})
	if err != nil || len(i.Fields) <= len("{}") {
		return head, err
	}
	var b bytes.Buffer
	b.Write(head[:len(head)-1])
	b.WriteByte(',')
	b.Write(i.Fields[1:])
	return b.Bytes(), nil
}

// userMessage is what a user message has beside its head.
type userMessage struct {
	Content     []part       `json:"content"`
	Attachments []attachment `json:"attachments"`
	QuotedText  string       `json:"quoted_text,omitempty"`
	Inference   inference    `json:"inference_options"`
}

// part is a part of what a reader wrote: text, or a tag. Data is of a tag alone, and
// never nil there.
type part struct {
	Type        string          `json:"type"` // partText or partTag
	ID          string          `json:"id,omitempty"`
	Text        string          `json:"text"`
	Data        json.RawMessage `json:"data,omitempty"`
	Group       string          `json:"group,omitempty"`
	Interactive *bool           `json:"interactive,omitempty"`
}

const (
	partText = "input_text"
	partTag  = "input_tag"
)

// assistantMessage is what an assistant's message has beside its head.
type assistantMessage struct {
	Content []output `json:"content"`
}

type output struct {
	Annotations []annotation `json:"annotations"` // never nil
	Text        string       `json:"text"`
	Type        string       `json:"type"`
}

func outputOf(text string, notes []annotation) output {
	if notes == nil {
		notes = []annotation{}
	}
	return output{Annotations: notes, Text: text, Type: "output_text"}
}

// annotation leads from a place of a text to where it comes from.
type annotation struct {
	Type   string    `json:"type"`
	Source urlSource `json:"source"`
	Index  int       `json:"index"` // of the mark's end, in UTF-16 units
}

type urlSource struct {
	Type        string `json:"type"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url"`
}
