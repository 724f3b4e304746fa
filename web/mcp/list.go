package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
)

// usualPages is how many pages list_pages names where a call does not say.
const usualPages = 200

var listTool = &mcp.Tool{
	Name: "list_pages", Title: "List the pages", Annotations: looksUp,
	Description: "Lists the pages of the documentation with their paths and titles, in the order of its navigation.",
	InputSchema: json.RawMessage(`{"type":"object","properties":{
"limit":{"type":"integer","minimum":1,"maximum":1000,"description":"Pages at most; without it 200."},
"cursor":{"type":"string","maxLength":100,"description":"next_cursor of the part before."},` +
		chosenProperties + `},"additionalProperties":false}`),
}

type listArguments struct {
	Limit  int    `json:"limit"`
	Cursor string `json:"cursor"`
	chosen
}

type listResult struct {
	Pages      []listed `json:"pages"`
	Total      int      `json:"total" jsonschema:"of all parts"`
	NextCursor string   `json:"next_cursor,omitempty" jsonschema:"where the list goes on; missing at its end"`
}

// listed is a page in a list.
type listed struct {
	Path    string `json:"path" jsonschema:"what read_page takes"`
	Title   string `json:"title"`
	URL     string `json:"url"`
	Source  string `json:"source"`
	Version string `json:"version"`
	Lang    string `json:"lang"`
}

// list is list_pages.
func (f *features) list(ctx context.Context, c call, in listArguments) (string, listResult, error) {
	from, most := 0, usualPages
	if in.Limit > 0 {
		most = in.Limit
	}
	if in.Cursor != "" {
		var err error
		if from, err = readCursor(in.Cursor); err != nil {
			return "", listResult{}, docent.Errorf(docent.CodeInvalid, "the cursor is none that list_pages gave: begin without one")
		}
	}
	in.PathPrefix = strings.TrimLeft(in.PathPrefix, "/")
	shelves, err := f.docs().List(ctx, c.Principal.Site, in.filters())
	if err != nil {
		return "", listResult{}, err
	}
	out := listResult{Pages: []listed{}}
	for _, shelf := range shelves {
		out.Total += len(shelf.Pages)
	}
	pages, more := part(shelves, from, most)
	var b strings.Builder
	var unit docent.Unit
	for i, p := range pages {
		if i == 0 || p.unit != unit {
			unit = p.unit
			fmt.Fprintf(&b, "\n## %s\n", joined(" ", unit.Source, unit.Version, unit.Lang))
		}
		fmt.Fprintf(&b, "- %s: %s\n", p.Path, oneLine(p.Title))
		out.Pages = append(out.Pages, listed{p.Path, p.Title, whole(c.Base, p.URL), unit.Source, unit.Version, unit.Lang})
	}
	switch {
	case out.Total == 0:
		return "There is no such page. Call it with fewer arguments to see which there are.", out, nil
	case more:
		out.NextCursor = cursorAt(from + len(pages))
		fmt.Fprintf(&b, "\n%d of %d pages. The list goes on with cursor %s; path_prefix makes it shorter.\n", len(pages), out.Total, out.NextCursor)
	}
	return strings.TrimSpace(b.String()), out, nil
}
