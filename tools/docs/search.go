package docs

import (
	"context"
	"fmt"
	"strings"

	"docent"
)

const (
	usualHits = 5
	mostHits  = 10
)

const searchParameters = `{"type":"object","properties":{
"query":{"type":"string","minLength":1,"maxLength":1000,"description":"What to look for, in the words that the documentation may use."},
"source":{"type":"string","description":"Only in this source."},
"version":{"type":"string","description":"Another version than the reader's; * for all."},
"lang":{"type":"string","description":"A language, such as en."},
"limit":{"type":"integer","minimum":1,"maximum":10}},
"required":["query"],"additionalProperties":false}`

// search makes search_docs.
func search(l Library) docent.Tool {
	type arguments struct {
		Query, Source, Version, Lang string
		Limit                        int
	}
	return called("search_docs", "Searches the documentation and gives the sections that fit best, numbered like the passages.", searchParameters,
		func(ctx context.Context, c docent.ToolCall, a arguments) (docent.ToolResult, error) {
			limit := usualHits
			if a.Limit > 0 {
				limit = min(a.Limit, mostHits)
			}
			found, err := l.Search(ctx, docent.Query{
				Site: c.Who.Site, Text: a.Query, Limit: limit, Whole: true, Filters: narrowed(c.Filters, a.Source, a.Version, a.Lang),
			})
			if err != nil {
				return docent.ToolResult{}, err
			}
			return docent.ToolResult{
				Text: strings.TrimSpace(Doubt(found) + "\n" + found.Note), Passages: found.Passages,
				Summary: fmt.Sprintf("%s: %d", a.Query, len(found.Passages)),
			}, nil
		})
}

// Doubt says what is to be doubted of what was found, "" where that is nothing.
func Doubt(f docent.Found) string {
	switch {
	case len(f.Passages) == 0:
		return "Nothing was found."
	case f.Refuse:
		return "These are the nearest sections. They hardly hold what was looked for."
	}
	return ""
}
