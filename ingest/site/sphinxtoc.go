package site

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// sphinxToc follows Sphinx's toctrees from the root document.
type sphinxToc struct {
	*sphinx
	seen map[string]bool // documents
}

// document gives the entries of a document's toctrees.
func (t sphinxToc) document(doc string) []entry {
	if t.seen[doc] {
		return nil
	}
	t.seen[doc] = true
	raw, err := readConfig(t.Repo, path.Join(t.dir, t.file(doc)))
	if err != nil {
		return nil
	}
	var all []entry
	for _, tree := range toctrees(string(raw)) {
		var entries []entry
		for _, line := range tree.lines {
			entries = append(entries, t.entries(doc, line, tree.globs)...)
		}
		if tree.reversed {
			slices.Reverse(entries)
		}
		if tree.caption != "" {
			entries = []entry{{label: tree.caption, inner: entries}}
		}
		all = append(all, entries...)
	}
	return all
}

// file is the file of a document; one of reStructuredText where no other is
// known.
func (t sphinxToc) file(doc string) string {
	for _, ext := range []string{".md", ".markdown"} {
		if t.has(doc + ext) {
			return doc + ext
		}
	}
	return doc + ".rst"
}

var titledEntry = regexp.MustCompile(`^(.+?)\s*<([^<>]+)>$`)

// entries are the documents that a line of a toctree stands for.
func (t sphinxToc) entries(doc, line string, globs bool) []entry {
	label := ""
	if m := titledEntry.FindStringSubmatch(line); m != nil {
		label, line = m[1], m[2]
	}
	if line == "self" || strings.Contains(line, "://") {
		return nil
	}
	target := path.Join(path.Dir(doc), line)
	if strings.HasPrefix(line, "/") {
		target = strings.TrimPrefix(path.Clean(line), "/")
	}
	switch path.Ext(target) {
	case ".md", ".markdown", ".rst", ".txt", ".ipynb":
		target = strings.TrimSuffix(target, path.Ext(target))
	}
	if !globs || !strings.ContainsAny(target, "*?[") {
		return []entry{{label: label, file: t.file(target), inner: t.document(target)}}
	}
	var all []entry
	for _, file := range t.files {
		found := strings.TrimSuffix(file, path.Ext(file))
		if found != doc && !t.seen[found] && fitsGlob(target, found) && t.hides(file, nil) == "" {
			all = append(all, entry{file: file, inner: t.document(found)})
		}
	}
	return all
}

// toctree is what the directive of this name holds.
type toctree struct {
	caption         string
	globs, reversed bool
	lines           []string
}

var toctreeOpening = regexp.MustCompile("^(\\s*)(?:(`{3,}|:{3,}|~{3,})\\s*\\{toctree\\}|\\.\\.\\s+toctree::)")

// toctrees reads a document's, in MyST's notation or reStructuredText's.
func toctrees(text string) []toctree {
	if !strings.Contains(text, "toctree") {
		return nil
	}
	var all []toctree
	var now *toctree
	fence, indent := "", 0
	for line := range strings.Lines(text) {
		bare := strings.TrimSpace(line)
		if m := toctreeOpening.FindStringSubmatch(line); m != nil && now == nil {
			all = append(all, toctree{})
			now, fence, indent = &all[len(all)-1], m[2], len(m[1])
			continue
		}
		switch {
		case now == nil:
		case fence != "" && strings.HasPrefix(bare, fence), fence == "" && bare != "" && len(line)-len(strings.TrimLeft(line, " \t")) <= indent:
			now = nil
		default:
			now.read(bare)
		}
	}
	return all
}

// read takes in a line.
func (t *toctree) read(line string) {
	if !strings.HasPrefix(line, ":") {
		if line != "" && line != "---" && !strings.HasPrefix(line, "% ") {
			t.lines = append(t.lines, line)
		}
		return
	}
	switch key, value, _ := strings.Cut(line[1:], ":"); key {
	case "caption":
		t.caption = strings.TrimSpace(value)
	case "glob":
		t.globs = true
	case "reversed":
		t.reversed = true
	}
}
