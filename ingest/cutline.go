package ingest

import (
	"regexp"
	"sort"
	"strings"
	"unicode"

	"docent/analysis"
)

// lead is what a line's continuation must begin with: its indentation and
// quote marks; a list's marker is replaced by blanks.
var lead = regexp.MustCompile(`^((?:> |>| )*)(- (?:\[[ x]\] )?|\d+[.)] )?`)

// cutLine divides a line of text between sentences, and a sentence that is
// too long between words. What follows is indented as the line was.
func cutLine(p part, budget int) []part {
	m := lead.FindStringSubmatch(p.lines[0])
	text := p.lines[0][len(m[0]):]
	rest := m[1] + strings.Repeat(" ", len(m[2]))
	var out []part
	add := func(text string) {
		line := rest + text
		if len(out) == 0 {
			line = m[0] + text
		}
		out = append(out, part{lines: []string{line}, first: p.first, last: p.last, tokens: analysis.Tokens(line), startsItem: p.startsItem && len(out) == 0})
	}
	room := max(budget-analysis.Tokens(m[0]), 1)
	open := ""
	for _, s := range sentences(text) {
		if joined := open + s; !tooLong(joined, room) {
			open = joined
			continue
		}
		if open != "" {
			add(strings.TrimSpace(open))
		}
		open = ""
		for tooLong(s, room) {
			at := wordsWithin(s, room)
			if at >= len(s) {
				break
			}
			add(strings.TrimSpace(s[:at]))
			s = s[at:]
		}
		open = s
	}
	if open = strings.TrimSpace(open); open != "" || len(out) == 0 {
		add(open)
	}
	out[len(out)-1].lines = append(out[len(out)-1].lines, p.lines[1:]...)
	return out
}

// tooLong reports whether text is above the budget, without reading all of a
// text that is far above it.
func tooLong(text string, budget int) bool {
	return len(text) > bytesPerToken*budget || analysis.Tokens(text) > budget
}

// wordsWithin gives the offset up to which the words of s fit the budget; at
// least one does.
func wordsWithin(s string, budget int) int {
	var ends []int
	for at := 0; at < min(len(s), bytesPerToken*budget); {
		at = wordEnd(s, at)
		ends = append(ends, at)
	}
	n := sort.Search(len(ends), func(i int) bool { return analysis.Tokens(s[:ends[i]]) > budget })
	return ends[max(n-1, 0)]
}

// wordEnd gives the end of the word at s[at:], with the space that follows. In
// scripts without spaces every character is a word.
func wordEnd(s string, at int) int {
	inSpace := false
	for i, r := range s[at:] {
		switch {
		case unicode.IsSpace(r):
			inSpace = true
		case inSpace, i > 0 && unspaced(r):
			return at + i
		default:
			if unspaced(r) {
				inSpace = true
			}
		}
	}
	return len(s)
}

// sentences divides text into its sentences, each with the blanks after it:
// nothing of the text is lost.
func sentences(text string) []string {
	var out []string
	start := 0
	for i, span := range analysis.Sentences(text) {
		if i > 0 {
			out = append(out, text[start:span.Start])
			start = span.Start
		}
	}
	return append(out, text[start:])
}
