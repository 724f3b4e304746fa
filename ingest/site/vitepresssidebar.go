package site

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// vitepressTheme is a configuration's part about the sidebar, and the pages
// that it is for.
type vitepressTheme struct {
	prefix  string // of paths; "" is all
	source  bool   // paths are those of the files, else those after rewriting
	file    string
	sidebar any
	navs    map[string]navigation // of each sidebar, by the path that it is for
}

// readThemes reads the sidebars of the site, of its languages and of the
// configurations that stand in its folders, the most special first.
func (v *vitepress) readThemes() {
	if sidebar := v.conf.object(v.site, "themeConfig").get("sidebar"); sidebar != nil {
		v.themes = append(v.themes, vitepressTheme{file: v.conf.file, sidebar: sidebar})
	}
	locales := v.site.object("locales")
	for _, dir := range locales.ordered() {
		sidebar := locales.object(dir).object("themeConfig").get("sidebar")
		if dir = strings.Trim(dir, "/"); sidebar != nil && dir == "root" {
			v.themes = []vitepressTheme{{file: v.conf.file, sidebar: sidebar}}
		} else if sidebar != nil {
			v.themes = append(v.themes, vitepressTheme{prefix: dir + "/", file: v.conf.file, sidebar: sidebar})
		}
	}
	for _, dir := range v.folders() {
		for _, file := range scripts(path.Join(v.src, dir, "config")) {
			if !v.s.tree.has(file) || v.conf.file == file {
				continue
			}
			if o := v.conf.script(file, "its sidebar is left out"); o.object("themeConfig").get("sidebar") != nil {
				prefix := strings.TrimPrefix(dir+"/", "./")
				v.themes = append(v.themes, vitepressTheme{prefix: prefix, source: true, file: file, sidebar: o.object("themeConfig").get("sidebar")})
			}
		}
	}
	slices.SortStableFunc(v.themes, func(a, b vitepressTheme) int { return cmp.Compare(len(b.prefix), len(a.prefix)) })
	for i := range v.themes {
		v.themes[i].navs = v.navigations(&v.themes[i])
	}
}

// folders are those of the pages, the outer ones first.
func (v *vitepress) folders() []string {
	seen := map[string]bool{".": true}
	for _, file := range v.s.Files {
		if rel, ok := v.s.within(v.src, file); ok {
			for dir := path.Dir(rel); !seen[dir]; dir = path.Dir(dir) {
				seen[dir] = true
			}
		}
	}
	return sortedKeys(seen)
}

// sidebar is the navigation that a page shows: that of the longest path which
// begins its own, in the most special configuration.
func (v *vitepress) sidebar(at, rel string) navigation {
	for _, t := range v.themes {
		name := at
		if t.source {
			name = rel
		}
		if !strings.HasPrefix(name, t.prefix) {
			continue
		}
		best, found := "", false
		for key := range t.navs {
			if strings.HasPrefix("/"+at, key) && (!found || strings.Count(key, "/") > strings.Count(best, "/")) {
				best, found = key, true
			}
		}
		return t.navs[best]
	}
	return nil
}

// navigations reads a sidebar: one list, or a list for each path.
func (v *vitepress) navigations(t *vitepressTheme) map[string]navigation {
	all := map[string]navigation{}
	switch s := t.sidebar.(type) {
	case []any:
		all[""] = newNavigation(v.entries(t, s, ""))
	case *jsObject:
		before := 0
		for _, key := range s.ordered() {
			items, base := s.get(key), ""
			if o, ok := items.(*jsObject); ok {
				items, base = o.get("items"), o.text("base")
			}
			nav := newNavigation(v.entries(t, items, base)).behind(before)
			all["/"+strings.TrimPrefix(key, "/")] = nav
			before += len(nav)
		}
	default:
		v.entries(t, s, "")
	}
	return all
}

func (v *vitepress) entries(t *vitepressTheme, items any, base string) []entry {
	var all []entry
	switch items := items.(type) {
	case []any:
		for _, item := range items {
			o, ok := item.(*jsObject)
			if !ok {
				all = append(all, v.entries(t, item, base)...)
				continue
			}
			under := cmp.Or(o.text("base"), base)
			e := entry{label: plainLabel(o.text("text")), inner: v.entries(t, o.get("items"), under)}
			if link := o.text("link"); link != "" && !strings.Contains(link, "://") {
				e.file = linkKey(joinedLink(under, link))
			}
			all = append(all, e)
		}
	case jsUnknown:
		v.conf.warn(t.file, items.line, "a part of the sidebar is computed (%s), which is not run: its pages have no place in it", items.text)
	case *jsCall:
		v.conf.warn(t.file, items.line, "a part of the sidebar is computed (%s()), which is not run: its pages have no place in it", items.name)
	}
	return all
}

// joinedLink is a link below a base, which may end within a name:
// "/ref/theme-" and "nav".
func joinedLink(base, link string) string {
	if strings.HasSuffix(base, "/") {
		link = strings.TrimPrefix(link, "/")
	}
	return base + link
}

// linkKey is what links to the same page have in common; "/" is the root.
func linkKey(link string) string {
	link, _, _ = strings.Cut(link, "#")
	link, _, _ = strings.Cut(link, "?")
	for _, end := range []string{".html", ".md", ".mdx"} {
		link = strings.TrimSuffix(link, end)
	}
	link = "/" + strings.Trim(link, "/")
	return strings.TrimSuffix(link, "/index") + "/"
}

// plainLabel is a label without the HTML that it may have.
func plainLabel(label string) string {
	if !strings.Contains(label, "<") {
		return oneLine(label)
	}
	return oneLine(htmlTags.ReplaceAllString(label, ""))
}
