package site

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"
)

// hugoCascade is front matter that a page gives those below it.
type hugoCascade struct {
	target any
	values map[string]any
}

// cascades reads them from front matter or the configuration.
func cascades(v any) []hugoCascade {
	var all []hugoCascade
	for _, item := range list(v) {
		values := merged(table(item), nil)
		target := values["_target"]
		if target == nil {
			target = values["target"]
		}
		delete(values, "_target")
		delete(values, "target")
		all = append(all, hugoCascade{target, values})
	}
	return all
}

// fits reports whether a page is one of those that are meant.
func (c hugoCascade) fits(p *hugoPage) bool {
	if len(list(c.target)) == 0 {
		return true
	}
	name := "/" + strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(p.path, "_index"), "index"))
	name = strings.TrimSuffix(name, "/")
	return slices.ContainsFunc(list(c.target), func(t any) bool {
		fits := func(key, value string) bool {
			pattern := strings.ToLower(Text(at(t, key)))
			return pattern == "" || newGlobs([]any{pattern}).match(value)
		}
		return fits("path", cmp.Or(name, "/")) && fits("kind", p.kind) && fits("lang", p.lang.code) && fits("environment", "production")
	})
}

// cascade gives all pages what those above them and the configuration hand
// down: the nearest says most, and the page itself more.
func (h *hugo) cascade() {
	site := cascades(h.values["cascade"])
	handed := map[*hugoPage][]hugoCascade{}
	for _, p := range h.pages {
		handed[p] = cascades(p.meta["cascade"])
	}
	own := map[*hugoPage]map[string]any{}
	for _, p := range h.pages {
		meta := merged(p.meta, nil)
		add := func(all []hugoCascade) {
			for _, c := range all {
				if c.fits(p) {
					meta = merged(c.values, meta)
				}
			}
		}
		add(handed[p])
		for dir := p.dir(); ; dir = strings.TrimPrefix(path.Dir(dir), ".") {
			if above := h.trees[p.lang][strings.TrimPrefix(strings.ToLower(dir)+"/_index", "/")]; above != nil && above != p {
				add(handed[above])
			}
			if dir == "" {
				break
			}
		}
		add(site)
		own[p] = meta
	}
	for p, meta := range own {
		p.meta = meta
		h.readMeta(p)
	}
}

// readMeta reads what front matter says of a page's place.
func (h *hugo) readMeta(p *hugoPage) {
	name := path.Base(p.path)
	if name == "index" || name == "_index" {
		name = path.Base(p.dir())
	}
	if dated := datedName.FindStringSubmatch(name); dated != nil && slices.Contains(texts(at(h.values, "frontmatter", "date")), ":filename") {
		p.date, _ = dateOf(dated[1])
		if Text(p.meta["slug"]) == "" {
			p.meta["slug"] = dated[2]
		}
	}
	for _, key := range []string{"date", "publishdate", "pubdate", "published", "lastmod", "modified"} {
		if t, ok := dateOf(p.meta[key]); ok && p.date.IsZero() {
			p.date = t
		}
	}
	p.title = cmp.Or(Text(p.meta["title"]), p.title)
	if p.title == "" && p.kind == "home" {
		p.title = cmp.Or(h.text("languages", p.lang.code, "title"), h.text("title"), Readable(h.s.Source))
	}
	p.title = cmp.Or(p.title, Readable(name))
	p.label = cmp.Or(Text(p.meta["linktitle"]), p.title)
	p.weight = weightOf(p.meta["weight"])
}

// entries are what a section holds, in Hugo's order: by weight, the latest
// first, by label. latest is the date of the latest.
func (h *hugo) entries(l *hugoLang, dir string) (all []entry, latest time.Time) {
	var inner []*hugoPage
	folders := map[string]bool{}
	for _, p := range h.trees[l] {
		if p.kind == "resource" || h.hides(p) != "" {
			continue
		}
		switch at0, below0 := h.parent(p); {
		case at0 == dir:
			inner = append(inner, p)
		case dir == "" && below0 != "": // the first folders are sections without saying so
			folders[below0] = true
		}
	}
	for name := range folders {
		if h.trees[l][strings.ToLower(name)+"/_index"] == nil {
			inner = append(inner, &hugoPage{path: name + "/_index", kind: "section", label: Readable(name), weight: weightOf(nil)})
		}
	}
	below := map[*hugoPage][]entry{}
	for _, p := range inner {
		if p.kind == "section" {
			entries, newest := h.entries(l, p.dir())
			if below[p] = entries; p.date.IsZero() { // a section is as old as its latest page
				p.date = newest
			}
		}
		if p.date.After(latest) {
			latest = p.date
		}
	}
	slices.SortFunc(inner, func(a, b *hugoPage) int {
		return cmp.Or(compareBool(a.kind != "home", b.kind != "home"), cmp.Compare(a.weight, b.weight), b.date.Compare(a.date),
			strings.Compare(a.label, b.label), strings.Compare(a.path, b.path))
	})
	for _, p := range inner {
		all = append(all, entry{label: p.label, file: p.file, inner: below[p]})
	}
	return all, latest
}

// parent is the folder of the section that a page is below; first is the
// topmost of its folders.
func (h *hugo) parent(p *hugoPage) (dir, first string) {
	dir = p.dir()
	first, _, _ = strings.Cut(dir, "/")
	switch path.Base(p.path) {
	case "_index":
		if p.kind == "home" {
			return "", ""
		}
		dir = strings.TrimPrefix(path.Dir(dir), ".")
	case "index":
		dir = strings.TrimPrefix(path.Dir(dir), ".")
	}
	for strings.Contains(dir, "/") && h.trees[p.lang][strings.ToLower(dir)+"/_index"] == nil {
		dir = path.Dir(dir)
	}
	if p.kind == "section" && !strings.Contains(p.dir(), "/") {
		first = "" // it is a first folder itself
	}
	return dir, first
}
