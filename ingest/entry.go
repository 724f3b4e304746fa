package ingest

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"golang.org/x/net/html"

	"docent"
	"docent/ingest/site"
)

// beginEntry begins a section for what a reference lists and links can lead to,
// such as a setting: it is found and cited by itself. It stands below the
// section in which it is listed, which goes on where the entry ends. One
// without an id is reached by that section's anchor.
func (r *reader) beginEntry(id, words string, line int) {
	r.section()
	parent := r.current
	if id != "" {
		r.page.anchors[id] = true
	}
	if r.page.entries == nil {
		r.page.entries = map[int]int{}
	}
	r.current = len(r.page.Sections)
	r.page.entries[r.current] = parent
	r.page.Sections = append(r.page.Sections, docent.Section{Heading: words, Level: r.page.Sections[parent].Level + 1, Anchor: id, Line: line})
}

// endEntry goes back to the section in which the entry is listed.
func (r *reader) endEntry() {
	if parent, ok := r.page.entries[r.current]; ok {
		r.current = parent
	}
}

// nameEntries has sections with nothing but entries say what these are called:
// the section, too, is found, and answers what there is to choose from.
func (r *reader) nameEntries() {
	listed := map[int][]int{} // the entries of such a section
	for entry, parent := range r.page.entries {
		if len(r.page.Sections[parent].Blocks) == 0 && r.page.Sections[entry].Anchor != "" {
			listed[parent] = append(listed[parent], entry)
		}
	}
	for parent, entries := range listed {
		slices.Sort(entries)
		var names strings.Builder
		for _, entry := range entries {
			s := &r.page.Sections[entry]
			if len(s.Blocks) > 0 && s.Heading != "" {
				names.WriteString("- " + s.Heading + "\n")
			}
		}
		first, last := &r.page.Sections[entries[0]], &r.page.Sections[entries[len(entries)-1]]
		if text := strings.TrimSuffix(names.String(), "\n"); text != "" {
			s := &r.page.Sections[parent]
			s.Blocks = append(s.Blocks, docent.Block{Kind: docent.BlockList, Text: text, Line: first.Line, EndLine: max(first.Line, last.Line)})
		}
	}
}

// idOf gives the id that a tag or a list of attributes within n gives it; ""
// where none does.
func (r *reader) idOf(n ast.Node) (id string) {
	ast.Walk(n, func(c ast.Node, _ bool) (ast.WalkStatus, error) {
		switch c := c.(type) {
		case *ast.RawHTML:
			id = tagID(string(c.Segments.Value(r.src)))
		case *shownText:
			if strings.HasPrefix(c.slug, "{") {
				id = idOf(strings.Trim(c.slug, "{: }"))
			}
		}
		if id != "" {
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return id
}

// calledBy is what readers see of a term, without attributes.
func (r *reader) calledBy(n ast.Node) string {
	parts := slices.DeleteFunc(r.parts(n), func(p site.Part) bool { return p.Kind == site.PartText && attributeMark.MatchString(p.Text) })
	return site.Heading{Parts: parts}.Words()
}

// tagID is the id of a tag, or the name of an anchor.
func tagID(raw string) string {
	z := html.NewTokenizer(strings.NewReader(raw))
	z.Next()
	t := z.Token()
	if t.Type != html.StartTagToken && t.Type != html.SelfClosingTagToken {
		return ""
	}
	if id := attr(t, "id"); id != "" || t.Data != "a" {
		return id
	}
	return attr(t, "name")
}

// term gives the id of a term, where it has one.
func (r *reader) term(n ast.Node) (id string) {
	if terms, ok := r.anchors.(site.Terms); ok {
		id = terms.Term(site.Heading{Parts: r.parts(n), Raw: r.asWritten(n)})
	}
	if own := r.idOf(n); own != "" {
		id = own
	}
	if names := r.labels(n); id == "" && len(names) > 0 {
		if id = names[0]; r.dialect.has(roles) {
			id = site.LabelID(id)
		}
	}
	if id != "" {
		r.page.anchors[id] = true
	}
	return id
}

// definitions writes each term with what defines it; one that has an id as an
// entry.
func (r *reader) definitions(list ast.Node) {
	for n := list.FirstChild(); n != nil; {
		last := n
		for next := n.NextSibling(); next != nil && (next.Kind() != extast.KindDefinitionTerm || last.Kind() == extast.KindDefinitionTerm); next = next.NextSibling() {
			last = next
		}
		id := ""
		for t := n; t != last.NextSibling() && id == ""; t = t.NextSibling() {
			if t.Kind() == extast.KindDefinitionTerm {
				id = r.term(t)
			}
		}
		if id != "" {
			line, _ := r.span(n)
			r.beginEntry(id, r.calledBy(n), line)
		}
		text, next := r.definition(n)
		if text != "" {
			r.addSpan(docent.BlockDefinition, text, n, last)
		}
		if id != "" {
			r.endEntry()
		}
		n = next
	}
}

// tableEntries writes the rows of a table that have ids as entries, each below
// the header, and gives what is left of the table. A table in which they are
// the exception stays whole.
func (r *reader) tableEntries(t *extast.Table) {
	ids, rows := map[ast.Node]string{}, 0
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		if row.Kind() == extast.KindTableHeader {
			continue
		}
		rows++
		if id := r.idOf(row); id != "" {
			ids[row] = id
		}
	}
	if len(ids) < 2 || 2*len(ids) < rows {
		r.add(docent.BlockTable, r.table(t, nil), "", t)
		return
	}
	if len(ids) < rows {
		r.add(docent.BlockTable, r.table(t, func(row ast.Node) bool { return ids[row] == "" }), "", t)
	}
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		id := ids[row]
		if id == "" {
			continue
		}
		words := ""
		for cell := row.FirstChild(); cell != nil && words == ""; cell = cell.NextSibling() {
			words = r.calledBy(cell)
		}
		line, _ := r.span(row)
		r.beginEntry(id, words, line)
		r.add(docent.BlockTable, r.table(t, func(other ast.Node) bool { return other == row }), "", row)
		r.endEntry()
	}
}
