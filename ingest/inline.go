package ingest

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"

	"docent"
	"docent/ingest/site"
)

// words gives the inline content of a block: a paragraph's lines joined,
// links as their words, images as their alternative text, tags dropped.
func (r *reader) words(n ast.Node) string {
	b := r.scratch[:0]
	r.scratch = nil // a footnote has words within words
	b = r.inline(b, n)
	text := string(bytes.TrimSpace(b))
	r.scratch = b
	r.htmlLink, r.codeFrom = nil, 0
	return text
}

// inline appends the inline nodes within parent to b.
func (r *reader) inline(b []byte, parent ast.Node) []byte {
	if r.depth++; r.depth > 2*maxDepth {
		r.depth--
		return r.flatInline(b, parent)
	}
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		b = r.inlineNode(b, n)
	}
	r.depth--
	return b
}

func (r *reader) inlineNode(b []byte, n ast.Node) []byte {
	switch n := n.(type) {
	case *ast.Text:
		return r.text(b, n)
	case *ast.String:
		return append(b, n.Value...)
	case *ast.CodeSpan:
		return appendCodeSpan(b, r.codeSpan(n))
	case *shownText:
		if n.link != "" {
			r.link(n.link, n.slug, n)
		}
		return append(b, n.text...)
	case *ast.Emphasis:
		mark := "*"
		if pos := n.Pos(); pos >= 0 && pos < len(r.src) && r.src[pos] == '_' {
			mark = "_"
		}
		return r.marked(b, n, strings.Repeat(mark, n.Level))
	case *extast.Strikethrough:
		return r.marked(b, n, "~~")
	case *ast.Link:
		r.link(destination(n.Destination), site.Heading{Parts: r.parts(n)}.Words(), n)
		return r.inline(b, n)
	case *ast.AutoLink:
		url := string(n.URL(r.src))
		if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(url, "mailto:") {
			url = "mailto:" + url
		}
		r.link(url, string(n.Label(r.src)), n)
		return append(b, n.Label(r.src)...)
	case *ast.RawHTML:
		return r.tag(b, n)
	case *extast.TaskCheckBox:
		if n.IsChecked {
			return append(b, "[x] "...)
		}
		return append(b, "[ ] "...)
	case *extast.FootnoteLink:
		return r.footnote(b, n)
	case *extast.FootnoteBacklink:
		return b
	}
	return r.inline(b, n)
}

// text appends a run of text with the line break that ends it.
func (r *reader) text(b []byte, n *ast.Text) []byte {
	after := r.src[n.Segment.Stop:]
	from := len(b)
	b = appendText(b, n.Value(r.src), after[:min(len(after), 40)], n.IsRaw())
	return r.lineBreak(r.explain(b, from), n)
}

// flatInline appends only the words of what nests too deep.
func (r *reader) flatInline(b []byte, parent ast.Node) []byte {
	ast.Walk(parent, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			b = r.text(b, t)
		}
		return ast.WalkContinue, nil
	})
	return b
}

// marked appends what stands within n between marks, and white space outside
// of them, where Markdown wants it.
func (r *reader) marked(b []byte, n ast.Node, mark string) []byte {
	inner := r.inline(nil, n)
	text := bytes.TrimSpace(inner)
	if len(text) == 0 {
		return append(b, inner...)
	}
	lead := bytes.Index(inner, text)
	b = append(b, inner[:lead]...)
	b = append(append(append(b, mark...), text...), mark...)
	return append(b, inner[lead+len(text):]...)
}

// lineBreak appends what the end of a line within a paragraph becomes: a
// space, nothing between characters of scripts that have none, and a hard
// break where the writer wanted one.
func (r *reader) lineBreak(b []byte, n *ast.Text) []byte {
	switch {
	case n.HardLineBreak():
		return r.hardBreak(b)
	case !n.SoftLineBreak() || len(b) == 0:
		return b
	}
	if next, ok := n.NextSibling().(*ast.Text); ok {
		before, _ := utf8.DecodeLastRune(b)
		after, _ := utf8.DecodeRune(next.Value(r.src))
		if unspaced(before) && unspaced(after) {
			return b
		}
	}
	return appendBlank(b)
}

func (r *reader) hardBreak(b []byte) []byte {
	b = bytes.TrimRight(b, " ")
	if r.inTable || len(b) == 0 {
		return append(b, ' ')
	}
	return append(b, "  \n"...)
}

// unspaced reports whether r is of a script that puts no space between words.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF
}

// rawText is the text below n as it was written.
func (r *reader) rawText(n ast.Node) []byte {
	var b []byte
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b = append(b, c.Value(r.src)...)
			if c.SoftLineBreak() && !bytes.HasSuffix(b, []byte("\n")) {
				b = append(b, ' ')
			}
		case *ast.String:
			b = append(b, c.Value...)
		}
	}
	return bytes.ReplaceAll(b, []byte("\n"), []byte(" "))
}

// Languages of code spans, which only color them: a{:js}, #!py a.
var (
	spanSuffix = regexp.MustCompile(`\{:[\w.-]+\}$`)
	spanPrefix = regexp.MustCompile(`^(?:#!|:::)\w+ +`)
)

// codeSpan is the code of a span.
func (r *reader) codeSpan(n *ast.CodeSpan) []byte {
	code := r.rawText(n)
	switch {
	case r.dialect.has(suffixes):
		code = spanSuffix.ReplaceAll(code, nil)
	case r.dialect.Framework == "mkdocs":
		code = spanPrefix.ReplaceAll(code, nil)
	}
	return code
}

// appendCodeSpan appends a code span between as many backticks as it needs.
func appendCodeSpan(b, code []byte) []byte {
	fence := strings.Repeat("`", 1)
	for bytes.Contains(code, []byte("`")) && hasRun(code, len(fence)) {
		fence += "`"
	}
	pad := ""
	if bytes.HasPrefix(code, []byte("`")) || bytes.HasSuffix(code, []byte("`")) {
		pad = " "
	}
	b = append(append(b, fence...), pad...)
	return append(append(append(b, code...), pad...), fence...)
}

// hasRun reports whether code holds a run of exactly n backticks.
func hasRun(code []byte, n int) bool {
	for run := range bytes.FieldsFuncSeq(code, func(r rune) bool { return r != '`' }) {
		if len(run) == n {
			return true
		}
	}
	return false
}

// parts gives the inline content of a heading or a link in the parts that
// anchors are made of.
func (r *reader) parts(n ast.Node) []site.Part {
	var parts []site.Part
	depth := 0
	ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if c == n {
			return ast.WalkContinue, nil
		}
		if _, image := c.(*ast.Image); image {
			if entering {
				depth++
			} else {
				depth--
			}
			return ast.WalkContinue, nil
		}
		if !entering {
			return ast.WalkContinue, nil
		}
		part, status := r.part(c)
		if part.Kind == site.PartText && depth > 0 {
			part.Kind = site.PartImage
		}
		if part.Text != "" {
			parts = append(parts, part)
		}
		return status, nil
	})
	return parts
}

func (r *reader) part(n ast.Node) (site.Part, ast.WalkStatus) {
	switch n := n.(type) {
	case *ast.Text:
		text := plain(n.Value(r.src), n.IsRaw())
		if n.SoftLineBreak() || n.HardLineBreak() {
			text += " "
		}
		return site.Part{Kind: site.PartText, Text: text}, ast.WalkContinue
	case *ast.String:
		return site.Part{Kind: site.PartText, Text: string(n.Value)}, ast.WalkContinue
	case *ast.AutoLink:
		return site.Part{Kind: site.PartText, Text: string(n.Label(r.src))}, ast.WalkContinue
	case *ast.CodeSpan:
		return site.Part{Kind: site.PartCode, Text: string(r.codeSpan(n))}, ast.WalkSkipChildren
	case *shownText:
		return site.Part{Kind: site.PartText, Text: n.slug}, ast.WalkSkipChildren
	case *ast.RawHTML:
		return site.Part{Kind: site.PartHTML, Text: string(n.Segments.Value(r.src))}, ast.WalkContinue
	}
	return site.Part{}, ast.WalkContinue
}

// plain resolves escapes and entities.
func plain(raw []byte, isRaw bool) string {
	if isRaw || bytes.IndexByte(raw, '\\') < 0 && bytes.IndexByte(raw, '&') < 0 {
		return string(raw)
	}
	return html.UnescapeString(string(util.UnescapePunctuations(raw)))
}

// destination is where a link leads, escapes and entities resolved.
func destination(raw []byte) string { return plain(raw, false) }

// link notes where a link leads; the page's end resolves it.
func (r *reader) link(url, words string, n ast.Node) {
	at := 0
	if pos := inlinePos(n); pos >= 0 {
		at, url = r.line(pos), r.rebased(url, pos)
	}
	r.linkAt(url, words, at)
}

func (r *reader) linkAt(url, words string, line int) {
	s := r.section()
	l := docent.Link{Text: words, URL: url, Line: line}
	if r.noteLine > 0 {
		l.Line = r.noteLine
	}
	s.Links = append(s.Links, l)
}
