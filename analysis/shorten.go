package analysis

import "unicode/utf8"

// leftOut stands where Shorten left something out.
const leftOut = "\n[...]\n"

// Shorten gives a text in at most about most bytes: its beginning, and of what
// is too much the last third of that, since logs end with what went wrong. A
// text that is short enough comes back as it is.
func Shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	most = max(most, 0)
	head, tail := most-most/3, len(text)-most/3
	for head > 0 && !utf8.RuneStart(text[head]) {
		head--
	}
	for tail < len(text) && !utf8.RuneStart(text[tail]) {
		tail++
	}
	return text[:head] + leftOut + text[tail:]
}
