package site

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"docent"
)

// mkDocs is MkDocs, with Material and the plugins that move pages or name
// them. Paths within are relative to docs_dir, as MkDocs has them.
type mkDocs struct {
	content
	config   string
	settings map[string]any
	base     string // with the version that mike puts in
	site     string // without
	flat     bool   // use_directory_urls: false
	markdown *pythonMarkdown
	nav      navigation
	hidden   []hiding
	langs    *mkDocsLangs // nil where there is one language
	blogs    []mkDocsBlog
	metas    folderMetas // nil without Material's plugin "meta"
	versions []Version
	version  string
	only     string // the language that was asked for; "" takes all
	warnings []docent.Warning
}

// hiding is a list of files that are not published, and what says so.
type hiding struct {
	files gitignore
	why   string
}

func findMkDocs(s Settings) []string {
	return s.tree.find("mkdocs.yml", "mkdocs.yaml", "zensical.toml")
}

func newMkDocs(s Settings, config string) (Rules, error) {
	m := &mkDocs{config: config, settings: map[string]any{}}
	dir := s.At
	if config != "" {
		settings, err := mkDocsSettings(s, config, 0)
		if err != nil {
			m.warnings = append(m.warnings, s.unreadable(config, err, "the defaults of MkDocs are taken"))
		}
		m.settings = settings
		dir = path.Join(path.Dir(config), cmp.Or(Text(plainValue(settings["docs_dir"])), "docs"))
	}
	var ok bool
	if m.content, ok = s.content(dir); !ok {
		return nil, errElsewhere
	}
	var err error
	if m.site, err = s.base(Text(plainValue(m.settings["site_url"]))); err != nil {
		return nil, err
	}
	m.base = m.site
	m.flat = !is(plainValue(m.settings["use_directory_urls"]), true)
	m.readMarkdown()
	m.readHiding()
	m.readVersions()
	m.langs = newMkDocsLangs(m.plugin("i18n"), Text(at(m.settings, "theme", "language")))
	if m.only, err = asked("language", s.Lang, m.langs.names()); err != nil {
		return nil, err
	}
	m.blogs = m.readBlogs()
	if meta := m.plugin("meta"); meta != nil {
		metas, warnings := newFolderMetas(m.content, cmp.Or(Text(meta["meta_file"]), ".meta.yml"))
		m.metas, m.warnings = metas, append(m.warnings, warnings...)
	}
	m.nav = newNavigation(m.readNav())
	s.warm()
	m.warnOfMakers()
	return m, nil
}

// mkDocsSettings reads a configuration and those that it inherits from.
func mkDocsSettings(s Settings, name string, depth int) (map[string]any, error) {
	settings, err := readTable(s.Repo, name)
	if err != nil {
		return map[string]any{}, err
	}
	if project, ok := settings["project"].(map[string]any); ok && strings.HasSuffix(name, ".toml") {
		settings = project // Zensical's own notation
	}
	if parent := Text(settings["INHERIT"]); parent != "" && depth < 10 {
		inherited, err := mkDocsSettings(s, path.Join(path.Dir(name), parent), depth+1)
		if err != nil {
			return settings, fmt.Errorf("INHERIT %s: %w", parent, err)
		}
		settings = merged(inherited, settings)
	}
	return settings, nil
}

// merged is base with what over says instead, table by table.
func merged(base, over map[string]any) map[string]any {
	out := make(map[string]any, len(base)+len(over))
	for key, value := range base {
		out[key] = value
	}
	for key, value := range over {
		inner, ok := out[key].(map[string]any)
		if more, both := value.(map[string]any); ok && both {
			value = merged(inner, more)
		}
		out[key] = value
	}
	return out
}

// plainValue is a value that may be taken from the environment of a build:
// what it is where the environment says nothing.
func plainValue(v any) any {
	t, ok := v.(tagged)
	if !ok {
		return v
	}
	if all := list(t.value); t.tag == "!ENV" && len(all) > 1 {
		return plainValue(all[len(all)-1])
	}
	return nil
}

// plugin gives a plugin's settings; nil where it is not on.
func (m *mkDocs) plugin(name string) map[string]any {
	if all := m.plugins(name); len(all) > 0 {
		return all[0]
	}
	return nil
}

// plugins gives the settings of each entry of a plugin, which may be listed
// with its theme's name before it.
func (m *mkDocs) plugins(name string) []map[string]any {
	var all []map[string]any
	for _, p := range named(m.settings["plugins"]) {
		if p.name == name || strings.HasSuffix(p.name, "/"+name) {
			if is(plainValue(p.settings["enabled"]), true) {
				all = append(all, p.settings)
			}
		}
	}
	return all
}

// option is a plugin or an extension with its settings.
type option struct {
	name     string
	settings map[string]any // never nil
}

// named reads a list of names, of which some have settings, in the notations
// that MkDocs takes.
func named(v any) []option {
	var all []option
	add := func(name string, settings any) {
		o := option{name, table(settings)}
		if o.settings == nil {
			o.settings = map[string]any{}
		}
		all = append(all, o)
	}
	addTable := func(t map[string]any) {
		for _, name := range sortedKeys(t) {
			add(name, t[name])
		}
	}
	if t, ok := v.(map[string]any); ok {
		addTable(t)
		return all
	}
	for _, item := range list(v) {
		if t, ok := item.(map[string]any); ok {
			addTable(t)
		} else if name := Text(item); name != "" {
			add(name, nil)
		}
	}
	return all
}

// readHiding reads which files are left out.
func (m *mkDocs) readHiding() {
	m.hidden = []hiding{
		{newGitignore("/templates/\n" + lines(m.settings["exclude_docs"])), "exclude_docs in " + m.config},
		{newGitignore(lines(m.settings["draft_docs"])), "draft_docs in " + m.config},
	}
	if exclude := m.plugin("exclude"); exclude != nil {
		var patterns strings.Builder
		for _, glob := range texts(exclude["glob"]) {
			patterns.WriteString("/" + strings.TrimPrefix(glob, "/") + "\n")
		}
		m.hidden = append(m.hidden, hiding{newGitignore(patterns.String()), "plugin exclude in " + m.config})
	}
}

// lines is a text of several lines as it was written.
func lines(v any) string {
	s, _ := v.(string)
	return s
}

// makers are plugins that make pages while a site is built.
var makers = []string{"gen-files", "monorepo", "multirepo", "autoapi", "api-autonav", "mkdoxy"}

func (m *mkDocs) warnOfMakers() {
	for _, name := range makers {
		if m.plugin(name) != nil {
			m.warnings = append(m.warnings, m.warning(m.config, "plugin %s makes pages while the site is built; they are not in the folder, and links to them may seem broken", name))
		}
	}
}

// Fingerprint implements Rules.
func (m *mkDocs) Fingerprint() string { return fmt.Sprintf("mkdocs 1 %s %v", m.base, m.settings) }

// Anchors implements Rules.
func (m *mkDocs) Anchors() Anchors { return m.markdown.anchors() }

// Page implements Rules: the title is the navigation's, or the front matter's
// (which Material puts first), or the first heading's, or the file's name.
func (m *mkDocs) Page(f File) Page {
	rel, inside := m.within(m.dir, f.Path)
	if !inside {
		return m.outside(m.site, f)
	}
	f = m.head(f)
	meta := m.metas.over(rel, f.Meta)
	original, lang := m.langs.split(rel)
	page := Page{
		Title: m.title(rel, f), Breadcrumbs: []string{}, Description: Text(meta["description"]),
		Version: m.version, Lang: lang.code, Hidden: m.hides(rel, meta),
	}
	switch {
	case m.only == "":
		page.Lang = cmp.Or(m.Lang, page.Lang)
	case page.Hidden == "" && lang.code != m.only:
		page.Hidden = "of another language than " + m.only
	}
	page.URL = m.base + lang.prefix + m.url(original)
	for _, b := range m.blogs {
		if b.holds(original) {
			page.URL = m.base + lang.prefix + b.url(m, f, meta)
		}
	}
	if p, ok := m.nav[original]; ok && p.label != "" && (Text(meta["title"]) == "" || Text(at(m.settings, "theme", "name")) != "material") {
		page.Title = p.label
	}
	m.nav.placed(&page, original, func(file string) string { return m.title(file, m.headOf(file)) })
	return page
}

// hides says why a file is not published; "" where it is.
func (m *mkDocs) hides(rel string, meta map[string]any) string {
	for _, h := range m.hidden {
		if h.files.has(rel) {
			return h.why
		}
	}
	switch {
	case path.Base(rel) == "README.md" && m.has(path.Join(path.Dir(rel), "index.md")):
		return "index.md stands for the folder"
	case at(meta, "search", "exclude") == true:
		return "search.exclude: true"
	case m.navFile(rel):
		return "it is the navigation"
	case meta["draft"] == true && slices.ContainsFunc(m.blogs, func(b mkDocsBlog) bool { return b.holds(rel) }):
		return "draft: true"
	}
	return ""
}

// title is the title that a page gives itself.
func (m *mkDocs) title(rel string, f File) string {
	name := strings.TrimSuffix(path.Base(rel), path.Ext(rel))
	for _, title := range []string{Text(m.metas.over(rel, f.Meta)["title"]), f.Heading} {
		if title != "" {
			return title
		}
	}
	if name == "index" || name == "README" {
		if path.Dir(rel) == "." {
			return cmp.Or(Text(m.settings["site_name"]), "Home")
		}
		name = path.Base(path.Dir(rel))
	}
	return wordsOf(name)
}

// wordsOf makes words of a file's or folder's name as MkDocs does: capitals
// stay where there are some.
func wordsOf(name string) string {
	name = strings.NewReplacer("-", " ", "_", " ").Replace(name)
	if r, size := utf8.DecodeRuneInString(name); name != "" && strings.ToLower(name) == name {
		name = string(unicode.ToUpper(r)) + name[size:]
	}
	return cmp.Or(oneLine(name), name)
}

// url is a page's URL below the base.
func (m *mkDocs) url(rel string) string {
	dir, name := path.Split(rel)
	name = strings.TrimSuffix(name, path.Ext(name))
	if name == "README" {
		name = "index"
	}
	switch {
	case !IsMarkdown(rel):
		return Escape(rel)
	case m.flat:
		return Escape(dir + name + ".html")
	case name == "index":
		return Escape(dir)
	}
	return Escape(dir + name + "/")
}

// About implements Rules.
func (m *mkDocs) About() About {
	return About{
		Framework: "mkdocs", Config: m.config, Base: m.site, Versions: m.versions, Langs: m.langs.codes(),
		Redirects: m.redirects(), Warnings: m.warnings,
	}
}

// redirects are those of the plugin "redirects".
func (m *mkDocs) redirects() map[string]string {
	all := map[string]string{}
	for from, to := range table(m.plugin("redirects")["redirect_maps"]) {
		target, anchor, _ := strings.Cut(Text(to), "#")
		if !strings.Contains(target, "://") {
			target = m.base + m.url(target)
		}
		if anchor != "" {
			target += "#" + Escape(anchor)
		}
		all[m.base+m.url(from)] = target
	}
	return all
}
