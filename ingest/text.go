package ingest

import (
	"bytes"
	"html"
	"unicode"
	"unicode/utf8"
)

// appendText appends text with its escapes and entities resolved, save those
// without which it would turn into markup: the result is Markdown that shows
// what the source showed. Runs of blanks become one. after is what follows in
// the source.
func appendText(b, raw, after []byte, isRaw bool) []byte {
	if len(raw) > 0 && raw[0] == ' ' && len(b) > 0 && b[len(b)-1] == ' ' {
		raw = raw[1:]
	}
	if isRaw || !bytes.ContainsAny(raw, "\\&\t") && !bytes.Contains(raw, []byte("  ")) {
		return append(b, raw...)
	}
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '\\' && i+1 < len(raw) && isPunct(raw[i+1]):
			b = appendLiteral(b, rune(raw[i+1]), following(raw[i+2:], after))
			i += 2
		case c == '&':
			text, size := entity(raw[i:])
			for _, r := range text {
				b = appendLiteral(b, r, following(raw[i+size:], after))
			}
			i += size
		case c == ' ' || c == '\t':
			b = appendBlank(b)
			i++
		default:
			b = append(b, c)
			i++
		}
	}
	return b
}

// following is what a character is followed by.
func following(rest, after []byte) []byte {
	if len(rest) > 0 {
		return rest
	}
	return after
}

// appendBlank appends a space, unless one or the end of a line is there.
func appendBlank(b []byte) []byte {
	if len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\n') {
		return b
	}
	return append(b, ' ')
}

// entity resolves the entity that s begins with, "&" itself where it is none,
// and says how long it was.
func entity(s []byte) (text string, size int) {
	end := 1
	for end < min(len(s), 40) && (isWord(rune(s[end])) || s[end] == '#') {
		end++
	}
	if end == len(s) || s[end] != ';' {
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
		keep = !isWord(before) // within and after a word it opens no emphasis
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
		return appendBlank(b)
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
