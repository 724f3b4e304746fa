package site

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// jekyll is Jekyll, and GitHub Pages, which runs it. Paths within are relative
// to the site's source.
type jekyll struct {
	mapped
	content
	config      string
	settings    map[string]any
	collections map[string]jekyllCollection // by label
	folder      string                      // collections_dir
	permalink   string                      // the style, or a template
	byPages     bool                        // GitHub Pages: its plugins are on
	anchors     func() Anchors
	nav         navigation
}

// jekyllCollection is a folder "_label" of documents.
type jekyllCollection struct {
	label     string
	output    bool
	permalink string // "" is the site's style
}

func findJekyll(s Settings) []string {
	var found []string
	for _, name := range s.tree.find("_config.yml", "_config.yaml", "_config.toml") {
		settings, err := readTable(s.Repo, name)
		dir := path.Dir(name)
		switch {
		case err != nil:
		case settings["public_dir"] != nil, settings["skip_render"] != nil: // Hexo's
			continue
		case s.tree.has(path.Join(dir, bookToc)):
			continue
		}
		found = append(found, name)
	}
	return found
}

// barePages reports whether nothing but its configuration is Jekyll's: what is
// left of a theme that GitHub Pages once showed a README with.
func barePages(s Settings, config string) bool {
	for name := range s.tree.list(path.Dir(config)) {
		switch name {
		case "Gemfile", "_layouts", "_includes", "_posts", "_data", "_sass", "_plugins":
			return false
		}
	}
	return true
}

func newJekyll(s Settings, config string) (Rules, error) {
	j := &jekyll{mapped: mapped{s: s}, config: config, settings: map[string]any{}}
	dir := s.At
	if config != "" {
		settings, err := readTable(s.Repo, config)
		if err != nil {
			j.about.Warnings = append(j.about.Warnings, s.unreadable(config, err, "the defaults of Jekyll are taken"))
		} else {
			j.settings = settings
		}
		dir = path.Join(path.Dir(config), Text(j.settings["source"]))
	}
	var ok bool
	if j.content, ok = s.content(dir); !ok {
		return nil, errElsewhere
	}
	host := Text(j.settings["url"])
	if cname, err := readConfig(s.Repo, path.Join(j.dir, "CNAME")); host == "" && err == nil {
		host = "https://" + strings.TrimSpace(string(cname))
	}
	base, err := s.base(strings.TrimSuffix(host, "/") + "/" + strings.Trim(Text(j.settings["baseurl"]), "/"))
	if err != nil {
		return nil, err
	}
	j.about.Framework, j.about.Config, j.about.Base = "jekyll", config, base
	j.permalink = cmp.Or(Text(j.settings["permalink"]), "date")
	j.byPages = j.builtByPages()
	j.readCollections()
	j.readAnchors()
	j.stamp = fmt.Sprintf("jekyll 1 %s %v %v", base, j.byPages, j.settings)
	s.warm()
	if err := j.survey(j.page); err != nil {
		return nil, err
	}
	j.nav = newNavigation(j.readNav())
	for file, page := range j.pages {
		rel, inside := j.within(j.dir, file)
		if inside {
			j.nav.placed(&page, rel, j.titleOf)
			j.pages[file] = page
		}
	}
	return j, nil
}

// builtByPages reports whether GitHub Pages' plugins are on: there is its gem,
// or no list of gems at all.
func (j *jekyll) builtByPages() bool {
	for _, dir := range []string{j.dir, path.Dir(cmp.Or(j.config, "_config.yml")), "."} {
		if raw, err := readConfig(j.Repo, path.Join(dir, "Gemfile")); err == nil {
			return strings.Contains(string(raw), "github-pages")
		}
	}
	return true
}

// plugin reports whether a plugin is on.
func (j *jekyll) plugin(name string, byPages bool) bool {
	return byPages && j.byPages || slices.Contains(append(texts(j.settings["plugins"]), texts(j.settings["gems"])...), name)
}

func (j *jekyll) readCollections() {
	j.collections = map[string]jekyllCollection{"posts": {label: "posts", output: true}}
	j.folder = strings.Trim(Text(j.settings["collections_dir"]), "/")
	for _, label := range texts(j.settings["collections"]) {
		j.collections[label] = jekyllCollection{label: label}
	}
	for label, c := range table(j.settings["collections"]) {
		j.collections[label] = jekyllCollection{label, is(at(c, "output"), label == "posts"), Text(at(c, "permalink"))}
	}
}

// readAnchors finds out what turns Markdown into HTML.
func (j *jekyll) readAnchors() {
	options := table(j.settings["kramdown"])
	k := kramdown{
		native: strings.EqualFold(Text(options["input"]), "kramdown"), none: !is(options["auto_ids"], true), prefix: Text(options["auto_id_prefix"]),
		transliterate: is(options["transliterated_header_ids"], false),
		plainDashes:   slices.Contains(texts(options["gfm_quirks"]), "no_auto_typographic"),
	}
	switch name := strings.ToLower(Text(j.settings["markdown"])); {
	case name == "" || name == "kramdown":
	case name == "commonmarkghpages", name == "gfm" && j.byPages:
		k = kramdown{rendered: true}
	case name == "gfm":
	default:
		k.none = !j.byPages // GitHub Pages makes it kramdown
		if k.none {
			j.about.Warnings = append(j.about.Warnings, j.content.warning(j.config, "markdown: %s makes anchors that are not known here: only those that pages give themselves are", name))
		}
	}
	j.anchors = k.anchors
}

// Anchors implements Rules.
func (j *jekyll) Anchors() Anchors { return j.anchors() }

// Syntax implements Rules.
func (j *jekyll) Syntax() Syntax {
	site := merged(j.settings, map[string]any{"data": j.data()})
	return Syntax{Framework: "jekyll", Roots: []string{j.relative(path.Join(j.dir, cmp.Or(Text(j.settings["includes_dir"]), "_includes")))}, Vars: map[string]any{"site": site}}
}

// data are the files of _data, by their names without extension.
func (j *jekyll) data() map[string]any {
	all := map[string]any{}
	dir := path.Join(j.dir, cmp.Or(Text(j.settings["data_dir"]), "_data"))
	for name, isDir := range j.tree.list(dir) {
		if ext := path.Ext(name); !isDir && slices.Contains([]string{".yml", ".yaml", ".json"}, ext) {
			if raw, err := readConfig(j.Repo, path.Join(dir, name)); err == nil {
				if v, err := decodeYAML(raw); err == nil {
					all[strings.TrimSuffix(name, ext)] = v
				}
			}
		}
	}
	return all
}

// page places one file.
func (j *jekyll) page(f File) Page {
	rel, inside := j.within(j.dir, f.Path)
	if !inside {
		return j.outside(j.about.Base, f)
	}
	meta, written := f.Meta, f.Meta != nil
	collection, isDoc := j.collection(rel)
	meta = merged(j.defaults(rel, collection.label, isDoc), meta)
	p := Page{
		Title: cmp.Or(Text(meta["title"]), f.Heading), Breadcrumbs: []string{}, Description: Text(meta["description"]),
		Version: j.Version, Lang: cmp.Or(j.Lang, langTag(Text(cmp.Or(meta["lang"], meta["locale"])))), Hidden: j.hides(rel, meta, written, collection, isDoc),
	}
	if p.Lang == "" {
		p.Lang = langTag(cmp.Or(Text(j.settings["lang"]), Text(j.settings["locale"])))
	}
	if p.Title == "" {
		p.Title = j.nameOf(rel)
	}
	p.URL = j.about.Base + Escape(strings.TrimPrefix(j.address(rel, meta, collection, isDoc), "/"))
	for _, from := range texts(meta["redirect_from"]) {
		p.Aliases = append(p.Aliases, j.about.Base+Escape(strings.TrimPrefix(from, "/")))
	}
	return p
}

// nameOf is the title of a page that has none.
func (j *jekyll) nameOf(rel string) string {
	name := stem(rel)
	if m := datedName.FindStringSubmatch(name); m != nil {
		name = m[2]
	}
	if strings.EqualFold(name, "index") || strings.EqualFold(name, "readme") {
		if dir := path.Dir(rel); dir != "." {
			return Readable(path.Base(dir))
		}
		return cmp.Or(Text(j.settings["title"]), Readable(j.Source))
	}
	return Readable(name)
}

// titleOf is the title of the page at rel.
func (j *jekyll) titleOf(rel string) string { return j.pages[j.own[rel]].Title }

// collection finds the collection that a file is of.
func (j *jekyll) collection(rel string) (c jekyllCollection, ok bool) {
	names := strings.Split(path.Dir(rel), "/")
	if slices.Contains(names, "_posts") {
		return j.collections["posts"], true
	}
	inner, in := below(cmp.Or(j.folder, "."), rel)
	label, underscore := strings.CutPrefix(strings.Split(inner, "/")[0], "_")
	c, known := j.collections[label]
	return c, in && underscore && known
}

// defaults are what the configuration gives pages of a path and a type.
func (j *jekyll) defaults(rel, label string, isDoc bool) map[string]any {
	type set struct {
		path   string
		typed  bool
		values map[string]any
	}
	kind := "pages"
	if isDoc {
		kind = label
	}
	var all []set
	for _, d := range list(j.settings["defaults"]) {
		of, typed := at(d, "scope", "type").(string)
		scope := strings.Trim(Text(at(d, "scope", "path")), "/")
		if typed && of != kind && of+"s" != kind {
			continue
		}
		if strings.HasPrefix(rel, scope) || strings.Contains(scope, "*") && newGitignore("/"+scope).has(rel) {
			all = append(all, set{scope, typed, table(at(d, "values"))})
		}
	}
	slices.SortStableFunc(all, func(a, b set) int {
		return cmp.Or(cmp.Compare(len(a.path), len(b.path)), compareBool(a.typed, b.typed))
	})
	meta := map[string]any{}
	for _, s := range all {
		meta = merged(meta, s.values)
	}
	return meta
}

// jekyllExcludes are left out where the configuration says nothing else.
const jekyllExcludes = "/.sass-cache\n/.jekyll-cache\n/gemfiles\n/node_modules\n/vendor/bundle\n/vendor/cache\n/vendor/gems\n/vendor/ruby\n"

// hides says why a file is not published; "" where it is.
func (j *jekyll) hides(rel string, meta map[string]any, written bool, collection jekyllCollection, isDoc bool) string {
	excluded := jekyllExcludes
	for _, pattern := range texts(j.settings["exclude"]) {
		excluded += "/" + strings.TrimPrefix(pattern, "/") + "\n"
	}
	included := ""
	for _, pattern := range texts(j.settings["include"]) {
		included += "/" + strings.TrimPrefix(pattern, "/") + "\n" + path.Base(pattern) + "\n"
	}
	taken := newGitignore(included).has(rel)
	switch {
	case newGitignore(excluded).has(rel) && !taken:
		return "exclude in " + cmp.Or(j.config, "Jekyll's defaults")
	case isDoc && !collection.output:
		return "collection " + collection.label + " has no output"
	case strings.Contains("/"+rel, "/_drafts/"):
		return "it is in _drafts"
	case !isDoc && !taken && specialName.MatchString("/"+rel):
		return "a name that begins with _, # or ~"
	case !written && !j.plugin("jekyll-optional-front-matter", true):
		return "no front matter"
	case meta["published"] == false:
		return "published: false"
	case meta["redirect_to"] != nil:
		return "redirect_to"
	case meta["search_exclude"] == true:
		return "search_exclude: true"
	case meta["sitemap"] == false:
		return "sitemap: false"
	}
	return ""
}

var specialName = regexp.MustCompile(`/[_#~]`)
