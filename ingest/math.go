package ingest

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// readMath reads a formula between dollars, as TeX has it. What holds no sign
// of TeX may as well be two prices, and looks the same as text.
func readMath(rest, _ []byte, _ text.Reader, _ parser.Context) *shownText {
	mark := runOf(rest, '$')
	if mark > 2 || len(rest) < 2*mark+1 || mark == 1 && isSpace(rest[1]) {
		return nil
	}
	for at := mark; at < len(rest); at++ {
		switch {
		case rest[at] == '\\':
			at++
		case rest[at] != '$':
		case runOf(rest[at:], '$') != mark || mark == 1 && isSpace(rest[at-1]),
			at+mark < len(rest) && rest[at+mark] >= '0' && rest[at+mark] <= '9':
			return nil
		case bytes.ContainsAny(rest[mark:at], "\\^_{*"):
			formula := string(rest[:at+mark])
			return &shownText{size: len(formula), text: formula, slug: formula}
		default:
			return nil
		}
	}
	return nil
}

// mathBlock is a formula on lines of its own.
type mathBlock struct{ ast.BaseBlock }

var kindMathBlock = ast.NewNodeKind("MathBlock")

// Kind implements ast.Node.
func (*mathBlock) Kind() ast.NodeKind { return kindMathBlock }

// Dump implements ast.Node.
func (b *mathBlock) Dump(src []byte, level int) { ast.DumpHelper(b, src, level, nil, nil) }

// IsRaw implements ast.Node: TeX is no Markdown.
func (*mathBlock) IsRaw() bool { return true }

// mathBlocks parses formulas between lines with $$, whole lines of them.
type mathBlocks struct{}

// Trigger implements parser.BlockParser.
func (mathBlocks) Trigger() []byte { return []byte{'$'} }

// Open implements parser.BlockParser.
func (mathBlocks) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || runOf(line[pos:], '$') != 2 {
		return nil, parser.NoChildren
	}
	b := &mathBlock{}
	rest := bytes.TrimSpace(line[pos+2:])
	if n := bytes.Index(rest, []byte("$$")); n >= 0 && n+2 < len(rest) || n < 0 && !closesMath(reader.Source(), seg.Stop, pc) {
		return nil, parser.NoChildren
	}
	b.Lines().Append(text.NewSegment(seg.Start+pos, seg.Stop))
	reader.AdvanceToEOL()
	return b, parser.NoChildren
}

// lastMath is where the page's last $$ stands.
var lastMath = parser.NewContextKey()

// closesMath reports whether the formula that begins before at has an end,
// with no more than one empty line in between.
func closesMath(src []byte, at int, pc parser.Context) bool {
	last := pc.ComputeIfAbsent(lastMath, func() any { return bytes.LastIndex(src, []byte("$$")) }).(int)
	if last < at {
		return false
	}
	formula := src[at : at+bytes.Index(src[at:], []byte("$$"))]
	empty := 0
	for line := range bytes.Lines(formula) {
		if len(bytes.TrimSpace(line)) == 0 {
			empty++
		}
	}
	return empty < 2
}

// Continue implements parser.BlockParser.
func (mathBlocks) Continue(n ast.Node, reader text.Reader, _ parser.Context) parser.State {
	first := n.Lines().At(0)
	last := n.Lines().At(n.Lines().Len() - 1)
	text := bytes.TrimSpace(last.Value(reader.Source()))
	if bytes.HasSuffix(text, []byte("$$")) && (last.Start != first.Start || len(text) > 2) {
		return parser.Close
	}
	_, seg := reader.PeekLine()
	n.Lines().Append(seg)
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

// Close implements parser.BlockParser.
func (mathBlocks) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (mathBlocks) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (mathBlocks) CanAcceptIndentedLine() bool { return false }
