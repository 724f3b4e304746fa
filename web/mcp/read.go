package mcp

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
	"docent/analysis"
	"docent/web"
)

// pageTokens is how long a page may be where a call does not say.
const pageTokens = 10000

var readTool = &mcp.Tool{
	Name: "read_page", Title: "Read a page", Annotations: looksUp,
	Description: "Reads a page of the documentation as Markdown, or one section of it, by its address or path. The result lists the page's sections.",
	InputSchema: json.RawMessage(`{"type":"object","properties":{
"url":{"type":"string","maxLength":2000,"description":"The page's address, as search_docs gives it; an #anchor chooses its section."},
"path":{"type":"string","maxLength":2000,"description":"Or the path of its file, as list_pages gives it."},
"section":{"type":"string","maxLength":500,"description":"Only the section with this heading or anchor, and what is below it."},
"source":{"type":"string","maxLength":200,"description":"The source that the path is of, where there are several."},
"version":{"type":"string","maxLength":200,"description":"Of the path: a version instead of the default one."},
"lang":{"type":"string","maxLength":35,"description":"Of the path: preferred language, such as en."},
"max_tokens":{"type":"integer","minimum":200,"maximum":50000,"description":"How long the result may be, about; without it 10000. Whole sections are left out beyond it, and named."}},
"additionalProperties":false}`),
}

type readArguments struct {
	URL       string `json:"url"`
	Path      string `json:"path"`
	Section   string `json:"section"`
	Source    string `json:"source"`
	Version   string `json:"version"`
	Lang      string `json:"lang"`
	MaxTokens int    `json:"max_tokens"`
}

type readResult struct {
	Title    string    `json:"title"`
	URL      string    `json:"url"`
	Path     string    `json:"path"`
	Source   string    `json:"source"`
	Version  string    `json:"version"`
	Lang     string    `json:"lang"`
	Text     string    `json:"text" jsonschema:"Markdown"`
	Sections []heading `json:"sections" jsonschema:"the sections that were asked for, in order"`
	Cut      bool      `json:"cut" jsonschema:"whether sections are left out of the text"`
}

// heading is a section of a page.
type heading struct {
	Heading string `json:"heading"`
	Level   int    `json:"level" jsonschema:"1 is right below the page's title, 0 before the first heading"`
	Anchor  string `json:"anchor"`
	Shown   bool   `json:"shown" jsonschema:"whether the text has it"`
}

// read is read_page.
func (f *features) read(ctx context.Context, c call, in readArguments) (string, readResult, error) {
	filters := docent.Filters{Source: in.Source, Version: in.Version, Lang: in.Lang}
	page, chunks, err := f.page(ctx, c.Caller, filters, cmp.Or(in.URL, in.Path), in.Section)
	if err != nil {
		return "", readResult{}, err
	}
	out, err := pageResult(c.Base, page, chunks, cmp.Or(in.MaxTokens, pageTokens))
	if err != nil {
		return "", readResult{}, err
	}
	text := out.Text
	if out.Cut {
		text += "\n\n" + leftOut(out.Sections)
	}
	return text, out, nil
}

// page finds a page by its address, its path, or the name that it has as a resource.
func (f *features) page(ctx context.Context, c Caller, filters docent.Filters, at, section string) (docent.Page, []docent.Chunk, error) {
	if name, is := parseName(at); is {
		filters, at = docent.Filters{Source: name.source, Version: name.version, Lang: name.lang}, name.path
		section = cmp.Or(section, name.section)
	}
	if c.Base != "" {
		at = strings.TrimPrefix(at, c.Base) // a page that is shown here
	}
	return f.docs().Read(ctx, c.Principal.Site, filters, at, section)
}

// pageResult writes the sections of a page that a number of tokens has room for; of the
// first one a part, if need be.
func pageResult(base string, page docent.Page, chunks []docent.Chunk, tokens int) (readResult, error) {
	out := readResult{Title: page.Title, URL: whole(base, page.URL), Path: page.Path, Sections: []heading{}}
	if len(chunks) == 0 {
		return out, nil
	}
	out.Source, out.Version, out.Lang = chunks[0].Unit.Source, chunks[0].Unit.Version, chunks[0].Unit.Lang
	if chunks[0].Anchor != "" {
		out.URL = whole(base, chunks[0].URL)
		page.URL = chunks[0].URL
	}
	end := room(chunks, tokens)
	for i := range chunks {
		c := &chunks[i]
		if i == 0 || c.Section != chunks[i-1].Section {
			out.Sections = append(out.Sections, heading{Heading: oneLine(c.Heading()), Level: len(c.Headings), Anchor: c.Anchor, Shown: i < end})
		}
	}
	out.Cut = end < len(chunks)
	var b bytes.Buffer
	if err := web.Markdown(&b, page, chunks[:end], base); err != nil {
		return out, err
	}
	out.Text = strings.TrimSpace(b.String())
	return out, nil
}

// room is how many chunks a number of tokens has room for, at least one: those of whole
// sections, or some of the first one.
func room(chunks []docent.Chunk, tokens int) int {
	used := 0
	for i := range chunks {
		used += chunks[i].Tokens
		switch {
		case used <= tokens || i == 0:
		case chunks[i].Section == chunks[0].Section:
			return i
		default:
			return slices.IndexFunc(chunks, func(c docent.Chunk) bool { return c.Section == chunks[i].Section })
		}
	}
	return len(chunks)
}

// leftOut names the sections that had no room.
func leftOut(sections []heading) string {
	var names []string
	for _, s := range sections {
		if !s.Shown {
			names = append(names, joined(" #", s.Heading, s.Anchor))
		}
	}
	if len(names) == 0 {
		return "The section goes on: read it with a larger max_tokens."
	}
	return fmt.Sprintf("Left out for want of room (read them by section, or with a larger max_tokens): %s", analysis.Shorten(strings.Join(names, "; "), 2000))
}
