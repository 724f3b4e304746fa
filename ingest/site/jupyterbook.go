package site

import (
	"path"
	"strings"
)

// Jupyter Book is Sphinx with its settings in _config.yml and its toctree in
// _toc.yml, which Sphinx itself reads with an extension.

// bookToc is what the file of the toctree is called.
const bookToc = "_toc.yml"

// findJupyterBook finds the configurations of books.
func findJupyterBook(s Settings) []string {
	var found []string
	for _, name := range s.tree.find("_config.yml") {
		if dir := path.Dir(name); s.tree.has(path.Join(dir, bookToc)) && !s.tree.has(path.Join(dir, "conf.py")) {
			found = append(found, name)
		}
	}
	return found
}

// bookSettings are a book's as Sphinx calls them.
func bookSettings(book map[string]any) map[string]any {
	settings := map[string]any{"project": Text(book["title"]), "exclude_patterns": append([]any{"_build", "README.md"}, list(book["exclude_patterns"])...)}
	if url := Text(at(book, "html", "baseurl")); url != "" {
		settings["html_baseurl"] = url
	}
	extensions := at(book, "parse", "myst_enable_extensions")
	if extensions == nil {
		extensions = []any{"colon_fence", "dollarmath", "linkify", "substitution", "tasklist"}
	}
	settings["myst_enable_extensions"] = extensions
	settings["myst_substitutions"] = at(book, "parse", "myst_substitutions")
	return merged(settings, table(at(book, "sphinx", "config")))
}

// bookEntries are the entries of a _toc.yml, its root first.
func (t sphinxToc) bookEntries(toc map[string]any) []entry {
	return append(t.bookItem(map[string]any{"file": toc["root"]}, 0), t.bookSection(toc, 0)...)
}

// bookSection are the entries below one of a _toc.yml.
func (t sphinxToc) bookSection(section map[string]any, depth int) []entry {
	var all []entry
	for _, key := range []string{"parts", "subtrees"} {
		for _, item := range list(section[key]) {
			part := table(item)
			inner := t.bookSection(part, depth+1)
			if caption := Text(part["caption"]); caption != "" {
				inner = []entry{{label: caption, inner: inner}}
			}
			all = append(all, inner...)
		}
	}
	for _, key := range []string{"chapters", "sections", "entries"} {
		for _, item := range list(section[key]) {
			all = append(all, t.bookItem(table(item), depth)...)
		}
	}
	return all
}

func (t sphinxToc) bookItem(item map[string]any, depth int) []entry {
	if depth > 20 {
		return nil
	}
	if glob := Text(item["glob"]); glob != "" {
		return t.entries("index", glob, true)
	}
	file := strings.TrimSuffix(Text(item["file"]), ".md")
	if file == "" || t.seen[file] {
		return nil
	}
	t.seen[file] = true
	return []entry{{label: Text(item["title"]), file: t.file(file), inner: t.bookSection(item, depth+1)}}
}
