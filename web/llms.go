package web

import (
	"cmp"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"docent"
)

// Shelf is a release with its pages.
type Shelf struct {
	Release docent.Release
	Pages   []docent.Page
}

// LLMs is what llms.txt says of documentation: https://llmstxt.org.
type LLMs struct {
	Shelves []Shelf
	Notes   []string // lines below the summary
	// Link is the address of a page's Markdown.
	Link func(u docent.Unit, p docent.Page) string
}

// group is a list of links in the making.
type group struct {
	name  string
	links []string
}

// Write writes the title, a summary, the notes, and a link to each page, in groups by
// the first of their breadcrumbs.
func (l LLMs) Write(to io.Writer) error {
	out := &textWriter{w: to}
	title, summary := l.head()
	out.printf("# %s\n\n> %s\n", oneLine(title), oneLine(summary))
	for _, note := range l.Notes {
		out.printf("\n%s\n", note)
	}
	for _, s := range l.Shelves {
		prefix := ""
		if len(l.Shelves) > 1 {
			prefix = shelfName(s.Release.Unit) + ": "
		}
		for _, g := range l.groups(s) {
			out.printf("\n## %s%s\n\n", prefix, g.name)
			for _, line := range g.links {
				out.printf("%s\n", line)
			}
		}
	}
	return out.err
}

// head gives the title and the summary: those of the first page, where there is one
// source.
func (l LLMs) head() (title, summary string) {
	if len(l.Shelves) != 1 {
		var names []string
		for _, s := range l.Shelves {
			names = append(names, shelfName(s.Release.Unit))
		}
		return "Documentation", "The documentation of " + strings.Join(names, ", ") + "."
	}
	u := l.Shelves[0].Release.Unit
	title, summary = u.Source, "The documentation of "+shelfName(u)+"."
	for _, p := range l.Shelves[0].Pages {
		if IsHome(p) {
			return cmp.Or(p.Title, title), cmp.Or(p.Description, summary)
		}
	}
	return title, summary
}

// shelfName names a unit for people: its source, version and language.
func shelfName(u docent.Unit) string {
	return strings.Join(strings.Fields(u.Source+" "+u.Version+" "+u.Lang), " ")
}

// outside names the group of pages that stand in none.
const outside = "Overview"

// groups gives a shelf's links. Groups are in the order of their first page, see
// InOrder; the page that a group is named after stands in it.
func (l LLMs) groups(s Shelf) []*group {
	pages := InOrder(s.Pages)
	byName := map[string]*group{}
	for _, p := range pages {
		if len(p.Breadcrumbs) > 0 {
			byName[p.Breadcrumbs[0]] = nil
		}
	}
	var all []*group
	for _, p := range pages {
		name := outside
		if len(p.Breadcrumbs) > 0 {
			name = p.Breadcrumbs[0]
		} else if _, named := byName[p.Title]; named {
			name = p.Title
		}
		g := byName[name]
		if g == nil {
			g = &group{name: oneLine(name)}
			byName[name], all = g, append(all, g)
		}
		g.links = append(g.links, linkLine(p, l.Link(s.Release.Unit, p)))
	}
	return all
}

// InOrder gives pages as the navigation of their site lists them, behind the site's
// own page; then those that are not in it, by their addresses, so that a folder's own
// page stands before those below it, and what has no folder first.
func InOrder(pages []docent.Page) []docent.Page {
	return slices.SortedFunc(slices.Values(pages), func(a, b docent.Page) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Order, b.Order),
			cmp.Compare(min(len(a.Breadcrumbs), 1), min(len(b.Breadcrumbs), 1)), strings.Compare(a.URL, b.URL))
	})
}

func rank(p docent.Page) int {
	switch {
	case p.Order > 0:
		return 1
	case IsHome(p):
		return 0
	}
	return 2
}

// IsHome reports whether a page is that of the whole site.
func IsHome(p docent.Page) bool {
	name := strings.TrimSuffix(p.Path, path.Ext(p.Path))
	return strings.EqualFold(name, "index") || strings.EqualFold(name, "readme")
}

func linkLine(p docent.Page, address string) string {
	title := strings.NewReplacer("[", `\[`, "]", `\]`).Replace(oneLine(p.Title))
	line := "- [" + title + "](" + destination(address) + ")"
	if p.Description != "" {
		line += ": " + oneLine(p.Description)
	}
	return line
}

// TwinPath is where a page's Markdown stands beside it: what ends with a slash gets
// index.md, all else .md.
func TwinPath(address string) string {
	if strings.HasSuffix(address, "/") {
		return address + "index.md"
	}
	return address + ".md"
}

// twin is the address of a page's Markdown at this server: beside the page where it
// is shown here, else below its source by the path of its file.
func twin(u docent.Unit, p docent.Page, f docent.Filters) string {
	if strings.HasPrefix(p.URL, docsRoot) {
		return TwinPath(p.URL)
	}
	address := (&url.URL{Path: docsRoot + u.Source + "/" + p.Path}).EscapedPath()
	if !strings.HasSuffix(address, ".md") {
		address += ".md"
	}
	query := url.Values{}
	if f.Version != "" {
		query.Set("version", u.Version)
	}
	if f.Lang != "" {
		query.Set("lang", u.Lang)
	}
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address
}
