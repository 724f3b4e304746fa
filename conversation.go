package docent

import (
	"encoding/json"
	"time"
)

// Source is a passage as clients see it.
type Source struct {
	N       int     `json:"n"`
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	Heading string  `json:"heading"`
	URL     string  `json:"url"`
	Snippet string  `json:"snippet"`
	Score   float64 `json:"score"`
	Source  string  `json:"source"`
	Version string  `json:"version"`
}

// Citation says that the text at Start leans on source N.
type Citation struct {
	N       int    `json:"n"`
	Title   string `json:"title"`
	Heading string `json:"heading"`
	URL     string `json:"url"`
	Snippet string `json:"snippet"`
	Start   int    `json:"start"` // of "[n]" in the answer, in UTF-16 units
}

// Roles of messages.
const (
	RoleUser      = "user"
	RoleAssistant = "assistant"
	RoleSystem    = "system"
	RoleTool      = "tool" // what a tool gave, to a model
)

// FinishReason says how an answer ended; "" while it is being made.
type FinishReason string

// The ways an answer ends.
const (
	FinishStop       FinishReason = "stop"
	FinishLength     FinishReason = "length"
	FinishRefused    FinishReason = "refused"     // the documentation does not hold it
	FinishCancelled  FinishReason = "cancelled"   // by the reader
	FinishExtractive FinishReason = "extractive"  // in the documents' own words
	FinishFailed     FinishReason = "failed"      // stored only, after an error event
	FinishClientTool FinishReason = "client_tool" // a tool in the reader's page is called: see ClientCall
)

// Cause says why an answer is extractive, or that it is not the documentation's.
type Cause string

// The causes of extractive answers, and of what a model says from its own
// knowledge.
const (
	CauseNoModel   Cause = "no_model"
	CauseBudget    Cause = "budget"
	CauseModelDown Cause = "model_down"
	CauseLimit     Cause = "limit"
	CauseOutside   Cause = "outside_knowledge"
)

// Usage is what an answer took.
type Usage struct {
	InputTokens  int     `json:"input_tokens"`
	OutputTokens int     `json:"output_tokens"`
	CachedTokens int     `json:"cached_tokens"`
	CostUSD      float64 `json:"cost_usd"`
}

// Timings are milliseconds since the question arrived.
type Timings struct {
	RetrievalMS  float64 `json:"retrieval_ms"`
	FirstTokenMS float64 `json:"first_token_ms"` // 0 where no text came
	TotalMS      float64 `json:"total_ms"`
}

// Feedback is a reader's verdict on an answer.
type Feedback struct {
	Rating  string   `json:"rating"` // "up" or "down"
	Reasons []string `json:"reasons"`
	Comment string   `json:"comment"`
}

// Session is a conversation.
type Session struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Status    string    `json:"status"` // StatusActive, StatusLocked or StatusClosed
	// StatusReason says why a session takes no more questions, to its reader; "" is
	// not said.
	StatusReason string `json:"status_reason,omitempty"`
}

// The states of sessions. A locked one may be opened again, a closed one is over:
// neither takes questions.
const (
	StatusActive = "active"
	StatusLocked = "locked"
	StatusClosed = "closed"
)

// Message is one side of a turn. Text of an assistant's message is the
// concatenation of its deltas.
type Message struct {
	ID           string       `json:"id"`
	SessionID    string       `json:"session_id"`
	Role         string       `json:"role"`
	Text         string       `json:"text"`
	Citations    []Citation   `json:"citations"`
	Sources      []Source     `json:"sources"`
	FinishReason FinishReason `json:"finish_reason"`
	Cause        Cause        `json:"cause,omitempty"`
	Certain      string       `json:"certain,omitempty"` // "yes" or "uncertain"
	Grounded     *float64     `json:"grounded"`          // nil where unchecked
	Usage        Usage        `json:"usage"`
	Timings      *Timings     `json:"timings,omitempty"`
	Feedback     *Feedback    `json:"feedback,omitempty"`
	Attachments  []Attachment `json:"attachments,omitempty"` // of a question, without their contents
	ClientCall   *ClientCall  `json:"client_call,omitempty"` // that an answer ended with
	CreatedAt    time.Time    `json:"created_at"`
	// Trace is stored with an answer, and never comes back with it; nil where
	// none was made.
	Trace *PackedTrace `json:"-"`
	// Gap is stored with an answer where the documentation does not hold what was
	// asked, for whoever writes the documentation; it never comes back with it.
	Gap *Gap `json:"-"`
	// Cache is stored with an answer that can be given to others; it never comes
	// back with it. nil is any other.
	Cache *CacheEntry `json:"-"`
}

// CacheEntry says how an answer is kept for whoever asks the same.
type CacheEntry struct {
	Key      string    // names all that decided the answer, within a site
	Until    time.Time // when it is too old; zero of an answer that was itself another's
	MaxBytes int       // of all that is kept; what ends first makes room
}

// Gap is a question that the documentation does not answer.
type Gap struct {
	Question   string    `json:"question"`   // as it was asked
	Searched   string    `json:"searched"`   // as it was searched for, see Found.Asked
	Nearest    []Source  `json:"nearest"`    // the nearest pages
	Answerable float64   `json:"answerable"` // see Found
	AskedAt    time.Time `json:"asked_at"`
}

// Ask is a question as it reaches chat. One of Message, RetryOf and Continues is set.
type Ask struct {
	Message   string
	SessionID string // "" begins a session
	RetryOf   string // the assistant's message to replace
	Rewind    bool   // with RetryOf: all that stands behind its turn is deleted
	// History precedes the question, oldest first, where the client keeps its
	// own; nil means the session's stored one.
	History []ModelMessage
	Filters Filters
	// Lang is the reader's language, BCP 47, as their browser has it; it counts
	// where neither the message nor Filters tell. "" is unknown.
	Lang string
	Page PageContext
	// Program is what the program that the reader uses asks of answers, in its own
	// words: it counts for their language, tone, length and form, below all that the
	// server says. "" is nothing.
	Program string
	// Attachments are the IDs of the files that the question refers to.
	Attachments []string
	Model       string            // one of the configured ones; "" is the default
	Metadata    map[string]string // reaches prompts
	// ClientTools says that the caller's page runs the tools that are configured for
	// it, and goes on with Continues.
	ClientTools bool
	// Continues goes on with an answer, in the place of Message and RetryOf.
	Continues *Continuation
	// Fresh asks for an answer that is made now, not one from the cache.
	Fresh bool
	// IdempotencyKey makes a repeat join the answer in the making.
	IdempotencyKey string
}

// PageContext is where the reader is.
type PageContext struct {
	URL       string `json:"url"`
	Title     string `json:"title"`
	Selection string `json:"selection"`
}

// Started names what an Ask began.
type Started struct {
	SessionID     string
	UserMessageID string
	MessageID     string
	Joined        bool   // an answer with the same idempotency key was already there
	Questions     *Quota // what is left of the caller's questions; nil without such a limit, or joined
}

// Turn is a question with the place for its answer, as stored when it begins.
type Turn struct {
	Session    Session
	NewSession bool
	User       Message
	Answer     Message // FinishReason "" until it is finished
	RetryOf    string  // the assistant's message that Answer replaces; User is then the stored one
	Rewind     bool    // with RetryOf: later turns are deleted, with their items
	// Continues has Answer stand behind the answer with that ID, the last one of its
	// turn; User is then the stored one. Output completes its ClientCall.
	Continues string
	Output    json.RawMessage
	// Attachments are the IDs of the question's; once it is stored, User has them.
	Attachments    []string
	IdempotencyKey string
	Bounds         Bounds
	Questions      *Quota // what is left after this one, as stored; nil without Bounds.PerHour
}

// Bounds are what a turn is held to as it begins. Zero values are no bound.
type Bounds struct {
	PerHour  int // questions of the owner within any hour
	AtOnce   int // answers of the owner in the making
	Messages int // of a session
}

// Quota says how much is left of a limit.
type Quota struct {
	Policy    string        // the limit's name: "default", "questions"
	Limit     int           // within any window
	Window    time.Duration // of time
	Remaining int
	Reset     time.Duration // until one more than Remaining may be done
}

// ModelMessage is a message to a model.
type ModelMessage struct {
	Role string `json:"role"`
	Text string `json:"content"`
	// Calls are what an assistant's message called; a message with RoleTool and
	// its CallID follows for each.
	Calls  []ModelCall  `json:"-"`
	Images []ModelImage `json:"-"` // of RoleUser; a model that does not see is told of them in words
	CallID string       `json:"-"` // of RoleTool: the call that Text is the result of
}

// ModelImage is a picture for a model that sees.
type ModelImage struct {
	Type string // image/png, image/jpeg, image/gif or image/webp
	Data []byte
}

// ModelCall is a call of a tool by a model.
type ModelCall struct {
	ID        string // never empty, and unique within an answer
	Name      string
	Arguments string // as the model wrote them: maybe no JSON, or nothing
}

// ModelRequest asks a model for an answer. Zero values are not sent.
type ModelRequest struct {
	Model       string // "" is the configured one
	Messages    []ModelMessage
	MaxTokens   int
	Temperature *float64
	Tools       []Tool // that the model may call; a server that knows no tools is not told of them
	NoCalls     bool   // the tools are told, since Messages speak of them, but must not be called
}

// ModelResult is how a model's answer ended. Usage is zero where the server
// reports none.
type ModelResult struct {
	FinishReason FinishReason // FinishStop or FinishLength
	Usage        Usage
	Model        string      // as the server names it
	Calls        []ModelCall // the tools that the model wants called before it goes on, in its order
}

// List asks for a part of a list.
type List struct {
	Limit int    // 1 to 100; 0 is 20
	After string // cursor of the former part's Listed.After; "" begins
	Order string // "asc" or "desc"; "" is the list's own
}

// Listed is a part of a list, in the wire's form.
type Listed[T any] struct {
	Data    []T    `json:"data"` // never nil
	HasMore bool   `json:"has_more"`
	After   string `json:"after,omitempty"` // "" where nothing follows
}
