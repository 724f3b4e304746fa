package ingest

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"docent"
)

// mystInfo is the info string of a directive.
var mystInfo = regexp.MustCompile(`^\{([A-Za-z][\w:.+-]*)\}[ \t]*(.*?)[ \t]*$`)

// mystRaw writes a directive that holds no Markdown; false where n is code as
// any other.
func (r *reader) mystRaw(n ast.Node) bool {
	code, ok := n.(*ast.FencedCodeBlock)
	if !ok || !r.dialect.has(fencedBlocks) || code.Info == nil {
		return false
	}
	m := mystInfo.FindStringSubmatch(string(code.Info.Value(r.src)))
	if m == nil || !rawDirectives[m[1][strings.LastIndexByte(m[1], ':')+1:]] {
		return false
	}
	options, content := mystContent(string(code.Lines().Value(r.src)))
	switch name := m[1]; name {
	case "code", "code-block", "code-cell", "sourcecode", "mermaid", "graphviz", "plantuml", "digraph", "graph", "parsed-literal", "doctest", "testcode", "testoutput", "eval-rst":
		lang := map[string]string{"code": m[2], "code-block": m[2], "code-cell": m[2], "sourcecode": m[2], "parsed-literal": "", "doctest": "python", "testcode": "python", "testoutput": "", "eval-rst": "rst"}
		i := include{lang: name, title: options["caption"]}
		if l, ok := lang[name]; ok {
			i.lang = l
		}
		if strings.TrimSpace(content) != "" {
			r.add(docent.BlockParagraph, called(i.title), "", n)
			i.title = ""
			r.add(docent.BlockCode, string(i.fenced([]byte(content), "")), i.lang, n)
		}
	case "math":
		if content = strings.TrimSpace(content); content != "" {
			r.add(docent.BlockParagraph, "$$\n"+content+"\n$$", "", n)
		}
	case "image":
		r.add(docent.BlockParagraph, options["alt"], "", n)
	case "csv-table":
		r.add(docent.BlockParagraph, m[2], "", n)
		r.add(docent.BlockTable, csvTable(content, options["header"]), "", n)
	case "glossary":
		r.glossary(content, n)
	}
	return true
}

// mystContent takes the settings off what a directive holds.
func mystContent(text string) (options map[string]string, content string) {
	options = map[string]string{}
	if rest, ok := strings.CutPrefix(text, "---\n"); ok {
		if block, rest, ok := strings.Cut(rest, "\n---\n"); ok {
			for line := range strings.Lines(block) {
				if m := yamlOption.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
					options[m[1]] = strings.Trim(m[2], `"'`)
				}
			}
			return options, rest
		}
	}
	for {
		line, rest, _ := strings.Cut(text, "\n")
		m := fieldLine.FindStringSubmatch(line)
		if m == nil {
			return options, strings.TrimPrefix(text, "\n")
		}
		options[m[1]], text = strings.Trim(m[2], `"'`), rest
	}
}

// glossary writes terms, each with the lines below it that are indented.
func (r *reader) glossary(content string, n ast.Node) {
	var terms, meaning []string
	flush := func() {
		if len(terms) > 0 {
			r.add(docent.BlockDefinition, "**"+strings.Join(terms, "**, **")+"**: "+strings.Join(meaning, " "), "", n)
		}
		terms, meaning = nil, nil
	}
	for line := range strings.Lines(content) {
		bare := strings.TrimSpace(line)
		switch {
		case bare == "":
		case line[0] == ' ' || line[0] == '\t':
			meaning = append(meaning, bare)
		default:
			if len(meaning) > 0 {
				flush()
			}
			terms = append(terms, bare)
		}
	}
	flush()
}

// hiddenLines parses lines that MyST does not show: comments, and marks between
// the parts of a page.
type hiddenLines struct{}

// Trigger implements parser.BlockParser.
func (hiddenLines) Trigger() []byte { return []byte{'%', '+'} }

// Open implements parser.BlockParser.
func (hiddenLines) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || line[pos] == '+' && runOf(line[pos:], '+') < 3 {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return &directive{mark: closeSign, leaf: true}, parser.NoChildren
}

// Continue implements parser.BlockParser.
func (hiddenLines) Continue(ast.Node, text.Reader, parser.Context) parser.State { return parser.Close }

// Close implements parser.BlockParser.
func (hiddenLines) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (hiddenLines) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (hiddenLines) CanAcceptIndentedLine() bool { return false }
