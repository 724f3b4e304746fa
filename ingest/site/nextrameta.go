package site

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// readMetas reads the _meta files: of each folder its entries, with their
// order and titles.
func (n *nextra) readMetas() {
	n.metas = map[string]*jsObject{}
	seen := map[string]bool{}
	for _, file := range n.s.Files {
		r, rel, ok := n.rootOf(file)
		if !ok {
			continue
		}
		for dir := path.Dir(rel); !seen[r.dir+"/"+dir]; dir = path.Dir(dir) {
			seen[r.dir+"/"+dir] = true
			n.readMeta(path.Join(r.dir, dir), n.metaKey(r, dir))
		}
		route, _, isPage := n.route(r, rel)
		f := n.s.Head(file)
		title := cmp.Or(Text(f.Meta["sidebarTitle"]), cmp.Or(Text(f.Meta["title"]), f.Heading))
		if isPage && title != "" && f.Meta["asIndexPage"] == true {
			n.folders[route] = title
		}
	}
}

// metaKey is the route of a folder.
func (n *nextra) metaKey(r nextraRoot, dir string) string {
	if r.kind == "app" {
		route, _, _ := appRoute(dir)
		return route
	}
	if dir == "." {
		return r.base
	}
	return path.Join(r.base, dir)
}

func (n *nextra) readMeta(dir, route string) {
	for _, name := range []string{"_meta.js", "_meta.ts", "_meta.jsx", "_meta.tsx", "_meta.json", "_meta.global.js", "_meta.global.ts", "_meta.global.jsx", "_meta.global.tsx"} {
		file := path.Join(dir, name)
		if !n.s.tree.has(file) {
			continue
		}
		if o := n.conf.script(file, "its pages follow their names"); o != nil {
			n.addMeta(route, o, 0)
		}
	}
}

// addMeta adds the entries of a folder, and of those within that a global file
// has.
func (n *nextra) addMeta(route string, o *jsObject, depth int) {
	n.metas[route] = o
	for _, key := range o.ordered() {
		inner := o.object(key).object("items")
		if inner != nil && o.object(key).text("type") != "menu" && depth < jsMaxDepth {
			n.addMeta(path.Join(route, key), inner, depth+1)
		}
	}
}

// placeInMeta gives a page its breadcrumbs, label and order.
func (n *nextra) placeInMeta(p *Page, r nextraRoot, rel, route string, f File) {
	above, name := path.Dir(route), path.Base(route)
	if stem(rel) == "index" || route == "" || r.kind == "app" && n.metas[route].get("index") != nil {
		above, name = route, "index"
	}
	if above == "." {
		above = ""
	}
	var parts []string
	if above != "" {
		parts = strings.Split(above, "/")
	}
	dir := ""
	for _, part := range parts {
		if dir == "" && slices.Contains(n.locales, part) {
			dir = part
			continue
		}
		title := n.titleOf(dir, part)
		if dir = path.Join(dir, part); title == "" {
			title = cmp.Or(n.folders[dir], nextraTitle(part))
		}
		if !(name == "index" && dir == route) { // the folder's own page
			p.Breadcrumbs = append(p.Breadcrumbs, title)
		}
	}
	label := cmp.Or(n.titleOf(above, name), Text(f.Meta["sidebarTitle"]))
	if label != p.Title {
		p.Label = label
	}
}

// order numbers the pages as the navigation lists them: by the entries of each
// folder's _meta, then by name.
func (n *nextra) order() {
	type placed struct{ file, key string }
	var all []placed
	for file, p := range n.pages {
		if r, rel, ok := n.rootOf(file); ok && p.Hidden == "" {
			route, _, _ := n.route(r, rel)
			all = append(all, placed{file, n.orderKey(route)})
		}
	}
	slices.SortFunc(all, func(a, b placed) int {
		return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.file, b.file))
	})
	for i, at := range all {
		p := n.pages[at.file]
		p.Order = i + 1
		n.pages[at.file] = p
	}
}

// orderKey sorts a route behind its folder's page and among its neighbours.
func (n *nextra) orderKey(route string) string {
	var b strings.Builder
	dir := ""
	for _, part := range strings.Split(route, "/") {
		if part == "" {
			continue
		}
		i := slices.Index(n.metas[dir].ordered(), part)
		if i < 0 {
			i = 99999
		}
		fmt.Fprintf(&b, "/%05d %s", i, part)
		dir = path.Join(dir, part)
	}
	return b.String()
}

// titleOf is what a folder's _meta calls an entry; "" where it says nothing
// that can be read.
func (n *nextra) titleOf(dir, name string) string {
	o := n.metas[dir]
	return cmp.Or(o.text(name), o.object(name).text("title"))
}

// smallWords are not capitalised in the middle of a title.
var smallWords = map[string]bool{
	"a": true, "an": true, "the": true, "and": true, "but": true, "or": true, "nor": true, "for": true, "as": true, "at": true,
	"by": true, "from": true, "in": true, "of": true, "on": true, "to": true, "with": true, "vs": true,
}

// nextraTitle makes a title of a file's name, as Nextra does.
func nextraTitle(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || unicode.IsSpace(r) })
	for i, w := range words {
		if i > 0 && i < len(words)-1 && smallWords[w] {
			continue
		}
		r, size := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(r)) + w[size:]
	}
	return cmp.Or(strings.Join(words, " "), name)
}
