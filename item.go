package docent

import (
	"encoding/json"
	"time"
)

// Item is what stands in a session beside its messages: a widget, a form, a note that
// only models see. What it is made of is its protocol's; stores do not look into it.
type Item struct {
	ID        string
	SessionID string
	Type      string          // "widget", "structured_input", ...: the protocol's
	Hidden    bool            // from the reader
	Body      json.RawMessage // an object, with what the protocol keeps of it
	CreatedAt time.Time
}

// Entry is what stands at a place of a session: either is set.
type Entry struct {
	Message *Message
	Item    *Item
}

// Imported says what bringing a session in from elsewhere has changed.
type Imported struct {
	New   bool  // the session was not there
	Added []int // the entries that were not there, by their place in what was given
	Taken []int // those that were left out, since something elsewhere has their ID
}

// ClientCall is a call of a tool that runs in the reader's page. The answer ends with
// it; what it gave comes with the Ask that continues the answer.
type ClientCall struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`        // an object
	Status    string          `json:"status"`           // CallPending or CallCompleted
	Output    json.RawMessage `json:"output,omitempty"` // any JSON, null included; nil while it is pending
}

// The states of a ClientCall.
const (
	CallPending   = "pending"
	CallCompleted = "completed"
)

// Continuation goes on with the turn of an answer, which stays: a further answer
// stands behind it. Output is what the answer's ClientCall gave; nil where there is none
// to complete. Note is what the reader did meanwhile, in words for the model.
type Continuation struct {
	AnswerID string
	Output   json.RawMessage
	Note     string
}

// Action is what a reader did with an item, as with a button of a widget.
type Action struct {
	SessionID string
	Item      *Item // nil where the action came without one
	Type      string
	Payload   json.RawMessage // any JSON; nil is none
}

// ActionStep is a step of what follows an action. One field is set.
type ActionStep struct {
	Ask      string  // a question of the reader's, which is then answered
	Text     string  // an answer in words; Markdown
	Item     *Item   // to be stored: in the place of the one with its ID, or at the end where the ID is "" or new
	Removed  string  // the ID of an item to be deleted
	Progress string  // what is being done, in few words; not stored
	Notice   *Notice // not stored
	Effect   *Effect // in the reader's page; not stored
}

// Notice is shown to the reader beside the conversation.
type Notice struct {
	Level   string `json:"level"` // "info", "warning" or "danger"
	Title   string `json:"title,omitempty"`
	Message string `json:"message"` // Markdown
}

// Effect is something that the reader's page is to do.
type Effect struct {
	Name string          `json:"name"`
	Data json.RawMessage `json:"data"` // an object
}
