package docent

import (
	"context"
	"encoding/json"
	"time"
)

// Tool is something that a model may call while it answers. What it gives is
// data, never instructions.
type Tool struct {
	Name        string          // letters, digits, "_" and "-", 1 to 64; unique among the tools of an answer
	Description string          // what the model decides by whether to call it
	Parameters  json.RawMessage // a JSON Schema of an object; nil takes no arguments
	Timeout     time.Duration   // of one call; 0 is the configured one
	MaxBytes    int             // of a result's Text, above which it is cut; 0 is the configured one
	Sites       []string        // whose readers it is for; empty is every site's
	// Docs is of a tool that looks into the documentation alone: no reason to ask a
	// model what the documentation surely does not hold.
	Docs bool
	// Call runs it. It ends when ctx does. Its error is told to the model, which
	// goes on: an *Error by what Told says, another one as that the tool failed.
	Call func(ctx context.Context, c ToolCall) (ToolResult, error)
}

// ToolCall is what a tool is called with.
type ToolCall struct {
	ID        string          // of the call, as the model named it
	Arguments json.RawMessage // as the model wrote them: maybe no JSON. Empty is {}
	Who       ToolCaller
	Filters   Filters // that the question is narrowed to
}

// ToolCaller is for whom a tool is called: the reader whose question is
// answered. The model has no say in it.
type ToolCaller struct {
	Site     string
	Subject  string            // "" is a reader without credentials
	Claims   map[string]string // of the reader's token; believed. nil without one
	Metadata map[string]string // of the request: what a page or a client says of itself, not to be believed
}

// ToolResult is what a tool gives.
type ToolResult struct {
	Text     string    // what the model reads
	Summary  string    // one line for the reader; "" is the tool's name
	Passages []Passage // found ones, best first, which the answer may cite; N is 0
}

// QueryTable is a table or a view of a database that a model's SQL may read.
type QueryTable struct {
	Name    string   // as SQL names it, with its schema where that is needed
	Columns []string // that may be read; empty is all
	// Subject is the column that says whose a row is: only the rows of the reader
	// who asks can be read, and none by a reader without credentials. "" is a
	// table that all may read.
	Subject string
}

// QueryColumn is a column that may be read, with its type as the database names it.
type QueryColumn struct{ Name, Type string }

// QueryBounds is what one query may cost. Every bound is above 0.
type QueryBounds struct {
	Rows    int           // more are left out
	Bytes   int           // of all values, as text; rows beyond are left out
	Timeout time.Duration // then the query is stopped
}

// QueryRows is what a query gave.
type QueryRows struct {
	Columns []string
	Rows    [][]any // each value as JSON has it: nil, bool, a number, a string or json.RawMessage
	More    bool    // there were more than the bounds let through
}
