package site

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// hugo is Hugo, with what the theme Docsy adds. Paths of content are below its
// root, without extension and language.
type hugo struct {
	mapped
	*hugoConfig
	markdown *hugoMarkdown
	pages    map[string]*hugoPage // by file
	trees    map[*hugoLang]map[string]*hugoPage
	versions []hugoVersion
	// The language and the version that were asked for; "" takes all.
	onlyLang, onlyVersion string
	now                   time.Time
}

// hugoPage is a file of content.
type hugoPage struct {
	file   string
	lang   *hugoLang
	path   string // below content: docs/_index, docs/install, docs/bundle/index
	kind   string // "home", "section", "page", or "resource" of a bundle
	meta   map[string]any
	title  string
	label  string
	date   time.Time
	weight int
}

// dir is the folder that the page stands for or in; "" is the root.
func (p *hugoPage) dir() string { return strings.TrimPrefix(path.Dir(p.path), ".") }

func newHugo(s Settings, config string) (Rules, error) {
	c, err := newHugoConfig(s, config)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(c.mounts, func(m hugoMount) bool { _, ok := s.content(m.dir); return ok }) {
		return nil, errElsewhere
	}
	h := &hugo{mapped: mapped{s: s}, hugoConfig: c, pages: map[string]*hugoPage{}, trees: map[*hugoLang]map[string]*hugoPage{}, now: time.Now()}
	h.readMarkdown()
	h.readAbout()
	h.readVersions()
	names := make([][]string, len(c.langs))
	for i, l := range c.langs {
		names[i] = []string{l.code, l.tag}
	}
	if h.onlyLang, err = asked("language", s.Lang, names); err != nil {
		return nil, err
	}
	if h.onlyVersion, err = asked("version", s.Version, h.folders()); err != nil {
		return nil, err
	}
	s.warm()
	h.readPages()
	h.cascade()
	if err := h.survey(h.page); err != nil {
		return nil, err
	}
	for _, l := range c.langs {
		entries, _ := h.entries(l, "")
		nav := newNavigation(entries)
		for file, page := range h.mapped.pages {
			nav.placed(&page, file, func(string) string { return "" })
			h.mapped.pages[file] = page
		}
	}
	h.stamp = fmt.Sprintf("hugo 1 %s %v", h.about.Base, c.values)
	return h, nil
}

// readMarkdown reads how headings get their anchors.
func (h *hugo) readMarkdown() {
	goldmark := at(h.values, "markup", "goldmark")
	set := at(goldmark, "parser")
	kind := "github"
	for _, key := range []string{"autoheadingidtype", "autoidtype"} {
		if t := strings.ToLower(Text(at(set, key))); t != "" {
			kind = t
		}
	}
	typographer := at(goldmark, "extensions", "typographer")
	smart := is(typographer, true) && !is(at(typographer, "disable"), false)
	h.markdown = newHugoMarkdown(kind, !is(at(set, "autoheadingid"), true), !is(at(set, "attribute", "title"), true), smart, table(typographer))
	h.markdown.terms = is(at(set, "autodefinitiontermid"), false)
	if name := h.text("markup", "defaultmarkdownhandler"); name != "" && name != "goldmark" {
		h.warnings = append(h.warnings, h.s.warning(h.hugoConfig.file, "markup.defaultMarkdownHandler %s is not known: anchors are made as by goldmark", name))
	}
}

// readAbout reads what is known of the site as a whole.
func (h *hugo) readAbout() {
	h.about = About{Framework: "hugo", Config: h.hugoConfig.file, Base: h.langs[0].site, Redirects: h.redirects()}
	if len(h.langs) > 1 {
		for _, l := range h.langs {
			h.about.Langs = append(h.about.Langs, l.tag)
		}
	}
	h.about.Warnings = h.warnings
}

// hugoVersion is one of the versions that Docsy's menu shows.
type hugoVersion struct {
	name, base string
}

// readVersions reads the versions that Docsy's menu shows: sites of their own,
// of which this is one, or folders of this site.
func (h *hugo) readVersions() {
	latest := []string{h.text("params", "latest_stable_version"), h.text("params", "latest_version"), strings.TrimSuffix(h.text("params", "url_latest_version"), "/")}
	for _, v := range list(at(h.values, "params", "versions")) {
		name, url := Text(at(v, "version")), Text(at(v, "url"))
		if name == "" {
			continue
		}
		if strings.HasPrefix(url, "/") {
			url = h.langs[0].site + url[1:]
		}
		url = strings.TrimSuffix(url, "/") + "/"
		h.versions = append(h.versions, hugoVersion{name, url})
		known := Version{Name: name, Default: slices.Contains(latest, name) || slices.Contains(latest, strings.TrimSuffix(url, "/"))}
		h.about.Versions = append(h.about.Versions, known)
	}
	if n := len(h.about.Versions); n > 0 && !slices.ContainsFunc(h.about.Versions, func(v Version) bool { return v.Default }) {
		h.about.Versions[0].Default = true
	}
	slices.SortStableFunc(h.about.Versions, func(a, b Version) int { return compareBool(!a.Default, !b.Default) })
}

// folders are the names of the versions that are folders of this site.
func (h *hugo) folders() (names [][]string) {
	for _, v := range h.versions {
		if len(v.base) > len(h.about.Base) && strings.HasPrefix(v.base, h.about.Base) {
			names = append(names, []string{v.name})
		}
	}
	return names
}

// versionOf is the version that a page is of; "" where it is of all.
func (h *hugo) versionOf(url string) string {
	if h.s.Version != "" && h.onlyVersion == "" {
		return h.s.Version
	}
	found := hugoVersion{name: h.text("params", "version")}
	for _, v := range h.versions {
		if strings.HasPrefix(url, v.base) && len(v.base) > len(found.base) {
			found = v
		}
	}
	if len(h.versions) == 0 {
		return ""
	}
	return found.name
}

var redirectLine = regexp.MustCompile(`(?m)^\s*(/[^\s*:]*)\s+(\S+?)(?:\s+30[1278]!?)?\s*(?:#.*)?$`)

// redirects are those of Netlify's file, as far as they name single pages.
func (h *hugo) redirects() map[string]string {
	all := map[string]string{}
	raw, _ := readConfig(h.s.Repo, path.Join(h.dir, "static", "_redirects"))
	for _, m := range redirectLine.FindAllStringSubmatch(string(raw), -1) {
		if to := m[2]; !strings.ContainsAny(to, "*:") || strings.Contains(to, "://") {
			if strings.HasPrefix(to, "/") {
				to = h.langs[0].site + to[1:]
			}
			all[h.langs[0].site+m[1][1:]] = to
		}
	}
	return all
}

// Anchors implements Rules.
func (h *hugo) Anchors() Anchors { return h.markdown.anchors() }

// Syntax implements Rules.
func (h *hugo) Syntax() Syntax {
	return Syntax{Framework: "hugo", Roots: []string{h.s.relative(h.dir)}, Vars: map[string]any{"site": h.values, "params": at(h.values, "params")}}
}

// readPages finds the content among the source's files.
func (h *hugo) readPages() {
	for _, file := range h.s.Files {
		rel, lang, ok := h.find(file)
		if !ok {
			continue
		}
		head := h.s.Head(file)
		p := &hugoPage{file: file, lang: lang, path: rel, kind: "page", meta: table(lowerKeys(head.Meta)), title: head.Heading}
		switch name := path.Base(rel); {
		case name == "_index" && p.dir() == "":
			p.kind = "home"
		case name == "_index":
			p.kind = "section"
		}
		h.pages[file] = p
		if h.trees[lang] == nil {
			h.trees[lang] = map[string]*hugoPage{}
		}
		h.trees[lang][strings.ToLower(rel)] = p
	}
	for _, p := range h.pages {
		if h.bundle(p) != nil {
			p.kind = "resource"
		}
	}
}

// bundle gives the page that a file belongs to; nil where it is one itself.
func (h *hugo) bundle(p *hugoPage) *hugoPage {
	name := path.Base(p.path)
	for dir := p.dir(); dir != ""; dir = strings.TrimPrefix(path.Dir(dir), ".") {
		if owner := h.trees[p.lang][strings.ToLower(dir)+"/index"]; owner != nil && owner != p && (name != "index" || dir != p.dir()) {
			return owner
		}
	}
	return nil
}

// page places one file.
func (h *hugo) page(f File) Page {
	p := h.pages[f.Path]
	if p == nil {
		page := elsewhere(h.about.Base, f)
		page.Hidden = "outside of the site's content"
		return page
	}
	page := Page{
		URL: h.address(p), Title: p.title, Breadcrumbs: []string{}, Description: Text(p.meta["description"]),
		Lang: p.lang.tag, Hidden: h.hides(p), Partial: p.kind == "resource",
	}
	page.Version = h.versionOf(page.URL)
	switch {
	case page.Hidden != "":
	case h.onlyLang != "" && p.lang.code != h.onlyLang:
		page.Hidden = "of another language than " + h.onlyLang
	case h.onlyVersion != "" && page.Version != "" && page.Version != h.onlyVersion:
		page.Hidden = "of another version than " + h.onlyVersion
	}
	for _, alias := range texts(p.meta["aliases"]) {
		if rooted, ok := strings.CutPrefix(alias, "/"); ok {
			page.Aliases = append(page.Aliases, p.lang.site+Escape(rooted))
		} else if own, ok := strings.CutPrefix(page.URL, p.lang.site); ok {
			page.Aliases = append(page.Aliases, p.lang.site+Escape(strings.TrimPrefix(path.Join("/", own, "..", alias), "/")))
		}
	}
	return page
}

// hides says why a file is not published, or not to be found; "" where it is.
func (h *hugo) hides(p *hugoPage) string {
	build := p.meta["build"]
	if build == nil {
		build = p.meta["_build"]
	}
	expires, ends := dateOf(p.meta["expirydate"])
	begins, later := dateOf(p.meta["publishdate"])
	switch {
	case p.kind == "resource":
		return "it belongs to the page " + path.Dir(h.bundle(p).path)
	case p.meta["draft"] == true && !is(h.values["builddrafts"], false):
		return "draft: true"
	case ends && expires.Before(h.now) && !is(h.values["buildexpired"], false):
		return "expiryDate is past"
	case later && begins.After(h.now) && !is(h.values["buildfuture"], false):
		return "publishDate is to come"
	case p.meta["headless"] == true:
		return "headless: true"
	case p.meta["exclude_search"] == true || at(p.meta, "params", "exclude_search") == true:
		return "exclude_search: true"
	case at(p.meta, "sitemap", "disable") == true:
		return "sitemap.disable: true"
	}
	for key, values := range map[string][]string{"render": {"never", "link", "false"}, "list": {"never", "local", "false"}} {
		if v := Text(at(build, key)); slices.Contains(values, v) {
			return "build." + key + ": " + v
		}
	}
	return ""
}
