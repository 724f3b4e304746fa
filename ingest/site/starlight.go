package site

import (
	"bytes"
	"cmp"
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// starlight is an Astro site with Starlight: a folder whose files stand at
// their slugged paths, with languages in folders of their own.
type starlight struct {
	mapped
	conf    *conf
	site    *jsObject // Astro's configuration; nil where it can't be read
	own     *jsObject // Starlight's
	docs    string    // the folder of the pages, in the repository
	format  string    // build.format
	slash   string    // trailingSlash
	smart   bool      // dashes are made of hyphens before anchors are
	trimmed bool      // anchors lose a hyphen at their end
	locales []starlightLocale
	hidden  map[string]string     // by language: why its pages are not to be found
	navs    map[string]navigation // by the languages' folders, of slugs
	slugs   *slugger              // for lower case alone
}

// starlightLocale is a language and the folder of its pages; "" is the root.
type starlightLocale struct{ dir, lang string }

var astroConfigs = scripts("astro.config")

func detectStarlight(s Settings) []string { return s.tree.find(astroConfigs...) }

func newStarlight(s Settings, config string) (Rules, error) {
	l := &starlight{mapped: mapped{s: s}, conf: newConf(s, config), format: "directory", slash: "ignore", smart: true, slugs: newSlugger()}
	root := s.At
	if config != "" {
		root = path.Dir(config)
		l.site = l.conf.script(config, "the defaults of Starlight are taken")
		calls := callsOf(l.site.get("integrations"), "@astrojs/starlight")
		if len(calls) == 0 && (l.site != nil || !l.depends(root)) {
			return nil, errElsewhere // Astro without Starlight
		}
		if len(calls) > 0 {
			l.own = jsConfig(calls[0])
		}
	}
	l.docs = path.Join(root, l.conf.text(l.site, "srcDir", "src"), "content/docs")
	if config == "" && !l.hasPages() {
		l.docs = s.At // the folder is that of the pages itself
	}
	if !s.overlaps(l.docs) {
		return nil, errElsewhere
	}
	base, err := s.base(l.address())
	if err != nil {
		return nil, err
	}
	l.about = About{Framework: "starlight", Config: config, Base: base, Redirects: map[string]string{}}
	l.readSettings(root)
	if err := l.readLocales(); err != nil {
		return nil, err
	}
	s.warm()
	l.readSidebar()
	if err := l.survey(l.page); err != nil {
		return nil, err
	}
	l.about.Warnings = l.conf.warnings
	l.stamp = l.conf.stamp("starlight 1")
	return l, nil
}

func (l *starlight) hasPages() bool {
	return slices.ContainsFunc(l.s.Files, func(f string) bool { _, in := l.s.within(l.docs, f); return in })
}

// address is where the site stands.
func (l *starlight) address() string {
	host := l.conf.text(l.site, "site", "")
	if host == "" {
		return ""
	}
	return strings.TrimSuffix(host, "/") + "/" + strings.Trim(l.conf.text(l.site, "base", ""), "/")
}

// depends reports whether a folder's package.json names Starlight.
func (l *starlight) depends(dir string) bool {
	raw, _ := l.conf.bytes(path.Join(dir, "package.json"))
	return bytes.Contains(raw, []byte(`"@astrojs/starlight"`))
}

// readSettings reads what changes addresses and anchors.
func (l *starlight) readSettings(root string) {
	l.slash = l.conf.text(l.site, "trailingSlash", l.slash)
	l.format = l.conf.text(l.site.object("build"), "format", l.format)
	md := l.site.object("markdown")
	l.smart = l.conf.flag(md, "smartypants", true)
	if of, ok := md.get("processor").(*jsCall); ok {
		switch dashes := jsConfig(of).object("features").get("smartPunctuation").(type) {
		case bool:
			l.smart = dashes
		case *jsObject:
			l.smart = dashes.get("dashes") != false
		}
	}
	l.trimmed = l.astroBefore(root, 6) && !l.site.object("experimental").is("headingIdCompat")
	for _, name := range []string{"src/content.config", "src/content/config"} {
		for _, file := range scripts(path.Join(root, name)) {
			if raw, _ := l.conf.bytes(file); bytes.Contains(raw, []byte("generateId")) {
				l.conf.warn(file, 0, "generateId is code, which is not run: addresses are made of paths, as Starlight does by itself")
			}
		}
	}
	redirects := l.site.object("redirects")
	for _, from := range redirects.ordered() {
		to := cmp.Or(redirects.text(from), redirects.object(from).text("destination"))
		if to != "" && !strings.Contains(from+to, "[") && !strings.Contains(to, "://") {
			l.about.Redirects[l.about.Base+strings.TrimPrefix(from, "/")] = l.about.Base + strings.TrimPrefix(to, "/")
		}
	}
}

var leadingNumber = regexp.MustCompile(`\d+`)

// astroBefore reports whether package.json asks for an Astro older than a
// major version.
func (l *starlight) astroBefore(dir string, major int) bool {
	raw, _ := l.conf.bytes(path.Join(dir, "package.json"))
	var p struct{ Dependencies, DevDependencies map[string]string }
	if json.Unmarshal(raw, &p) != nil {
		return false
	}
	n, err := strconv.Atoi(leadingNumber.FindString(cmp.Or(p.Dependencies["astro"], p.DevDependencies["astro"])))
	return err == nil && n < major
}

// readLocales reads the languages and keeps the one that the settings ask for.
func (l *starlight) readLocales() error {
	locales := l.conf.object(l.own, "locales")
	standard := l.conf.text(l.own, "defaultLocale", "root")
	root := starlightLocale{lang: langTag(cmp.Or(locales.object("root").text("lang"), locales.object(standard).text("lang")))}
	var names [][]string
	for _, dir := range locales.ordered() {
		one := starlightLocale{dir, langTag(cmp.Or(locales.object(dir).text("lang"), dir))}
		if dir == "root" {
			one = root
		} else {
			l.locales = append(l.locales, one)
		}
		if name := []string{one.lang, dir}; dir == standard {
			names = slices.Insert(names, 0, name)
		} else {
			names = append(names, name)
		}
	}
	l.locales = append(l.locales, root)
	l.hidden = map[string]string{}
	lang, err := asked("language", l.s.Lang, names)
	if err != nil || len(names) <= 1 {
		return err
	}
	for _, name := range names {
		l.about.Langs = append(l.about.Langs, name[0])
		if lang != "" && name[0] != lang {
			l.hidden[name[0]] = "in language " + name[0]
		}
	}
	return nil
}

// locale is the language of a page by its slug.
func (l *starlight) locale(slug string) starlightLocale {
	dir, _, _ := strings.Cut(slug, "/")
	for _, one := range l.locales {
		if one.dir == "" || one.dir == dir {
			return one
		}
	}
	return starlightLocale{}
}

// slug is the address of a file below the site's, without slashes around it;
// "" is the site's own page.
func (l *starlight) slug(rel string, f File) string {
	if slug := Text(f.Meta["slug"]); slug != "" {
		if slug == "index" || slug == "/" {
			return ""
		}
		return strings.Trim(slug, "/")
	}
	segments := strings.Split(strings.TrimSuffix(rel, path.Ext(rel)), "/")
	for i, s := range segments {
		segments[i] = strings.Map(slugRune, l.slugs.toLower(s))
	}
	slug := strings.Join(segments, "/")
	if slug == "index" {
		return ""
	}
	return strings.TrimSuffix(slug, "/index")
}

// page places a file.
func (l *starlight) page(f File) Page {
	rel, ok := l.s.within(l.docs, f.Path)
	if !ok {
		return elsewhere(l.about.Base, f)
	}
	slug := l.slug(rel, f)
	locale := l.locale(slug)
	p := Page{
		URL: l.url(slug), Breadcrumbs: []string{}, Description: Text(f.Meta["description"]),
		Title:   cmp.Or(Text(f.Meta["title"]), f.Heading, Readable(stem(rel))),
		Version: l.s.Version, Lang: cmp.Or(l.s.Lang, locale.lang), Hidden: l.hidden[locale.lang], Shown: true,
	}
	l.navs[locale.dir].put(&p, "/"+slug)
	if label := Text(table(f.Meta["sidebar"])["label"]); p.Label == "" && label != p.Title {
		p.Label = label
	}
	p.hideBy(f.Meta, false, true, "pagefind")
	p.hideBy(f.Meta, true, false, "draft")
	switch {
	case strings.HasPrefix(path.Base(rel), "_"):
		p.hidePartial()
	case noIndex(f.Meta["head"]):
		p.hide("robots: noindex", true)
	case slug == "404" || slug == locale.dir+"/404":
		p.hide("the page for addresses that are not there", true)
	}
	return p
}

// url is the address of a slug.
func (l *starlight) url(slug string) string {
	at := Escape(slug)
	switch {
	case at == "":
	case l.format == "file":
		at += ".html"
	case l.slash != "never":
		at += "/"
	}
	return l.about.Base + at
}

// Syntax implements Rules.
func (l *starlight) Syntax() Syntax {
	return Syntax{Framework: "starlight", Roots: []string{l.s.relative(l.conf.dir())}}
}

// Anchors implements Rules.
func (l *starlight) Anchors() Anchors {
	return starlightAnchors{slugger: newSlugger(), smart: l.smart, trimmed: l.trimmed}
}

// starlightAnchors are GitHub's, after two hyphens became a dash.
type starlightAnchors struct {
	slugger        *slugger
	smart, trimmed bool
}

// twoHyphens are those that become a dash, which an anchor drops.
var twoHyphens = regexp.MustCompile(`-+`)

// Anchor implements Anchors.
func (a starlightAnchors) Anchor(h Heading) Anchor {
	if h.HTML {
		return h.asElement()
	}
	out := Anchor{Words: h.Words()}
	var b strings.Builder
	for _, p := range joined(h.Parts) {
		switch {
		case p.Kind == PartCode, p.Kind == PartText && !a.smart:
			b.WriteString(p.Text)
		case p.Kind == PartText:
			b.WriteString(twoHyphens.ReplaceAllStringFunc(p.Text, func(run string) string {
				if run == "--" {
					return ""
				}
				return run
			}))
		}
	}
	out.ID = a.slugger.slug(b.String())
	if a.trimmed {
		out.ID = strings.TrimSuffix(out.ID, "-")
	}
	return out.beside(h.tagged(), false)
}
