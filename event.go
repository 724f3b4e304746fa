package docent

import "encoding/json"

// Event is one step of an answer: an "id:", an "event:" and a "data:" on the
// wire. IDs count from 1 within an answer; Data is one line of JSON, encoded
// once however many clients follow.
type Event struct {
	ID   int             `json:"id"`
	Name string          `json:"event"`
	Data json.RawMessage `json:"data"`
}

// Names of events, in the order in which they first come.
const (
	EventSession   = "session"
	EventSources   = "sources"
	EventTool      = "tool"
	EventDelta     = "delta"
	EventCitation  = "citation"
	EventSupport   = "support"
	EventFollowups = "followups"
	EventDone      = "done"
	EventError     = "error"
)

// SessionData is the data of EventSession, which is always the first.
type SessionData struct {
	SessionID     string `json:"session_id"`
	MessageID     string `json:"message_id"`
	UserMessageID string `json:"user_message_id"`
	Title         string `json:"title,omitempty"`
}

// SourcesData is the data of EventSources.
type SourcesData struct {
	Sources []Source `json:"sources"`
	Note    string   `json:"note,omitempty"` // what was done to the filters
}

// DeltaData is the data of EventDelta. The texts concatenated are the stored
// answer.
type DeltaData struct {
	Text string `json:"text"`
}

// Tool states, in their order.
const (
	ToolStarted = "started"
	ToolDone    = "done"
	ToolFailed  = "failed"
)

// ToolData is the data of EventTool: a call of a tool begins, or has ended.
type ToolData struct {
	ID      string `json:"id"` // of the call, the same at its begin and its end
	Name    string `json:"name"`
	State   string `json:"state"`   // ToolStarted, ToolDone or ToolFailed
	Summary string `json:"summary"` // one line for the reader; "" where there is none
}

// Support says how far a sentence is borne out by the passages that it cites.
type Support string

// The states of a sentence that claims something.
const (
	Supported       Support = "supported"
	PartlySupported Support = "partial"     // some of it is not there
	Unsupported     Support = "unsupported" // it is not there, or otherwise
	Unchecked       Support = "unchecked"   // in another language than the passages, and its names and numbers are there
)

// Share is how much of a checked sentence is borne out: 1, a half or nothing. checked
// is false of one that counts for nothing.
func (s Support) Share() (share float64, checked bool) {
	switch s {
	case Supported:
		return 1, true
	case PartlySupported:
		return 0.5, true
	case Unsupported:
		return 0, true
	}
	return 0, false
}

// SupportData is the data of EventSupport: what was found of the sentence
// text[SentenceStart:SentenceEnd] of the answer, in UTF-16 units.
type SupportData struct {
	SentenceStart int     `json:"sentence_start"`
	SentenceEnd   int     `json:"sentence_end"`
	State         Support `json:"state"`
	Citations     []int   `json:"citations"` // of the sentence; never nil
}

// FollowupsData is the data of EventFollowups: questions that the documentation
// answers, too.
type FollowupsData struct {
	Questions []string `json:"questions"`
}

// DoneData is the data of EventDone, the last on success.
type DoneData struct {
	MessageID    string       `json:"message_id"`
	FinishReason FinishReason `json:"finish_reason"`
	Cause        Cause        `json:"cause,omitempty"`
	Cached       bool         `json:"cached,omitempty"` // it was made for another who asked the same
	Certain      string       `json:"certain"`
	Grounded     *float64     `json:"grounded"`
	Citations    []Citation   `json:"citations"`
	Usage        Usage        `json:"usage"`
	Timings      Timings      `json:"timings"`
	ClientCall   *ClientCall  `json:"client_call,omitempty"` // where FinishReason is FinishClientTool
}

// ErrorData is the data of EventError, the last on failure.
type ErrorData struct {
	Code      string `json:"code"`
	Message   string `json:"message"`
	Retryable bool   `json:"retryable"`
}

// Err is the error that the event tells of.
func (d ErrorData) Err() *Error { return Errorf(Code(d.Code), "%s", d.Message) }

// Last reports whether e ends an answer.
func (e Event) Last() bool { return e.Name == EventDone || e.Name == EventError }
