package site

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"docent"
)

// mdBook is mdBook: its pages are those that SUMMARY.md lists, under the names
// that it gives them. Paths within are relative to the book's src.
type mdBook struct {
	content
	config   string
	settings map[string]any
	base     string
	lang     string
	smart    bool
	summary  string // SUMMARY.md in the repository
	nav      navigation
	indexed  bool // README.md stands for its folder
	warnings []docent.Warning
}

func findMdBook(s Settings) []string { return s.tree.find("book.toml") }

func newMdBook(s Settings, config string) (Rules, error) {
	b := &mdBook{config: config}
	dir := s.At
	if config != "" {
		settings, err := readTable(s.Repo, config)
		if err != nil {
			b.warnings = append(b.warnings, s.unreadable(config, err, "the defaults of mdBook are taken"))
		}
		b.settings = settings
		dir = path.Join(path.Dir(config), cmp.Or(Text(at(settings, "book", "src")), "src"))
	}
	var ok bool
	if b.content, ok = s.content(dir); !ok {
		return nil, errElsewhere
	}
	html := at(b.settings, "output", "html")
	site := ""
	if cname := Text(at(html, "cname")); cname != "" {
		site = "https://" + cname + "/" + strings.TrimPrefix(Text(at(html, "site-url")), "/")
	}
	var err error
	if b.base, err = s.base(cmp.Or(site, Text(at(html, "site-url")))); err != nil {
		return nil, err
	}
	b.lang = cmp.Or(s.Lang, langTag(Text(at(b.settings, "book", "language"))))
	b.smart = is(at(html, "smart-punctuation"), is(at(html, "curly-quotes"), true))
	b.indexed = is(at(b.settings, "build", "use-default-preprocessors"), true)
	b.summary = path.Join(b.dir, "SUMMARY.md")
	raw, err := readConfig(s.Repo, b.summary)
	if err != nil {
		b.warnings = append(b.warnings, s.unreadable(b.summary, err, "all files of the folder are taken as pages, since nothing lists them"))
		return b, nil
	}
	if b.nav = newNavigation(summaryEntries(summary(raw))); len(b.nav) == 0 {
		b.nav = nil
		b.warnings = append(b.warnings, s.warning(b.summary, "lists no page; all files of the folder are taken as pages"))
	}
	return b, nil
}

// Fingerprint implements Rules.
func (b *mdBook) Fingerprint() string { return fmt.Sprintf("mdbook 1 %s %v", b.base, b.settings) }

// Anchors implements Rules.
func (b *mdBook) Anchors() Anchors { return mdBookAnchors{ids{}, b.smart} }

// Syntax implements Rules.
func (b *mdBook) Syntax() Syntax { return Syntax{Framework: "mdbook"} }

// Page implements Rules: the title is SUMMARY.md's.
func (b *mdBook) Page(f File) Page {
	rel, inside := b.within(b.dir, f.Path)
	if !inside {
		return b.outside(b.base, f)
	}
	page := Page{URL: b.base + b.url(rel), Title: b.title(rel), Breadcrumbs: []string{}, Version: b.Version, Lang: b.lang}
	_, listed := b.nav[rel]
	switch {
	case rel == "SUMMARY.md":
		page.Hidden = "it is the table of contents"
	case b.nav != nil && !listed:
		page.Hidden, page.Partial = "not in SUMMARY.md", true
	}
	if page.Title == "" {
		page.Title = cmp.Or(b.head(f).Heading, Readable(stem(rel)))
	}
	b.nav.placed(&page, rel, b.title)
	return page
}

// title is what SUMMARY.md calls a page.
func (b *mdBook) title(rel string) string { return b.nav[rel].label }

// url is a page's URL below the base.
func (b *mdBook) url(rel string) string {
	if !IsMarkdown(rel) {
		return Escape(rel)
	}
	dir, name := path.Split(rel)
	name = strings.TrimSuffix(name, path.Ext(name))
	if b.indexed && strings.EqualFold(name, "README") {
		name = "index"
	}
	return Escape(dir + name + ".html")
}

// About implements Rules.
func (b *mdBook) About() About {
	a := About{Framework: "mdbook", Config: b.config, Base: b.base, Redirects: map[string]string{}, Warnings: b.warnings}
	for from, to := range table(at(b.settings, "output", "html", "redirect")) {
		from, target := strings.TrimPrefix(from, "/"), Text(to)
		switch {
		case strings.Contains(target, "://"):
		case strings.HasPrefix(target, "/"):
			target = b.base + Escape(strings.TrimPrefix(target, "/"))
		default:
			file, anchor, hasAnchor := strings.Cut(target, "#")
			target = b.base + Escape(path.Join(path.Dir(from), file))
			if hasAnchor {
				target += "#" + Escape(anchor)
			}
		}
		a.Redirects[b.base+Escape(from)] = target
	}
	return a
}
