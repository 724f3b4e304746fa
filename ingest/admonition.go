package ingest

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"

	"docent"
	"docent/ingest/site"
)

// admonitions are the directives that speak to the reader with a label. Others
// only group or style what they hold.
var admonitions = map[string]bool{
	"note": true, "tip": true, "info": true, "warning": true, "caution": true, "danger": true, "important": true, "error": true, "success": true,
	"secondary": true, "hint": true, "attention": true, "question": true, "example": true, "abstract": true, "todo": true, "bug": true, "seealso": true,
	"check": true, "failure": true, "quote": true, "summary": true, "tldr": true, "deprecated": true, "new": true,
}

// label is what an admonition is called; "" where d is none.
func (d *directive) label() string {
	switch name := strings.ToLower(d.name); {
	case name == "tab", name == "details":
		return ""
	case name == "seealso":
		return "See also"
	case admonitions[name], d.said:
		return site.Readable(name)
	}
	return ""
}

// title takes the title off a directive.
func (r *reader) title(d *directive) string {
	n, ok := d.FirstChild().(*ast.TextBlock)
	if !ok {
		return ""
	}
	title := r.words(n)
	d.RemoveChild(d, n)
	return title
}

// directive writes a directive of the top level. Code and tables in an
// admonition become blocks of their own, as in lists.
func (r *reader) directive(d *directive) {
	if d.myst && r.mystDirective(d) {
		return
	}
	switch label := d.label(); {
	case d.isTab():
		r.tabs(d)
	case label == "":
		r.grouped(d)
	default:
		r.opened(d, r.opening(d, label), docent.BlockAdmonition)
	}
}

// opened writes what a directive holds after words that open it.
func (r *reader) opened(d ast.Node, text string, kind docent.BlockKind) {
	var first, last ast.Node = d, d
	flush := func() {
		if text != "" {
			r.addSpan(kind, text, first, last)
		}
		text, kind, first = "", docent.BlockParagraph, nil
	}
	for c := d.FirstChild(); c != nil; c = c.NextSibling() {
		if ownBlock(c) {
			flush()
			r.block(c)
			continue
		}
		if more := r.nested(c); more != "" {
			text = joinWords(text, more)
			if last = c; first == nil {
				first = c
			}
		}
	}
	flush()
}

// ownBlock reports whether a block stays a block of its own wherever it
// stands, so that it is found as what it is.
func ownBlock(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FencedCodeBlock, *ast.CodeBlock, *extast.Table:
		return true
	case *directive:
		return n.label() == ""
	}
	return false
}

// opening is the label of an admonition with its title, if it has one.
func (r *reader) opening(d *directive, label string) string {
	return labelAndTitle(label, r.title(d))
}

func labelAndTitle(label, title string) string {
	switch {
	case title == "" || strings.EqualFold(title, label):
		return label + ":"
	case strings.ContainsAny(title[len(title)-1:], ".:!?"):
		return label + ": " + title
	}
	return label + ": " + title + "."
}

// joinWords appends a block to what an admonition says so far, on the line of
// its label where that is all there is.
func joinWords(text, more string) string {
	switch {
	case text == "":
		return more
	case strings.HasSuffix(text, ":") && !strings.Contains(text, "\n"):
		return labelled(strings.TrimSuffix(text, ":"), more)
	}
	return text + "\n\n" + more
}

// grouped writes what a directive holds as if it stood there alone.
func (r *reader) grouped(d *directive) {
	if d.name == "code-group" {
		r.codeGroup(d)
		return
	}
	if words := r.summary(d); words != "" {
		r.add(docent.BlockParagraph, words, "", d)
	}
	for c := d.FirstChild(); c != nil; c = c.NextSibling() {
		r.block(c)
	}
}

// summary is the title of a directive that is no admonition. Of a line that
// only looked like one every word is text.
func (r *reader) summary(d *directive) string {
	title := r.title(d)
	switch {
	case d.leaf && d.mark != openSign && d.mark != closeSign:
		return strings.TrimSpace(d.name + " " + title)
	case title == "", d.name == "code", strings.HasPrefix(title, "**"):
		return title
	}
	return "**" + title + "**"
}

// nestedDirective gives a directive within another block as text.
func (r *reader) nestedDirective(d *directive) string {
	if d.myst {
		if label := r.settle(d); label != "" {
			return joinWords(label+":", r.children(d))
		}
	}
	if label := d.label(); label != "" {
		opening := r.opening(d, label)
		if text := r.children(d); text != "" {
			return joinWords(opening, text)
		}
		return opening
	}
	if d.isTab() {
		return r.nestedTab(d)
	}
	words := r.summary(d)
	return strings.TrimSpace(words + "\n\n" + r.children(d))
}
