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
	words := analysis.PlainWords(markdown)
	if len(words) == 0 {
		return ""
	}
	w := newWindows(words, lang, q, weight)
	best, bestScore := 0, w.score(0)
	for start := 1; start < len(words); start++ {
		if !w.holds[start] && !opens(words, start) {
			continue
		}
		// Of equal windows the last one is nearest to the words, but the text's
		// own beginning is better still.
		if score := w.score(start); score > bestScore || score == bestScore && best > 0 {
			best, bestScore = start, score
		}
	}
	return window(words, best)
}

// opening gives about 240 characters of a text as plain words, from its beginning.
func opening(markdown string) string {
	if words := analysis.PlainWords(markdown); len(words) > 0 {
		return window(words, 0)
	}
	return ""
}

// windows are the parts of a text that may become its snippet.
type windows struct {
	words []string
	at    []int  // how many characters stand before each word, and before the end
	holds []bool // whether each word holds a term of the question
	found []place
	idf   []float64 // of each term of the question
	seen  []bool    // each term of the question, in one window
}

// place is a term of the question in a word of the text.
type place struct{ word, term int }

func newWindows(words []string, lang string, q *question, weight func(term string) float64) *windows {
	w := &windows{words: words, at: make([]int, len(words)+1), holds: make([]bool, len(words)),
		idf: make([]float64, len(q.terms)), seen: make([]bool, len(q.terms))}
	for i, word := range words {
		w.at[i+1] = w.at[i] + utf8.RuneCountInString(word) + 1
	}
	for i, t := range q.terms {
		w.idf[i] = weight(t)
	}
	analysis.Find(words, lang, q.place, func(word, term int) {
		w.holds[word] = true
		w.found = append(w.found, place{word, term})
	})
	return w
}

// opens reports whether a sentence begins with the word at i.
func opens(words []string, i int) bool {
	return i == 0 || strings.ContainsAny(words[i-1][len(words[i-1])-1:], ".!?:")
}

// score adds up the question's terms in the window that begins with a word.
func (w *windows) score(start int) float64 {
	clear(w.seen)
	score := 0.0
	for _, p := range w.found {
		if p.word < start {
			continue
		}
		if w.at[p.word+1]-w.at[start] > room {
			break
		}
		if !w.seen[p.term] {
			w.seen[p.term] = true
			score += w.idf[p.term]
		}
	}
	if opens(w.words, start) {
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
