package site

import (
	"cmp"
	"path"
	"regexp"
	"strings"
)

// vitepress is a VitePress site: a folder whose files stand at their paths.
type vitepress struct {
	mapped
	conf     *conf
	site     *jsObject // the configuration; nil where it can't be read
	src      string    // the folder of the pages, in the repository
	clean    bool      // addresses have no .html
	rewrites []vitepressRewrite
	exclude  globs
	locales  []vitepressLocale
	themes   []vitepressTheme
	hidden   map[string]string // by language: why its pages are not to be found
}

type vitepressRewrite struct {
	from route
	to   string
}

// vitepressLocale is a language and the folder of its pages; "" is the root.
type vitepressLocale struct{ dir, lang string }

// vitepressConfigs are the names that the configuration may have.
var vitepressConfigs = append(scripts(".vitepress/config"), scripts(".vitepress/config/index")...)

func detectVitePress(s Settings) []string { return s.tree.find(vitepressConfigs...) }

func newVitePress(s Settings, config string) (Rules, error) {
	v := &vitepress{mapped: mapped{s: s}, conf: newConf(s, config), src: s.At}
	if config != "" {
		v.site = v.conf.script(config, "the defaults of VitePress are taken")
		root, _, _ := strings.Cut(config, ".vitepress/")
		v.src = path.Join(".", root, v.conf.text(v.site, "srcDir", "."))
	}
	if !s.overlaps(v.src) {
		return nil, errElsewhere
	}
	base, err := s.base(v.address())
	if err != nil {
		return nil, err
	}
	v.about = About{Framework: "vitepress", Config: config, Base: base}
	v.clean = v.conf.flag(v.site, "cleanUrls", false)
	v.exclude = newGlobs(v.site.list("srcExclude"))
	v.readRewrites()
	if err := v.readLocales(); err != nil {
		return nil, err
	}
	s.warm()
	v.readThemes()
	if err := v.survey(v.page); err != nil {
		return nil, err
	}
	v.about.Warnings = v.conf.warnings
	v.stamp = v.conf.stamp("vitepress 1")
	return v, nil
}

// address is where the site stands, as far as its configuration tells: what it
// says to search engines.
func (v *vitepress) address() string {
	host, base := v.site.object("sitemap").text("hostname"), v.conf.text(v.site, "base", "/")
	if host == "" || strings.HasSuffix(strings.TrimSuffix(host, "/"), strings.TrimSuffix(base, "/")) {
		return host
	}
	return strings.TrimSuffix(host, "/") + base
}

func (v *vitepress) readRewrites() {
	switch r := v.site.get("rewrites").(type) {
	case nil:
	case *jsObject:
		for _, from := range r.ordered() {
			pattern, ok := newRoute(from)
			if ok && r.text(from) != "" {
				v.rewrites = append(v.rewrites, vitepressRewrite{pattern, r.text(from)})
				continue
			}
			v.conf.warn(v.conf.file, 0, "the rewrite of %q can't be read: its pages keep their paths", from)
		}
	default:
		v.conf.warn(v.conf.file, 0, "rewrites is code, which is not run: pages keep their paths")
	}
}

// readLocales reads the languages and keeps the one that the settings ask for.
func (v *vitepress) readLocales() error {
	locales := v.conf.object(v.site, "locales")
	root := vitepressLocale{lang: langTag(cmp.Or(locales.object("root").text("lang"), v.conf.text(v.site, "lang", "")))}
	names := [][]string{{root.lang}}
	for _, dir := range locales.ordered() {
		if dir == "root" || strings.Contains(dir, ":") {
			continue
		}
		l := vitepressLocale{strings.Trim(dir, "/"), langTag(cmp.Or(locales.object(dir).text("lang"), strings.Trim(dir, "/")))}
		v.locales = append(v.locales, l)
		names = append(names, []string{l.lang, l.dir})
	}
	v.locales = append(v.locales, root)
	v.hidden = map[string]string{}
	lang, err := asked("language", v.s.Lang, names)
	if err != nil || len(names) == 1 {
		return err
	}
	for _, name := range names {
		v.about.Langs = append(v.about.Langs, name[0])
		if lang != "" && name[0] != lang {
			v.hidden[name[0]] = "in language " + name[0]
		}
	}
	return nil
}

// locale is the language of a page by its path after rewriting.
func (v *vitepress) locale(rel string) vitepressLocale {
	for _, l := range v.locales {
		if l.dir == "" || strings.HasPrefix(rel, l.dir+"/") {
			return l
		}
	}
	return vitepressLocale{}
}

var dynamicRoute = regexp.MustCompile(`\[\w+?\]`)

// page places a file.
func (v *vitepress) page(f File) Page {
	rel, ok := v.s.within(v.src, f.Path)
	if !ok {
		return elsewhere(v.about.Base, f)
	}
	at := rel
	for _, r := range v.rewrites {
		if to, fits := r.from.rewrite(rel, r.to); fits {
			at = path.Clean(to)
			break
		}
	}
	l := v.locale(at)
	p := Page{
		URL: v.about.Base + Escape(v.url(at)), Title: vitepressTitle(f), Breadcrumbs: []string{},
		Description: Text(f.Meta["description"]), Version: v.s.Version, Lang: cmp.Or(v.s.Lang, l.lang), Hidden: v.hidden[l.lang], Shown: true,
	}
	if nav := v.sidebar(at, rel); nav != nil {
		nav.put(&p, linkKey(v.url(at)))
	}
	p.hideBy(f.Meta, false, true, "search")
	switch {
	case noIndex(f.Meta["head"]):
		p.hide("robots: noindex", true)
	case v.exclude.match(rel):
		p.hide("excluded by the configuration", false)
	case !strings.HasSuffix(rel, ".md"):
		p.hide("not a page: VitePress takes files that end with .md", false)
	case dynamicRoute.MatchString(rel):
		p.hide("made of data when the site is built", false)
	}
	return p
}

// url is a page's address below the site's.
func (v *vitepress) url(rel string) string {
	bare := strings.TrimSuffix(rel, path.Ext(rel))
	switch {
	case !IsMarkdown(rel):
		return rel
	case bare == "index":
		return ""
	case strings.HasSuffix(bare, "/index"):
		return strings.TrimSuffix(bare, "index")
	case v.clean:
		return bare
	}
	return bare + ".html"
}

// vitepressTitle is a page's title, that of a home page its banner's.
func vitepressTitle(f File) string {
	hero := table(f.Meta["hero"])
	name := strings.TrimSpace(Text(hero["name"]) + " " + Text(hero["text"]))
	return cmp.Or(Text(f.Meta["title"]), f.Heading, name, Readable(stem(f.Path)))
}

// noIndex reports whether tags for a page's head keep search engines away:
// [[meta, {name: robots, content: noindex}]].
func noIndex(head any) bool {
	for _, tag := range list(head) {
		for _, part := range list(tag) {
			attrs := table(part)
			if attrs == nil {
				continue
			}
			if inner := table(attrs["attrs"]); inner != nil { // as Starlight writes it
				attrs = inner
			}
			if strings.EqualFold(Text(attrs["name"]), "robots") && strings.Contains(strings.ToLower(Text(attrs["content"])), "noindex") {
				return true
			}
		}
	}
	return false
}

// Syntax implements Rules.
func (v *vitepress) Syntax() Syntax {
	return Syntax{Framework: "vitepress", Roots: []string{v.s.relative(v.src)}}
}
