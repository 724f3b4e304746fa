package mcp

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
	"docent/access"
)

// newSessionID makes the ID of a session, which can't be guessed.
func newSessionID() string { return access.NewID("mcp_") }

// Hints for clients, which ask a person before a tool that may change something.
var (
	no       = false
	looksUp  = &mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, DestructiveHint: &no, OpenWorldHint: &no}
	asksOnce = &mcp.ToolAnnotations{ReadOnlyHint: true, DestructiveHint: &no, OpenWorldHint: &no}
)

// call is a call of a tool, with who made it.
type call struct {
	Caller
	request *mcp.CallToolRequest
}

// addTool offers a tool whose arguments are an In, and which gives text for a model and
// the same as data. Errors become results that say what to do, so that the model reads
// them.
func addTool[In, Out any](server *mcp.Server, f *features, t *mcp.Tool, run func(context.Context, call, In) (string, Out, error)) {
	mcp.AddTool(server, t, func(ctx context.Context, r *mcp.CallToolRequest, in In) (*mcp.CallToolResult, Out, error) {
		var none Out
		caller, err := f.caller(r)
		if err != nil {
			return nil, none, f.told(t.Name, err)
		}
		text, out, err := run(ctx, call{caller, r}, in)
		if err != nil {
			return nil, none, f.told(t.Name, err)
		}
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: text}}}, out, nil
	})
}

// told is an error for a client, without its cause, which reaches the log.
func (f *features) told(what string, err error) error {
	var known *docent.Error
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("it was cancelled")
	case errors.As(err, &known):
		if known.Err != nil {
			f.service.ports.Log.Warn("an MCP request failed", "what", what, "error", err)
		}
		return errors.New(told(known))
	}
	f.service.ports.Log.Error("an MCP request failed", "what", what, "error", err)
	return errors.New("something went wrong in the server: its log says more")
}

// told is what is wrong, and what to do about it.
func told(e *docent.Error) string {
	text := e.Told()
	for _, field := range e.Fields {
		text += fmt.Sprintf("; %s %s", field.Field, field.Message)
	}
	if e.RetryAfter > 0 {
		text += fmt.Sprintf("; try again in %.0f s", math.Ceil(e.RetryAfter.Seconds()))
	}
	return text
}

// chosen are the arguments by which the tools narrow what they look into.
type chosen struct {
	Source     string `json:"source"`
	Version    string `json:"version"`
	Lang       string `json:"lang"`
	PathPrefix string `json:"path_prefix"`
}

// filters are the arguments as a question has them. Without a language it is the
// reader's, if that is known.
func (c chosen) filters() docent.Filters {
	return docent.Filters{Source: c.Source, Version: c.Version, Lang: c.Lang, PathPrefix: c.PathPrefix}
}

// chosenProperties describe chosen, in the schemas of arguments.
const chosenProperties = `
"source":{"type":"string","maxLength":200,"description":"Only this source, as the instructions name them."},
"version":{"type":"string","maxLength":200,"description":"A version instead of the default one; * for all."},
"lang":{"type":"string","maxLength":35,"description":"Preferred language, such as en."},
"path_prefix":{"type":"string","maxLength":1000,"description":"Only pages whose path begins so, such as guides/."}`
