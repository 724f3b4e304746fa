package ingest

import (
	"bytes"
	"html"
	"unicode"
	"unicode/utf8"
)

// appendText appends text with its escapes and entities resolved, save those
// without which it would turn into markup: the result is Markdown that shows
// what the source showed.
func appendText(b, raw []byte, isRaw bool) []byte {
	if isRaw || bytes.IndexByte(raw, '\\') < 0 && bytes.IndexByte(raw, '&') < 0 {
		return append(b, raw...)
	}
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '\\' && i+1 < len(raw) && isPunct(raw[i+1]):
			b = appendLiteral(b, rune(raw[i+1]), raw[i+2:])
			i += 2
		case c == '&':
			text, size := entity(raw[i:])
			for _, r := range text {
				b = appendLiteral(b, r, raw[i+size:])
			}
			i += size
		default:
			b = append(b, c)
			i++
		}
	}
	return b
}

// entity resolves the entity that s begins with, "&" itself where it is none,
// and says how long it was.
func entity(s []byte) (text string, size int) {
	end := bytes.IndexByte(s[:min(len(s), 40)], ';')
	if end < 2 {
		return "&", 1
	}
	name := string(s[:end+1])
	if text = html.UnescapeString(name); text == name {
		return "&", 1
	}
	return text, end + 1
}

// appendLiteral appends a character that was escaped, and keeps it escaped
// where it would be markup before the text that follows.
func appendLiteral(b []byte, r rune, next []byte) []byte {
	after, _ := utf8.DecodeRune(next)
	before, _ := utf8.DecodeLastRune(b)
	keep := false
	switch r {
	case '*', '`', '~':
		keep = true
	case '_':
		keep = !isWord(before) || !isWord(after)
	case '\\':
		keep = len(next) > 0 && isPunct(next[0])
	case '<':
		keep = unicode.IsLetter(after) || after == '/' || after == '!' || after == '?'
	case ']':
		keep = after == '(' || after == '['
	case '&':
		_, size := entity(append([]byte("&"), next[:min(len(next), 40)]...))
		if size > 1 {
			return append(b, "&amp;"...)
		}
	case '\u00a0', '\n', '\t':
		r = ' '
	}
	if keep {
		b = append(b, '\\')
	}
	return utf8.AppendRune(b, r)
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// isPunct reports whether c can be escaped: ASCII punctuation.
func isPunct(c byte) bool {
	return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}
