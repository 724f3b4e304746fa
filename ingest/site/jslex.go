package site

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// jsKind is what a token of JavaScript or TypeScript is.
type jsKind int

const (
	jsEnd jsKind = iota
	jsName
	jsString   // text is its value
	jsTemplate // text is what stands between the backticks, as written
	jsNumber
	jsPunct
	jsRegexp
)

// jsToken is one token.
type jsToken struct {
	kind    jsKind
	text    string
	at, end int  // byte offsets in the source
	newline bool // it is the first of its line
}

// is reports whether the token is the given punctuation or word.
func (t jsToken) is(text string) bool {
	return t.text == text && (t.kind == jsPunct || t.kind == jsName)
}

// jsLex divides a source into tokens. It never fails: a quote that nothing
// closes is punctuation.
func jsLex(src string) []jsToken {
	l := jsLexer{src: src}
	for {
		newline := l.space()
		t := l.next()
		t.newline = newline
		l.tokens = append(l.tokens, t)
		if t.kind == jsEnd {
			return l.tokens
		}
	}
}

type jsLexer struct {
	src      string
	at       int
	tokens   []jsToken
	unclosed bool // a template has no end: none is looked for any more
}

// space skips white space and comments.
func (l *jsLexer) space() (newline bool) {
	newline = l.at == 0
	for l.at < len(l.src) {
		rest := l.src[l.at:]
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case strings.HasPrefix(rest, "//"), l.at == 0 && strings.HasPrefix(rest, "#!"):
			if size = strings.IndexByte(rest, '\n'); size < 0 {
				size = len(rest)
			}
		case strings.HasPrefix(rest, "/*"):
			if size = strings.Index(rest[2:], "*/") + 4; size < 4 {
				size = len(rest)
			}
			newline = newline || strings.Contains(rest[:size], "\n")
		case r == '\n':
			newline = true
		case !unicode.IsSpace(r) && r != '\uFEFF':
			return newline
		}
		l.at += size
	}
	return newline
}

func (l *jsLexer) next() jsToken {
	start := l.at
	if start >= len(l.src) {
		return jsToken{kind: jsEnd, at: start, end: start}
	}
	c := l.src[start]
	r, size := utf8.DecodeRuneInString(l.src[start:])
	switch {
	case c == '"' || c == '\'':
		if end := l.quoted(c); end > 0 {
			l.at = end
			return jsToken{kind: jsString, text: jsUnquote(l.src[start+1 : end-1]), at: start, end: end}
		}
	case c == '`' && !l.unclosed:
		if end := l.template(); end > 0 {
			l.at = end
			return jsToken{kind: jsTemplate, text: l.src[start+1 : end-1], at: start, end: end}
		}
		l.unclosed = true
	case c >= '0' && c <= '9' || c == '.' && start+1 < len(l.src) && l.src[start+1] >= '0' && l.src[start+1] <= '9':
		l.at = l.run(start, func(r rune) bool { return r == '.' || isJSName(r) })
		return jsToken{kind: jsNumber, text: l.src[start:l.at], at: start, end: l.at}
	case isJSName(r) || c == '#':
		l.at = l.run(start+size, isJSName)
		return jsToken{kind: jsName, text: l.src[start:l.at], at: start, end: l.at}
	case c == '/' && l.regexpMayBegin():
		if end := l.regexp(); end > 0 {
			l.at = end
			return jsToken{kind: jsRegexp, text: l.src[start:end], at: start, end: end}
		}
	}
	for _, p := range []string{"...", "===", "!==", "=>", "==", "!=", "&&", "||", "??", "?."} {
		if strings.HasPrefix(l.src[start:], p) {
			size = len(p)
			break
		}
	}
	l.at += size
	return jsToken{kind: jsPunct, text: l.src[start:l.at], at: start, end: l.at}
}

func isJSName(r rune) bool {
	return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

func (l *jsLexer) run(from int, in func(rune) bool) int {
	if n := strings.IndexFunc(l.src[from:], func(r rune) bool { return !in(r) }); n >= 0 {
		return from + n
	}
	return len(l.src)
}

// quoted gives where a string ends, behind its quote; 0 where it doesn't.
func (l *jsLexer) quoted(quote byte) int {
	for i := l.at + 1; i < len(l.src); i++ {
		switch l.src[i] {
		case '\\':
			i++
		case '\n':
			return 0
		case quote:
			return i + 1
		}
	}
	return 0
}

// template gives where a template ends, behind its backtick; 0 where it
// doesn't. Expressions in it may hold templates.
func (l *jsLexer) template() int {
	depth := []int{} // of braces, for each expression that is open
	for i := l.at + 1; i < len(l.src); i++ {
		last := len(depth) - 1
		switch c := l.src[i]; {
		case c == '\\':
			i++
		case last >= 0 && depth[last] >= 0 && c == '{':
			depth[last]++
		case last >= 0 && depth[last] > 0 && c == '}':
			depth[last]--
		case last >= 0 && depth[last] == 0 && c == '}':
			depth = depth[:last]
		case last >= 0 && depth[last] >= 0 && c == '`':
			depth = append(depth, -1) // a template within
		case c == '`' && last < 0:
			return i + 1
		case c == '`':
			depth = depth[:last]
		case strings.HasPrefix(l.src[i:], "${"):
			depth = append(depth, 0)
			i++
		}
	}
	return 0
}

// regexpMayBegin tells a regular expression from a division by what stands
// before it.
func (l *jsLexer) regexpMayBegin() bool {
	if len(l.tokens) == 0 {
		return true
	}
	switch last := l.tokens[len(l.tokens)-1]; last.kind {
	case jsPunct:
		return last.text != ")" && last.text != "]" && last.text != "}" && last.text != "<" && last.text != ">"
	case jsName:
		return last.text == "return" || last.text == "typeof" || last.text == "case"
	}
	return false
}

func (l *jsLexer) regexp() int {
	class := false
	for i := l.at + 1; i < min(len(l.src), l.at+1000); i++ {
		switch c := l.src[i]; {
		case c == '\\':
			i++
		case c == '\n':
			return 0
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			return l.run(i+1, unicode.IsLetter)
		}
	}
	return 0
}

// jsUnquote resolves the escapes of a string or a template.
func jsUnquote(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case '\n': // the line goes on
		case 'u', 'x':
			code, n := jsCodePoint(s[i:])
			b.WriteRune(code)
			i += n - 1
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// jsCodePoint reads u1234, u{1f600} or x41, and says how many bytes it is. A
// pair of surrogates becomes one rune.
func jsCodePoint(s string) (rune, int) {
	digits, n := "", 1
	switch {
	case strings.HasPrefix(s, "u{"):
		end := strings.IndexByte(s, '}')
		if end < 0 {
			return 'u', 1
		}
		digits, n = s[2:end], end+1
	case s[0] == 'u' && len(s) >= 5:
		digits, n = s[1:5], 5
	case s[0] == 'x' && len(s) >= 3:
		digits, n = s[1:3], 3
	}
	code, err := strconv.ParseUint(digits, 16, 32)
	if err != nil {
		return rune(s[0]), 1
	}
	if code >= 0xD800 && code < 0xDC00 && len(s) >= n+6 && s[n] == '\\' && s[n+1] == 'u' {
		if low, err := strconv.ParseUint(s[n+2:n+6], 16, 32); err == nil && low >= 0xDC00 && low < 0xE000 {
			return rune((code-0xD800)<<10 + (low - 0xDC00) + 0x10000), n + 6
		}
	}
	return rune(code), n
}
