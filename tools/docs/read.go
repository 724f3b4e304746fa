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
			at, section, err := Place(cmp.Or(a.URL, a.Path), a.Section)
			if err != nil {
				return docent.ToolResult{}, err
			}
			page, sections, err := l.Sections(ctx, c.Who.Site, c.Filters, at)
			if err == nil {
				sections, err = Below(sections, func(p *docent.Passage) *docent.Chunk { return &p.Chunk }, section)
			}
			if err != nil {
				return docent.ToolResult{}, err
			}
			return docent.ToolResult{Passages: sections, Summary: page.Title}, nil
		})
}

// Place takes apart what names a page, by its address or path: an anchor there names
// the section where section is "".
func Place(page, section string) (at, name string, err error) {
	at, anchor, _ := strings.Cut(page, "#")
	if at == "" {
		return "", "", docent.Errorf(docent.CodeInvalid, "one of url and path is needed")
	}
	return at, cmp.Or(section, anchor), nil
}

// Below gives, of the parts of a page in their order, those of the section with a
// heading or an anchor, and of those below it; all where name is "". Where there is
// none, the error says which sections there are. chunk gives the chunk of a part.
func Below[T any](parts []T, chunk func(*T) *docent.Chunk, name string) ([]T, error) {
	if name = strings.TrimSpace(strings.TrimPrefix(name, "#")); name == "" {
		return parts, nil
	}
	at := slices.IndexFunc(parts, func(p T) bool {
		c := chunk(&p)
		return strings.EqualFold(c.Anchor, name) || strings.EqualFold(c.Heading(), name)
	})
	if at < 0 {
		return nil, &docent.Error{Code: docent.CodeNotFound, Message: "the page has no such section", Hint: "its sections are " + headings(parts, chunk)}
	}
	first := chunk(&parts[at])
	end := at + 1
	for end < len(parts) {
		next := chunk(&parts[end])
		if len(next.Headings) <= len(first.Headings) && next.Section != first.Section {
			break
		}
		end++
	}
	return parts[at:end], nil
}

// headings names sections for a model.
func headings[T any](parts []T, chunk func(*T) *docent.Chunk) string {
	var names []string
	for i := range parts {
		c := chunk(&parts[i])
		if i > 0 && c.Section == chunk(&parts[i-1]).Section {
			continue // the same one goes on
		}
		if len(names) == maxHeadings {
			names = append(names, "...")
			break
		}
		names = append(names, c.Heading())
	}
	return strings.Join(names, "; ")
}
