package docs

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"docent"
)

// maxHeadings is how many headings of a page are named.
const maxHeadings = 60

const readParameters = `{"type":"object","properties":{
"url":{"type":"string","maxLength":2000,"description":"The page's address."},
"path":{"type":"string","maxLength":2000,"description":"Or its path, as list_pages has it."},
"section":{"type":"string","maxLength":500,"description":"Only the section with this heading or anchor, and what is below it."}},
"additionalProperties":false}`

// read makes read_page.
func read(l Library) docent.Tool {
	type arguments struct{ URL, Path, Section string }
	return called("read_page", "Reads a page of the documentation, or one section of it, by its address or path.", readParameters,
		func(ctx context.Context, c docent.ToolCall, a arguments) (docent.ToolResult, error) {
			at, anchor, _ := strings.Cut(cmp.Or(a.URL, a.Path), "#")
			if at == "" {
				return docent.ToolResult{}, docent.Errorf(docent.CodeInvalid, "one of url and path is needed")
			}
			section := cmp.Or(a.Section, anchor)
			page, sections, err := l.Sections(ctx, c.Who.Site, c.Filters, at)
			if err != nil {
				return docent.ToolResult{}, err
			}
			if section != "" {
				chosen := below(sections, section)
				if len(chosen) == 0 {
					return docent.ToolResult{}, &docent.Error{Code: docent.CodeNotFound, Message: "the page has no such section", Hint: "its sections are " + headings(sections)}
				}
				sections = chosen
			}
			return docent.ToolResult{Passages: sections, Summary: page.Title}, nil
		})
}

// below gives the section with a heading or an anchor, and those below it.
func below(sections []docent.Passage, name string) []docent.Passage {
	name = strings.TrimSpace(strings.TrimPrefix(name, "#"))
	at := slices.IndexFunc(sections, func(p docent.Passage) bool {
		return strings.EqualFold(p.Anchor, name) || strings.EqualFold(p.Heading(), name)
	})
	if at < 0 {
		return nil
	}
	first := sections[at]
	end := at + 1
	for end < len(sections) && len(sections[end].Headings) > len(first.Headings) {
		end++
	}
	return sections[at:end]
}

// headings names sections for a model.
func headings(sections []docent.Passage) string {
	var names []string
	for _, s := range sections {
		if len(names) == maxHeadings {
			names = append(names, "...")
			break
		}
		names = append(names, s.Heading())
	}
	return strings.Join(names, "; ")
}
