package ingest

import (
	"bytes"
	"html"
	"regexp"
	"strings"
)

// componentNames are components whose content is a container, by the last part
// of their names in lower case. A "" is named by the component's type.
var componentNames = map[string]string{
	"tabs": "tabs", "codegroup": "tabs", "codetabs": "tabs", "tabgroup": "tabs", "tablist": "tabs",
	"tab": "tab", "tabitem": "tab", "tabpanel": "tab",
	"accordion": "details", "expandable": "details", "details": "details", "collapse": "details", "collapsible": "details", "toggle": "details",
	"aside": "", "callout": "", "admonition": "", "alert": "",
	"note": "note", "tip": "tip", "info": "info", "warning": "warning", "caution": "caution", "danger": "danger", "important": "important",
	"check": "check", "hint": "hint", "error": "error", "success": "success",
}

// calloutTypes are types whose names are no labels.
var calloutTypes = map[string]string{"": "note", "default": "note", "secondary": "note", "warn": "warning", "destructive": "danger", "critical": "danger"}

// component takes in the tag of a component.
func (m *mdx) component(t jsxTag, e *element) {
	name := strings.ToLower(t.name[strings.LastIndexByte(t.name, '.')+1:])
	if code, ok := m.codeComponent(t, name); ok {
		m.skipTo(code.end)
		m.putLines([]byte(code.text), "")
		return
	}
	kind, known := componentNames[name]
	if strings.HasSuffix(name, "tabs") {
		kind, known = "tabs", true
	}
	label := t.first("title", "label", "header", "heading", "summary")
	switch parent := m.parent(e); {
	case known && kind == "":
		kind = strings.ToLower(t.first("type", "kind", "variant", "intent", "status"))
		if other, ok := calloutTypes[kind]; ok {
			kind = other
		}
	case kind == "tab" || parent != nil && strings.HasSuffix(strings.ToLower(parent.name), "tabs") && (t.name == "Fragment" || name == "panel"):
		kind, known = "tab", true
		if label = t.first("label", "title", "name", "header", "value", "slot"); parent != nil && len(parent.labels) > 0 {
			if label == "" {
				label = parent.labels[0]
			}
			parent.labels = parent.labels[1:]
		}
	}
	switch {
	case e == nil || !known || m.inline():
		m.said(t, name, e)
		return
	case kind == "tabs":
		label, e.labels = "", stringList(t.expression("items"))
	}
	e.container = true
	m.skipTo(t.end)
	m.beginBlock(kind, shown(label))
}

// parent is the element that e stands in, or the innermost one.
func (m *mdx) parent(e *element) *element {
	n := len(m.open) - 1
	if e != nil {
		n--
	}
	if n < 0 {
		return nil
	}
	return &m.open[n]
}

// first gives the first of some strings that the tag was given.
func (t jsxTag) first(names ...string) string {
	for _, name := range names {
		if s := strings.Join(strings.Fields(t.attr(name)), " "); s != "" {
			return s
		}
	}
	return ""
}

// quotedString is a string in an expression; of objects what they are called.
var quotedString = regexp.MustCompile(`(?:\blabel\s*:\s*|\bname\s*:\s*|\btitle\s*:\s*|[\[,(]\s*)(?:"([^"\n]*)"|'([^'\n]*)'|` + "`([^`$]*)`" + `)`)

// stringList reads the strings of an expression: {['a', 'b']}.
func stringList(expression string) (all []string) {
	for _, m := range quotedString.FindAllStringSubmatch(expression, -1) {
		all = append(all, m[1]+m[2]+m[3])
	}
	return all
}

// saidProps are the strings of a component that a reader sees.
var saidProps = map[string]bool{"title": true, "label": true, "heading": true, "header": true, "text": true, "description": true, "alt": true, "name": true}

// silent are components of which a reader sees no words.
var silent = map[string]bool{"icon": true, "fragment": true, "slot": true, "head": true, "script": true, "codeblock": true, "code": true}

// said writes the strings of a component that a reader sees: of <Card
// title="Tea"> "Tea:".
func (m *mdx) said(t jsxTag, name string, e *element) {
	begun := m.src[m.start:m.at]
	text := t.words(name)
	href := t.first("href", "to", "link")
	switch {
	case href != "" && text == "" && e != nil && !strings.Contains(string(m.src[t.end:min(len(m.src), t.end+300)]), "\n\n"):
		text, e.after = `<a href="`+html.EscapeString(href)+`">`, "</a>"
	case text == "":
	case strings.TrimSpace(string(begun)) != "" && t.empty: // a badge within a line
		text = "(" + text + ")"
	case !t.empty && !strings.ContainsAny(text[len(text)-1:], ".:!?"):
		text += ": "
	}
	m.put(text)
	m.blank(t.end)
}

// words are what a component says itself, the first of them as a link where it
// is one.
func (t jsxTag) words(name string) string {
	if silent[name] {
		return ""
	}
	var says []string
	for _, a := range t.attrs {
		if words := strings.Join(strings.Fields(a.value), " "); saidProps[a.name] && a.quoted && words != "" {
			says = append(says, shown(words))
		}
	}
	if len(says) == 0 {
		return ""
	}
	if href := t.first("href", "to", "link"); href != "" {
		says[0] = "[" + says[0] + "](<" + href + ">)"
	}
	return strings.Join(says, ": ")
}

// shownCode is a component that shows code.
type codeComponent struct {
	text string
	end  int
}

// codeComponent reads a component that shows the code it was given: <Code
// code={`a`} />, <CodeBlock>{`a`}</CodeBlock>.
func (m *mdx) codeComponent(t jsxTag, name string) (c codeComponent, ok bool) {
	if name != "code" && name != "codeblock" && name != "highlight" && name != "codesnippet" || m.inline() {
		return c, false
	}
	code, c2 := t.attr("code"), t.end
	if code == "" {
		code = t.attr("children")
	}
	if !t.empty {
		close := "</" + t.name + ">"
		n := strings.Index(string(m.src[t.end:]), close)
		if n < 0 {
			return c, false
		}
		inner := strings.TrimSpace(string(m.src[t.end : t.end+n]))
		if text, isText := literalBlock(inner); isText && code == "" {
			code = text
		}
		c2 = t.end + n + len(close)
	}
	if code == "" {
		return c, false
	}
	i := include{lang: t.first("language", "lang"), title: t.first("title", "filename")}
	if i.lang == "" {
		i.lang = strings.TrimPrefix(t.first("className"), "language-")
	}
	lead, _ := opening(m.out[1+bytes.LastIndexByte(m.out, 0x0a):])
	text := strings.ReplaceAll(string(i.fenced([]byte(code), "")), "\n", "\n"+string(lead))
	return codeComponent{text, c2}, true
}

// literalBlock is the text of an expression that is a string over lines.
func literalBlock(expression string) (text string, ok bool) {
	if len(expression) < 4 || expression[0] != '{' || expression[len(expression)-1] != '}' {
		return "", false
	}
	return literal(expression)
}
