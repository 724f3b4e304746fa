package ingest

import (
	"bytes"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Parts of the parser that only some pages need. Each costs time on every
// page that has it.
const (
	withTables = 1 << iota
	withFootnotes
	withWWW
	parserVariants
)

// needs says which of them a page needs.
func needs(src []byte) (variant int) {
	if bytes.IndexByte(src, '|') >= 0 {
		variant |= withTables
	}
	if n := bytes.Count(src, []byte("[^")); n > 0 && n <= maxFootnotes {
		variant |= withFootnotes
	}
	if bytes.Contains(src, []byte("www.")) {
		variant |= withWWW
	}
	return variant
}

// parsers makes a parser for each of the variants, when it is first needed.
func parsers(options ...parser.Option) (all [parserVariants]func() parser.Parser) {
	for variant := range all {
		all[variant] = sync.OnceValue(func() parser.Parser { return newParser(variant, options) })
	}
	return all
}

// newParser parses what GitHub renders, and definition lists.
func newParser(variant int, options []parser.Option) parser.Parser {
	extensions := []goldmark.Extender{extension.Strikethrough, extension.TaskList, extension.DefinitionList}
	if variant&withTables != 0 {
		extensions = append(extensions, extension.Table)
	}
	if variant&withFootnotes != 0 {
		extensions = append(extensions, extension.Footnote)
	}
	p := parser.NewParser(
		parser.WithBlockParsers(parser.DefaultBlockParsers()...),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(newLinks(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewRawHTMLParser(), 400),
			util.Prioritized(parser.NewEmphasisParser(), 500),
			util.Prioritized(bareLinks{www: variant&withWWW != 0}, 999),
		),
		parser.WithParagraphTransformers(util.Prioritized(definitionsOfLinks{}, 100)),
	)
	p.AddOptions(options...)
	return goldmark.New(goldmark.WithParser(p), goldmark.WithExtensions(extensions...)).Parser()
}

// links parses links as goldmark does, until a page has made it search too
// often for an end that is not there.
type links struct {
	parser.InlineParser
	parser.CloseBlocker
}

func newLinks() links {
	l := parser.NewLinkParser()
	return links{l, l.(parser.CloseBlocker)}
}

// wastedLinks counts the bytes of a page that were read for links that are
// none.
var wastedLinks = parser.NewContextKey()

// Parse implements parser.InlineParser.
func (l links) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, seg := block.PeekLine()
	if line[0] != ']' {
		return l.InlineParser.Parse(parent, block, pc)
	}
	wasted, _ := pc.Get(wastedLinks).(int)
	if wasted > maxWasted {
		return nil
	}
	number, _ := block.Position()
	n := l.InlineParser.Parse(parent, block, pc)
	if number > 0 { // its name is looked for from the paragraph's first line on
		wasted += number
	}
	if n == nil && len(line) > 1 && line[1] == '(' {
		wasted += len(block.Source()) - seg.Start
	}
	if wasted > 0 {
		pc.Set(wastedLinks, wasted)
	}
	return n
}

// definitionsOfLinks takes definitions such as [name]: url off the paragraphs
// that begin with one.
type definitionsOfLinks struct{}

// Transform implements parser.ParagraphTransformer.
func (definitionsOfLinks) Transform(n *ast.Paragraph, reader text.Reader, pc parser.Context) {
	first := n.Lines().At(0)
	if line := bytes.TrimLeft(first.Value(reader.Source()), " \t\n"); len(line) > 0 && line[0] == '[' {
		parser.LinkReferenceParagraphTransformer.Transform(n, reader, pc)
	}
}
