package ingest

import (
	"cmp"
	"sync"

	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/util"

	"docent/ingest/site"
)

// dialect is how the pages of one framework are read: a notation of one is
// plain text in another.
type dialect struct {
	site.Syntax
	notation
	parsers [parserVariants]func() parser.Parser
	forms   []includeForm
}

// notation is a set of notations beyond GitHub's Markdown.
type notation uint32

const (
	colonBlocks     notation = 1 << iota // :::note
	slashBlocks                          // /// note
	indentedBlocks                       // !!! note, === "Tab"
	apiBlocks                            // ::: package.Class, which only the built site has
	fencedBlocks                         // ```{note}
	shortcodes                           // {{< name >}}, {{% name %}}
	liquid                               // {% tag %}, {{ variable }}
	bookBlocks                           // {% hint %}, {% tabs %}
	macros                               // {{ variable }}, {% tag %} and {# comment #} of Jinja
	mustache                             // {{#include file}}
	vue                                  // {{ expression }}, <script setup>, <<< @/file
	snippets                             // --8<-- "file", {!file!}
	jsx                                  // components and imports, in .mdx files everywhere
	attributeLists                       // { .class #id }, {: .class }
	kramdownLists                        // {: .class } alone
	inlineMarks                          // ==a==, ++ctrl+c++, ^a^, {--a--}
	iconNames                            // :material-home:
	roles                                // {ref}`target`
	wikiLinks                            // [[page]]
	crossReferences                      // [text][name] and [name][], resolved by plugins
	headingTags                          // ## Heading [#id]
	suffixes                             // `code{:js}`
	markedCode                           // comments that highlight lines of code
	hiddenRust                           // lines of Rust that begin with "# "
)

// notations of the frameworks. What stands in none of them is read everywhere:
// alerts, footnotes, definition lists, mathematics, details.
var notations = map[string]notation{
	"docusaurus": colonBlocks | jsx | markedCode,
	"starlight":  colonBlocks | jsx,
	"nextra":     jsx | headingTags | suffixes | markedCode,
	"vitepress":  colonBlocks | vue | markedCode | attributeLists,
	"mkdocs":     indentedBlocks | slashBlocks | apiBlocks | snippets | attributeLists | inlineMarks | iconNames | wikiLinks | crossReferences,
	"mdbook":     mustache | hiddenRust,
	"sphinx":     colonBlocks | fencedBlocks | roles | attributeLists,
	"hugo":       shortcodes | attributeLists,
	"jekyll":     liquid | kramdownLists,
	"gitbook":    bookBlocks,
	"fetched":    0, // it was written as plain Markdown
	"plain":      colonBlocks | indentedBlocks | fencedBlocks | shortcodes | bookBlocks | mustache | snippets | jsx | kramdownLists | markedCode | wikiLinks,
}

// aliases are other names of frameworks whose pages are written alike.
var aliases = map[string]string{"material": "mkdocs", "docsy": "hugo", "hextra": "hugo", "myst": "sphinx", "astro": "starlight"}

// has reports whether pages may have any of n.
func (d *dialect) has(n notation) bool { return d.notation&n != 0 }

// parsersOf are made once for each set of notations.
var parsersOf sync.Map // of [parserVariants]func() parser.Parser by notation

func newDialect(s site.Syntax) *dialect {
	name := cmp.Or(aliases[s.Framework], s.Framework)
	n, known := notations[name]
	if !known {
		n = notations["plain"]
	}
	if name == "mkdocs" && s.Vars != nil {
		n |= macros
	}
	s.Framework = name
	made, ok := parsersOf.Load(n)
	if !ok {
		made, _ = parsersOf.LoadOrStore(n, parsers(n.parts()...))
	}
	return &dialect{Syntax: s, notation: n, parsers: made.([parserVariants]func() parser.Parser), forms: n.includeForms()}
}

// parts are the parsers of the notations that a Markdown parser reads; others
// were rewritten before it.
func (n notation) parts() []parser.Option {
	blocks := []util.PrioritizedValue{util.Prioritized(containers{}, 40)}
	if n&colonBlocks != 0 {
		blocks = append(blocks, util.Prioritized(colonDirectives, 50))
	}
	if n&fencedBlocks != 0 {
		for _, mark := range []byte("`~:") {
			blocks = append(blocks, util.Prioritized(mystDirectives{mark, n == notations["plain"]}, 45))
		}
	}
	if n&roles != 0 {
		blocks = append(blocks, util.Prioritized(hiddenLines{}, 45))
	}
	if n&slashBlocks != 0 {
		blocks = append(blocks, util.Prioritized(slashDirectives, 50))
	}
	if n&indentedBlocks != 0 {
		blocks = append(blocks, util.Prioritized(indentedDirectives{}, 50))
	}
	if n&apiBlocks != 0 {
		blocks = append(blocks, util.Prioritized(apiParser{}, 50))
	}
	blocks = append(blocks, util.Prioritized(mathBlocks{}, 60))
	return []parser.Option{parser.WithBlockParsers(blocks...), parser.WithInlineParsers(n.inlineParts()...)}
}

// inlineParts are the parsers of notations within lines. They come after code
// spans and before links.
func (n notation) inlineParts() (all []util.PrioritizedValue) {
	for i, p := range []struct {
		of notation
		inlineNotation
	}{
		{^notation(0), inlineNotation{"$", readMath}},
		{roles, inlineNotation{"{", readRole}},
		{inlineMarks, inlineNotation{"{+=~", readCritic}},
		{attributeLists, inlineNotation{"{", readAttributes}},
		{kramdownLists, inlineNotation{"{", readKramdown}},
		{inlineMarks, inlineNotation{"=^~", readMarks}},
		{inlineMarks, inlineNotation{"+", readKeys}},
		{iconNames, inlineNotation{":", readIcon}},
		{wikiLinks, inlineNotation{"[", readWikiLink}},
		{crossReferences, inlineNotation{"[", readCrossReference}},
	} {
		if n&p.of != 0 {
			all = append(all, util.Prioritized(p.inlineNotation, 110+i))
		}
	}
	return all
}

// rewrite brings the notations that stand outside of Markdown into it.
func (d *dialect) rewrite(s *source) {
	d.evaluated(s)
	d.shortcodes(s)
	if d.has(jsx | vue) {
		text, moved := components(s.path, s.text)
		s.rewritten(text, moved, nil)
	}
	d.takeMarkdownTags(s)
	d.takeLabels(s)
	d.takeAbbreviations(s)
	s.rewritten(bounded(s.text))
}
