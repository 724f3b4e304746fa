package ingest

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"

	"docent"
	"docent/ingest/site"
)

// alert is the first line of an admonition, [!NOTE] and perhaps a title.
var alert = regexp.MustCompile(`^\[!(\pL+)\][-+]?[ \t]*(.*?)\s*$`)

// quote gives a block quote as text, or an admonition with its label.
func (r *reader) quote(n *ast.Blockquote) (text string, kind docent.BlockKind) {
	if opening := r.label(n); opening != "" {
		if text = r.children(n); text == "" {
			return opening, docent.BlockAdmonition
		}
		return joinWords(opening, text), docent.BlockAdmonition
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

// labelled puts a label before text, on a line of its own where the text
// begins with a list, code or a table.
func labelled(label, text string) string {
	switch {
	case text == "":
		return label + ":"
	case strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "```") || strings.HasPrefix(text, "|") || orderedMark.MatchString(text):
		return label + ":\n\n" + text
	}
	return label + ": " + text
}

var orderedMark = regexp.MustCompile(`^\d+[.)] `)

// label takes the line [!NOTE] off a quote and gives the words that open the
// admonition; "" where there is none.
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
	return labelAndTitle(site.Readable(strings.ToLower(string(m[1]))), string(m[2]))
}

// inlinePos is where an inline node begins; -1 where that is unknown.
func inlinePos(n ast.Node) int {
	if t, ok := n.(*ast.Text); ok {
		return t.Segment.Start
	}
	return n.Pos()
}
