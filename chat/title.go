package chat

import (
	"strings"
	"unicode/utf8"
)

// titleRunes bounds a session's title.
const titleRunes = 80

// title makes a session's title of its first question: its first line, cut at
// a word.
func title(question string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(question), "\n")
	line = strings.Join(strings.Fields(line), " ")
	if utf8.RuneCountInString(line) <= titleRunes {
		return line
	}
	cut := string([]rune(line)[:titleRunes])
	if i := strings.LastIndexByte(cut, ' '); i > titleRunes/2 {
		cut = cut[:i]
	}
	return cut + "…"
}
