package ingest

import (
	"bytes"
	"fmt"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// footnote appends what a footnote says: in brackets where it is one
// paragraph, and otherwise its number, the rest at the section's end. Those of
// a heading come there too.
func (r *reader) footnote(b []byte, n *extast.FootnoteLink) []byte {
	note := r.notes[n.Index]
	if note == nil || r.open[n.Index] {
		return b
	}
	if line := inlinePos(n); r.noteLine == 0 && line >= 0 {
		defer func() { r.noteLine = 0 }()
		r.noteLine = r.line(line)
	}
	first := note.FirstChild()
	if first == nil {
		return b
	}
	if r.inHeading || first.NextSibling() != nil || !ast.IsParagraph(first) {
		if len(r.open) == 0 || !r.written[n.Index] { // two notes may refer to each other
			r.later = append(r.later, note)
		}
		r.written[n.Index] = true
		return fmt.Appendf(b, " (footnote %d)", n.Index)
	}
	text := r.note(note, func() string { return r.words(first) })
	if text == "" {
		return b
	}
	return fmt.Appendf(bytes.TrimRight(b, " "), " (%s)", text)
}

// note runs write for a footnote, so that one which refers to itself ends.
func (r *reader) note(note *extast.Footnote, write func() string) string {
	r.open[note.Index], r.written[note.Index] = true, true
	defer delete(r.open, note.Index)
	return write()
}
