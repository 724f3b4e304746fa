package site

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
)

// mkDocsNav makes MkDocs' navigation, of mkdocs.yml or of the files in the
// folders that the plugins awesome-pages, awesome-nav and literate-nav read.
// What none of them names is listed by folder: the index, the other pages,
// then the folders within.
type mkDocsNav struct {
	*mkDocs
	pages   map[string][]string // by folder, the index first
	folders map[string][]string // by folder
	index   bool                // a section's index page is the section itself
	config  string              // the name of the files in folders; "" where no plugin reads any
	awesome bool                // they are awesome-nav's, which has globs
	literal bool                // they are literate-nav's, which are Markdown
	used    map[string]bool     // pages and folders that have their place
	depth   int
}

// readNav gives the navigation's entries.
func (m *mkDocs) readNav() []entry {
	n := mkDocsNav{mkDocs: m, pages: map[string][]string{}, folders: map[string][]string{}, used: map[string]bool{}}
	n.index = m.plugin("section-index") != nil || slices.Contains(texts(at(m.settings, "theme", "features")), "navigation.indexes")
	switch {
	case m.plugin("literate-nav") != nil:
		n.config, n.literal = cmp.Or(Text(m.plugin("literate-nav")["nav_file"]), "SUMMARY.md"), true
	case m.plugin("awesome-nav") != nil:
		n.config, n.awesome = cmp.Or(Text(m.plugin("awesome-nav")["filename"]), ".nav.yml"), true
	case m.plugin("awesome-pages") != nil:
		n.config = cmp.Or(Text(m.plugin("awesome-pages")["filename"]), ".pages")
	}
	n.listFolders()
	if _, ok := m.settings["nav"].([]any); ok && !(n.literal && n.exists(".")) {
		return n.items(list(m.settings["nav"]), ".")
	}
	return n.folder(".")
}

// navFile reports whether a page is itself a navigation.
func (m *mkDocs) navFile(rel string) bool {
	literate := m.plugin("literate-nav")
	return literate != nil && path.Base(rel) == cmp.Or(Text(literate["nav_file"]), "SUMMARY.md")
}

// listFolders sorts the pages into their folders, each translation as the page
// that it is of.
func (n *mkDocsNav) listFolders() {
	seen := map[string]bool{}
	for _, file := range n.files {
		file, _ = n.langs.split(file)
		if seen[file] || n.navFile(file) || slices.ContainsFunc(n.blogs, func(b mkDocsBlog) bool { return b.holds(file) }) {
			continue
		}
		seen[file] = true
		dir := path.Dir(file)
		n.pages[dir] = append(n.pages[dir], file)
		for ; dir != "." && !seen[dir]; dir = path.Dir(dir) {
			seen[dir] = true
			n.folders[path.Dir(dir)] = append(n.folders[path.Dir(dir)], dir)
		}
	}
	for dir := range n.pages {
		slices.SortFunc(n.pages[dir], func(a, b string) int {
			return cmp.Or(compareBool(!isIndexName(a), !isIndexName(b)), strings.Compare(a, b))
		})
	}
	for dir := range n.folders {
		slices.Sort(n.folders[dir])
	}
}

func isIndexName(file string) bool { return stem(file) == "index" || stem(file) == "README" }

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (n *mkDocsNav) exists(dir string) bool {
	_, err := readConfig(n.Repo, path.Join(n.dir, dir, n.config))
	return err == nil
}

// folder gives a folder's entries.
func (n *mkDocsNav) folder(dir string) []entry {
	if n.depth > 50 {
		return nil
	}
	n.depth++
	defer func() { n.depth-- }()
	n.used[dir] = true
	if n.config == "" || !n.exists(dir) {
		return n.rest(dir, "")
	}
	name := path.Join(n.dir, dir, n.config)
	if n.literal {
		raw, _ := readConfig(n.Repo, name)
		return n.items(literateItems(summary(raw)), dir)
	}
	settings, err := readTable(n.Repo, name)
	if err != nil {
		n.warnings = append(n.warnings, n.unreadable(name, err, "the folder is listed by its files' names"))
	}
	order := []any{}
	for _, key := range []string{"nav", "arrange"} {
		order = append(order, list(settings[key])...)
	}
	if len(order) == 0 || settings["arrange"] != nil && !slices.Contains(order, any("...")) || is(settings["append_unmatched"], false) {
		order = append(order, "...")
	}
	if Text(settings["order"]) == "desc" || Text(at(settings, "sort", "direction")) == "desc" {
		slices.Reverse(n.pages[dir])
		slices.Reverse(n.folders[dir])
	}
	return n.items(order, dir)
}

// labelOf is what the navigation calls a folder; hidden is set where it leaves
// it out.
func (n *mkDocsNav) labelOf(dir string) (label string, hidden bool) {
	label = wordsOf(path.Base(dir))
	if n.config == "" || n.literal {
		return label, false
	}
	settings, err := readTable(n.Repo, path.Join(n.dir, dir, n.config))
	if err != nil {
		return label, false // not there, or folder warns of it
	}
	return cmp.Or(Text(settings["title"]), label), is(settings["hide"], false)
}

// items gives the entries of a list: names of pages and folders, with labels or
// without, lists of such, and patterns for what is left.
func (n *mkDocsNav) items(items []any, dir string) []entry {
	n.reserve(items, dir)
	var all []entry
	for _, item := range items {
		switch item := item.(type) {
		case map[string]any:
			if glob := Text(item["glob"]); glob != "" && n.awesome {
				all = append(all, n.rest(dir, glob)...)
				continue
			}
			for _, label := range sortedKeys(item) {
				all = append(all, n.labelled(label, item[label], dir)...)
			}
		default:
			all = append(all, n.named(Text(item), "", dir)...)
		}
	}
	return all
}

// reserve keeps what a list names from being found by its patterns.
func (n *mkDocsNav) reserve(items []any, dir string) {
	for _, item := range items {
		switch item := item.(type) {
		case map[string]any:
			for _, value := range item {
				n.reserve(list(value), dir)
			}
		case string:
			n.used[n.at(dir, item)] = true
		}
	}
}

// at is the page or folder that a list in dir means. mkdocs.yml has paths from
// docs_dir, as a leading slash has.
func (n *mkDocsNav) at(dir, name string) string {
	return strings.TrimPrefix(path.Join("/", dir, name), "/")
}

func (n *mkDocsNav) labelled(label string, value any, dir string) []entry {
	if name, ok := value.(string); ok {
		return n.named(name, label, dir)
	}
	inner := n.items(list(value), dir)
	if len(inner) == 0 {
		return nil
	}
	return []entry{n.section(label, inner)}
}

// section is an entry with others below it.
func (n *mkDocsNav) section(label string, inner []entry) entry {
	e := entry{label: label, inner: inner}
	first := inner[0]
	if (n.index || label == "") && first.file != "" && isIndexName(first.file) && len(first.inner) == 0 {
		e.file = first.file
		if first.label != "" {
			e.label = first.label
		}
	}
	return e
}

var restPattern = regexp.MustCompile(`^\.{3}\s*(?:\|\s*flat\s*)?(?:\|\s*(?:(regex|glob)=)?(.*))?$`)

// named gives the entries that a name in a list stands for.
func (n *mkDocsNav) named(name, label, dir string) []entry {
	if m := restPattern.FindStringSubmatch(name); m != nil && !n.literal {
		return n.rest(dir, m[2])
	}
	target := n.at(dir, name)
	switch {
	case name == "" || strings.Contains(name, "://"):
		return nil
	case strings.ContainsAny(name, "*?["):
		return n.rest(dir, name)
	case n.pages[target] != nil || n.folders[target] != nil:
		found, _ := n.labelOf(target)
		if inner := n.folder(target); len(inner) > 0 {
			return []entry{n.section(cmp.Or(label, found), inner)}
		}
		return nil
	}
	n.used[target] = true
	return []entry{{label: label, file: target}}
}

// rest gives what a folder holds that has no place yet and fits a pattern; ""
// fits everything.
func (n *mkDocsNav) rest(dir, pattern string) []entry {
	fits := func(name string, isDir bool) bool {
		p := strings.TrimSuffix(pattern, "/")
		return !n.used[name] && (pattern == "" || fitsGlob(n.at(dir, p), name)) && (isDir || p == pattern)
	}
	var all []entry
	within := dir
	if i := strings.LastIndex(pattern, "/"); i > 0 && strings.TrimSuffix(pattern, "/") != pattern[:i] {
		within = n.at(dir, pattern[:i])
	}
	for _, file := range n.pages[within] {
		if fits(file, false) {
			n.used[file] = true
			all = append(all, entry{file: file})
		}
	}
	for _, sub := range n.folders[within] {
		label, hidden := n.labelOf(sub)
		if hidden || !fits(sub, true) {
			continue
		}
		if inner := n.folder(sub); len(inner) > 0 {
			all = append(all, n.section(label, inner))
		}
	}
	return all
}

// literateItems are literate-nav's items in mkdocs.yml's notation.
func literateItems(items []summaryItem) []any {
	var all []any
	for _, item := range items {
		switch {
		case item.part:
		case len(item.inner) > 0:
			inner := literateItems(item.inner)
			if item.target != "" {
				inner = append([]any{item.target}, inner...)
			}
			all = append(all, map[string]any{item.label: inner})
		case item.link:
			all = append(all, map[string]any{item.label: item.target})
		case item.label != "":
			all = append(all, item.label)
		}
	}
	return all
}
