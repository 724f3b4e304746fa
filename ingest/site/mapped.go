package site

import (
	"cmp"
	"slices"
	"strings"

	"docent"
)

// mapped are rules that look at all files once, when they are made, since
// pages owe their addresses and their places to one another.
type mapped struct {
	s     Settings
	about About
	stamp string
	place func(f File) Page // of one file, with its front matter
	pages map[string]Page
}

// survey places all files; errElsewhere where none is among the site's.
func (m *mapped) survey(place func(File) Page) error {
	m.place = place
	m.pages = make(map[string]Page, len(m.s.Files))
	found := len(m.s.Files) == 0
	for _, file := range m.s.Files {
		m.pages[file] = place(m.s.Head(file))
		found = found || !m.pages[file].Outside
	}
	if !found {
		return errElsewhere
	}
	return nil
}

// Fingerprint implements Rules.
func (m *mapped) Fingerprint() string { return m.stamp }

// About implements Rules.
func (m *mapped) About() About { return m.about }

// Page implements Rules.
func (m *mapped) Page(f File) Page {
	p, known := m.pages[f.Path]
	if !known {
		return m.place(f)
	}
	if f.Meta == nil && f.Heading == "" {
		return p
	}
	title := cmp.Or(Text(f.Meta["title"]), f.Heading, p.Title)
	if p.Label == title {
		p.Label = ""
	}
	p.Title = title
	return p
}

// asked narrows a site with several versions or languages to the one that the
// settings name, or gives all its pages that name where there is but one. names
// are the site's own, each with its aliases. It gives the name of the site's
// that is taken, "" for all.
func asked(kind, wanted string, names [][]string) (string, error) {
	if wanted == "" {
		return "", nil
	}
	var hint []string
	for _, all := range names {
		if slices.ContainsFunc(all, func(n string) bool { return strings.EqualFold(n, wanted) }) {
			return all[0], nil
		}
		hint = append(hint, all[0])
	}
	if len(names) <= 1 {
		return "", nil
	}
	err := docent.Errorf(docent.CodeInvalid, "the site has no %s %q", kind, wanted)
	err.Hint = "use one of " + strings.Join(hint, ", ") + ", or none for all"
	return "", err
}

// hide says why a page is not to be found; shown, that it stands on the site
// all the same.
func (p *Page) hide(why string, shown bool) { p.Hidden, p.Shown = why, shown }

// hideBy hides a page where one of the keys of its front matter is set to
// value.
func (p *Page) hideBy(meta map[string]any, value, shown bool, keys ...string) {
	for _, key := range keys {
		if meta[key] == value {
			p.hide(key+": "+Text(value), shown)
		}
	}
}

// hidePartial hides what is no page.
func (p *Page) hidePartial() {
	p.Partial = true
	p.hide("a partial: other pages include it", false)
}

// elsewhere is what becomes of a file that is not among the site's pages.
func elsewhere(base string, f File) Page {
	return Page{
		URL: base + Escape(f.Path), Title: cmp.Or(Text(f.Meta["title"]), f.Heading, Readable(stem(f.Path))),
		Breadcrumbs: []string{}, Hidden: "not part of the site", Outside: true,
	}
}

// put writes a page's place into it, with the labels that the navigation has
// for what is above. key is what the entries name the page by.
func (n navigation) put(page *Page, key string) {
	p, known := n[key]
	if !known {
		return
	}
	page.Order, page.Breadcrumbs = p.order, []string{}
	if p.label != page.Title {
		page.Label = p.label
	}
	for _, e := range p.above {
		if e.label != "" {
			page.Breadcrumbs = append(page.Breadcrumbs, e.label)
		}
	}
}
