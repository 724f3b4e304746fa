package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
	"docent/analysis"
)

// Bounds of search_docs, beside those in its schema.
const (
	usualHits   = 5
	usualTokens = 4000
)

var searchTool = &mcp.Tool{
	Name: "search_docs", Title: "Search the documentation", Annotations: looksUp,
	Description: "Searches the documentation and gives the sections that fit best, as Markdown with their addresses. Use it before you rely on what you remember of this project.",
	InputSchema: json.RawMessage(`{"type":"object","properties":{
"query":{"type":"string","minLength":1,"maxLength":1000,"description":"What to look for: a question, or words that the documentation may use, such as names of options, functions and errors."},
"limit":{"type":"integer","minimum":1,"maximum":20,"description":"Sections at most; without it 5."},
"max_tokens":{"type":"integer","minimum":200,"maximum":20000,"description":"How long the result may be, about; without it 4000. What has no room is listed by its address."},` +
		chosenProperties + `},"required":["query"],"additionalProperties":false}`),
}

type searchArguments struct {
	Query     string `json:"query"`
	Limit     int    `json:"limit"`
	MaxTokens int    `json:"max_tokens"`
	chosen
}

type searchResult struct {
	Results    []section `json:"results" jsonschema:"the sections, best first"`
	Answerable float64   `json:"answerable" jsonschema:"how likely they hold what was looked for, from 0 to 1"`
	Note       string    `json:"note,omitempty" jsonschema:"what is to be known of the search, such as another version that was searched"`
}

// section is a section that was found.
type section struct {
	Title   string  `json:"title" jsonschema:"of the page"`
	Heading string  `json:"heading"`
	URL     string  `json:"url" jsonschema:"what to cite, and what read_page takes"`
	Path    string  `json:"path" jsonschema:"of the page's file"`
	Source  string  `json:"source"`
	Version string  `json:"version"`
	Lang    string  `json:"lang"`
	Score   float64 `json:"score"`
	Text    string  `json:"text" jsonschema:"Markdown; empty where the budget of tokens had no room for it"`
	Cut     bool    `json:"cut" jsonschema:"whether there is more text than this"`
}

// search is search_docs.
func (f *features) search(ctx context.Context, c call, in searchArguments) (string, searchResult, error) {
	limit, budget := in.Limit, in.MaxTokens
	if limit == 0 {
		limit = usualHits
	}
	if budget == 0 {
		budget = usualTokens
	}
	found, err := f.docs().Search(ctx, docent.Query{Site: c.Principal.Site, Text: in.Query, Limit: limit, Whole: true, Filters: in.filters()})
	if err != nil {
		return "", searchResult{}, err
	}
	out := searchResult{Results: []section{}, Answerable: found.Answerable, Note: joined("; ", f.docs().Doubt(found), found.Note)}
	text := searchText(c.Base, found.Passages, budget, &out)
	return text, out, nil
}

// searchText writes the sections, each as far as the budget allows, and what had no room
// as a list of links; the same goes to out.
func searchText(base string, passages []docent.Passage, budget int, out *searchResult) string {
	var b, rest strings.Builder
	if out.Note != "" {
		b.WriteString("Note: " + out.Note + "\n")
	}
	left := budget - analysis.Tokens(b.String())
	for i := range passages {
		p := &passages[i]
		s := sectionOf(base, p)
		head := "\n## " + s.name() + "\n" + joined(" · ", s.URL, joined(" ", s.Source, s.Version)) + "\n\n"
		body := fitting(&p.Chunk, left-analysis.Tokens(head))
		s.Text, s.Cut = body, len(body) < len(strings.TrimSpace(p.Text))
		if out.Results = append(out.Results, s); body == "" {
			line := "- [" + s.name() + "](" + s.URL + ")\n"
			left -= analysis.Tokens(line)
			rest.WriteString(line)
			continue
		}
		b.WriteString(head + body + "\n")
		if s.Cut {
			b.WriteString("\n(cut: read_page has the rest)\n")
		}
		left -= analysis.Tokens(head + body)
	}
	if rest.Len() > 0 {
		b.WriteString("\nAlso found, without room here:\n" + rest.String())
	}
	return strings.TrimSpace(b.String())
}

func sectionOf(base string, p *docent.Passage) section {
	return section{
		Title: p.Title, Heading: p.Heading(), URL: whole(base, p.URL), Path: p.Path,
		Source: p.Unit.Source, Version: p.Unit.Version, Lang: p.Unit.Lang, Score: p.Score,
	}
}

// name is what a reader knows the section by.
func (s section) name() string { return named(s.Title, s.Heading) }

// named is a section's page, and its heading where that says more.
func named(title, heading string) string {
	if heading == "" || heading == title {
		return oneLine(title)
	}
	return oneLine(fmt.Sprintf("%s > %s", title, heading))
}

// fitting gives of a chunk's text as many blocks, from the first one on, as a number of
// tokens has room for: a block is never cut.
func fitting(c *docent.Chunk, tokens int) string {
	text := strings.TrimSpace(c.Text)
	if analysis.Tokens(text) <= tokens {
		return text
	}
	fits := ""
	for _, block := range c.Blocks {
		part := strings.TrimSpace(c.Text[:min(max(block.End, 0), len(c.Text))])
		if analysis.Tokens(part) > tokens {
			break
		}
		fits = part
	}
	return fits
}

// whole puts base before an address that begins at the host's root.
func whole(base, address string) string {
	if strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") {
		return base + address
	}
	return address
}

// joined joins the texts that are there.
func joined(by string, texts ...string) string {
	var there []string
	for _, t := range texts {
		if t != "" {
			there = append(there, t)
		}
	}
	return strings.Join(there, by)
}
