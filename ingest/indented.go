package ingest

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// indentedDirectives parses directives whose content is indented by four
// columns: notes (!!!, and ??? where they can be folded) and tabs (===).
type indentedDirectives struct{}

// indentedLine opens one: !!! note inline end "Title", ???+ tip, === "Tab".
var indentedLine = regexp.MustCompile(`^(?:(?:!!!|\?\?\?\+?)[ \t]*([A-Za-z][\w-]*)((?:[ \t]+[A-Za-z][\w-]*)*)(?:[ \t]+"(.*)")?|===[!+]*[ \t]+"(.+)")[ \t]*\n?$`)

// Trigger implements parser.BlockParser.
func (indentedDirectives) Trigger() []byte { return []byte{'!', '?', '='} }

// Open implements parser.BlockParser.
func (indentedDirectives) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || runOf(line[pos:], line[pos]) < 3 {
		return nil, parser.NoChildren
	}
	m := indentedLine.FindSubmatchIndex(line[pos:])
	if m == nil {
		return nil, parser.NoChildren
	}
	d := &directive{name: "tab", indent: 4}
	if m[2] >= 0 {
		d.name, d.said = strings.ToLower(string(line[pos+m[2]:pos+m[3]])), true
	}
	from := seg.Start - seg.Padding + pos
	for _, i := range []int{6, 8} {
		if m[i] >= 0 {
			d.entitle(from+m[i], from+m[i+1])
		}
	}
	reader.AdvanceToEOL()
	if d.leaf = tooDeep(pc); d.leaf {
		return d, parser.NoChildren
	}
	return d, parser.HasChildren
}

// Continue implements parser.BlockParser.
func (indentedDirectives) Continue(n ast.Node, reader text.Reader, pc parser.Context) parser.State {
	d := n.(*directive)
	if d.leaf {
		return parser.Close
	}
	return continueIndented(d.indent, reader)
}

// continueIndented goes on with a block as long as its lines are indented.
func continueIndented(indent int, reader text.Reader) parser.State {
	line, _ := reader.PeekLine()
	if len(bytes.TrimSpace(line)) == 0 {
		return parser.Continue | parser.HasChildren
	}
	pos, padding := util.IndentPosition(line, reader.LineOffset(), indent)
	if pos < 0 {
		return parser.Close
	}
	reader.AdvanceAndSetPadding(pos, padding)
	return parser.Continue | parser.HasChildren
}

// Close implements parser.BlockParser.
func (indentedDirectives) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (indentedDirectives) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (indentedDirectives) CanAcceptIndentedLine() bool { return false }
