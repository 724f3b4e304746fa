package retrieval

import (
	"strings"
	"unicode/utf8"

	"docent/analysis"
)

const (
	snippetRunes = 240
	ellipsis     = "…"
	// room is what the words have beside an ellipsis at each end.
	room = snippetRunes - 3
	// openingBonus prefers a window that begins where a sentence does, against
	// one more word of middling weight.
	openingBonus = 0.3
)

// snippet gives about 240 characters of a text as plain words, from where they
// hold most of the question.
func snippet(markdown, lang string, q *question, weight func(term string) float64) string {
	words := strings.Fields(analysis.PlainText(markdown))
	if len(words) == 0 {
		return ""
	}
	found := wordsFound(words, lang, q)
	best, bestScore := 0, windowScore(words, found, 0, q, weight)
	for start := 1; start < len(words); start++ {
		if len(found[start]) == 0 && !opens(words, start) {
			continue
		}
		// Of equal windows the last one is nearest to the words, but the text's
		// own beginning is better still.
		if score := windowScore(words, found, start, q, weight); score > bestScore || score == bestScore && best > 0 {
			best, bestScore = start, score
		}
	}
	return window(words, best)
}

// wordsFound gives, for each word, the places of the question's terms in it.
func wordsFound(words []string, lang string, q *question) [][]int {
	found := make([][]int, len(words))
	for i, w := range words {
		for _, t := range analysis.Terms(w, lang) {
			if place, asked := q.place[t]; asked {
				found[i] = append(found[i], place)
			}
		}
	}
	return found
}

// opens reports whether a sentence begins with the word at i.
func opens(words []string, i int) bool {
	return i == 0 || strings.ContainsAny(words[i-1][len(words[i-1])-1:], ".!?:")
}

func windowScore(words []string, found [][]int, start int, q *question, weight func(string) float64) float64 {
	seen := make(map[int]bool)
	score := 0.0
	for i, left := start, room; i < len(words); i++ {
		if left -= utf8.RuneCountInString(words[i]) + 1; left < 0 {
			break
		}
		for _, place := range found[i] {
			if !seen[place] {
				seen[place] = true
				score += weight(q.terms[place])
			}
		}
	}
	if opens(words, start) {
		score += openingBonus
	}
	return score
}

// window gives the words from start that fit, with an ellipsis where something
// is left out. A first word that alone is too long is cut.
func window(words []string, start int) string {
	var b strings.Builder
	if start > 0 {
		b.WriteString(ellipsis)
	}
	left := room
	for i, w := range words[start:] {
		n := utf8.RuneCountInString(w) + 1
		if n > left && i > 0 {
			b.WriteString(" " + ellipsis)
			break
		}
		if n > left {
			b.WriteString(string([]rune(w)[:left-1]) + ellipsis)
			break
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		left -= n
	}
	return b.String()
}
