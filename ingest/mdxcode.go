package ingest

import (
	"bytes"
	"regexp"
	"strings"
)

// codeSpan copies a code span, or the backticks that begin none.
func (m *mdx) codeSpan() {
	n := 0
	for m.at+n < len(m.src) && m.src[m.at+n] == '`' {
		n++
	}
	mark := m.src[m.at : m.at+n]
	for i := m.at + n; i < len(m.src); {
		switch {
		case bytes.HasPrefix(m.src[i:], mark):
			run := n
			for i+run < len(m.src) && m.src[i+run] == '`' {
				run++
			}
			if i += run; run == n {
				m.copyTo(i)
				return
			}
		case m.src[i] == '\n' && len(bytes.TrimSpace(m.src[i:m.lineEnd(min(i+1, len(m.src)))])) == 0:
			m.wasted += i - m.at
			m.copyTo(m.at + n)
			return
		default:
			i++
		}
	}
	m.wasted += len(m.src) - m.at
	m.copyTo(m.at + n)
}

// formula copies a formula within a line, whose braces are TeX's.
func (m *mdx) formula(end int) {
	rest := m.src[m.at+1 : max(end, m.at+1)]
	n := bytes.IndexByte(rest, '$')
	if n > 0 && rest[0] != ' ' && bytes.ContainsAny(rest[:n], "\\^_") {
		m.copyTo(m.at + n + 2)
		return
	}
	m.wasted += max(n, 0)
	m.copyTo(m.at + 1)
}

// headingID is what a comment in a heading may say.
var headingID = regexp.MustCompile(`^\{/\*\s*(#[^\s{}]+)\s*\*/\}$`)

// expression drops an expression in braces, a comment among them; strings
// stay.
func (m *mdx) expression() bool {
	if bytes.HasPrefix(m.src[m.at:], []byte("{#")) {
		return false // a heading's id
	}
	end := m.balanced(m.at)
	if end < 0 {
		return false
	}
	whole := m.src[m.at:end]
	if id := headingID.FindSubmatch(whole); id != nil && m.heading {
		m.out = append(append(append(m.out, '{'), id[1]...), '}')
	} else if text, ok := literal(string(whole)); ok {
		m.out = append(m.out, shown(text)...)
	}
	m.blank(end)
	return true
}

// literal is the text of an expression that is a string.
func literal(expression string) (text string, ok bool) {
	s := strings.TrimSpace(expression[1 : len(expression)-1])
	if len(s) < 2 || s[0] != s[len(s)-1] || !strings.ContainsRune("\"'`", rune(s[0])) {
		return "", false
	}
	text = s[1 : len(s)-1]
	return text, !strings.ContainsAny(text, s[:1]+"\\") && !strings.Contains(text, "${")
}

// shown gives text in Markdown that shows it, on one line.
func shown(text string) string {
	return markup.ReplaceAllString(strings.ReplaceAll(text, "\n", " "), `\$0`)
}

var markup = regexp.MustCompile(`[\\<\[\]{}*` + "`" + `]`)

// balanced gives the offset after the bracket that closes the one at from; -1
// where none does. Strings and comments are JavaScript's.
func (m *mdx) balanced(from int) int {
	depth := 0
	for i := from; i < len(m.src); {
		switch m.src[i] {
		case '{', '(', '[':
			depth++
		case '}', ')', ']':
			if depth--; depth <= 0 {
				return i + 1
			}
		}
		i = m.skip(i)
	}
	m.wasted += len(m.src) - from
	return -1
}

// skip gives the offset after the string, comment or byte at i.
func (m *mdx) skip(i int) int {
	rest := m.src[i:]
	switch {
	case bytes.HasPrefix(rest, []byte("/*")):
		if n := bytes.Index(rest, []byte("*/")); n >= 0 {
			return i + n + 2
		}
		return len(m.src)
	case bytes.HasPrefix(rest, []byte("//")) && (i == 0 || m.src[i-1] != ':'):
		return max(m.lineEnd(i)-1, i+1)
	case rest[0] == '"', rest[0] == '\'', rest[0] == '`':
		return i + m.quoted(rest)
	}
	return i + 1
}

// quoted is the length of the string that s begins with; 1 where it is never
// closed, as in prose: don't.
func (m *mdx) quoted(s []byte) int {
	n := 1
	for ; n < len(s) && (s[0] == '`' || s[n] != '\n'); n++ {
		switch s[n] {
		case '\\':
			n++
		case s[0]:
			return n + 1
		}
	}
	if m.wasted += n; m.wasted > maxWasted {
		return len(s)
	}
	return 1
}

// moduleEnd gives the offset after the imports and exports that begin here:
// that of the first empty line outside of brackets, or of what is no longer a
// statement.
func (m *mdx) moduleEnd() int {
	depth, end := 0, -1
	for i := m.at; i < len(m.src); {
		switch m.src[i] {
		case '{', '(', '[':
			depth++
		case '}', ')', ']':
			depth--
		case '\n':
			rest := m.src[i+1 : m.lineEnd(i+1)]
			blank := len(bytes.TrimSpace(rest)) == 0
			if blank && end < 0 {
				end = i + 1
			}
			if depth <= 0 && (blank || bytes.ContainsAny(m.src[i-1:i], ";'\"") && !moduleLine.Match(rest)) {
				return i + 1
			}
		}
		i = m.skip(i)
	}
	if depth > 0 && end > 0 { // a bracket that is never closed
		m.wasted += len(m.src) - m.at
		return end
	}
	return len(m.src)
}
