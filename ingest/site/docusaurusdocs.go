package site

import (
	"cmp"
	"encoding/json"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// docusaurusDoc is a file of the docs plugin, as sidebars know it.
type docusaurusDoc struct {
	id       string
	slug     string // its address below the content's
	title    string
	source   string // its path in the content
	label    string // sidebar_label
	position float64
	placed   bool // it has a position
	chooses  bool // it says which sidebar it shows
	sidebar  string
}

// dir is the folder of the doc in its content; "." for the content's own.
func (doc *docusaurusDoc) dir() string { return path.Dir(doc.source) }

// current is the name of the version that is being written.
const current = "current"

// versionFolder is what the folder of a version's translation is called.
func versionFolder(name string) string {
	if name == current {
		return current
	}
	return "version-" + name
}

// versions are a docs plugin's contents, one for each version, with the address
// of each below the plugin's as its base.
func (d *docusaurus) versions(origin *docusaurusContent) []*docusaurusContent {
	prefix := ""
	if origin.id != "default" {
		prefix = origin.id + "_"
	}
	site := d.conf.dir()
	origin.folder = versionFolder(current)
	origin.sidebar = func() (any, string) { return d.sidebarFile(origin.options) }
	names := d.versionNames(path.Join(site, prefix+"versions.json"), origin.options)
	if len(names) == 0 || len(names) == 1 && names[0] == current {
		return []*docusaurusContent{origin}
	}
	last := origin.options.text("lastVersion")
	if last == "" {
		last = names[max(0, slices.IndexFunc(names, func(n string) bool { return n != current }))]
	}
	all := make([]*docusaurusContent, len(names))
	for i, name := range names {
		all[i] = d.version(*origin, name, last)
		if name != current {
			all[i].dir = path.Join(site, prefix+"versioned_docs", "version-"+name)
			file := path.Join(site, prefix+"versioned_sidebars", "version-"+name+"-sidebars.json")
			all[i].sidebar = func() (any, string) { return d.readSidebar(file), file }
		}
	}
	return all
}

// version is the content of one version, of which the last one is the default.
func (d *docusaurus) version(c docusaurusContent, name, last string) *docusaurusContent {
	c.version, c.folder = name, versionFolder(name)
	if name == current && last != current {
		c.version = "next" // what readers call it: to them the last one is current
	}
	if name != last {
		c.base = c.version
	}
	own := c.options.object("versions").object(name)
	if at, ok := own.get("path").(string); ok {
		c.base = strings.Trim(at, "/")
	}
	if own.is("noIndex") {
		c.hidden = "versions." + name + ".noIndex: true"
	}
	d.addVersion(c.version, name == last, name, own.text("label"), c.base)
	c.base = slashed(c.base)
	return &c
}

// addVersion notes a version of the site, the default before the others.
func (d *docusaurus) addVersion(name string, standard bool, aliases ...string) {
	if slices.ContainsFunc(d.about.Versions, func(v Version) bool { return v.Name == name }) {
		return
	}
	v := Version{Name: name, Default: standard}
	for _, alias := range aliases {
		if alias != "" && alias != name && !slices.Contains(v.Aliases, alias) {
			v.Aliases = append(v.Aliases, alias)
		}
	}
	if standard {
		v.Aliases = append(v.Aliases, "latest")
		d.about.Versions = slices.Insert(d.about.Versions, 0, v)
		return
	}
	d.about.Versions = append(d.about.Versions, v)
}

// versionNames reads versions.json, the newest first, with the version that is
// being written in front.
func (d *docusaurus) versionNames(file string, o *jsObject) []string {
	raw, there := d.conf.bytes(file)
	var names []string
	if there && !d.conf.flag(o, "disableVersioning", false) {
		if err := json.Unmarshal(raw, &names); err != nil {
			d.conf.warn(file, 0, "is no list of versions (%v): the docs are taken as the only version", err)
		}
	}
	if d.conf.flag(o, "includeCurrentVersion", true) && !slices.Contains(names, current) {
		names = slices.Insert(names, 0, current)
	}
	if only, ok := o.get("onlyIncludeVersions").([]any); ok {
		names = slices.DeleteFunc(names, func(n string) bool { return !slices.Contains(only, any(n)) })
	}
	return names
}

var (
	// numberPrefix is "01-" before a name, and notAPrefix a date or a version.
	numberPrefix = regexp.MustCompile(`^(\d+)\s*[-_.]+\s*([^-_.\s].*)$`)
	notAPrefix   = regexp.MustCompile(`^\d+[-_.]\d+`)
)

// unprefixed takes the number off a name.
func unprefixed(name string) (bare string, number float64, ok bool) {
	if name == "" || name[0] < '0' || name[0] > '9' || notAPrefix.MatchString(name) {
		return name, 0, false
	}
	m := numberPrefix.FindStringSubmatch(name)
	if m == nil {
		return name, 0, false
	}
	number, err := strconv.ParseFloat(m[1], 64)
	return m[2], number, err == nil
}

// doc reads what a file of the docs says of itself.
func (c *docusaurusContent) doc(rel string, f File) *docusaurusDoc {
	parse := c.prefixes
	if f.Meta["parse_number_prefixes"] == false {
		parse = false
	}
	doc := &docusaurusDoc{source: rel, label: Text(f.Meta["sidebar_label"]), sidebar: Text(f.Meta["displayed_sidebar"])}
	_, doc.chooses = f.Meta["displayed_sidebar"]
	name, dir := stem(rel), path.Dir(rel)
	if parse {
		name, doc.position, doc.placed = unprefixed(name)
		segments := strings.Split(dir, "/")
		for i := range segments {
			segments[i], _, _ = unprefixed(segments[i])
		}
		dir = strings.Join(segments, "/")
	}
	if position, ok := number(f.Meta["sidebar_position"]); ok {
		doc.position, doc.placed = position, true
	}
	name = cmp.Or(Text(f.Meta["id"]), name)
	doc.id = path.Join(dir, name)
	doc.title = cmp.Or(Text(f.Meta["title"]), f.Heading, name)
	folder := "/"
	if dir != "." {
		folder = "/" + dir + "/"
	}
	switch slug := Text(f.Meta["slug"]); {
	case strings.HasPrefix(slug, "/"):
		doc.slug = slug
	case slug != "":
		doc.slug = resolved(slug, folder)
	case isCategoryIndex(rel):
		doc.slug = folder
	default:
		doc.slug = folder + name
	}
	return doc
}

// resolved is a relative address seen from a folder; what is above the root
// stays at it.
func resolved(rel, folder string) string {
	p := path.Join(folder, rel)
	if strings.HasSuffix(rel, "/") || rel == "." || rel == ".." {
		return slashed(p)
	}
	return p
}

// isCategoryIndex reports whether a doc stands for its folder.
func isCategoryIndex(rel string) bool {
	name, dir := strings.ToLower(stem(rel)), path.Dir(rel)
	return name == "index" || name == "readme" || dir != "." && name == strings.ToLower(path.Base(dir))
}

// number is a front matter value that is one.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	case float64:
		return v, true
	case string:
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil
	}
	return 0, false
}

// page places a file.
func (d *docusaurus) page(f File) Page {
	c, rel := d.contentOf(f.Path)
	if c == nil {
		return elsewhere(d.about.Base, f)
	}
	p := Page{
		Breadcrumbs: []string{}, Description: Text(f.Meta["description"]),
		Version: cmp.Or(d.s.Version, c.version), Lang: cmp.Or(d.s.Lang, c.lang), Hidden: c.hidden, Shown: true,
	}
	switch c.kind {
	case "docs":
		d.docPage(&p, c, c.doc(rel, f))
	case "blog":
		slug, name := blogSlug(rel)
		p.URL = d.url(c.base, cmp.Or(Text(f.Meta["slug"]), slug))
		p.Title, p.Breadcrumbs = cmp.Or(Text(f.Meta["title"]), f.Heading, name), []string{c.title}
	default:
		at := strings.TrimSuffix(rel, path.Ext(rel))
		if at = strings.TrimSuffix("/"+at, "/index"); at == "" {
			at = "/"
		} else if path.Base(rel) != path.Base(at)+path.Ext(rel) {
			at += "/"
		}
		p.URL = d.url(c.base, cmp.Or(Text(f.Meta["slug"]), at))
		p.Title = cmp.Or(Text(f.Meta["title"]), f.Heading, Readable(stem(rel)))
	}
	p.hideBy(f.Meta, true, true, "unlisted")
	p.hideBy(f.Meta, true, false, "draft")
	if c.isPartial(rel) {
		p.hidePartial()
	} else if c.exclude.match(rel) || c.include != nil && !c.include.match(rel) {
		p.hide("excluded by the configuration", false)
	}
	return p
}

func (d *docusaurus) docPage(p *Page, c *docusaurusContent, doc *docusaurusDoc) {
	p.URL, p.Title = d.url(c.base, doc.slug), doc.title
	c.nav.put(p, doc.id)
	if doc.label != "" && p.Label == "" && doc.label != p.Title {
		p.Label = doc.label
	}
}

// isPartial reports whether a file or one of its folders begins with an
// underscore.
func (c *docusaurusContent) isPartial(rel string) bool {
	if c.options.get("exclude") != nil {
		return false // it replaces what is excluded by itself
	}
	return strings.HasPrefix(rel, "_") || strings.Contains(rel, "/_") || strings.Contains("/"+rel, "/__tests__/")
}

// url is an address below another, as the site's setting of slashes has it.
func (d *docusaurus) url(base, slug string) string {
	u := base + strings.TrimLeft(slug, "/")
	if u != d.about.Base {
		switch d.slash {
		case true:
			u = slashed(u)
		case false:
			u = strings.TrimSuffix(u, "/")
		}
		if slug == "/" && d.slash == nil && !strings.HasSuffix(u, "/") {
			u += "/"
		}
	}
	return escapedURL(u)
}

// escapedURL escapes the path of an address, unless it is well escaped
// already.
func escapedURL(u string) string {
	if _, err := url.Parse(u); err == nil && strings.Contains(u, "%") {
		return u
	}
	scheme, rest, found := strings.Cut(u, "://")
	if !found {
		return Escape(u)
	}
	return scheme + "://" + Escape(rest)
}

var blogDate = regexp.MustCompile(`^(.*?)(\d{4}[-/]\d{1,2}[-/]\d{1,2})[-/]?(.*?)(?:/index)?\.mdx?$`)

// blogSlug is the address that a post has by its file's name.
func blogSlug(rel string) (slug, name string) {
	if m := blogDate.FindStringSubmatch(rel); m != nil {
		return "/" + strings.ReplaceAll(m[2], "-", "/") + "/" + m[1] + m[3], Readable(cmp.Or(m[3], m[2]))
	}
	bare := strings.TrimSuffix(strings.TrimSuffix(rel, path.Ext(rel)), "/index")
	return "/" + bare, Readable(path.Base(bare))
}
