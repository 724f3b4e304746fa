package llm

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Models write bytes, and a token may end within a character. Some servers then send
// what they have: the first bytes of it, or the first of its two UTF-16 units as an
// escape. encoding/json makes U+FFFD of either half, and the character is lost.

// unquote decodes a JSON string as encoding/json does, but keeps halves: bytes as they
// stand, and a UTF-16 unit as the three bytes that UTF-8 would have for it.
func unquote(data []byte, into *string) error {
	if len(data) < 2 || data[0] != '"' {
		return json.Unmarshal(data, into)
	}
	raw := data[1 : len(data)-1]
	text := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c != '\\' {
			text = append(text, c)
			continue
		}
		i++
		if raw[i] != 'u' {
			text = append(text, escapes[raw[i]])
			continue
		}
		unit, err := strconv.ParseUint(string(raw[i+1:i+5]), 16, 16)
		if err != nil {
			return err
		}
		i += 4
		text = appendUnit(text, rune(unit))
	}
	*into = string(text)
	return nil
}

// escapes are what stands behind a backslash for what.
var escapes = ['u']byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func appendUnit(b []byte, unit rune) []byte {
	if utf16.IsSurrogate(unit) {
		return append(b, 0xE0|byte(unit>>12), 0x80|byte(unit>>6)&0xBF, 0x80|byte(unit)&0xBF)
	}
	return utf8.AppendRune(b, unit)
}

// halves puts together characters that were cut by the end of a delta.
type halves struct {
	held string // the beginning of one
}

// pass gives the whole characters of a text that goes on with delta. What can't become
// one is U+FFFD.
func (h *halves) pass(delta string) string {
	if h.held == "" && utf8.ValidString(delta) {
		return delta
	}
	text := h.held + delta
	from := beginning(text)
	h.held = strings.Clone(text[from:])
	return whole(text[:from])
}

// beginning is where the character begins that a text ends within: its length where
// it ends with a whole one.
func beginning(text string) int {
	for i := len(text) - 1; i >= max(0, len(text)-utf8.UTFMax); i-- {
		if !utf8.RuneStart(text[i]) {
			continue
		}
		if unit, size := unitAt(text[i:]); size > 0 && unit < 0xDC00 && i+size == len(text) || !utf8.FullRuneInString(text[i:]) {
			return i
		}
		break
	}
	return len(text)
}

// unitAt decodes the half of a character that stands as three bytes; size is 0 where
// there is none.
func unitAt(text string) (unit rune, size int) {
	if len(text) < 3 || text[0] != 0xED || text[1] < 0xA0 || utf8.RuneStart(text[1]) || utf8.RuneStart(text[2]) {
		return 0, 0
	}
	return 0xD000 | rune(text[1]&0x3F)<<6 | rune(text[2]&0x3F), 3
}

// whole joins the halves that stand together, and makes U+FFFD of all that is no
// character.
func whole(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		if first, half := unitAt(text); half > 0 {
			r, size = utf8.RuneError, half
			if second, more := unitAt(text[half:]); more > 0 && first < 0xDC00 && second >= 0xDC00 {
				r, size = utf16.DecodeRune(first, second), half+more
			}
		}
		b.WriteRune(r)
		text = text[size:]
	}
	return b.String()
}
