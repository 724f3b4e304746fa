package site

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// docusaurus is a Docusaurus site: plugins that each turn a folder into pages,
// the docs' with versions, all of them with languages.
type docusaurus struct {
	mapped
	conf         *conf
	site         *jsObject // the configuration; nil where it can't be read
	slash        any       // trailingSlash: true, false, or nil
	maintainCase bool
	locales      []docusaurusLocale
	contents     []*docusaurusContent // those of deeper folders first
	files        map[string]docusaurusFile
}

// docusaurusFile is where a file of the source stands: its content (nil where
// it has none), and its path in it.
type docusaurusFile struct {
	content *docusaurusContent
	rel     string
}

// docusaurusLocale is a language.
type docusaurusLocale struct {
	dir  string // of its translations, in the repository; "" for the default's own content
	base string // URL of its root
	lang string
}

// docusaurusContent is a folder whose files become pages.
type docusaurusContent struct {
	*docusaurusPlugin
	dir     string // in the repository
	base    string // URL of what it serves
	version string
	folder  string // of its translations
	lang    string
	hidden  string               // why none of its pages is to be found
	origin  *docusaurusContent   // what it translates; nil for the original
	nav     navigation           // by the docs' ids
	docs    []*docusaurusDoc     // those of the docs plugin
	sidebar func() (any, string) // reads the sidebars, and names their file
}

// docusaurusPlugin is an instance of a content plugin.
type docusaurusPlugin struct {
	kind             string // "docs", "blog" or "pages"
	id               string
	options          *jsObject
	path, route      string
	include, exclude globs
	prefixes         bool // numbers before names are not part of them
	title            string
}

// docusaurusConfigs are the names that the configuration may have.
var docusaurusConfigs = scripts("docusaurus.config")

// scripts are the names of a file of JavaScript in all its kinds.
func scripts(bare string) []string {
	var all []string
	for _, ext := range []string{".js", ".ts", ".mjs", ".mts", ".cjs", ".cts"} {
		all = append(all, bare+ext)
	}
	return all
}

func detectDocusaurus(s Settings) []string { return s.tree.find(docusaurusConfigs...) }

func newDocusaurus(s Settings, config string) (Rules, error) {
	d := &docusaurus{mapped: mapped{s: s}, conf: newConf(s, config)}
	if config != "" {
		d.site = d.conf.script(config, "the defaults of Docusaurus are taken")
	}
	baseURL := d.conf.text(d.site, "baseUrl", "/")
	base, err := s.base(strings.TrimSuffix(d.conf.text(d.site, "url", ""), "/") + "/" + strings.Trim(baseURL, "/"))
	if err != nil {
		return nil, err
	}
	d.slash = d.site.get("trailingSlash")
	d.maintainCase = d.site.object("markdown").object("anchors").is("maintainCase")
	d.about = About{Framework: "docusaurus", Config: config, Base: base, Redirects: map[string]string{}}
	d.languages(baseURL)
	for _, p := range d.plugins() {
		d.addPlugin(p)
	}
	if !slices.ContainsFunc(d.contents, func(c *docusaurusContent) bool { return s.overlaps(c.dir) }) {
		return nil, errElsewhere
	}
	d.divide()
	if config == "" && !d.holds(func(*docusaurusContent) bool { return true }) {
		d.contents = nil // the folder is that of the docs itself
		d.addLocales(&docusaurusContent{docusaurusPlugin: d.plugin("docs", nil), dir: s.At, sidebar: func() (any, string) { return nil, "" }})
		d.divide()
	}
	if err := d.narrow(); err != nil {
		return nil, err
	}
	s.warm()
	d.readDocs()
	if err := d.survey(d.page); err != nil {
		return nil, err
	}
	d.about.Warnings = d.conf.warnings
	d.stamp = d.conf.stamp("docusaurus 1")
	return d, nil
}

// divide finds the content of each file. The deepest folder wins: docs may have
// a blog in it.
func (d *docusaurus) divide() {
	slices.SortStableFunc(d.contents, func(a, b *docusaurusContent) int { return cmp.Compare(len(b.dir), len(a.dir)) })
	d.files = nil
	files := make(map[string]docusaurusFile, len(d.s.Files))
	for _, file := range d.s.Files {
		content, rel := d.contentOf(file)
		files[file] = docusaurusFile{content, rel}
	}
	d.files = files
}

// languages reads i18n.
func (d *docusaurus) languages(baseURL string) {
	i18n := d.conf.object(d.site, "i18n")
	standard := d.conf.text(i18n, "defaultLocale", "")
	root := docusaurusLocale{base: d.about.Base, lang: langTag(standard)}
	configs := i18n.object("localeConfigs")
	if lang := configs.object(standard).text("htmlLang"); lang != "" {
		root.lang = langTag(lang)
	}
	d.locales = []docusaurusLocale{root}
	locales, readable := i18n.get("locales").([]any)
	if i18n != nil && !readable && i18n.get("locales") != nil {
		d.conf.warn(d.conf.file, 0, "i18n.locales is computed, which is not run: only the default language is taken")
	}
	for _, l := range locales {
		name, ok := l.(string)
		if !ok || name == standard {
			continue
		}
		c := configs.object(name)
		under := strings.Trim(strings.TrimPrefix(cmp.Or(c.text("baseUrl"), name), baseURL), "/")
		dir := path.Join(d.conf.dir(), cmp.Or(i18n.text("path"), "i18n"), cmp.Or(c.text("path"), name))
		d.locales = append(d.locales, docusaurusLocale{dir: dir, base: d.about.Base + slashed(under), lang: langTag(cmp.Or(c.text("htmlLang"), name))})
	}
	if len(d.locales) > 1 {
		for _, l := range d.locales {
			d.about.Langs = append(d.about.Langs, l.lang)
		}
	}
}

// langTag brings a language's name into the form that pages have.
func langTag(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "-")) }

// slashed is a part of an address with a slash at its end, unless it is empty.
func slashed(p string) string {
	if p == "" || strings.HasSuffix(p, "/") {
		return p
	}
	return p + "/"
}

// plugins lists the content plugins, those of the preset and others.
func (d *docusaurus) plugins() []*docusaurusPlugin {
	var all []*docusaurusPlugin
	for _, p := range docusaurusEntries(d.site.get("presets")) {
		classic := p.name == "classic" || strings.HasSuffix(p.name, "preset-classic")
		for _, kind := range []string{"docs", "blog", "pages"} {
			if set := p.options.get(kind); set != false && (classic || set != nil) {
				all = append(all, d.plugin(kind, d.conf.object(p.options, kind)))
			}
		}
	}
	for _, p := range docusaurusEntries(d.site.get("plugins")) {
		for _, kind := range []string{"docs", "blog", "pages"} {
			if strings.HasSuffix(p.name, "content-"+kind) {
				all = append(all, d.plugin(kind, p.options))
			}
		}
		if strings.HasSuffix(p.name, "client-redirects") {
			d.redirects(p.options)
		}
	}
	if len(all) == 0 {
		if d.site != nil {
			d.conf.warn(d.conf.file, 0, "no preset and no content plugin could be read: those of the classic preset are taken")
		}
		for _, kind := range []string{"docs", "blog", "pages"} {
			all = append(all, d.plugin(kind, nil))
		}
	}
	return all
}

// docusaurusEntry is a preset or a plugin, by name, with its options.
type docusaurusEntry struct {
	name    string
	options *jsObject
}

func docusaurusEntries(v any) []docusaurusEntry {
	list, _ := v.([]any)
	var all []docusaurusEntry
	for _, e := range list {
		pair, ok := e.([]any)
		if !ok {
			pair = []any{e}
		}
		entry := docusaurusEntry{}
		entry.name, _ = first(pair).(string)
		if len(pair) > 1 {
			entry.options = jsConfig(pair[1])
		}
		if entry.name != "" {
			all = append(all, entry)
		}
	}
	return all
}

func (d *docusaurus) plugin(kind string, options *jsObject) *docusaurusPlugin {
	standard := map[string][2]string{"docs": {"docs", "docs"}, "blog": {"blog", "blog"}, "pages": {"src/pages", "/"}}[kind]
	p := &docusaurusPlugin{
		kind: kind, options: options, prefixes: true,
		id:      d.conf.text(options, "id", "default"),
		path:    d.conf.text(options, "path", standard[0]),
		route:   strings.Trim(d.conf.text(options, "routeBasePath", standard[1]), "/"),
		include: newGlobs(options.list("include")),
		exclude: newGlobs(options.list("exclude")),
		title:   cmp.Or(options.text("blogTitle"), "Blog"),
	}
	switch v := options.get("numberPrefixParser").(type) {
	case nil:
	case bool:
		p.prefixes = v
	default:
		d.conf.warn(d.conf.file, 0, "numberPrefixParser is code, which is not run: numbers are taken off names as Docusaurus does by itself")
	}
	return p
}

// addPlugin adds the folders of a plugin, in each version and language.
func (d *docusaurus) addPlugin(p *docusaurusPlugin) {
	dir, ok := d.conf.folder(p.path)
	if !ok {
		d.conf.warn(d.conf.file, 0, "path %q leads out of the repository: it is left out", p.path)
		return
	}
	if _, above := below(d.s.At, d.conf.dir()); above && p.kind == "docs" && !d.s.overlaps(dir) {
		d.conf.warn(d.conf.file, 0, "the docs stand in %s, outside of this folder: ingest a folder above both to have them", d.s.relative(dir))
	}
	origin := &docusaurusContent{docusaurusPlugin: p, dir: dir}
	if p.kind == "docs" {
		for _, c := range d.versions(origin) {
			d.addLocales(c)
		}
		return
	}
	d.addLocales(origin)
}

// addLocales adds a content and its translations.
func (d *docusaurus) addLocales(c *docusaurusContent) {
	under := c.base
	c.base, c.lang = d.locales[0].base+slashed(c.route)+under, d.locales[0].lang
	d.contents = append(d.contents, c)
	for _, l := range d.locales[1:] {
		t := *c
		t.origin, t.lang, t.base = c, l.lang, l.base+slashed(c.route)+under
		t.dir = path.Join(l.dir, "docusaurus-plugin-content-"+c.kind)
		if c.id != "default" {
			t.dir += "-" + c.id
		}
		if c.kind == "docs" {
			t.dir = path.Join(t.dir, c.folder)
		}
		d.contents = append(d.contents, &t)
	}
}

// narrow keeps the version and the language that the settings ask for.
func (d *docusaurus) narrow() error {
	var versions, langs [][]string
	for _, v := range d.about.Versions {
		if d.holds(func(c *docusaurusContent) bool { return c.version == v.Name }) {
			versions = append(versions, append([]string{v.Name}, v.Aliases...))
		}
	}
	for _, l := range d.locales {
		if d.holds(func(c *docusaurusContent) bool { return c.lang == l.lang }) {
			langs = append(langs, []string{l.lang})
		}
	}
	version, err := asked("version", d.s.Version, versions)
	if err != nil {
		return err
	}
	lang, err := asked("language", d.s.Lang, langs)
	if err != nil {
		return err
	}
	for _, c := range d.contents {
		if version != "" && c.version != "" && c.version != version {
			c.hidden = "of version " + c.version
		}
		if lang != "" && c.lang != lang {
			c.hidden = "in language " + c.lang
		}
	}
	return nil
}

// holds reports whether the source has files of such a content.
func (d *docusaurus) holds(is func(*docusaurusContent) bool) bool {
	for _, f := range d.files {
		if f.content != nil && is(f.content) {
			return true
		}
	}
	return false
}

// contentOf finds the content that a file of the source belongs to, and its
// path in it.
func (d *docusaurus) contentOf(file string) (*docusaurusContent, string) {
	if f, known := d.files[file]; known {
		return f.content, f.rel
	}
	for _, c := range d.contents {
		if rel, ok := d.s.within(c.dir, file); ok && rel != "." {
			return c, rel
		}
	}
	return nil, ""
}

// redirects reads the client-redirects plugin.
func (d *docusaurus) redirects(options *jsObject) {
	for _, r := range options.list("redirects") {
		o, _ := r.(*jsObject)
		froms := o.list("from")
		if from := o.text("from"); from != "" {
			froms = []any{from}
		}
		for _, from := range froms {
			if f, ok := from.(string); ok && o.text("to") != "" {
				d.about.Redirects[d.url(d.about.Base, f)] = d.url(d.about.Base, o.text("to"))
			}
		}
	}
}

// Syntax implements Rules.
func (d *docusaurus) Syntax() Syntax {
	return Syntax{Framework: "docusaurus", Roots: []string{d.s.relative(d.conf.dir())}}
}
