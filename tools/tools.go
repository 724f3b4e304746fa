// Package tools holds what the tools have in common that a model may call: what
// config.yaml says of them, how their arguments are checked, and query_database,
// which asks any database that can say its columns and run a query.
//
// A call passes Checked first: arguments that are no JSON, or do not fit the
// tool's schema, never reach it, and the model is told what is wrong with them.
// Each tool bounds what it computes, asks and gives. tools/calculate evaluates,
// tools/request speaks HTTP; server makes the configured ones.
//
// What it doubts: names, schemas and arguments alike. Errors are told to a model,
// and it may tell a reader, so none names a secret, a path or an address of ours.
package tools

import (
	"context"
	"fmt"
	"regexp"

	"docent"
)

// maxArguments is how long the arguments of a call may be, in bytes.
const maxArguments = 64 << 10

var toolName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// Checked gives a tool whose arguments are checked against its schema before it
// is called; where the model wrote none, they are {}. The error is of a name or a
// schema that can't be used.
func Checked(t docent.Tool) (docent.Tool, error) {
	if !toolName.MatchString(t.Name) {
		return t, fmt.Errorf("a tool's name must be 1 to 64 letters, digits, _ and -, which %q is not", t.Name)
	}
	if t.Call == nil {
		return t, fmt.Errorf("the tool %s has nothing to call", t.Name)
	}
	if len(t.Parameters) == 0 {
		t.Parameters = []byte(`{"type":"object","properties":{}}`)
	}
	schema, err := CompileSchema(t.Parameters)
	if err != nil {
		return t, fmt.Errorf("the tool %s: %w", t.Name, err)
	}
	call := t.Call
	t.Call = func(ctx context.Context, c docent.ToolCall) (docent.ToolResult, error) {
		if len(c.Arguments) == 0 {
			c.Arguments = []byte("{}")
		}
		if err := schema.Check(c.Arguments); err != nil {
			return docent.ToolResult{}, err
		}
		return call(ctx, c)
	}
	return t, nil
}
