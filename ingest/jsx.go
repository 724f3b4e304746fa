package ingest

import (
	"bytes"
	"html"
	"strings"
)

// jsxTag is a tag of a component or an element.
type jsxTag struct {
	name    string // "" of a fragment
	closing bool
	empty   bool // it closes itself
	attrs   []jsxAttr
	end     int // the offset after it
}

type jsxAttr struct {
	name, value string
	quoted      bool // the value is a string, not an expression
}

// voidElements hold nothing, and are never closed.
var voidElements = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true, "link": true, "meta": true,
	"source": true, "track": true, "wbr": true,
}

// wrappers are elements that say nothing themselves: what they hold is
// Markdown.
var wrappers = map[string]bool{
	"div": true, "section": true, "details": true, "summary": true, "figure": true, "figcaption": true, "center": true, "article": true,
	"aside": true, "header": true, "footer": true, "main": true, "nav": true, "span": true, "p": true, "": true,
}

// tag drops the tag that begins here, and keeps of it what a reader sees.
// Elements of HTML stay, for the parser, without what is computed. It reports
// false where no tag begins.
func (m *mdx) tag() bool {
	if bytes.HasPrefix(m.src[m.at:], []byte("<!--")) {
		return m.comment()
	}
	t, ok := m.parseTag()
	if !ok {
		return false
	}
	m.nest(t)
	switch lower := t.name == strings.ToLower(t.name); {
	case lower && (t.name == "script" || t.name == "style") && !t.closing && !t.empty:
		if n := bytes.Index(m.src[t.end:], []byte("</"+t.name)); n >= 0 {
			m.blank(t.end + n)
			return true
		}
	case lower && wrappers[t.name]:
		if id := t.attr("id"); id != "" && !t.closing {
			m.out = append(m.out, `<a id="`+html.EscapeString(id)+`"></a>`...)
		}
	case lower:
		m.out = t.appendHTML(m.out)
	case !t.closing && !m.heading:
		m.say(t)
	}
	m.blank(t.end)
	return true
}

// comment copies an HTML comment.
func (m *mdx) comment() bool {
	n := bytes.Index(m.src[m.at:], []byte("-->"))
	if n < 0 {
		m.wasted += len(m.src) - m.at
		return false
	}
	m.copyTo(m.at + n + 3)
	return true
}

// nest notes which elements are open.
func (m *mdx) nest(t jsxTag) {
	switch {
	case t.closing:
		for i := len(m.open) - 1; i >= 0 && i >= len(m.open)-maxDepth; i-- {
			if m.open[i].name == t.name {
				m.open = m.open[:i]
				break
			}
		}
	case !t.empty && !voidElements[t.name] && len(m.open) < maxDepth && m.closedAfter(t):
		m.open = append(m.open, element{name: t.name, indent: indentOf(m.src[m.start:]), shift: -1})
	}
}

// closedAfter reports whether a tag that closes t follows somewhere.
func (m *mdx) closedAfter(t jsxTag) bool {
	at, known := m.ends[t.name]
	if !known && m.wasted < maxWasted {
		if at = bytes.LastIndex(m.src, []byte("</"+t.name)); at < 0 {
			m.wasted += len(m.src)
		}
		if m.ends == nil {
			m.ends = map[string]int{}
		}
		m.ends[t.name] = at
	}
	return at >= t.end
}

// say writes the strings of a component that a reader sees: of <Tab
// label="npm"> "npm:".
func (m *mdx) say(t jsxTag) {
	var says []string
	for _, a := range t.attrs {
		switch a.name {
		case "title", "label", "heading", "header", "text", "description", "alt":
			if words := strings.Join(strings.Fields(a.value), " "); a.quoted && words != "" {
				says = append(says, shown(words))
			}
		}
	}
	if len(says) == 0 {
		return
	}
	line := m.src[m.start:m.at]
	if href := t.attr("href"); href != "" {
		says[0] = "[" + says[0] + "](<" + href + ">)"
	}
	text := strings.Join(says, ": ")
	switch {
	case len(bytes.TrimSpace(line)) > 0 && t.empty: // a badge within a line
		text = "(" + text + ")"
	case !t.empty && !strings.ContainsAny(text[len(text)-1:], ".:!?"):
		text += ": "
	}
	m.out = append(m.out, text...)
}

// attr is a string that the tag was given; "" where it has none of this name.
func (t jsxTag) attr(name string) string {
	for _, a := range t.attrs {
		if a.name == name && a.quoted {
			return a.value
		}
	}
	return ""
}

// appendHTML writes the tag of an element without attributes that are
// computed.
func (t jsxTag) appendHTML(b []byte) []byte {
	if t.closing {
		return append(b, "</"+t.name+">"...)
	}
	b = append(b, "<"+t.name...)
	for _, a := range t.attrs {
		if a.quoted {
			b = append(b, " "+a.name+`="`+html.EscapeString(strings.Join(strings.Fields(a.value), " "))+`"`...)
		}
	}
	if t.empty {
		b = append(b, " /"...)
	}
	return append(b, '>')
}

// parseTag reads the tag that begins here; ok is false where none does.
func (m *mdx) parseTag() (t jsxTag, ok bool) {
	i := m.at + 1
	if i < len(m.src) && m.src[i] == '/' {
		t.closing = true
		i++
	}
	from := i
	for i < len(m.src) && (isNameByte(m.src[i]) || i > from && bytes.IndexByte([]byte(".-:"), m.src[i]) >= 0) {
		i++
	}
	t.name = string(m.src[from:i])
	if i == len(m.src) || i == from && m.src[i] != '>' || from < i && m.src[from] >= '0' && m.src[from] <= '9' || strings.HasSuffix(t.name, ":") {
		return t, false
	}
	for i < len(m.src) {
		switch c := m.src[i]; {
		case c == '>':
			t.end = i + 1
			return t, true
		case c == '/':
			t.empty = true
			i++
		case isSpace(c):
			i++
		case i > from && !isSpace(m.src[i-1]) && len(t.attrs) == 0: // <a@b.example>
			return t, false
		default:
			if i = m.parseAttr(&t, i); i < 0 {
				return t, false
			}
		}
	}
	m.wasted += len(m.src) - m.at
	return t, false
}

// parseAttr reads the attribute at i and gives the offset after it, -1 where
// there is none.
func (m *mdx) parseAttr(t *jsxTag, i int) int {
	if m.src[i] == '{' { // {...props}
		return m.balanced(i)
	}
	from := i
	for i < len(m.src) && !isSpace(m.src[i]) && bytes.IndexByte([]byte(`=/>"'{}<`), m.src[i]) < 0 {
		i++
	}
	a := jsxAttr{name: string(m.src[from:i])}
	for i < len(m.src) && isSpace(m.src[i]) {
		i++
	}
	if from == i || a.name == "" {
		return -1
	}
	if i < len(m.src) && m.src[i] == '=' {
		for i++; i < len(m.src) && isSpace(m.src[i]); {
			i++
		}
		from = i
		if i = m.valueEnd(i); i < 0 {
			return -1
		}
		switch value := string(m.src[from:i]); value[0] {
		case '"', '\'':
			a.value, a.quoted = html.UnescapeString(value[1:len(value)-1]), true
		case '{':
			a.value, a.quoted = literal(value)
		default:
			a.value, a.quoted = value, true
		}
	}
	t.attrs = append(t.attrs, a)
	return i
}

// valueEnd gives the offset after an attribute's value, -1 where it has none.
func (m *mdx) valueEnd(i int) int {
	if i == len(m.src) {
		return -1
	}
	switch c := m.src[i]; c {
	case '"', '\'':
		if n := bytes.IndexByte(m.src[i+1:], c); n >= 0 {
			return i + n + 2
		}
		m.wasted += len(m.src) - i
		return -1
	case '{':
		return m.balanced(i)
	}
	from := i
	for i < len(m.src) && !isSpace(m.src[i]) && m.src[i] != '>' {
		i++
	}
	if i == from {
		return -1
	}
	return i
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= 0x80
}
