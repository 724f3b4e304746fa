package ingest

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"

	"docent"
	"docent/ingest/site"
)

// block writes a block of the page's top level.
func (r *reader) block(n ast.Node) {
	if r.inComment && n.Kind() != ast.KindHTMLBlock {
		r.commentedOut(n)
		return
	}
	before := r.before
	r.before = r.onlyAnchors(n)
	switch n := n.(type) {
	case *ast.Heading:
		line, _ := r.span(n)
		r.before = before
		r.heading(site.Heading{Level: n.Level, Parts: r.parts(n), Raw: r.asWritten(n), Labels: r.labels(n)}, line, true)
		r.inHeading = true
		r.words(n) // for its links and footnotes
		r.inHeading = false
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		if !r.mystRaw(n) {
			r.codeBlock(n, "")
		}
	case *extast.Table:
		r.tableEntries(n)
	case *ast.List:
		r.list(n)
	case *ast.Blockquote:
		text, kind := r.quote(n)
		r.add(kind, text, "", n)
	case *extast.DefinitionList:
		r.definitions(n)
	case *ast.HTMLBlock:
		r.html(n, true)
	case *directive:
		r.directive(n)
	case *apiBlock:
		r.api(n)
	case *ast.Paragraph:
		if text := r.words(n); !isContents(text) {
			r.add(docent.BlockParagraph, text, "", n)
		}
	default:
		r.add(docent.BlockParagraph, r.nested(n), "", n)
	}
}

// onlyAnchors gives the tags of a paragraph that has nothing else; nil for
// other blocks.
func (r *reader) onlyAnchors(n ast.Node) []site.Part {
	if _, ok := n.(*ast.Paragraph); !ok {
		return nil
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if text, ok := c.(*ast.Text); ok && len(bytes.TrimSpace(text.Value(r.src))) == 0 {
			continue
		}
		if _, ok := c.(*ast.RawHTML); !ok {
			return nil
		}
	}
	return r.parts(n)
}

// commentedOut takes in a block within an HTML comment: no more of it is shown
// than what follows the comment's end.
func (r *reader) commentedOut(n ast.Node) {
	from, to := extent(n, 0)
	if from < 0 || !bytes.Contains(r.src[from:to], []byte("-->")) {
		return
	}
	r.inComment = false
	if _, ok := n.(*ast.Paragraph); ok {
		_, text, _ := strings.Cut(r.words(n), "-->")
		r.add(docent.BlockParagraph, strings.TrimSpace(text), "", n)
	}
}

// labels are the names that lines beside a heading give it.
func (r *reader) labels(n ast.Node) []string {
	if len(r.source.names) == 0 || n.Lines().Len() == 0 {
		return nil
	}
	return r.source.names[r.srcLine(n.Lines().At(0).Start)]
}

// asWritten gives the lines of a block byte for byte.
func (r *reader) asWritten(n ast.Node) string {
	lines := n.Lines()
	if lines.Len() == 1 {
		at := lines.At(0)
		return string(at.Value(r.src))
	}
	return string(lines.Value(r.src))
}

// nested gives a block as text, for within another one.
func (r *reader) nested(n ast.Node) string {
	if r.depth++; r.depth > maxDepth {
		defer func() { r.depth-- }()
		return r.flat(n)
	}
	defer func() { r.depth-- }()
	switch n := n.(type) {
	case *ast.Heading:
		line, _ := r.span(n)
		words := r.heading(site.Heading{Level: n.Level, Parts: r.parts(n), Raw: r.asWritten(n), Labels: r.labels(n)}, line, false)
		r.inHeading = true
		r.words(n)
		r.inHeading = false
		if words == "" {
			return ""
		}
		return "**" + words + "**"
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		code := r.code(n)
		if code.title != "" && code.text != "" {
			return called(code.title) + "\n\n" + code.text
		}
		return code.text
	case *extast.Table:
		return r.table(n, nil)
	case *ast.List:
		return r.items(n)
	case *ast.Blockquote:
		text, _ := r.quote(n)
		return text
	case *ast.HTMLBlock:
		return r.html(n, false)
	case *directive:
		return r.nestedDirective(n)
	case *apiBlock:
		return "`" + n.name + "`"
	case *mathBlock:
		return strings.TrimSpace(string(n.Lines().Value(r.src)))
	case *ast.ThematicBreak, *ast.LinkReferenceDefinition, *extast.FootnoteList:
		return ""
	case *ast.Paragraph, *ast.TextBlock:
		return r.words(n)
	case *extast.DefinitionList:
		var all []string
		for t := n.FirstChild(); t != nil; {
			var text string
			if text, t = r.definition(t); text != "" {
				all = append(all, text)
			}
		}
		return strings.Join(all, "\n\n")
	}
	return r.children(n)
}

// isContents reports whether a paragraph only says where a table of contents
// goes.
func isContents(text string) bool {
	switch strings.ToLower(text) {
	case "[toc]", "[[toc]]", "[[_toc_]]", "{:toc}", "${toc}":
		return true
	}
	return false
}

// flat gives the words of a block that nests too deep for its form.
func (r *reader) flat(n ast.Node) string {
	var parts []string
	ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || n.Type() == ast.TypeInline {
			return ast.WalkSkipChildren, nil
		}
		switch n.(type) {
		case *ast.Paragraph, *ast.TextBlock, *ast.Heading:
			parts = append(parts, r.words(n))
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			parts = append(parts, r.code(n).text)
		}
		return ast.WalkContinue, nil
	})
	return strings.Join(parts, "\n\n")
}

// children gives the blocks within n. In a tight list nothing stands between
// an item's words and the list below them.
func (r *reader) children(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		text := r.nested(c)
		if text == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
			if list, ok := c.(*ast.List); !ok || !list.IsTight {
				b.WriteString("\n")
			}
		}
		b.WriteString(text)
	}
	return b.String()
}
