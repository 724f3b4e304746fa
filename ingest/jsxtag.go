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
	quoted      bool // the value is a string; it is an expression with its braces otherwise
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

// expression is what the tag was given that is computed; "" where it has none
// of this name.
func (t jsxTag) expression(name string) string {
	for _, a := range t.attrs {
		if a.name == name && !a.quoted {
			return a.value
		}
	}
	return ""
}

// expressions are all that the tag was given that are computed.
func (t jsxTag) expressions() (all []string) {
	for _, a := range t.attrs {
		if !a.quoted {
			all = append(all, a.value)
		}
	}
	return all
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
			if a.value, a.quoted = literal(value); !a.quoted {
				a.value = value
			}
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
