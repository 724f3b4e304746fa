package ingest

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
)

// mdx rewrites a page with components as Markdown that shows what a reader
// sees of it. Of a whole MDX page imports, exports, comments, expressions and tags go; of
// Markdown only lines that are nothing but tags of components. Code stays as
// it is, and what stands within an element is moved left by as much as it was
// indented there.
type mdx struct {
	rewriter
	start   int            // where the line begins that is being read
	whole   bool           // it is MDX, not Markdown with components
	open    []element      // that are not closed yet
	fence   string         // of the code that is being read; "" outside
	shift   int            // how far the lines of that code are moved
	inText  bool           // the line before was text
	heading bool           // this line is one
	wasted  int            // bytes read for nothing
	ends    map[string]int // where the last tag that closes an element of the name stands
}

// element is a tag that was opened.
type element struct {
	name      string
	indent    int      // of its line as written
	shift     int      // how far what it holds is moved; -1 until that is known
	container bool     // what it holds is a container
	after     string   // what is written where it ends
	labels    []string // of the tabs that it holds, in order
}

// maxWasted bounds the search for ends that are not there. A page on which
// more is spent was not written by a person, and stays as it is from there on.
const maxWasted = 1 << 22

// components gives the page as Markdown; as it is where it has none.
func components(file string, src []byte) (out []byte, moved lineMap) {
	m := mdx{rewriter: rewriter{src: src}, whole: strings.EqualFold(path.Ext(file), ".mdx") || isMDX(src)}
	if !m.whole && !hasComponents(src) {
		return src, nil
	}
	m.out = make([]byte, 0, len(src))
	for m.at < len(src) {
		m.next()
	}
	return m.out, m.moved
}

// hasComponents reports whether src may have the tag of a component.
func hasComponents(src []byte) bool {
	for {
		n := bytes.IndexByte(src, '<')
		if n < 0 {
			return false
		}
		if src = src[n:]; beginsComponent(src) {
			return true
		}
		src = src[1:]
	}
}

// beginsComponent tells components, whose names are capitalised, from elements
// of HTML.
func beginsComponent(b []byte) bool {
	if !bytes.HasPrefix(b, []byte("<")) {
		return false
	}
	b = bytes.TrimPrefix(b[1:], []byte("/"))
	return len(b) > 0 && b[0] >= 'A' && b[0] <= 'Z'
}

// isMDX reports whether a page is MDX, whatever its file is called: whether its
// first words are an import, or a paragraph further down is one, or a component is given
// an expression.
func isMDX(src []byte) bool {
	if moduleLine.Match(bytes.TrimLeft(src, " \t\n")) {
		return true
	}
	if !bytes.Contains(src, []byte("\nimport ")) && !bytes.Contains(src, []byte("={")) {
		return false
	}
	fence, inText := "", false
	for line := range bytes.Lines(src) {
		switch m := fenceMark(line, fence); {
		case m == endOfFence:
			fence = ""
		case m != "":
			fence = m
		case fence == "" && (!inText && importLine.Match(line) || givesExpression(line)):
			return true
		}
		inText = isText(line)
	}
	return false
}

// importLine is an import as no sentence reads.
var importLine = regexp.MustCompile(`^import\s+[\w$*{][^'"\n]*\sfrom\s*["'][^'"\n]+["']`)

// expressionGiven is a component that is given an expression.
var expressionGiven = regexp.MustCompile(`<[A-Z][\w.]*\s[^<>` + "`" + `]*\w=\{`)

// givesExpression reports whether a line has such a component outside of code.
func givesExpression(line []byte) bool {
	at := expressionGiven.FindIndex(line)
	return at != nil && bytes.Count(line[:at[0]], []byte("`"))%2 == 0 && !bytes.HasPrefix(line, []byte("    "))
}

// isText reports whether a paragraph may go on after a line: after an empty one
// or a comment none does.
func isText(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) > 0 && !(bytes.HasPrefix(line, []byte("<!--")) && bytes.HasSuffix(line, []byte("-->")))
}

// moduleLine begins an import or an export.
var moduleLine = regexp.MustCompile(`^(?:import\s*(?:["']|\{|\*\s*as\s|(?:type\s+)?[\w$]+\s*(?:,|\sfrom\s))|export\s+(?:default|const|let|var|function|async|class|type|interface|enum|\*|\{))`)

// fenceOpen is the first line of a code block or of a formula, in lists and
// quotes too.
var fenceOpen = regexp.MustCompile("^[ \t>]*(?:(?:[-*+]|\\d+[.)])[ \t]+)*(`{3,}|~{3,}|\\${2,})([^\n]*)")

// next takes in a line, or all lines of what begins on it.
func (m *mdx) next() {
	m.start = m.at
	end := m.lineEnd(m.at)
	line := m.src[m.at:end]
	blank := len(bytes.TrimSpace(line)) == 0
	if m.fence != "" {
		m.dedent(line, m.shift)
		m.copyTo(end)
		if closesFence(line, m.fence) {
			m.fence = ""
		}
		return
	}
	if m.whole && !m.inText && m.wasted < maxWasted && moduleLine.Match(line) {
		m.blank(m.moduleEnd())
		return
	}
	m.inText = isText(line)
	if !blank {
		m.enter(indentOf(line))
	}
	shift := m.shiftNow()
	if mark := fenceMark(line, ""); mark != "" {
		m.fence, m.shift, m.inText = mark, shift, false
		m.dedent(line, shift)
		m.copyTo(end)
		return
	}
	m.heading = bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("#"))
	m.dedent(line, shift)
	if m.whole {
		m.text(end)
		return
	}
	if indent := m.at - m.start + indentOf(m.src[m.at:]) - shift; indent < 4 && beginsComponent(m.src[m.at+indentOf(m.src[m.at:]):]) && m.componentsOnly() {
		return // and no further: what is indented more is code
	}
	m.copyTo(end)
}

// opensFence tells a fence from a code span, and from a formula that ends on
// its line.
func opensFence(mark string, info []byte) bool {
	switch mark[0] {
	case '`':
		return bytes.IndexByte(info, '`') < 0
	case '$':
		return !bytes.Contains(info, []byte(mark))
	}
	return true
}

// closesFence reports whether line ends the code that mark began.
func closesFence(line []byte, mark string) bool {
	bare := bytes.Trim(line, " \t>\n")
	return len(bare) >= len(mark) && len(bytes.Trim(bare, mark[:1])) == 0 || mark[0] == '$' && bytes.HasSuffix(bare, []byte(mark))
}

// text takes in text up to end, or further to the end of the line on which
// what began there ends.
func (m *mdx) text(end int) {
	for m.at < end && m.wasted < maxWasted {
		n := bytes.IndexAny(m.src[m.at:end], "\\`<{$")
		if n < 0 {
			break
		}
		m.copyTo(m.at + n)
		switch c := m.src[m.at]; {
		case c == '\\':
			m.copyTo(min(m.at+2, len(m.src)))
		case c == '`':
			m.codeSpan()
		case c == '$':
			m.formula(end)
		case c == '<' && m.tag():
		case c == '{' && m.expression():
		default:
			m.copyTo(m.at + 1)
		}
		if m.at > end {
			m.start = 1 + bytes.LastIndexByte(m.src[:m.at], '\n')
			end = m.lineEnd(m.at)
		}
	}
	m.copyTo(end)
}

// componentsOnly drops the tags of a line that has nothing else; otherwise it
// takes in nothing and reports false.
func (m *mdx) componentsOnly() bool {
	before := *m
	before.open = slices.Clone(m.open)
	for m.wasted < maxWasted {
		m.copyTo(m.at + indentOf(m.src[m.at:]))
		if m.at == len(m.src) || m.src[m.at] == '\n' {
			m.copyTo(min(m.at+1, len(m.src)))
			return true
		}
		if !beginsComponent(m.src[m.at:]) || !m.tag() {
			break
		}
	}
	before.wasted = m.wasted + m.at - m.start
	*m = before
	return false
}

// enter notes how far what an element holds is indented, at its first line.
func (m *mdx) enter(indent int) {
	if n := len(m.open) - 1; n >= 0 && m.open[n].shift < 0 {
		m.open[n].shift = max(0, indent-m.open[n].indent)
	}
}

// shiftNow is how far lines are moved here.
func (m *mdx) shiftNow() (shift int) {
	for _, e := range m.open {
		shift += max(0, e.shift)
	}
	return shift
}

// dedent takes up to shift blanks off the line that begins here.
func (m *mdx) dedent(line []byte, shift int) { m.at += min(shift, indentOf(line)) }

// indentOf counts the blanks that a line begins with.
func indentOf(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " \t")) }
