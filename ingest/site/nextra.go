package site

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
)

// nextra is a Next.js site with Nextra: the folders content, app and, in older
// versions, pages, whose files stand at their paths.
type nextra struct {
	mapped
	conf     *conf
	next     *jsObject // the configuration of Next.js; nil where it can't be read
	own      *jsObject // Nextra's
	roots    []nextraRoot
	slash    bool // addresses end with one
	locales  []string
	standard string            // the default of locales; "" where there are none
	hidden   map[string]string // by language: why its pages are not to be found
	metas    map[string]*jsObject
	folders  map[string]string // titles of the pages that stand for a folder, by route
}

// nextraRoot is a folder of pages.
type nextraRoot struct {
	dir  string // in the repository
	kind string // "content", "app" or "pages"
	base string // the route that it is served under, such as "docs"; "" is the site's
}

var nextConfigs = scripts("next.config")

func detectNextra(s Settings) []string { return s.tree.find(nextConfigs...) }

func newNextra(s Settings, config string) (Rules, error) {
	n := &nextra{mapped: mapped{s: s}, conf: newConf(s, config), folders: map[string]string{}, hidden: map[string]string{}}
	root := s.At
	if config != "" {
		root = path.Dir(config)
		if err := n.readConfig(config, root); err != nil {
			return nil, err
		}
	}
	n.findRoots(root)
	if len(n.roots) == 0 {
		if config != "" {
			return nil, errElsewhere
		}
		n.roots = []nextraRoot{{dir: s.At, kind: "content"}}
	}
	base, err := s.base(n.address(root))
	if err != nil {
		return nil, err
	}
	n.about = About{Framework: "nextra", Config: config, Base: base, Redirects: map[string]string{}}
	n.slash = n.conf.flag(n.next, "trailingSlash", false)
	if err := n.readLocales(); err != nil {
		return nil, err
	}
	s.warm()
	n.readMetas()
	if err := n.survey(n.page); err != nil {
		return nil, err
	}
	n.order()
	n.readRedirects()
	n.about.Warnings = n.conf.warnings
	n.stamp = n.conf.stamp("nextra 1")
	return n, nil
}

// readConfig reads what next.config exports: a call of Nextra's function with
// the configuration of Next.js, which others may be wrapped around.
func (n *nextra) readConfig(config, root string) error {
	v, err := n.conf.js.read(config)
	calls := callsOf(v, "nextra")
	if len(calls) == 0 {
		raw, _ := n.conf.bytes(path.Join(root, "package.json"))
		if !strings.Contains(string(raw), `"nextra"`) {
			return errElsewhere // Next.js without Nextra
		}
		n.conf.warn(config, 0, "holds no call of nextra that can be read without running it (%v): its defaults are taken", err)
		n.next = jsConfig(v)
		return nil
	}
	call := calls[0]
	if call.of != nil {
		n.next = jsConfig(call)
		call = call.of
	}
	n.own = jsConfig(call)
	return nil
}

// findRoots looks which folders of pages there are.
func (n *nextra) findRoots(root string) {
	for _, src := range []string{"", "src"} {
		for _, kind := range []string{"content", "app", "pages"} {
			r := nextraRoot{dir: path.Join(root, src, kind), kind: kind}
			if kind == "content" {
				r.base = strings.Trim(n.conf.text(n.own, "contentDirBasePath", ""), "/")
			}
			if slices.ContainsFunc(n.s.Files, func(f string) bool { _, in := n.s.within(r.dir, f); return in }) {
				n.roots = append(n.roots, r)
			}
		}
	}
}

var metadataBase = regexp.MustCompile(`metadataBase:\s*new URL\(\s*['"\x60](https?://[^'"\x60$]+)['"\x60]`)

// address is where the site stands: what the layout says of it, or the
// configuration of next-sitemap.
func (n *nextra) address(root string) string {
	host := ""
	for _, name := range []string{"app/layout", "src/app/layout", "app/[lang]/layout", "src/app/[lang]/layout"} {
		for _, ext := range []string{".tsx", ".jsx", ".js", ".ts"} {
			raw, _ := n.conf.bytes(path.Join(root, name+ext))
			if m := metadataBase.FindSubmatch(raw); m != nil && host == "" {
				host = string(m[1])
			}
		}
	}
	for _, file := range scripts(path.Join(root, "next-sitemap.config")) {
		if host == "" && n.s.tree.has(file) {
			host = n.conf.script(file, "the site's address is not taken from it").text("siteUrl")
		}
	}
	if host == "" {
		return ""
	}
	return strings.TrimSuffix(host, "/") + "/" + strings.Trim(n.conf.text(n.next, "basePath", ""), "/")
}

// readLocales reads the languages and keeps the one that the settings ask for.
func (n *nextra) readLocales() error {
	i18n := n.conf.object(n.next, "i18n")
	var names [][]string
	for _, l := range i18n.list("locales") {
		if name, ok := l.(string); ok && name != "default" {
			n.locales = append(n.locales, name)
			names = append(names, []string{langTag(name), name})
		}
	}
	n.standard = n.conf.text(i18n, "defaultLocale", "")
	lang, err := asked("language", n.s.Lang, names)
	if err != nil || len(names) == 0 {
		return err
	}
	slices.SortStableFunc(names, func(a, b []string) int { // the default first
		return cmp.Compare(btoi(b[1] == n.standard), btoi(a[1] == n.standard))
	})
	for _, name := range names {
		n.about.Langs = append(n.about.Langs, name[0])
		if lang != "" && name[0] != lang {
			n.hidden[name[0]] = "in language " + name[0]
		}
	}
	return nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// rootOf finds the folder of pages that a file stands in, and its path in it.
func (n *nextra) rootOf(file string) (r nextraRoot, rel string, ok bool) {
	for _, r := range n.roots {
		if rel, in := n.s.within(r.dir, file); in {
			return r, rel, true
		}
	}
	return nextraRoot{}, "", false
}

// route is the address of a file below the site's, without slashes around it,
// and its language; ok is false for one that is no page.
func (n *nextra) route(r nextraRoot, rel string) (route, lang string, ok bool) {
	bare := strings.TrimSuffix(rel, path.Ext(rel))
	switch r.kind {
	case "app":
		if path.Base(bare) != "page" {
			return bare, "", false
		}
		return appRoute(path.Dir(bare))
	case "pages":
		if name, suffix, found := cutLast(bare, "."); found && slices.Contains(n.locales, suffix) {
			if bare, lang = name, langTag(suffix); suffix != n.standard {
				bare = suffix + "/" + bare
			}
		}
		if strings.HasPrefix(path.Base(bare), "_") {
			return bare, lang, false
		}
	default:
		if first, _, _ := strings.Cut(bare, "/"); slices.Contains(n.locales, first) {
			lang = langTag(first)
			if rest, _ := below(first, bare); r.base != "" { // the language stands in front
				return strings.TrimSuffix(path.Join(first, r.base, withoutIndex(rest)), "/"), lang, true
			}
		}
	}
	return path.Join(r.base, withoutIndex(bare)), lang, true
}

// withoutIndex is a path without the "index" that stands for its folder.
func withoutIndex(bare string) string {
	if bare == "index" {
		return ""
	}
	return strings.TrimSuffix(bare, "/index")
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// appRoute is the route of a folder of the app: groups in parentheses and
// slots are no part of it, and folders that begin with an underscore or take
// parameters have none.
func appRoute(dir string) (route, lang string, ok bool) {
	var parts []string
	for _, part := range strings.Split(dir, "/") {
		switch {
		case part == ".", strings.HasPrefix(part, "(") && strings.HasSuffix(part, ")"), strings.HasPrefix(part, "@"):
		case strings.HasPrefix(part, "_"), strings.HasPrefix(part, "["):
			return dir, "", false
		default:
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "/"), "", true
}

// page places a file.
func (n *nextra) page(f File) Page {
	r, rel, ok := n.rootOf(f.Path)
	if !ok {
		return elsewhere(n.about.Base, f)
	}
	route, lang, isPage := n.route(r, rel)
	if lang == "" && len(n.locales) > 0 {
		lang = langTag(n.standard)
	}
	p := Page{
		URL: n.url(route), Breadcrumbs: []string{}, Description: Text(f.Meta["description"]),
		Title:   cmp.Or(Text(f.Meta["title"]), f.Heading, nextraTitle(path.Base(cmp.Or(route, "index")))),
		Version: n.s.Version, Lang: cmp.Or(n.s.Lang, lang), Hidden: n.hidden[lang], Shown: true,
	}
	n.placeInMeta(&p, r, rel, route, f)
	p.hideBy(f.Meta, false, true, "searchable")
	p.hideBy(f.Meta, true, false, "draft")
	if !isPage {
		p.hidePartial()
	}
	return p
}

// url is the address of a route.
func (n *nextra) url(route string) string {
	if route != "" && n.slash {
		route += "/"
	}
	return n.about.Base + Escape(route)
}

// readRedirects reads those of next.config that lead from a page that was to
// one that is.
func (n *nextra) readRedirects() {
	v := n.next.get("redirects")
	if c, ok := v.(*jsClosure); ok {
		v = c.call(nil)
	}
	list, ok := v.([]any)
	if v != nil && !ok {
		n.conf.warn(n.conf.file, 0, "redirects is computed, which is not run: links to pages that were moved are not followed")
	}
	for _, r := range list {
		o, _ := r.(*jsObject)
		from, to := strings.Trim(o.text("source"), "/"), strings.Trim(o.text("destination"), "/")
		if from == "" || to == "" || strings.Contains(to, ":/") {
			continue
		}
		if !strings.ContainsAny(from, ":(*") {
			n.about.Redirects[n.url(from)] = n.url(to)
			continue
		}
		pattern, ok := newRoute(from)
		if !ok {
			continue
		}
		for _, file := range n.s.Files { // of a pattern, those that lead to pages
			if route := strings.Trim(strings.TrimPrefix(n.pages[file].URL, n.about.Base), "/"); route != "" {
				if back, ok := reversed(pattern, from, to, route); ok {
					n.about.Redirects[n.url(back)] = n.pages[file].URL
				}
			}
		}
	}
}

// reversed gives the address that a redirect leads from to a route.
func reversed(pattern route, from, to, at string) (string, bool) {
	target, ok := newRoute(to)
	if !ok {
		return "", false
	}
	back, ok := target.rewrite(at, routePart.ReplaceAllStringFunc(from, func(part string) string {
		p := routePart.FindStringSubmatch(part)
		return p[1] + ":" + p[2] + p[5]
	}))
	if !ok || strings.Contains(back, ":") {
		return "", false
	}
	_, fits := pattern.rewrite(back, to)
	return back, fits
}

// Syntax implements Rules.
func (n *nextra) Syntax() Syntax {
	return Syntax{Framework: "nextra", Roots: []string{n.s.relative(n.conf.dir())}}
}

// Anchors implements Rules.
func (n *nextra) Anchors() Anchors { return nextraAnchors{newSlugger()} }

// nextraAnchors are GitHub's, also of the ids that writers chose. A heading of
// level 1 has none.
type nextraAnchors struct{ slugger *slugger }

var nextraID = regexp.MustCompile(`\s*\[#([^\]]+)\]\s*$`)

// Anchor implements Anchors.
func (a nextraAnchors) Anchor(h Heading) Anchor {
	if h.HTML {
		return h.asElement()
	}
	id, h := h.ending(nextraID)
	out := Anchor{Words: h.Words()}
	if h.Level > 1 {
		out.ID = a.slugger.slug(cmp.Or(id, h.text(PartText, PartCode)))
	}
	return out.beside(h.tagged(), id != "")
}
