package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"docent"
)

// WithClientTools lets the model call tools that run in the reader's page, where an
// Ask says that it has them. A call ends the answer (docent.FinishClientTool); what it
// gave comes with the Ask that goes on. Call is not what runs: where there is one, it
// checks the arguments, and its error is told to the model in the page's place. Of two
// tools with one name the server's counts.
func WithClientTools(tools []docent.Tool) Option {
	return func(s *Service) { s.clientTools = tools }
}

// pageTools are those that the page of an answer's reader runs. A turn that went to
// the page as often as an answer may call tools has none any more.
func (s *Service) pageTools(a *answering, others []docent.Tool) []docent.Tool {
	made := 0
	for _, m := range a.earlier {
		if m.ClientCall != nil {
			made++
		}
	}
	if !a.ask.ClientTools || made >= max(s.toolBounds.Rounds, 1) {
		return nil
	}
	var tools []docent.Tool
	for _, t := range s.clientTools {
		named := func(other docent.Tool) bool { return other.Name == t.Name }
		if len(t.Sites) > 0 && !slices.Contains(t.Sites, a.who.Site) || slices.ContainsFunc(others, named) {
			continue
		}
		t.Call = pageCheck(t.Call)
		tools = append(tools, t)
	}
	return tools
}

// pageCheck checks what a page is called with: the arguments are an object, and such
// as the tool's own check takes.
func pageCheck(own func(context.Context, docent.ToolCall) (docent.ToolResult, error)) func(context.Context, docent.ToolCall) (docent.ToolResult, error) {
	return func(ctx context.Context, c docent.ToolCall) (docent.ToolResult, error) {
		if pageArguments(string(c.Arguments)) == nil {
			return docent.ToolResult{}, docent.Errorf(docent.CodeInvalid, "the arguments are no JSON object of at most %d bytes", maxCallArguments)
		}
		if own == nil {
			return docent.ToolResult{}, nil
		}
		_, err := own(ctx, c)
		return docent.ToolResult{}, err
	}
}

// pageArguments gives the arguments of a call of a page's tool, {} without any; nil
// where they can't be taken.
func pageArguments(written string) json.RawMessage {
	text := bytes.TrimSpace([]byte(written))
	if len(text) == 0 {
		return json.RawMessage(`{}`)
	}
	if len(text) > maxCallArguments || text[0] != '{' || !json.Valid(text) {
		return nil
	}
	return text
}

// forPage gives the first call of a round that the reader's page can make, and the
// calls beside those of the page. Where it can make none all are left: the model is told
// why.
func (b *toolbox) forPage(ctx context.Context, calls []docent.ModelCall) (*docent.ClientCall, []docent.ModelCall) {
	for _, c := range calls {
		if !b.page[c.Name] || b.call(ctx, c).err != nil {
			continue
		}
		others := slices.DeleteFunc(slices.Clone(calls), func(other docent.ModelCall) bool { return b.page[other.Name] })
		return &docent.ClientCall{ID: c.ID, Name: c.Name, Arguments: pageArguments(c.Arguments), Status: docent.CallPending}, others
	}
	return nil, calls
}
