package ingest

import (
	"bytes"
	"fmt"
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"docent"
)

// apiBlock names a part of a program, whose documentation stands in the
// program and on the built site alone:
//
//	::: package.module.Class
//	    options:
//	      members: true
type apiBlock struct {
	ast.BaseBlock
	name string
}

var kindAPIBlock = ast.NewNodeKind("APIBlock")

// Kind implements ast.Node.
func (*apiBlock) Kind() ast.NodeKind { return kindAPIBlock }

// Dump implements ast.Node.
func (b *apiBlock) Dump(src []byte, level int) {
	ast.DumpHelper(b, src, level, map[string]string{"Name": b.name}, nil)
}

// IsRaw implements ast.Node: its settings are no text.
func (*apiBlock) IsRaw() bool { return true }

type apiParser struct{}

var apiLine = regexp.MustCompile(`^:::[ \t]+([\pL_][\pL\pN_./:-]*)[ \t]*\n?$`)

// Trigger implements parser.BlockParser.
func (apiParser) Trigger() []byte { return []byte{':'} }

// Open implements parser.BlockParser.
func (apiParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || !bytes.HasPrefix(line[pos:], []byte(":::")) {
		return nil, parser.NoChildren
	}
	m := apiLine.FindSubmatch(line[pos:])
	if m == nil {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return &apiBlock{name: string(m[1])}, parser.NoChildren
}

// Continue implements parser.BlockParser.
func (apiParser) Continue(_ ast.Node, reader text.Reader, _ parser.Context) parser.State {
	if continueIndented(4, reader)&parser.Continue == 0 {
		return parser.Close
	}
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

// Close implements parser.BlockParser.
func (apiParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (apiParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (apiParser) CanAcceptIndentedLine() bool { return false }

// api writes the name, under which the site has an anchor, and says that there
// is more.
func (r *reader) api(b *apiBlock) {
	r.page.anchors[b.name] = true
	r.add(docent.BlockParagraph, "`"+b.name+"`", "", b)
	r.source.warn(r.srcLine(max(b.Pos(), 0)), fmt.Sprintf("the documentation of %s is only on the built site: add its HTML as a source", b.name))
}
