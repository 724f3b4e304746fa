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

// shownText is what a notation within a line shows.
type shownText struct {
	ast.BaseInline
	text string // Markdown; "" where it shows nothing
	slug string // what an anchor is made of, where it stands in a heading
	link string // where it leads; "" nowhere
	size int    // of what was written
}

var kindShownText = ast.NewNodeKind("ShownText")

// Kind implements ast.Node.
func (*shownText) Kind() ast.NodeKind { return kindShownText }

// Dump implements ast.Node.
func (s *shownText) Dump(src []byte, level int) {
	ast.DumpHelper(s, src, level, map[string]string{"Text": s.text}, nil)
}

// inlineNotation parses one notation within lines. read is given the rest of
// the line, as far as a notation may reach, and a few bytes that stand before
// it; it gives nil where there is none.
type inlineNotation struct {
	triggers string
	read     func(rest, before []byte, block text.Reader, pc parser.Context) *shownText
}

// Trigger implements parser.InlineParser.
func (n inlineNotation) Trigger() []byte { return []byte(n.triggers) }

// Parse implements parser.InlineParser.
func (n inlineNotation) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	rest, seg := block.PeekLine()
	before := block.Source()[max(0, seg.Start-4):seg.Start]
	s := n.read(rest[:min(len(rest), maxNotation)], before[1+bytes.LastIndexByte(before, '\n'):], block, pc)
	if s == nil {
		return nil
	}
	block.Advance(s.size)
	s.SetPos(seg.Start)
	return s
}

// maxNotation is how long a notation within a line may be.
const maxNotation = 2000

// nothing is a notation of some size that shows nothing.
func nothing(size int) *shownText { return &shownText{size: size} }

// attributeMark is a list of classes, ids and other attributes behind what
// they belong to: {: .class }, { #id key="value" }.
var attributeMark = regexp.MustCompile(`^\{:?[ \t]*(?:[#.][\pL\pN_:.-]+|[\w:-]+=(?:"[^"\n]*"|'[^'\n]*'|[^\s{}"']+)|annotate|data-[\w-]+|\.)(?:[ \t]+(?:[#.][\pL\pN_:.-]+|[\w:-]+(?:=(?:"[^"\n]*"|'[^'\n]*'|[^\s{}"']+))?))*[ \t]*\}`)

// kramdownList is one of kramdown's, which may be but a name.
var kramdownAttributes = regexp.MustCompile(`^\{:[^{}\n]*\}`)

// readAttributes reads a list of attributes. In a heading they may be its id,
// which the framework's rules look at.
func readAttributes(rest, _ []byte, _ text.Reader, _ parser.Context) *shownText {
	if m := attributeMark.Find(rest); m != nil {
		return &shownText{size: len(m), slug: string(m)}
	}
	return nil
}

func readKramdown(rest, _ []byte, _ text.Reader, _ parser.Context) *shownText {
	if m := kramdownAttributes.Find(rest); m != nil {
		return &shownText{size: len(m), slug: string(m)}
	}
	return nil
}

// closers are offsets at which marks that were opened end.
var closers = parser.NewContextKey()

// readMarks reads marks around words that only style them: ==a==, ^^a^^, ^a^,
// ~a~. Between them stands Markdown.
func readMarks(rest, before []byte, block text.Reader, pc parser.Context) *shownText {
	c := rest[0]
	n := runOf(rest, c)
	if n > 2 || c == '=' && n != 2 || c == '~' && n != 1 {
		return nil
	}
	_, seg := block.Position()
	ends := pc.ComputeIfAbsent(closers, func() any { return map[int]bool{} }).(map[int]bool)
	if ends[seg.Start] {
		return nothing(n)
	}
	if n == len(rest) || isSpace(rest[n]) || len(before) > 0 && c == '=' && isNameByte(before[len(before)-1]) {
		return nil
	}
	for at := n; at < min(len(rest), 500); {
		i := bytes.IndexByte(rest[at:], c)
		if i < 0 {
			return nil
		}
		at += i
		run := runOf(rest[at:], c)
		if run == n && !isSpace(rest[at-1]) {
			if n == 1 && bytes.ContainsAny(rest[n:at], " \t") {
				return nil
			}
			ends[seg.Start+at] = true
			return nothing(n)
		}
		at += run
	}
	return nil
}

// keyNames is ++ctrl+alt+del++.
var keyNames = regexp.MustCompile(`^\+\+("[^"\n]+"|[\w-]+)((?:\+(?:"[^"\n]+"|[\w-]+))*)\+\+`)

func readKeys(rest, _ []byte, _ text.Reader, _ parser.Context) *shownText {
	m := keyNames.Find(rest)
	if m == nil {
		return nil
	}
	var keys []string
	for _, key := range strings.Split(strings.Trim(string(m), "+"), "+") {
		key = strings.ReplaceAll(strings.Trim(key, `"`), "-", " ")
		if key != "" {
			key = strings.ToUpper(key[:1]) + key[1:]
		}
		keys = append(keys, key)
	}
	text := strings.Join(keys, "+")
	return &shownText{size: len(m), text: text, slug: text}
}

// iconName is an icon of a set.
var iconName = regexp.MustCompile(`^:(?:material|fontawesome|octicons|simple|mdi|lucide|logos|carbon|bootstrap|tabler)(?:-[a-z0-9]+)+:`)

func readIcon(rest, _ []byte, _ text.Reader, _ parser.Context) *shownText {
	if m := iconName.Find(rest); m != nil {
		return nothing(len(m))
	}
	return nil
}

// critic are the marks of changes: {++added++}, {--removed--}, {~~old~>new~~},
// {==marked==}, {>>comment<<}. What was removed and comments go.
func readCritic(rest, _ []byte, _ text.Reader, _ parser.Context) *shownText {
	switch {
	case bytes.HasPrefix(rest, []byte("{++")), bytes.HasPrefix(rest, []byte("{==")):
		if bytes.Contains(rest, append(bytes.Clone(rest[1:3]), '}')) {
			return nothing(3)
		}
	case bytes.HasPrefix(rest, []byte("++}")), bytes.HasPrefix(rest, []byte("==}")), bytes.HasPrefix(rest, []byte("~~}")):
		return nothing(3)
	case bytes.HasPrefix(rest, []byte("{--")):
		if n := bytes.Index(rest, []byte("--}")); n > 0 {
			return nothing(n + 3)
		}
	case bytes.HasPrefix(rest, []byte("{>>")):
		if n := bytes.Index(rest, []byte("<<}")); n > 0 {
			return nothing(n + 3)
		}
	case bytes.HasPrefix(rest, []byte("{~~")):
		if n := bytes.Index(rest, []byte("~>")); n > 0 && bytes.Contains(rest[n:], []byte("~~}")) {
			return nothing(n + 2)
		}
	}
	return nil
}

// crossReference is a link by the name of what it leads to, which a plugin
// finds: [text][name], [name][].
var crossReference = regexp.MustCompile("^\\[((?:[^\\[\\]`\n]|`[^`\n]*`)+)\\]\\[([^\\[\\]\n]*)\\]")

func readCrossReference(rest, _ []byte, _ text.Reader, pc parser.Context) *shownText {
	if !bytes.Contains(rest, []byte("][")) {
		return nil
	}
	m := crossReference.FindSubmatch(rest)
	if m == nil {
		return nil
	}
	name := m[2]
	if len(name) == 0 {
		name = m[1]
	}
	if _, known := pc.Reference(util.ToLinkReference(name)); known {
		return nil
	}
	text := string(m[1])
	return &shownText{size: len(m[0]), text: text, slug: strings.ReplaceAll(text, "`", "")}
}

// wikiLink is [[Page]] or [[Page|text]].
var wikiLink = regexp.MustCompile(`^\[\[([^\[\]|\n]+)(?:\|([^\[\]\n]+))?\]\]`)

func readWikiLink(rest, before []byte, _ text.Reader, _ parser.Context) *shownText {
	if len(rest) < 2 || rest[1] != '[' {
		return nil
	}
	m := wikiLink.FindSubmatch(rest)
	if m == nil || len(rest) > len(m[0]) && (rest[len(m[0])] == '(' || rest[len(m[0])] == '[') || bytes.HasSuffix(before, []byte("!")) {
		return nil
	}
	target, text := strings.TrimSpace(string(m[1])), strings.TrimSpace(string(m[2]))
	if text == "" {
		text = target
	}
	page, anchor, found := strings.Cut(target, "#")
	if page = strings.ReplaceAll(page, " ", "-"); found {
		page += "#" + anchor
	}
	return &shownText{size: len(m[0]), text: text, slug: text, link: page}
}
