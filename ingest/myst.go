package ingest

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// mystDirectives parses directives that are written as code blocks:
//
//	```{note} A title
//	:class: wide
//
//	Text.
//	```
type mystDirectives struct {
	mark byte
	wary bool // names that are not known are no directives
}

// mystLine opens one.
var mystLine = regexp.MustCompile("^(`{3,}|~{3,}|:{3,})[ \t]*\\{([A-Za-z][\\w:.+-]*)\\}[ \t]*(.*?)[ \t]*\n?$")

// rawDirectives hold no Markdown: they stay code blocks.
var rawDirectives = map[string]bool{
	"code": true, "code-block": true, "code-cell": true, "sourcecode": true, "math": true, "mermaid": true, "graphviz": true, "plantuml": true,
	"csv-table": true, "toctree": true, "contents": true, "eval-rst": true, "raw": true, "image": true, "index": true, "bibliography": true,
	"tableofcontents": true, "highlight": true, "glossary": true, "meta": true, "role": true, "default-role": true, "parsed-literal": true,
	"literalinclude": true, "include": true, "currentmodule": true, "module": true, "doctest": true, "testcode": true, "testoutput": true, "digraph": true,
	"graph": true, "tab-toctree": true, "list-figures": true, "list-table-of-figures": true,
}

// Trigger implements parser.BlockParser.
func (p mystDirectives) Trigger() []byte { return []byte{p.mark} }

// Open implements parser.BlockParser.
func (p mystDirectives) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || runOf(line[pos:], p.mark) < 3 || bytes.IndexByte(line, '{') < 0 {
		return nil, parser.NoChildren
	}
	m := mystLine.FindSubmatchIndex(line[pos:])
	if m == nil {
		return nil, parser.NoChildren
	}
	from := seg.Start - seg.Padding + pos
	name := strings.ToLower(string(line[pos+m[4] : pos+m[5]]))
	if rawDirectives[name[strings.LastIndexByte(name, ':')+1:]] {
		if p.mark != ':' {
			return nil, parser.NoChildren
		}
		code := ast.NewFencedCodeBlock(ast.NewTextSegment(text.NewSegment(from+m[4]-1, from+m[7])))
		code.SetAttributeString("fence", bytes.Clone(line[pos+m[2]:pos+m[3]]))
		reader.AdvanceToEOL()
		return code, parser.NoChildren
	}
	if p.wary && !isMyST(name) {
		return nil, parser.NoChildren
	}
	if short := mystNames[name[strings.LastIndexByte(name, ':')+1:]]; short != "" {
		name = short
	}
	d := &directive{name: name, mark: p.mark, size: m[3] - m[2], myst: true}
	d.entitle(from+m[6], from+m[7])
	reader.AdvanceToEOL()
	if d.leaf = tooDeep(pc); d.leaf {
		return d, parser.NoChildren
	}
	return d, parser.HasChildren
}

// Continue implements parser.BlockParser.
func (p mystDirectives) Continue(n ast.Node, reader text.Reader, pc parser.Context) parser.State {
	line, seg := reader.PeekLine()
	bare := bytes.TrimSpace(line)
	marks := runOf(bare, p.mark) == len(bare) && len(bare) >= 3
	if code, ok := n.(*ast.FencedCodeBlock); ok {
		fence, _ := code.AttributeString("fence")
		if marks && bytes.HasPrefix(bare, fence.([]byte)) {
			reader.AdvanceToEOL()
			return parser.Close
		}
		code.Lines().Append(seg)
		reader.AdvanceToEOL()
		return parser.Continue | parser.NoChildren
	}
	d := n.(*directive)
	if d.leaf {
		return parser.Close
	}
	if marks && closed(pc.OpenedBlocks(), p.mark, len(bare)) == d {
		reader.AdvanceToEOL()
		return parser.Close
	}
	if d.mystOption(bare) {
		reader.AdvanceToEOL()
		return parser.Continue
	}
	return parser.Continue | parser.HasChildren
}

// yamlOption is a setting between lines with ---.
var yamlOption = regexp.MustCompile(`^([\w-]+):[ \t]*(.*)$`)

// mystOption takes in a line of settings, which stand before the content.
func (d *directive) mystOption(bare []byte) bool {
	if last := d.LastChild(); last != nil && last.Kind() != ast.KindTextBlock {
		return false
	}
	if string(bare) == "---" {
		d.inYAML = !d.inYAML && d.options == nil
		return d.inYAML || d.options != nil
	}
	pattern := fieldLine
	if d.inYAML {
		pattern = yamlOption
	}
	m := pattern.FindSubmatch(bare)
	if m == nil {
		return d.inYAML
	}
	if d.options == nil {
		d.options = map[string]string{}
	}
	d.options[string(m[1])] = strings.Trim(string(m[2]), `"'`)
	return true
}

// Close implements parser.BlockParser.
func (mystDirectives) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (mystDirectives) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (mystDirectives) CanAcceptIndentedLine() bool { return false }
