package ingest

import (
	"bytes"
	"regexp"
	"strconv"
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
	switch n := n.(type) {
	case *ast.Heading:
		line, _ := r.span(n)
		r.heading(site.Heading{Level: n.Level, Parts: r.parts(n)}, line, true)
		r.inHeading = true
		r.words(n) // for its links and footnotes
		r.inHeading = false
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		text, lang := r.code(n)
		r.add(docent.BlockCode, text, lang, n)
	case *extast.Table:
		r.add(docent.BlockTable, r.table(n), "", n)
	case *ast.List:
		r.list(n)
	case *ast.Blockquote:
		text, kind := r.quote(n)
		r.add(kind, text, "", n)
	case *extast.DefinitionList:
		r.definitions(n)
	case *ast.HTMLBlock:
		r.html(n, true)
	default:
		r.add(docent.BlockParagraph, r.nested(n), "", n)
	}
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
		words := r.heading(site.Heading{Level: n.Level, Parts: r.parts(n)}, line, false)
		r.inHeading = true
		r.words(n)
		r.inHeading = false
		if words == "" {
			return ""
		}
		return "**" + words + "**"
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		text, _ := r.code(n)
		return text
	case *extast.Table:
		return r.table(n)
	case *ast.List:
		return r.items(n)
	case *ast.Blockquote:
		text, _ := r.quote(n)
		return text
	case *ast.HTMLBlock:
		return r.html(n, false)
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
			text, _ := r.code(n)
			parts = append(parts, text)
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

// code gives a code block byte for byte, between fences that it does not
// hold itself.
func (r *reader) code(n ast.Node) (text, lang string) {
	if f, ok := n.(*ast.FencedCodeBlock); ok {
		lang = language(string(f.Language(r.src)))
	}
	var b bytes.Buffer
	lines := n.Lines()
	for i := range lines.Len() {
		seg := lines.At(i)
		b.Write(seg.Value(r.src))
	}
	content := b.Bytes()
	if len(bytes.TrimSpace(content)) == 0 {
		return "", ""
	}
	if _, indented := n.(*ast.CodeBlock); indented {
		content = bytes.TrimRight(content, "\n")
	}
	fence := strings.Repeat("`", max(3, longestRun(content, '`')+1))
	end := "\n"
	if bytes.HasSuffix(content, []byte("\n")) {
		end = ""
	}
	return fence + lang + "\n" + string(content) + end + fence, lang
}

// language is the first word of an info string, without the settings that
// some renderers glue to it: ts{1,3}, js:line-numbers.
func language(info string) string {
	if i := strings.IndexAny(info, "{,:`\t"); i >= 0 {
		info = info[:i]
	}
	return info
}

func longestRun(b []byte, c byte) int {
	longest, run := 0, 0
	for _, x := range b {
		if run++; x != c {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// list writes a list. Code and tables in its items become blocks of their own
// between the items: there they are found as code, and stay whole.
func (r *reader) list(list *ast.List) {
	w := listWriter{r: r}
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		w.mark = marker(list, number)
		w.indent, w.begun = len(w.mark), false
		for c := item.FirstChild(); c != nil; c = c.NextSibling() {
			w.write(c)
		}
		number++
	}
	w.flush()
}

// listWriter gathers items until a block comes between them.
type listWriter struct {
	r           *reader
	items       []string
	first, last ast.Node
	mark        string // of the item that is being read
	indent      int    // of what follows in it
	begun       bool   // whether something of it was written
}

// write takes in a block of an item.
func (w *listWriter) write(n ast.Node) {
	switch n.(type) {
	case *ast.FencedCodeBlock, *ast.CodeBlock, *extast.Table:
		w.flush()
		w.r.block(n)
		w.begun = true
		return
	}
	if w.begun && len(w.items) == 0 {
		w.r.block(n) // what follows code within an item
		return
	}
	text := w.r.nested(n)
	if text == "" {
		return
	}
	if len(w.items) == 0 {
		w.first = n
	}
	w.last = n
	if !w.begun {
		w.items, w.begun = append(w.items, w.mark+indent(text, w.indent)), true
		return
	}
	joint := "\n\n"
	if sub, ok := n.(*ast.List); ok && sub.IsTight {
		joint = "\n"
	}
	w.items[len(w.items)-1] += joint + blanks(w.indent) + indent(text, w.indent)
}

// flush writes the items so far.
func (w *listWriter) flush() {
	if len(w.items) > 0 {
		w.r.addSpan(docent.BlockList, joinItems(w.items), w.first, w.last)
	}
	w.items = nil
}

// items gives a list as text.
func (r *reader) items(list *ast.List) string {
	var all []string
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		mark := marker(list, number)
		number++
		if text := r.children(item); text != "" {
			all = append(all, mark+indent(text, len(mark)))
		}
	}
	return joinItems(all)
}

// joinItems puts an empty line after an item of several paragraphs.
func joinItems(items []string) string {
	var b strings.Builder
	for i, item := range items {
		if i > 0 {
			b.WriteString("\n")
			if strings.Contains(items[i-1], "\n\n") {
				b.WriteString("\n")
			}
		}
		b.WriteString(item)
	}
	return b.String()
}

func marker(list *ast.List, number int) string {
	if list.IsOrdered() {
		return strconv.Itoa(number) + string(list.Marker) + " "
	}
	return "- "
}

func blanks(n int) string { return strings.Repeat(" ", n) }

// indent moves all lines but the first to the right.
func indent(text string, by int) string {
	if !strings.Contains(text, "\n") {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if i > 0 && line != "" {
			lines[i] = blanks(by) + line
		}
	}
	return strings.Join(lines, "\n")
}

// alert is the first line of an admonition, [!NOTE] and perhaps a title.
var alert = regexp.MustCompile(`^\[!(\pL+)\][-+]?[ \t]*(.*?)\s*$`)

// quote gives a block quote as text, or an admonition with its label.
func (r *reader) quote(n *ast.Blockquote) (text string, kind docent.BlockKind) {
	if label := r.label(n); label != "" {
		text := r.children(n)
		switch {
		case text == "":
			return label + ":", docent.BlockAdmonition
		case strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "```") || strings.HasPrefix(text, "|") || orderedMark.MatchString(text):
			return label + ":\n\n" + text, docent.BlockAdmonition
		}
		return label + ": " + text, docent.BlockAdmonition
	}
	text = r.children(n)
	if text == "" {
		return "", docent.BlockQuote
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight("> "+line, " ")
	}
	return strings.Join(lines, "\n"), docent.BlockQuote
}

var orderedMark = regexp.MustCompile(`^\d+[.)] `)

// label takes the line [!NOTE] off a quote and gives what it says; "" where
// there is none.
func (r *reader) label(n *ast.Blockquote) string {
	p, ok := n.FirstChild().(*ast.Paragraph)
	if !ok || p.Lines().Len() == 0 {
		return ""
	}
	line := p.Lines().At(0)
	m := alert.FindSubmatch(line.Value(r.src))
	if m == nil {
		return ""
	}
	for c := p.FirstChild(); c != nil && inlinePos(c) < line.Stop; c = p.FirstChild() {
		p.RemoveChild(p, c)
	}
	if len(m[2]) > 0 {
		return strings.TrimSuffix(string(m[2]), ":")
	}
	return site.Readable(strings.ToLower(string(m[1])))
}

// inlinePos is where an inline node begins; -1 where that is unknown.
func inlinePos(n ast.Node) int {
	if t, ok := n.(*ast.Text); ok {
		return t.Segment.Start
	}
	return n.Pos()
}

// definitions writes each term with what defines it.
func (r *reader) definitions(list ast.Node) {
	for n := list.FirstChild(); n != nil; {
		text, next := r.definition(n)
		last := list.LastChild()
		if next != nil {
			last = next.PreviousSibling()
		}
		if text != "" {
			r.addSpan(docent.BlockDefinition, text, n, last)
		}
		n = next
	}
}

// definition gives the terms from n on with the definitions that follow them,
// and the node after these.
func (r *reader) definition(n ast.Node) (text string, next ast.Node) {
	var terms, meanings []string
	for ; n != nil && n.Kind() == extast.KindDefinitionTerm; n = n.NextSibling() {
		if t := r.words(n); t != "" {
			if !strings.HasPrefix(t, "*") {
				t = "**" + t + "**"
			}
			terms = append(terms, t)
		}
	}
	for ; n != nil && n.Kind() != extast.KindDefinitionTerm; n = n.NextSibling() {
		if t := r.children(n); t != "" {
			meanings = append(meanings, t)
		}
	}
	text = strings.Join(terms, ", ")
	switch {
	case len(meanings) == 0:
	case len(meanings) == 1 && !strings.HasPrefix(meanings[0], "```"):
		text += ": " + meanings[0]
	default:
		text += ":"
		for _, m := range meanings {
			text += "\n- " + indent(m, 2)
		}
	}
	return text, n
}
