package docent

import "time"

// Trace is how an answer came to be, for whoever runs the site: readers never
// get it. It holds what the reader asked and what a model was sent, and no
// setting.
type Trace struct {
	At       time.Time      `json:"at"` // when the question arrived
	Site     string         `json:"site"`
	Question string         `json:"question"`
	History  []ModelMessage `json:"history,omitempty"` // as it was taken into account, oldest first
	Page     PageContext    `json:"page"`

	// What was searched, and what came of it.
	Query      string     `json:"query"` // as it reached retrieval
	Asked      string     `json:"asked"` // see Found.Asked
	Filters    Filters    `json:"filters"`
	Preview    string     `json:"preview,omitempty"`
	Note       string     `json:"note,omitempty"` // what was done to the filters
	Releases   []Release  `json:"releases"`
	Candidates []Ranked   `json:"candidates"`
	Signs      []Features `json:"signs"` // see Found.Signs
	Answerable float64    `json:"answerable"`
	Zone       string     `json:"zone"` // "refused", "uncertain" or "certain"

	// What a model was sent; the extractive answer's passages are the same.
	Passages     []TracedPassage `json:"passages"`
	PromptTokens int             `json:"prompt_tokens"` // estimated
	Budget       int             `json:"budget"`        // of tokens, for passages, history and question
	Prompt       []ModelMessage  `json:"prompt,omitempty"`

	Model     string           `json:"model,omitempty"` // as its server names it; "" where none answered
	Calls     []TracedCall     `json:"calls,omitempty"` // of tools, as they ended
	Steps     []TraceStep      `json:"steps"`
	Sentences []TracedSentence `json:"sentences"`
}

// Features are numbers by their names.
type Features map[string]float64

// Ranked is a candidate with what it was ranked by.
type Ranked struct {
	Source   string   `json:"source"`
	Version  string   `json:"version,omitempty"`
	Lang     string   `json:"lang,omitempty"`
	ID       string   `json:"id"`
	Path     string   `json:"path"`
	Section  int      `json:"section"` // see Chunk
	Lexical  int      `json:"lexical"` // place in the store's list by words, from 1; 0 where it is not there
	Dense    int      `json:"dense"`   // likewise by meaning
	Score    float64  `json:"score"`
	Features Features `json:"features"`
}

// TracedPassage is a passage that was found, with its number in the prompt or
// why it is not there.
type TracedPassage struct {
	N       int     `json:"n"` // 0 where it was left out
	ID      string  `json:"id"`
	Source  string  `json:"source"`
	Path    string  `json:"path"`
	Anchor  string  `json:"anchor"`
	Title   string  `json:"title"`
	Heading string  `json:"heading"`
	URL     string  `json:"url"`
	Score   float64 `json:"score"`
	Tokens  int     `json:"tokens"`
	LeftOut string  `json:"left_out,omitempty"`
}

// TracedCall is a tool that the model called.
type TracedCall struct {
	AtMS      float64 `json:"at_ms"`   // its end, since the question arrived
	TookMS    float64 `json:"took_ms"` // 0 where it was answered from an equal call
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Arguments string  `json:"arguments"` // the beginning of what the model wrote
	State     string  `json:"state"`     // ToolDone or ToolFailed
	Result    string  `json:"result"`    // the beginning of what the model was told
}

// TraceStep is something that happened on the way to an answer.
type TraceStep struct {
	AtMS   float64 `json:"at_ms"` // since the question arrived
	Name   string  `json:"name"`
	Detail string  `json:"detail,omitempty"`
}

// TracedSentence is a sentence that was judged. Start and End are its place in
// the answer in UTF-16 units; of one that was withheld both are 0, and Text is
// what was not shown.
type TracedSentence struct {
	Start  int     `json:"start"`
	End    int     `json:"end"`
	Text   string  `json:"text,omitempty"`
	State  Support `json:"state"`
	Reason string  `json:"reason,omitempty"`
	Cited  []int   `json:"cited"`
}

// PackedTrace is a Trace as it is stored: package chat packs and unpacks it.
type PackedTrace struct {
	Data  []byte
	Until time.Time // when it may be deleted
}
