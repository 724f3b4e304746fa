package ingest

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// table gives a table as GitHub's Markdown, a line for each row that is
// wanted; nil wants all.
func (r *reader) table(t *extast.Table, wanted func(row ast.Node) bool) string {
	defer func(was bool) { r.inTable = was }(r.inTable)
	r.inTable = true
	var b strings.Builder
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		if wanted != nil && row.Kind() != extast.KindTableHeader && !wanted(row) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		r.row(&b, row)
		if row.Kind() == extast.KindTableHeader {
			b.WriteString("\n|")
			for _, a := range t.Alignments {
				b.WriteString(delimiters[a])
			}
		}
	}
	return b.String()
}

var delimiters = map[extast.Alignment]string{
	extast.AlignNone: " --- |", extast.AlignLeft: " :-- |", extast.AlignRight: " --: |", extast.AlignCenter: " :-: |",
}

// row writes a row without the cells that goldmark adds to a short one: a wide
// table of short rows would grow to a hundred times its size.
func (r *reader) row(b *strings.Builder, row ast.Node) {
	b.WriteByte('|')
	for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
		if cell.Lines().Len() == 0 {
			continue
		}
		b.WriteByte(' ')
		b.WriteString(strings.ReplaceAll(r.words(cell), "|", `\|`))
		b.WriteString(" |")
	}
}
