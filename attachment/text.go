package attachment

import (
	"encoding/binary"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxControl is the share of control characters, one of so many characters, above
// which something is no text.
const maxControl = 20

// escapes are the sequences by which terminals are told colours and the like.
var escapes = regexp.MustCompile(`\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])`)

// plainText gives a file's text: UTF-8, or UTF-16 that says so by its first two
// bytes. Line ends are \n; control characters and terminals' colours are left out.
func plainText(b []byte) (text string, is bool) {
	switch {
	case len(b) >= 2 && b[0] == 0xff && b[1] == 0xfe:
		text, is = wide(b[2:], binary.LittleEndian)
	case len(b) >= 2 && b[0] == 0xfe && b[1] == 0xff:
		text, is = wide(b[2:], binary.BigEndian)
	default:
		text, is = strings.TrimPrefix(string(b), "\ufeff"), utf8.Valid(b)
	}
	if !is || strings.ContainsRune(text, 0) {
		return "", false
	}
	text = escapes.ReplaceAllString(text, "")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	shown := visible(text)
	if gone := len(text) - len(shown); gone*maxControl > len(text) {
		return "", false
	}
	return shown, true
}

// visible leaves out control characters but for tabs and line ends.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, text)
}

// wide reads UTF-16; false where halves of characters are missing.
func wide(b []byte, order binary.ByteOrder) (string, bool) {
	if len(b)%2 != 0 {
		return "", false
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	text := string(utf16.Decode(units))
	return text, !strings.ContainsRune(text, utf8.RuneError)
}
