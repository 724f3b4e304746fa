package web

import (
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"docent"
)

// appendEvent frames an event. An event without an ID leaves the client's last
// one as it is; one without a name is a message.
func appendEvent(b []byte, e docent.Event) []byte {
	if e.ID > 0 {
		b = append(b, "id: "...)
		b = strconv.AppendInt(b, int64(e.ID), 10)
		b = append(b, '\n')
	}
	if e.Name != "" {
		b = append(b, "event: "...)
		b = appendLine(b, []byte(e.Name))
		b = append(b, '\n')
	}
	b = append(b, "data: "...)
	b = appendLine(b, e.Data)
	return append(b, "\n\n"...)
}

// appendLine appends text as one line. A line break in JSON can only stand between
// tokens, where a space means the same.
func appendLine(b, text []byte) []byte {
	if plainLine(text) {
		return append(b, text...)
	}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\n' || c == '\r':
			b = append(b, ' ')
			i++
		case c == '\\':
			var size int
			b, size = appendEscape(b, text[i:])
			i += size
		default:
			r, size := utf8.DecodeRune(text[i:])
			if isLineEnd(r) {
				b = fmt.Appendf(b, `\u%04x`, r)
			} else {
				b = append(b, text[i:i+size]...)
			}
			i += size
		}
	}
	return b
}

// plainLine reports whether text is sent as it stands: it has no line end of the
// standard or of a client, and no escape that could be half a character.
func plainLine(text []byte) bool {
	for i, c := range text {
		switch {
		case c == '\n', c == '\r', c == '\\' && i+2 < len(text) && text[i+1] == 'u' && text[i+2]|0x20 == 'd':
			return false
		case c == 0xC2 || c == 0xE2:
			if r, _ := utf8.DecodeRune(text[i:]); isLineEnd(r) {
				return false
			}
		}
	}
	return true
}

// isLineEnd tells the characters, beside those of the standard, at which clients divide
// lines that read them as text: Python's splitlines does. JSON has them in strings only,
// where an escape means the same.
func isLineEnd(r rune) bool { return r == '\u0085' || r == '\u2028' || r == '\u2029' }

// appendEscape appends the escape that text begins with, and gives its length. One that
// is half a character becomes the sign for none: Python makes a string of it that
// it then can't write.
func appendEscape(b, text []byte) ([]byte, int) {
	unit, is := escapedUnit(text)
	switch {
	case !is:
		size := min(2, len(text))
		return append(b, text[:size]...), size
	case !utf16.IsSurrogate(unit):
		return append(b, text[:6]...), 6
	}
	if low, is := escapedUnit(text[6:]); is && utf16.DecodeRune(unit, low) != utf8.RuneError {
		return append(b, text[:12]...), 12
	}
	return append(b, `\ufffd`...), 6
}

// escapedUnit is the UTF-16 unit that text begins with, as an escape of JSON.
func escapedUnit(text []byte) (unit rune, is bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}
