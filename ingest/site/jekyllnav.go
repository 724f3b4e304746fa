package site

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// jekyllPage is a page as the theme Just the Docs sees it.
type jekyllPage struct {
	rel, title, parent, above string // above is grand_parent
	order                     any    // nav_order
}

// readNav gives the navigation's entries: by the front matter that Just the Docs
// has for it, or else of a data file that looks like one.
func (j *jekyll) readNav() []entry {
	var pages []jekyllPage
	ordered := false
	for _, rel := range j.files {
		page := j.pages[j.own[rel]]
		if page.Hidden != "" {
			continue
		}
		c, isDoc := j.collection(rel)
		meta := merged(j.defaults(rel, c.label, isDoc), j.headOf(rel).Meta)
		if meta["nav_exclude"] == true || Text(meta["title"]) == "" {
			continue
		}
		p := jekyllPage{rel, page.Title, Text(meta["parent"]), Text(meta["grand_parent"]), meta["nav_order"]}
		ordered = ordered || p.parent != "" || p.order != nil
		pages = append(pages, p)
	}
	if !ordered {
		return j.dataNav()
	}
	slices.SortStableFunc(pages, func(a, b jekyllPage) int { return compareNavOrder(a, b) })
	return jekyllChildren(pages, "", "", 0)
}

// jekyllChildren are the entries of the pages below a parent, which its title
// names.
func jekyllChildren(pages []jekyllPage, parent, above string, depth int) []entry {
	var all []entry
	for _, p := range pages {
		if p.parent == parent && (p.above == "" || p.above == above) && depth < 20 {
			e := entry{file: p.rel}
			if p.title != parent {
				e.inner = jekyllChildren(pages, p.title, p.parent, depth+1)
			}
			all = append(all, e)
		}
	}
	return all
}

// compareNavOrder puts numbers first, then words, then pages by their titles.
func compareNavOrder(a, b jekyllPage) int {
	rank := func(v any) (int, float64, string) {
		switch v := v.(type) {
		case nil:
			return 2, 0, ""
		case int:
			return 0, float64(v), ""
		case float64:
			return 0, v, ""
		}
		if n, err := strconv.ParseFloat(Text(v), 64); err == nil {
			return 0, n, ""
		}
		return 1, 0, Text(v)
	}
	kindA, nA, textA := rank(a.order)
	kindB, nB, textB := rank(b.order)
	return cmp.Or(cmp.Compare(kindA, kindB), cmp.Compare(nA, nB), strings.Compare(textA, textB), strings.Compare(a.title, b.title))
}

// navData are names of data files that hold a navigation.
var navData = regexp.MustCompile(`(?i)nav|toc|sidebar|menu|docs`)

// dataNav reads the data files that look like a navigation: lists of labels
// with addresses.
func (j *jekyll) dataNav() []entry {
	byURL := map[string]string{}
	for _, rel := range j.files {
		byURL[strings.TrimSuffix(strings.TrimPrefix(j.pages[j.own[rel]].URL, j.about.Base), "/")] = rel
	}
	data := j.data()
	var all []entry
	for _, name := range sortedKeys(data) {
		if navData.MatchString(name) {
			all = append(all, j.dataEntries(data[name], byURL, 0)...)
		}
	}
	return all
}

func (j *jekyll) dataEntries(v any, byURL map[string]string, depth int) []entry {
	if depth > 20 {
		return nil
	}
	if t := table(v); t != nil { // several navigations in one file
		var all []entry
		for _, key := range sortedKeys(t) {
			all = append(all, j.dataEntries(t[key], byURL, depth+1)...)
		}
		return all
	}
	items, _ := v.([]any)
	var all []entry
	for _, item := range items {
		e := entry{file: j.dataTarget(item, byURL)}
		if t := table(item); t != nil {
			for _, key := range []string{"title", "text", "label", "name"} {
				e.label = cmp.Or(e.label, Text(t[key]))
			}
			for _, key := range slices.Sorted(maps.Keys(t)) {
				if _, isList := t[key].([]any); isList {
					e.inner = append(e.inner, j.dataEntries(t[key], byURL, depth+1)...)
				}
			}
		}
		if e.file != "" || len(e.inner) > 0 {
			all = append(all, e)
		}
	}
	return all
}

// dataTarget is the page that an item of a data file leads to.
func (j *jekyll) dataTarget(item any, byURL map[string]string) string {
	target, _ := item.(string)
	for _, key := range []string{"url", "link", "href", "path", "page", "permalink"} {
		target = cmp.Or(target, Text(at(item, key)))
	}
	target = strings.Trim(strings.TrimSuffix(target, "index.html"), "/")
	if target == "" {
		return ""
	}
	for _, try := range []string{target, target + ".html", path.Join("docs", target)} {
		if rel := byURL[Escape(try)]; rel != "" {
			return rel
		}
	}
	return ""
}
