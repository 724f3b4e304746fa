package site

import (
	"cmp"
	"math"
	"path"
	"slices"
	"strings"
)

// starlightDoc is a page as sidebars know it.
type starlightDoc struct {
	slug  string
	rel   string // its path below the folder of its language, without extension
	label string
	order float64
}

// readSidebar places the pages of each language.
func (l *starlight) readSidebar() {
	docs := map[string][]starlightDoc{}
	for _, file := range l.s.Files {
		rel, ok := l.s.within(l.docs, file)
		if !ok || strings.HasPrefix(path.Base(rel), "_") {
			continue
		}
		f := l.s.Head(file)
		own := table(f.Meta["sidebar"])
		doc := starlightDoc{slug: l.slug(rel, f), order: math.MaxFloat64, label: cmp.Or(Text(own["label"]), Text(f.Meta["title"]), f.Heading, Readable(stem(rel)))}
		if n, ok := number(own["order"]); ok {
			doc.order = n
		}
		locale := l.locale(doc.slug)
		doc.rel = strings.TrimSuffix(rel, path.Ext(rel))
		if locale.dir != "" {
			doc.rel = strings.TrimPrefix(doc.rel, locale.dir+"/")
		}
		if f.Meta["draft"] != true && own["hidden"] != true {
			docs[locale.dir] = append(docs[locale.dir], doc)
		}
	}
	l.navs = map[string]navigation{}
	for _, locale := range l.locales {
		r := starlightSidebar{l, locale, docs[locale.dir]}
		l.navs[locale.dir] = newNavigation(r.entries())
	}
}

// starlightSidebar makes the sidebar of one language.
type starlightSidebar struct {
	*starlight
	locale starlightLocale
	docs   []starlightDoc
}

func (r starlightSidebar) entries() []entry {
	switch sidebar := r.own.get("sidebar").(type) {
	case nil:
		return r.folder("")
	case []any:
		return r.items(sidebar)
	default:
		r.computed(sidebar)
		return r.folder("")
	}
}

func (r starlightSidebar) computed(v any) {
	switch v := v.(type) {
	case jsUnknown:
		r.conf.warn(r.conf.file, v.line, "a part of the sidebar is computed (%s), which is not run: its pages have no place in it", v.text)
	case *jsCall:
		r.conf.warn(r.conf.file, v.line, "a part of the sidebar is computed (%s()), which is not run: its pages have no place in it", v.name)
	}
}

func (r starlightSidebar) items(items []any) []entry {
	var all []entry
	for _, item := range items {
		switch item := item.(type) {
		case string:
			all = append(all, entry{file: r.key(item), label: r.labelOf(item)})
		case *jsObject:
			all = append(all, r.item(item)...)
		case []any:
			all = append(all, r.items(item)...)
		default:
			r.computed(item)
		}
	}
	return all
}

func (r starlightSidebar) item(o *jsObject) []entry {
	label := cmp.Or(r.translated(o.object("translations")), o.text("label"))
	if auto := o.object("autogenerate"); auto != nil {
		inner := r.folder(strings.Trim(auto.text("directory"), "/"))
		if label == "" {
			return inner
		}
		return []entry{{label: label, inner: inner}}
	}
	switch slug, link := o.text("slug"), o.text("link"); {
	case o.get("slug") != nil:
		return []entry{{file: r.key(slug), label: cmp.Or(label, r.labelOf(slug))}}
	case strings.Contains(link, ":"):
		return nil
	case link != "":
		link, _, _ = strings.Cut(link, "#")
		return []entry{{file: r.key(strings.Trim(link, "/")), label: label}}
	}
	return []entry{{label: label, inner: r.items(o.list("items"))}}
}

// translated picks a label in the language, or in one that it is a kind of.
func (r starlightSidebar) translated(labels *jsObject) string {
	lang, _, _ := strings.Cut(r.locale.lang, "-")
	short := ""
	for _, name := range labels.ordered() {
		switch langTag(name) {
		case r.locale.lang:
			return labels.text(name)
		case lang:
			short = labels.text(name)
		}
	}
	return short
}

// key is what a slug of the configuration is in the sidebar's language.
func (r starlightSidebar) key(slug string) string {
	if slug = strings.Trim(slug, "/"); slug == "index" {
		slug = ""
	}
	return path.Join("/", r.locale.dir, slug)
}

func (r starlightSidebar) labelOf(slug string) string {
	key := r.key(slug)
	for _, doc := range r.docs {
		if "/"+doc.slug == key {
			return doc.label
		}
	}
	return ""
}

// starlightEntry is an entry with what its order depends on.
type starlightEntry struct {
	entry
	order float64
	slug  string
}

// folder is the sidebar of a folder as its files stand.
func (r starlightSidebar) folder(dir string) []entry {
	var in []starlightDoc
	for _, doc := range r.docs {
		if rel, below := below(dir, doc.rel); below {
			doc.rel = rel
			in = append(in, doc)
		}
	}
	entries := starlightEntries(in, dir)
	all := make([]entry, len(entries))
	for i, e := range entries {
		all[i] = e.entry
	}
	return all
}

// starlightEntries are the docs and folders of one level, by order and slug.
func starlightEntries(docs []starlightDoc, dir string) []starlightEntry {
	var all []starlightEntry
	folders := map[string][]starlightDoc{}
	for _, doc := range docs {
		name, rest, deeper := strings.Cut(doc.rel, "/")
		if !deeper {
			all = append(all, starlightEntry{entry{label: doc.label, file: "/" + doc.slug}, doc.order, doc.slug})
			continue
		}
		doc.rel = rest
		folders[name] = append(folders[name], doc)
	}
	for _, name := range sortedKeys(folders) {
		e := starlightEntry{entry: entry{label: name}, order: math.MaxFloat64, slug: path.Join(dir, name)}
		for _, inner := range starlightEntries(folders[name], e.slug) {
			e.inner = append(e.inner, inner.entry)
			e.order = min(e.order, inner.order)
		}
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b starlightEntry) int {
		return cmp.Or(cmp.Compare(a.order, b.order), strings.Compare(a.slug, b.slug))
	})
	return all
}
