package ingest

import (
	"bytes"
	"fmt"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// footnote appends what a footnote says: in brackets where it is one
// paragraph, and otherwise its number, the rest at the section's end. Those of
// a heading come there too. A section says each but once: footnotes that refer
// to others could grow without end.
func (r *reader) footnote(b []byte, n *extast.FootnoteLink) []byte {
	note := r.notes[n.Index]
	if note == nil || r.said[n.Index] {
		return b
	}
	r.said[n.Index], r.written[n.Index] = true, true
	if line := inlinePos(n); r.noteLine == 0 && line >= 0 {
		defer func() { r.noteLine = 0 }()
		r.noteLine = r.line(line)
	}
	first := note.FirstChild()
	if first == nil {
		return b
	}
	if r.inHeading || first.NextSibling() != nil || !ast.IsParagraph(first) {
		r.later = append(r.later, note)
		return fmt.Appendf(b, " (footnote %d)", n.Index)
	}
	text := r.words(first)
	if text == "" {
		return b
	}
	return fmt.Appendf(bytes.TrimRight(b, " "), " (%s)", text)
}
