package ingest

import (
	"bytes"
	"html"
	"strings"
)

// voidElements hold nothing, and are never closed.
var voidElements = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true, "link": true, "meta": true,
	"source": true, "track": true, "wbr": true,
}

// wrappers are elements that say nothing themselves: what they hold is
// Markdown.
var wrappers = map[string]bool{
	"div": true, "section": true, "figure": true, "figcaption": true, "center": true, "article": true,
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
	if t.closing {
		after, container := m.leave(t.name)
		m.blank(t.end)
		m.put(after)
		if container {
			m.endBlock()
		} else if t.isHTML() && !wrappers[t.name] && t.name != "details" && t.name != "summary" {
			m.out = t.appendHTML(m.out)
		}
		return true
	}
	m.begin(t)
	return true
}

// begin takes in a tag that opens an element.
func (m *mdx) begin(t jsxTag) {
	e := m.nest(t)
	switch {
	case t.isHTML() && (t.name == "script" || t.name == "style") && !t.empty:
		if n := bytes.Index(m.src[t.end:], []byte("</"+t.name)); n >= 0 {
			m.blank(t.end + n)
			return
		}
	case t.name == "details" && e != nil && !m.inline():
		m.details(t, e)
		return
	case t.isHTML() && wrappers[t.name]:
		if id := t.attr("id"); id != "" {
			m.put(`<a id="` + html.EscapeString(id) + `"></a>`)
		}
	case t.isHTML():
		m.out = t.appendHTML(m.out)
	case m.heading:
	default:
		m.component(t, e)
		return
	}
	m.blank(t.end)
}

// isHTML tells elements of HTML from components, whose names are capitalised.
func (t jsxTag) isHTML() bool { return t.name == strings.ToLower(t.name) }

// inline reports whether no container can begin on the line that is being
// written: it is a heading or a table's row.
func (m *mdx) inline() bool {
	begun := bytes.TrimLeft(m.out[1+bytes.LastIndexByte(m.out, '\n'):], " \t>")
	return m.heading || bytes.HasPrefix(begun, []byte("|"))
}

// details begins what can be folded, with its summary as the title.
func (m *mdx) details(t jsxTag, e *element) {
	rest := m.src[t.end:]
	title, end := "", t.end
	if at := len(rest) - len(bytes.TrimLeft(rest, " \t\n")); bytes.HasPrefix(rest[at:], []byte("<summary")) {
		from := bytes.IndexByte(rest[at:], '>')
		if to := bytes.Index(rest[at:], []byte("</summary>")); from >= 0 && to > from {
			title = strings.Join(strings.Fields(summaryTags.Replace(string(rest[at+from+1:at+to]))), " ")
			end += at + to + len("</summary>")
		}
	}
	e.container = true
	m.skipTo(end)
	m.beginBlock("details", title)
}

// summaryTags are tags that only style a summary.
var summaryTags = strings.NewReplacer("<b>", "", "</b>", "", "<strong>", "", "</strong>", "", "<h1>", "", "</h1>", "", "<h2>", "", "</h2>", "", "<h3>", "", "</h3>", "", "<p>", "", "</p>", "", "<span>", "", "</span>", "")

// skipTo drops what stands up to end; lines are counted on from there.
func (m *mdx) skipTo(end int) { m.drop(end) }

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

// nest notes that an element is open; nil where it is not, or holds nothing.
func (m *mdx) nest(t jsxTag) *element {
	if t.empty || voidElements[t.name] && t.isHTML() || len(m.open) >= maxDepth || !m.closedAfter(t) {
		return nil
	}
	m.open = append(m.open, element{name: t.name, indent: indentOf(m.src[m.start:]), shift: -1})
	return &m.open[len(m.open)-1]
}

// leave notes that an element is closed, and those that were left open within
// it.
func (m *mdx) leave(name string) (after string, container bool) {
	for i := len(m.open) - 1; i >= 0; i-- {
		if m.open[i].name != name {
			continue
		}
		for _, e := range m.open[i+1:] {
			if e.container {
				m.endBlock()
			}
		}
		e := m.open[i]
		m.open = m.open[:i]
		return e.after, e.container
	}
	return "", false
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
