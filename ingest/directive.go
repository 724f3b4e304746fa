package ingest

import (
	"bytes"
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// directive is a container between lines of colons:
//
//	:::note[A title]
//	Text.
//	:::
//
// Its first child is its title, if it has one. A line that opens what is never
// closed is a directive without content.
type directive struct {
	ast.BaseBlock
	name   string // as written; "" where there is none
	colons int
	leaf   bool // it has no content
}

var kindDirective = ast.NewNodeKind("Directive")

// Kind implements ast.Node.
func (d *directive) Kind() ast.NodeKind { return kindDirective }

// Dump implements ast.Node.
func (d *directive) Dump(src []byte, level int) {
	ast.DumpHelper(d, src, level, map[string]string{"Name": d.name}, nil)
}

// directives is the parser's part for them.
var directives = parser.WithBlockParsers(util.Prioritized(directiveParser{}, 50))

type directiveParser struct{}

// directiveLine opens a directive: :::note[Title], ::: tip Title, :::{note}
// Title, ::: {.class}.
var directiveLine = regexp.MustCompile(`^(:{3,})[ \t]*(?:\{([A-Za-z][\w-]*)\}|([A-Za-z][\w./-]*))?[ \t]*(?:\[(.*?)\])?[ \t]*(?:\{[^{}]*\})?[ \t]*(.*?)[ \t]*(?:\{[^{}]*\})?[ \t]*\n?$`)

// directiveEnd is a line that closes one.
var directiveEnd = regexp.MustCompile(`(?m)^[ \t>]*:{3,}[ \t]*$`)

// lastEnd is where the page's last line that closes a directive stands.
var lastEnd = parser.NewContextKey()

// Trigger implements parser.BlockParser.
func (directiveParser) Trigger() []byte { return []byte{':'} }

// Open implements parser.BlockParser.
func (directiveParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || !bytes.HasPrefix(line[pos:], []byte(":::")) {
		return nil, parser.NoChildren
	}
	m := directiveLine.FindSubmatchIndex(line[pos:])
	if m == nil {
		return nil, parser.NoChildren
	}
	d := &directive{colons: m[3] - m[2]}
	for _, i := range []int{4, 6} {
		if m[i] >= 0 {
			d.name = string(line[pos+m[i] : pos+m[i+1]])
		}
	}
	from := seg.Start - seg.Padding + pos
	for _, i := range []int{8, 10} {
		if m[i] >= 0 && m[i] < m[i+1] {
			title := ast.NewTextBlock()
			title.SetPos(from + m[i])
			title.Lines().Append(text.NewSegment(from+m[i], from+m[i+1]))
			d.AppendChild(d, title)
			break
		}
	}
	reader.AdvanceToEOL()
	if d.leaf = m[3] == len(bytes.TrimSpace(line[pos:])) || seg.Stop > endOf(reader.Source(), pc); d.leaf {
		return d, parser.NoChildren
	}
	return d, parser.HasChildren
}

// endOf gives the offset of the last line that closes a directive.
func endOf(src []byte, pc parser.Context) int {
	if at, ok := pc.Get(lastEnd).(int); ok {
		return at
	}
	at := -1
	for _, m := range directiveEnd.FindAllIndex(src, -1) {
		at = m[0]
	}
	pc.Set(lastEnd, at)
	return at
}

// Continue implements parser.BlockParser.
func (directiveParser) Continue(n ast.Node, reader text.Reader, pc parser.Context) parser.State {
	d := n.(*directive)
	if d.leaf {
		return parser.Close
	}
	line, _ := reader.PeekLine()
	if bare := bytes.TrimSpace(line); len(bare) >= 3 && len(bytes.Trim(bare, ":")) == 0 && closed(pc.OpenedBlocks(), len(bare)) == d {
		reader.AdvanceToEOL()
		return parser.Close
	}
	return parser.Continue | parser.HasChildren
}

// closed gives the directive that a line of so many colons closes: the
// innermost with as many, or else with fewer. nil where it closes none, or
// stands in code.
func closed(open []parser.Block, colons int) (found *directive) {
	for _, b := range open {
		switch n := b.Node.(type) {
		case *ast.FencedCodeBlock:
			return nil
		case *directive:
			if n.colons == colons || n.colons < colons && (found == nil || found.colons != colons) {
				found = n
			}
		}
	}
	return found
}

// Close implements parser.BlockParser.
func (directiveParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (directiveParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (directiveParser) CanAcceptIndentedLine() bool { return false }
