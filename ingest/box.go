package ingest

import (
	"golang.org/x/net/html"

	"docent"
)

// boxTags enclose what stands apart from the text around it: a heading in one
// that nothing can lead to heads nothing beyond the box.
var boxTags = map[string]bool{"aside": true, "div": true, "blockquote": true, "details": true, "li": true}

// box opens or ends an element of boxTags. Blocks of Markdown may stand between.
func (w *htmlText) box(t html.Token) {
	r := w.reader
	switch {
	case t.Type == html.StartTagToken:
		r.boxes++
	case t.Type == html.EndTagToken && r.boxes > 0:
		if r.boxes == r.boxed {
			w.flush()
			r.endBox()
		}
		r.boxes--
	}
}

// beginBox makes the rest of the box that is open an entry.
func (r *reader) beginBox(words string, line int) {
	r.endBox()
	r.boxed = r.boxes
	r.beginEntry("", words, line)
	r.box = r.current
}

// endBox goes back to the section that the box stands in. A heading without
// text is text of that section.
func (r *reader) endBox() {
	if r.boxed == 0 {
		return
	}
	r.boxed = 0
	own, last := r.box, len(r.page.Sections)-1
	r.current = r.page.entries[own]
	if s := r.page.Sections[own]; own == last && len(s.Blocks) == 0 && len(s.Links) == 0 {
		delete(r.page.entries, own)
		r.page.Sections = r.page.Sections[:own]
		if s.Heading != "" {
			parent := r.section()
			parent.Blocks = append(parent.Blocks, docent.Block{Kind: docent.BlockHTML, Text: "**" + s.Heading + "**", Line: s.Line, EndLine: s.Line})
		}
	}
}
