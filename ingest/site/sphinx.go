package site

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"docent"
)

// sphinx is Sphinx with pages of MyST Markdown. Pages of reStructuredText are
// none of ours, but their toctrees place ours. Paths within are relative to the
// folder of conf.py.
type sphinx struct {
	content
	config   string
	settings map[string]any
	base     string
	version  string
	lang     string
	folders  bool   // builder "dirhtml": pages are folders
	suffix   string // of URLs, where they aren't
	exclude  []gitignore
	include  []gitignore
	myst     *mystMarkdown
	nav      navigation
	names    map[string]string // labels, each with its file and anchor
	warnings []docent.Warning
}

func findSphinx(s Settings) []string {
	var found []string
	for _, name := range s.tree.find("conf.py") {
		raw, err := readConfig(s.Repo, name)
		if err != nil || sphinxSetting.Match(raw) {
			found = append(found, name)
		}
	}
	return append(found, findJupyterBook(s)...)
}

// sphinxSetting tells Sphinx's conf.py from others.
var sphinxSetting = regexp.MustCompile(`(?m)^(?:extensions|html_theme|master_doc|root_doc|source_suffix|myst_\w+)\s*[:+=]`)

func newSphinx(s Settings, config string) (Rules, error) {
	x := &sphinx{config: config, settings: map[string]any{}}
	dir := s.At
	if config != "" {
		if err := x.readSettings(s); err != nil {
			x.warnings = append(x.warnings, s.unreadable(config, err, "the defaults of Sphinx are taken"))
		}
		dir = path.Dir(config)
	}
	var ok bool
	if x.content, ok = s.content(dir); !ok {
		return nil, errElsewhere
	}
	if err := x.readBase(); err != nil {
		return nil, err
	}
	x.folders = x.builtAsFolders()
	x.suffix = cmp.Or(x.text("html_file_suffix"), ".html")
	if link, ok := x.known("html_link_suffix").(string); ok {
		x.suffix = link
	}
	x.exclude, x.include = sphinxPatterns(x.known("exclude_patterns")), sphinxPatterns(x.known("include_patterns"))
	x.lang = cmp.Or(s.Lang, langTag(x.text("language")))
	x.readMyST()
	s.warm()
	x.readLabels()
	x.readNav()
	return x, nil
}

// readSettings reads conf.py, or a book's _config.yml.
func (x *sphinx) readSettings(s Settings) error {
	if path.Ext(x.config) == ".py" {
		raw, err := readConfig(s.Repo, x.config)
		x.settings = pythonSettings(string(raw))
		return err
	}
	book, err := readTable(s.Repo, x.config)
	x.settings = bookSettings(book)
	return err
}

// readNav follows the toctrees, or reads the file that a book has instead.
func (x *sphinx) readNav() {
	toc := sphinxToc{sphinx: x, seen: map[string]bool{}}
	file := path.Join(x.dir, cmp.Or(x.text("external_toc_path"), bookToc))
	if !x.tree.has(file) {
		x.nav = newNavigation(toc.document(cmp.Or(x.text("root_doc"), x.text("master_doc"), "index")))
		return
	}
	book, err := readTable(x.Repo, file)
	if err != nil {
		x.warnings = append(x.warnings, x.unreadable(file, err, "pages have no place in the navigation"))
		return
	}
	x.nav = newNavigation(toc.bookEntries(book))
}

// known gives a setting; nil where there is none, and with a warning where only
// a run of conf.py tells it.
func (x *sphinx) known(name string) any {
	v := x.settings[name]
	if _, computed := v.(unknown); computed {
		x.warnings = append(x.warnings, x.warning(x.config, "%s is computed, and not known here: Sphinx's default is taken", name))
		delete(x.settings, name)
		return nil
	}
	return v
}

func (x *sphinx) text(name string) string { return Text(x.known(name)) }

var hostedPath = regexp.MustCompile(`/([a-z]{2}(?:[-_][A-Za-z]{2,4})?)/([^/]+)/$`)

// readBase finds where the site stands. Read the Docs puts language and version
// into the path.
func (x *sphinx) readBase() (err error) {
	base := ""
	for _, name := range []string{"html_baseurl", "ogp_site_url", "site_url"} {
		if base == "" {
			base = x.text(name)
		}
	}
	if x.base, err = x.Settings.base(base); err != nil {
		return err
	}
	x.version = x.Version
	m := hostedPath.FindStringSubmatchIndex(x.base)
	if m == nil || !strings.HasPrefix(x.base, "http") {
		return nil
	}
	if x.version == "" {
		x.version = x.base[m[4]:m[5]]
	} else if x.BaseURL == "" {
		x.base = x.base[:m[4]] + Escape(x.version) + "/"
	}
	if x.settings["language"] == nil {
		x.settings["language"] = x.base[m[2]:m[3]]
	}
	return nil
}

var folderBuilder = regexp.MustCompile(`-b[ =]*dirhtml|["']-b["'],\s*["']dirhtml|builder:\s*["']?dirhtml|\bmake\s+dirhtml|-M\s+dirhtml|BUILDER\s*[?:]?=\s*dirhtml`)

// builtAsFolders looks into what builds the site for its builder.
func (x *sphinx) builtAsFolders() bool {
	files := []string{
		".readthedocs.yaml", ".readthedocs.yml", "readthedocs.yml", "Makefile", "tox.ini", "noxfile.py", "pyproject.toml", "justfile",
		path.Join(x.dir, "Makefile"), path.Join(path.Dir(x.dir), "Makefile"),
	}
	for _, name := range sortedKeys(x.tree.list(".github/workflows")) {
		files = append(files, ".github/workflows/"+name)
	}
	return slices.ContainsFunc(files, func(name string) bool {
		raw, err := readConfig(x.Repo, name)
		return err == nil && folderBuilder.Match(raw)
	})
}

// readMyST reads how MyST is set up.
func (x *sphinx) readMyST() {
	x.myst = &mystMarkdown{}
	x.myst.headings, _ = x.known("myst_heading_anchors").(int)
	on := texts(x.known("myst_enable_extensions"))
	x.myst.quotes, x.myst.replacements = slices.Contains(on, "smartquotes"), slices.Contains(on, "replacements")
	fn := x.known("myst_heading_slug_func")
	switch name := Text(fn); {
	case fn == nil:
	case slices.Contains([]string{"github", "gitlab", "docutils"}, name):
		x.myst.slugFunc = name
	case strings.HasSuffix(name, "make_id"), strings.HasSuffix(name, "docutils_slugify"):
		x.myst.slugFunc = "docutils"
	case strings.HasSuffix(name, "gitlab_slugify"):
		x.myst.slugFunc = "gitlab"
	case strings.HasSuffix(name, "default_slugify"), strings.HasSuffix(name, "github_slugify"):
	default:
		x.myst.headings = 0
		x.warnings = append(x.warnings, x.warning(x.config, "myst_heading_slug_func %s is not known: only docutils' own anchors are", name))
	}
}

// sphinxLabel is a name that the page gives what stands below, a directive's
// name, or one in attributes.
var sphinxLabel = regexp.MustCompile(`(?m)^ {0,3}\(([^()\n]+)\)=[ \t]*$|^[ \t]*:name:[ \t]+([^\n]*\S)|[\]}*_` + "`" + `]\{(?:[^{}\n]*\s)?#([^\s{}]+)[^{}\n]*\}`)

// LabelsIn gives the names that a page of MyST Markdown gives parts of itself.
func LabelsIn(text string) []string {
	if !strings.Contains(text, ")=") && !strings.Contains(text, ":name:") && !strings.Contains(text, "{") {
		return nil
	}
	var all []string
	for line := range strings.Lines(text) {
		if !strings.Contains(line, ")=") && !strings.Contains(line, ":name:") && !strings.Contains(line, "{") {
			continue // nearly always
		}
		for _, m := range sphinxLabel.FindAllStringSubmatch(line, -1) {
			all = append(all, m[1]+m[2]+m[3])
		}
	}
	return all
}

// readLabels finds the labels of all pages: links lead to them from any other.
func (x *sphinx) readLabels() {
	x.names = map[string]string{}
	for _, rel := range x.files {
		raw, err := readConfig(x.Repo, path.Join(x.dir, rel))
		if err != nil {
			continue // the walk of the pages reports it
		}
		for _, label := range LabelsIn(string(raw)) {
			if name := strings.ToLower(oneLine(label)); x.names[name] == "" {
				x.names[name] = x.own[rel] + "#" + LabelID(label)
			}
		}
	}
}

// Fingerprint implements Rules.
func (x *sphinx) Fingerprint() string { return fmt.Sprintf("sphinx 1 %s %v", x.base, x.settings) }

// Anchors implements Rules.
func (x *sphinx) Anchors() Anchors { return x.myst.anchors() }

// mystExtensions are MyST's that a page's text looks as if they were on.
var mystExtensions = []string{"amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath", "fieldlist", "substitution", "tasklist"}

// Syntax implements Rules.
func (x *sphinx) Syntax() Syntax {
	s := Syntax{Framework: "sphinx", Roots: []string{x.relative(x.dir)}, Off: map[string]bool{}}
	on := texts(x.settings["myst_enable_extensions"])
	for _, name := range mystExtensions {
		if _, computed := x.settings["myst_enable_extensions"].(unknown); x.config != "" && !computed {
			s.Off[name] = !slices.Contains(on, name)
		}
	}
	s.Vars = merged(map[string]any{}, table(x.settings["myst_substitutions"]))
	for _, name := range []string{"version", "release", "project"} {
		if text, ok := x.settings[name].(string); ok {
			s.Vars[name] = text
		}
	}
	return s
}

// Page implements Rules: the title is the first heading's; what a toctree calls
// the page is its label.
func (x *sphinx) Page(f File) Page {
	rel, inside := x.within(x.dir, f.Path)
	if !inside {
		return x.outside(x.base, f)
	}
	f = x.head(f)
	page := Page{
		URL: x.base + x.url(rel), Title: x.title(f), Breadcrumbs: []string{}, Version: x.version, Lang: x.lang,
		Description: Text(at(f.Meta, "myst", "html_meta", "description")), Hidden: x.hides(rel, f.Meta),
	}
	if page.Description == "" {
		page.Description = Text(at(f.Meta, "html_meta", "description"))
	}
	x.nav.placed(&page, rel, x.titleAt)
	return page
}

func (x *sphinx) title(f File) string {
	return cmp.Or(f.Heading, cmp.Or(Text(f.Meta["title"]), Readable(stem(f.Path))))
}

// titleAt is the title of the page at rel, which may be reStructuredText.
func (x *sphinx) titleAt(rel string) string {
	if x.has(rel) {
		return x.title(x.headOf(rel))
	}
	raw, err := readConfig(x.Repo, path.Join(x.dir, rel))
	if err != nil {
		return ""
	}
	return underlined(string(raw))
}

// underlined is the first title in a text of reStructuredText: a line above one
// of as many signs.
func underlined(text string) string {
	above := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		if len(line) >= 3 && len(line) >= len([]rune(above)) && above != "" && strings.Trim(line, line[:1]) == "" && strings.ContainsAny(line[:1], "=-~^\"'`#*+:.") {
			return strings.TrimSpace(above)
		}
		if above = line; strings.HasPrefix(line, "..") || strings.HasPrefix(line, ":") {
			above = ""
		}
	}
	return ""
}

// sphinxPatterns are patterns of files from the folder of conf.py on.
func sphinxPatterns(v any) []gitignore {
	var all []gitignore
	for _, pattern := range texts(v) {
		all = append(all, newGitignore("/"+strings.TrimPrefix(pattern, "/")))
	}
	return all
}

// hides says why a file is not published; "" where it is.
func (x *sphinx) hides(rel string, meta map[string]any) string {
	fits := func(patterns gitignore) bool { return patterns.has(rel) }
	switch {
	case slices.ContainsFunc(x.exclude, fits):
		return "exclude_patterns in " + x.config
	case len(x.include) > 0 && !slices.ContainsFunc(x.include, fits):
		return "include_patterns in " + x.config
	}
	for _, key := range []string{"nosearch", "no-search"} {
		if v, set := meta[key]; set && v != false {
			return key
		}
	}
	return ""
}

// url is a document's URL below the base.
func (x *sphinx) url(rel string) string {
	if !IsMarkdown(rel) && path.Ext(rel) != ".rst" && path.Ext(rel) != "" {
		return Escape(rel)
	}
	doc := strings.TrimSuffix(rel, path.Ext(rel))
	switch {
	case !x.folders:
		return Escape(doc + x.suffix)
	case doc == "index":
		return ""
	case strings.HasSuffix(doc, "/index"):
		return Escape(strings.TrimSuffix(doc, "index"))
	}
	return Escape(doc + "/")
}

// About implements Rules.
func (x *sphinx) About() About {
	a := About{Framework: "sphinx", Config: x.config, Base: x.base, Redirects: map[string]string{}, Names: x.names, Warnings: x.warnings}
	if x.version != "" {
		a.Versions = []Version{{Name: x.version, Default: true}}
	}
	for from, to := range table(x.settings["rediraffe_redirects"]) {
		a.Redirects[x.base+x.url(from)] = x.base + x.url(Text(to))
	}
	for from, to := range table(x.settings["redirects"]) { // sphinx-reredirects: from a document to an address
		target := Text(to)
		if !strings.Contains(target, "://") {
			target = x.base + Escape(path.Join(path.Dir(from), target))
		}
		a.Redirects[x.base+x.url(from)] = target
	}
	return a
}
