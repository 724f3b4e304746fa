package site

import (
	"net/url"
	"strings"
)

// fetched is a folder of pages that were brought from elsewhere: each says in
// its front matter where it stands, and its headings carry the ids that they
// have there. Others have none, so that no link leads nowhere.
type fetched struct {
	*plain
	head func(path string) File
}

func newFetched(s Settings, _ string) (Rules, error) {
	base, err := s.base("")
	if err != nil {
		return nil, err
	}
	return fetched{&plain{source: s.Source, base: base, version: s.Version, lang: s.Lang, index: indexes(s.Files)}, s.Head}, nil
}

// Fingerprint implements Rules.
func (f fetched) Fingerprint() string { return "fetched 1 " + f.source + " " + f.base }

// Page implements Rules.
func (f fetched) Page(file File) Page {
	if file.Meta == nil && f.head != nil {
		file = f.head(file.Path)
	}
	page := f.plain.Page(file)
	if at, err := url.Parse(Text(file.Meta["url"])); err == nil && (at.Scheme == "https" || at.Scheme == "http") {
		page.URL = at.String()
		page.Breadcrumbs = []string{}
	}
	if labels, given := file.Meta["breadcrumbs"].([]any); given {
		page.Breadcrumbs = []string{}
		for _, label := range labels {
			page.Breadcrumbs = append(page.Breadcrumbs, Text(label))
		}
	}
	page.Shared = file.Meta["shared"] == true
	if page.Lang == "" {
		page.Lang = strings.ToLower(Text(file.Meta["lang"]))
	}
	return page
}

// Anchors implements Rules.
func (f fetched) Anchors() Anchors { return fetchedAnchors{} }

// Syntax implements Rules.
func (f fetched) Syntax() Syntax { return Syntax{Framework: "fetched"} }

// About implements Rules.
func (f fetched) About() About { return About{Framework: "fetched", Base: f.base} }

// fetchedAnchors are those that stand behind the headings.
type fetchedAnchors struct{}

// Anchor implements Anchors.
func (fetchedAnchors) Anchor(h Heading) Anchor {
	id, h := h.explicit()
	return Anchor{ID: id, Words: h.Words()}
}
