package site

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// gitBook is a GitBook site: one space, or several in the sections of a site,
// each a folder with the table of contents in its SUMMARY.md.
type gitBook struct {
	mapped
	conf   *conf
	spaces []gitBookSpace // those of deeper folders first
}

// gitBookSpace is a folder of pages.
type gitBookSpace struct {
	dir     string // in the repository
	summary string // the table of contents, in the repository
	readme  string // the page of the space itself, relative to dir
	base    string // URL
	above   []string
	lang    string
	version string
	hidden  string     // why none of its pages is to be found
	nav     navigation // nil where nothing lists the pages
	first   string     // the page that readers see first
}

// detectGitBook finds GitBook's own files, and the table of contents that it
// shares with others where nothing of theirs is there.
func detectGitBook(s Settings) []string {
	found := s.tree.find(".gitbook.yaml", ".gitbook.yml")
	for _, file := range s.tree.find("docs.yaml") {
		if t, err := readTable(s.Repo, file); err == nil && at(t, "site", "structure") != nil {
			found = append(found, file)
		}
	}
	if len(found) == 0 && len(s.tree.find("book.toml", "book.json", "mkdocs.yml", "mkdocs.yaml", "_config.yml", "conf.py")) == 0 {
		found = s.tree.find("SUMMARY.md")
	}
	return found
}

func newGitBook(s Settings, config string) (Rules, error) {
	g := &gitBook{mapped: mapped{s: s}, conf: newConf(s, config)}
	base, err := s.base("")
	if err != nil {
		return nil, err
	}
	g.about = About{Framework: "gitbook", Config: config, Base: base, Redirects: map[string]string{}}
	root := g.conf.dir()
	own := g.table(path.Join(root, ".gitbook.yaml"), path.Join(root, ".gitbook.yml"))
	if structure, ok := at(g.table(path.Join(root, "docs.yaml")), "site", "structure").([]any); ok {
		g.addSections(structure, gitBookSection{gitBookSpace{dir: root, base: base}, base})
	}
	if len(g.spaces) == 0 {
		space := gitBookSpace{dir: path.Join(root, Text(own["root"])), base: base}
		space.summary, space.readme = Text(at(own, "structure", "summary")), Text(at(own, "structure", "readme"))
		g.spaces = append(g.spaces, space)
	}
	if !slices.ContainsFunc(g.spaces, func(sp gitBookSpace) bool { return s.overlaps(sp.dir) }) {
		return nil, errElsewhere
	}
	slices.SortStableFunc(g.spaces, func(a, b gitBookSpace) int { return cmp.Compare(len(b.dir), len(a.dir)) })
	before := 0
	for i := range g.spaces {
		g.readSummary(&g.spaces[i])
		g.spaces[i].nav.behind(before)
		before += len(g.spaces[i].nav)
	}
	if err := g.narrow(); err != nil {
		return nil, err
	}
	s.warm()
	if err := g.survey(g.page); err != nil {
		return nil, err
	}
	g.readRedirects(table(own["redirects"]))
	g.about.Warnings = g.conf.warnings
	g.stamp = g.conf.stamp("gitbook 1")
	return g, nil
}

// table reads the first of the files that is there.
func (g *gitBook) table(files ...string) map[string]any {
	for _, file := range files {
		if raw, there := g.conf.bytes(file); there {
			v, err := decodeYAML(raw)
			if err != nil {
				g.conf.warnings = append(g.conf.warnings, g.s.unreadable(file, err, "GitBook's defaults are taken"))
			}
			return table(v)
		}
	}
	return nil
}

// gitBookSection is a part of a site: what its spaces have in common.
type gitBookSection struct {
	gitBookSpace
	home string // URL of its default space
}

// addSections adds the spaces of a site's structure. The default section, and
// the default space of a section, have no part in addresses.
func (g *gitBook) addSections(items []any, in gitBookSection) {
	byLang := map[string]int{} // how many spaces there are
	for _, item := range items {
		byLang[Text(at(item, "content", "language"))]++
	}
	for _, item := range items {
		o, next := table(item), in
		if o["draft"] == true {
			next.hidden = "draft: true"
		}
		children, _ := o["children"].([]any)
		switch Text(o["type"]) {
		case "section-group":
			g.addSections(children, next)
		case "section":
			next.above = append(in.above[:len(in.above):len(in.above)], Text(o["title"]))
			next.base += slashed(strings.Trim(Text(o["path"]), "/"))
			if next.home = next.base; o["default"] == true {
				next.home = in.base
			}
			g.addSections(children, next)
		case "space":
			g.addSpace(o, next, len(items) == 1, byLang[Text(at(o, "content", "language"))] > 1)
		}
	}
}

// addSpace adds a space, unless GitBook translates it by itself: it has no
// files then. Those of one language beside each other are versions.
func (g *gitBook) addSpace(o map[string]any, in gitBookSection, only, versions bool) {
	dir := Text(at(o, "content", "directory"))
	if dir == "" {
		return
	}
	sp, isDefault := in.gitBookSpace, only || o["default"] == true
	sp.dir, sp.lang = path.Join(in.dir, dir), langTag(Text(at(o, "content", "language")))
	if sp.base = in.home; !isDefault {
		sp.base = in.base + slashed(strings.Trim(Text(o["path"]), "/"))
	}
	if versions {
		sp.version = cmp.Or(Text(o["path"]), Text(o["title"]))
		g.addVersion(Version{Name: sp.version, Aliases: []string{Text(o["title"])}, Default: isDefault})
	}
	g.spaces = append(g.spaces, sp)
}

func (g *gitBook) addVersion(v Version) {
	if slices.ContainsFunc(g.about.Versions, func(known Version) bool { return known.Name == v.Name }) {
		return
	}
	if v.Default {
		g.about.Versions = slices.Insert(g.about.Versions, 0, v)
		return
	}
	g.about.Versions = append(g.about.Versions, v)
}

// readSummary reads a space's table of contents.
func (g *gitBook) readSummary(sp *gitBookSpace) {
	sp.summary = path.Join(sp.dir, cmp.Or(sp.summary, "SUMMARY.md"))
	sp.readme = path.Clean(cmp.Or(sp.readme, "README.md"))
	raw, there := g.conf.bytes(sp.summary)
	if !there {
		return
	}
	sp.nav = newNavigation(summaryEntries(summary(raw)))
	for file, p := range sp.nav {
		if p.order == 1 {
			sp.first = file
		}
	}
}

// narrow keeps the version and the language that the settings ask for.
func (g *gitBook) narrow() error {
	var versions, langs [][]string
	for _, v := range g.about.Versions {
		versions = append(versions, append([]string{v.Name}, v.Aliases...))
	}
	for _, sp := range g.spaces {
		if sp.lang != "" && !slices.Contains(g.about.Langs, sp.lang) {
			g.about.Langs = append(g.about.Langs, sp.lang)
			langs = append(langs, []string{sp.lang})
		}
	}
	if len(g.about.Langs) < 2 {
		g.about.Langs = nil
	}
	version, err := asked("version", g.s.Version, versions)
	if err != nil {
		return err
	}
	lang, err := asked("language", g.s.Lang, langs)
	if err != nil {
		return err
	}
	for i := range g.spaces {
		sp := &g.spaces[i]
		if version != "" && sp.version != "" && sp.version != version {
			sp.hidden = "of version " + sp.version
		}
		if lang != "" && sp.lang != lang {
			sp.hidden = "in language " + sp.lang
		}
	}
	return nil
}

// spaceOf finds the space that a file of the source belongs to, and its path
// in it.
func (g *gitBook) spaceOf(file string) (*gitBookSpace, string) {
	for i := range g.spaces {
		if rel, in := g.s.within(g.spaces[i].dir, file); in {
			return &g.spaces[i], rel
		}
	}
	return nil, ""
}

// page places a file: its title is its own heading, or what the table of
// contents calls it.
func (g *gitBook) page(f File) Page {
	sp, rel := g.spaceOf(f.Path)
	if sp == nil {
		return elsewhere(g.about.Base, f)
	}
	at, listed := sp.nav[rel]
	p := Page{
		URL: sp.base + Escape(sp.url(rel)), Breadcrumbs: []string{}, Description: Text(f.Meta["description"]),
		Title:   cmp.Or(Text(f.Meta["title"]), f.Heading, at.label, Readable(stem(rel))),
		Version: cmp.Or(g.s.Version, sp.version), Lang: cmp.Or(g.s.Lang, sp.lang), Hidden: sp.hidden, Shown: true,
	}
	sp.nav.put(&p, rel)
	if len(g.spaces) > 1 {
		p.Breadcrumbs = append(sp.above[:len(sp.above):len(sp.above)], p.Breadcrumbs...)
	}
	if rel == sp.first && p.URL != sp.base {
		p.Aliases = []string{sp.base}
	}
	p.hideBy(f.Meta, true, true, "hidden", "noIndex", "noRobotsIndex")
	switch {
	case path.Join(sp.dir, rel) == sp.summary:
		p.hide("it is the table of contents", false)
	case sp.nav != nil && !listed:
		p.hide("not in "+path.Base(sp.summary), false)
	}
	return p
}

// url is a page's address below the space's.
func (sp *gitBookSpace) url(rel string) string {
	if !IsMarkdown(rel) {
		return rel
	}
	if rel == sp.readme {
		return ""
	}
	bare := strings.TrimSuffix(rel, path.Ext(rel))
	if strings.EqualFold(path.Base(bare), "readme") {
		if bare = path.Dir(bare); bare == "." {
			return ""
		}
	}
	return bare
}

// readRedirects reads those of .gitbook.yaml: addresses, and the files that
// they lead to.
func (g *gitBook) readRedirects(redirects map[string]any) {
	for _, from := range sortedKeys(redirects) {
		for _, sp := range g.spaces {
			file := path.Join(sp.dir, Text(redirects[from]))
			if rel, in := below(g.s.At, file); in && g.pages[rel].URL != "" {
				g.about.Redirects[sp.base+Escape(strings.Trim(from, "/"))] = g.pages[rel].URL
			}
		}
	}
}

// Syntax implements Rules.
func (g *gitBook) Syntax() Syntax {
	return Syntax{Framework: "gitbook", Roots: []string{g.s.relative(g.conf.dir())}}
}

// Anchors implements Rules.
func (g *gitBook) Anchors() Anchors { return gitBookAnchors{newSlugger()} }

// gitBookAnchors are the ids that GitBook writes into what it exports. What it
// makes of other headings is not documented; this is what links within its own
// documentation show.
type gitBookAnchors struct{ slugger *slugger }

// Anchor implements Anchors.
func (a gitBookAnchors) Anchor(h Heading) Anchor {
	out := Anchor{ID: h.tagged(), Words: h.Words()}
	if out.ID == "" && !h.HTML {
		out.ID = a.slugger.seen.free(a.slug(h.text(PartText, PartCode)))
	}
	return out
}

// slug keeps letters, digits and dots, drops apostrophes, makes a hyphen of any
// other run, and puts "id-" before a digit.
func (a gitBookAnchors) slug(text string) string {
	var b strings.Builder
	gap := false
	for _, r := range a.slugger.toLower(text) {
		switch {
		case r == '\'' || r == '’':
		case r == '&':
			if b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteString("and")
			gap = true
		case r == '.' || slugRune(r) == r && r != '-' && r != '_':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	slug := b.String()
	if slug != "" && slug[0] >= '0' && slug[0] <= '9' {
		slug = "id-" + slug
	}
	return slug
}
