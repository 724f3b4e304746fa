package ingest

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// directive is a container with a name: a note, a tab, a box. Its first child
// is its title, if it has one. Frameworks write them in different ways:
//
//	:::note[A title]      !!! note "A title"      /// note | A title
//	Text.                     Text.               Text.
//	:::                                           ///
type directive struct {
	ast.BaseBlock
	name    string // in lower case; "" where there is none
	mark    byte   // of the lines around it; 0 where it has none
	size    int    // how many marks opened it
	leaf    bool   // it has no content: what opened it is never closed
	said    bool   // it is an admonition whatever its name
	myst    bool   // it is one of MyST's
	inYAML  bool   // its settings are being read
	indent  int    // of what it holds, where that tells its end
	options map[string]string
}

var kindDirective = ast.NewNodeKind("Directive")

// Kind implements ast.Node.
func (d *directive) Kind() ast.NodeKind { return kindDirective }

// Dump implements ast.Node.
func (d *directive) Dump(src []byte, level int) {
	ast.DumpHelper(d, src, level, map[string]string{"Name": d.name}, nil)
}

// entitle gives d a title, which stands in the source.
func (d *directive) entitle(from, to int) {
	if from >= to {
		return
	}
	title := ast.NewTextBlock()
	title.SetPos(from)
	title.Lines().Append(text.NewSegment(from, to))
	d.AppendChild(d, title)
}

// fencedDirectives parses directives between lines of marks.
type fencedDirectives struct {
	mark byte
	line *regexp.Regexp // groups: marks, name, name, title, title
}

// Lines that open a directive: :::note[Title], ::: tip Title, :::{note} Title,
// ::: {.class}; /// note | Title.
var (
	colonLine = regexp.MustCompile(`^(:{3,})[ \t]*(?:\{([A-Za-z][\w-]*)\}|([A-Za-z][\w./-]*))?[ \t]*(?:\[(.*?)\])?[ \t]*(?:\{[^{}]*\})?[ \t]*(.*?)[ \t]*(?:\{[^{}]*\})?[ \t]*\n?$`)
	slashLine = regexp.MustCompile(`^(/{3,})[ \t]*(?:()([A-Za-z][\w-]*))[ \t]*(?:\|[ \t]*()(.*?))?[ \t]*\n?$`)
)

var (
	colonDirectives = fencedDirectives{':', colonLine}
	slashDirectives = fencedDirectives{'/', slashLine}
)

// Trigger implements parser.BlockParser.
func (p fencedDirectives) Trigger() []byte { return []byte{p.mark} }

// Open implements parser.BlockParser.
func (p fencedDirectives) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || runOf(line[pos:], p.mark) < 3 {
		return nil, parser.NoChildren
	}
	m := p.line.FindSubmatchIndex(line[pos:])
	if m == nil {
		return nil, parser.NoChildren
	}
	d := &directive{mark: p.mark, size: m[3] - m[2]}
	for _, i := range []int{4, 6} {
		if m[i] >= 0 && m[i] < m[i+1] {
			d.name = string(line[pos+m[i] : pos+m[i+1]])
		}
	}
	from := seg.Start - seg.Padding + pos
	for _, i := range []int{8, 10} {
		if m[i] >= 0 && m[i] < m[i+1] {
			d.entitle(from+m[i], from+m[i+1])
			break
		}
	}
	reader.AdvanceToEOL()
	bare := m[3] == len(bytes.TrimSpace(line[pos:]))
	if d.leaf = bare || tooDeep(pc) || seg.Stop > p.lastEnd(reader.Source(), pc); d.leaf {
		return d, parser.NoChildren
	}
	d.name = strings.ToLower(d.name)
	return d, parser.HasChildren
}

// tooDeep reports whether so many blocks are open that no further one should
// be: each is asked about every line.
func tooDeep(pc parser.Context) bool { return len(pc.OpenedBlocks()) >= maxDepth }

// lastEnds has where the page's last line of marks stands, by mark.
var lastEnds = parser.NewContextKey()

// lastEnd gives the offset of the last line that is nothing but marks.
func (p fencedDirectives) lastEnd(src []byte, pc parser.Context) int {
	ends := pc.ComputeIfAbsent(lastEnds, func() any { return map[byte]int{} }).(map[byte]int)
	if at, ok := ends[p.mark]; ok {
		return at
	}
	marks := bytes.Repeat([]byte{p.mark}, 3)
	at := len(src)
	for at >= 0 {
		if at = bytes.LastIndex(src[:at], marks); at < 0 {
			break
		}
		start := 1 + bytes.LastIndexByte(src[:at], '\n')
		line, _, _ := bytes.Cut(src[start:], []byte("\n"))
		if bare := bytes.Trim(line, " \t>"); len(bytes.Trim(bare, string(p.mark))) == 0 {
			at = start
			break
		}
		at = start
	}
	ends[p.mark] = at
	return at
}

// Continue implements parser.BlockParser.
func (p fencedDirectives) Continue(n ast.Node, reader text.Reader, pc parser.Context) parser.State {
	d := n.(*directive)
	if d.leaf {
		return parser.Close
	}
	line, _ := reader.PeekLine()
	if bare := bytes.TrimSpace(line); runOf(bare, p.mark) == len(bare) && len(bare) >= 3 && closed(pc.OpenedBlocks(), p.mark, len(bare)) == d {
		reader.AdvanceToEOL()
		return parser.Close
	}
	if d.option(p.mark, line) {
		reader.AdvanceToEOL()
		return parser.Continue
	}
	return parser.Continue | parser.HasChildren
}

// blockOption is a line of settings below /// name.
var blockOption = regexp.MustCompile(`^(?: {4}|\t)[ \t]*(\w+):[ \t]*(.*?)\s*$`)

// option takes in a line of settings, which stand before the content.
func (d *directive) option(mark byte, line []byte) bool {
	if last := d.LastChild(); mark != '/' || last != nil && last.Kind() != ast.KindTextBlock {
		return false
	}
	m := blockOption.FindSubmatch(line)
	if m != nil && string(m[1]) == "type" {
		d.name = strings.ToLower(string(m[2]))
	}
	return m != nil
}

// closed gives the directive that a line of so many marks closes: the
// innermost with as many, or else with fewer. nil where it closes none, or
// stands in code.
func closed(open []parser.Block, mark byte, size int) (found *directive) {
	for _, b := range open {
		switch n := b.Node.(type) {
		case *ast.FencedCodeBlock:
			return nil
		case *directive:
			if n.mark == mark && (n.size == size || n.size < size && (found == nil || found.size != size)) {
				found = n
			}
		}
	}
	return found
}

// runOf counts the marks that b begins with.
func runOf(b []byte, mark byte) int { return len(b) - len(bytes.TrimLeft(b, string(mark))) }

// Close implements parser.BlockParser.
func (fencedDirectives) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (fencedDirectives) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (fencedDirectives) CanAcceptIndentedLine() bool { return false }
