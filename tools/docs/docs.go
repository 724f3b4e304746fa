// Package docs makes the tools by which a model looks into the documentation
// itself: search_docs, read_page and list_pages. What they find are passages,
// which the answer may cite like those that it began with.
//
// A call sees what the question sees: its site, its preview, and the source and
// folder that it is narrowed to; the model can narrow further, and choose another
// version or language. Pages, Below, Place and Doubt are what other ways to look into
// the documentation have in common with the tools.
//
// What it doubts: names of sources and pages that a model makes up. Their errors
// say which there are.
package docs

import (
	"context"
	"encoding/json"
	"slices"

	"docent"
)

// Library is the documentation. It buys tools over any index.
type Library interface {
	// Search finds passages.
	Search(ctx context.Context, q docent.Query) (docent.Found, error)
	// Sections gives a page, by its path or address, with its sections in order;
	// docent.CodeNotFound where there is none.
	Sections(ctx context.Context, site string, f docent.Filters, at string) (docent.Page, []docent.Passage, error)
	// Listing gives the pages of what the filters choose.
	Listing(ctx context.Context, site string, f docent.Filters) ([]Listed, error)
}

// Listed is a unit with its pages.
type Listed struct {
	Unit  docent.Unit
	Pages []docent.Page
}

// Tools makes those of the tools that are named.
func Tools(l Library, names []string) []docent.Tool {
	return slices.DeleteFunc([]docent.Tool{search(l), read(l), list(l)}, func(t docent.Tool) bool {
		return !slices.Contains(names, t.Name)
	})
}

// narrowed gives the question's filters with what the model adds to them.
func narrowed(f docent.Filters, source, version, lang string) docent.Filters {
	if f.Source == "" {
		f.Source = source
	}
	if version != "" {
		f.Version = version
	}
	if lang != "" {
		f.Lang = lang
	}
	return f
}

// called makes a tool whose arguments are an A.
func called[A any](name, description, parameters string, call func(ctx context.Context, c docent.ToolCall, arguments A) (docent.ToolResult, error)) docent.Tool {
	return docent.Tool{
		Name: name, Description: description, Parameters: json.RawMessage(parameters), Docs: true,
		Call: func(ctx context.Context, c docent.ToolCall) (docent.ToolResult, error) {
			var arguments A
			if err := json.Unmarshal(c.Arguments, &arguments); err != nil {
				return docent.ToolResult{}, &docent.Error{Code: docent.CodeInvalid, Message: "the arguments are no JSON", Err: err}
			}
			return call(ctx, c, arguments)
		},
	}
}
