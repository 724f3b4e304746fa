package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
	"docent/tools"
)

// What is taken of a server.
const (
	maxTools       = 200
	maxDescription = 2000 // bytes
	maxFault       = 1000 // bytes of what a tool says of its failure
	maxLogged      = 500  // bytes of what a program says
)

// unfit are the characters that a tool's name can't have here.
var unfit = regexp.MustCompile(`[^a-zA-Z0-9_-]`)

// list asks for the tools, and gives the allowed ones that can be used. warnings say
// what is wrong with others.
func (s *server) list(ctx context.Context, session *mcp.ClientSession) (listed []docent.Tool, warnings []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	all := slices.Contains(s.Allow, "*")
	seen := map[string]bool{}
	there := map[string]bool{}
	for t, err := range session.Tools(ctx, nil) {
		if err != nil {
			return nil, nil, &docent.Error{Code: docent.CodeNotReady, Message: "it does not list its tools", Err: err}
		}
		if there[t.Name] = true; len(there) > maxTools {
			return nil, nil, docent.Errorf(docent.CodeNotReady, "it has more than %d tools", maxTools)
		}
		if !all && !slices.Contains(s.Allow, t.Name) {
			continue
		}
		made, err := s.tool(t)
		switch {
		case err != nil:
			warnings = append(warnings, fmt.Sprintf("a tool is left out: %s", err))
		case seen[made.Name]:
			warnings = append(warnings, fmt.Sprintf("a tool is left out: two are called %s", made.Name))
		default:
			listed = append(listed, made)
		}
		seen[made.Name] = true
	}
	for _, name := range s.Allow {
		if name != "*" && !there[name] {
			warnings = append(warnings, fmt.Sprintf("the server has no tool %q, which is allowed", name))
		}
	}
	return listed, warnings, nil
}

// tool makes a tool of a server's.
func (s *server) tool(t *mcp.Tool) (docent.Tool, error) {
	schema, err := json.Marshal(t.InputSchema)
	if err != nil {
		return docent.Tool{}, err
	}
	name := t.Name
	return tools.Checked(docent.Tool{
		Name: s.Name + "_" + unfit.ReplaceAllString(name, "_"), Description: cut(t.Description, maxDescription), Parameters: schema,
		Timeout: s.timeout, Sites: s.Sites,
		Call: func(ctx context.Context, c docent.ToolCall) (docent.ToolResult, error) {
			return s.call(ctx, name, c.Arguments)
		},
	})
}

// call calls a tool by the session of the moment.
func (s *server) call(ctx context.Context, name string, arguments json.RawMessage) (docent.ToolResult, error) {
	session, _, err := s.state()
	if session == nil {
		return docent.ToolResult{}, &docent.Error{Code: docent.CodeNotReady, Message: "the server of this tool can't be reached now", Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: name, Arguments: arguments})
	var refused *jsonrpc.Error
	switch {
	case errors.As(err, &refused):
		return docent.ToolResult{}, &docent.Error{Code: docent.CodeInvalid, Message: "the tool was not called", Hint: cut(refused.Message, maxFault), Err: err}
	case err != nil:
		s.gone(session, err)
		return docent.ToolResult{}, err
	}
	text := textOf(result)
	if result.IsError {
		return docent.ToolResult{}, &docent.Error{Code: docent.CodeInvalid, Message: "the tool failed", Hint: cut(text, maxFault)}
	}
	return docent.ToolResult{Text: text}, nil
}

// textOf gives of a result what a model can read.
func textOf(r *mcp.CallToolResult) string {
	var parts []string
	texts := 0
	for _, c := range r.Content {
		switch c := c.(type) {
		case *mcp.TextContent:
			parts = append(parts, c.Text)
			texts++
		case *mcp.ResourceLink:
			parts = append(parts, strings.Join(strings.Fields("resource: "+c.Name+" "+c.Title+" "+c.URI+" "+c.Description), " "))
		case *mcp.EmbeddedResource:
			if c.Resource != nil && c.Resource.Text != "" {
				parts = append(parts, c.Resource.Text)
				texts++
			} else {
				parts = append(parts, "(a file was left out)")
			}
		case *mcp.ImageContent:
			parts = append(parts, "(an image was left out)")
		case *mcp.AudioContent:
			parts = append(parts, "(a sound was left out)")
		}
	}
	if r.StructuredContent != nil && texts == 0 {
		if data, err := json.Marshal(r.StructuredContent); err == nil {
			parts = append(parts, string(data))
		}
	}
	return strings.Join(parts, "\n\n")
}

func cut(text string, most int) string {
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + " ..."
	}
	return text
}

// said logs what a program writes to its standard error.
type said struct{ log *slog.Logger }

// Write implements io.Writer.
func (s *said) Write(p []byte) (int, error) {
	s.log.Debug("the MCP server's program says", "text", cut(strings.TrimSpace(string(p)), maxLogged))
	return len(p), nil
}
