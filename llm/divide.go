package llm

import (
	"strings"
	"unicode"

	"docent/analysis"
)

// divide cuts text into pieces of at most limit estimated tokens, at the best
// borders there are: blank lines, ends of lines, of sentences, of words. The
// pieces together are text, but for blanks at borders; none is blank. One
// character is never cut, however small the limit.
func divide(text string, limit int) []string {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	if analysis.Tokens(text) <= limit {
		return []string{text}
	}
	at := border(text)
	if at == 0 {
		return []string{text}
	}
	return append(divide(text[:at], limit), divide(text[at:], limit)...)
}

// border gives the place where text is best cut in two: of the best kind that
// there is in the text's middle half, the one nearest to the middle. 0 where
// text is one character.
func border(text string) int {
	from, to := len(text)/4, len(text)-len(text)/4
	for _, borders := range []func(string) []int{
		func(s string) []int { return endsOf(s, "\n\n") },
		func(s string) []int { return endsOf(s, "\n") },
		sentenceEnds,
		blanks,
	} {
		if at := nearestTo(len(text)/2, borders(text), from, to); at > 0 {
			return at
		}
	}
	return nearestTo(len(text)/2, characters(text), 0, len(text))
}

// nearestTo gives the place nearest to middle of those between from and to, 0
// where there is none.
func nearestTo(middle int, places []int, from, to int) int {
	best := 0
	for _, p := range places {
		if p > from && p < to && (best == 0 || abs(p-middle) < abs(best-middle)) {
			best = p
		}
	}
	return best
}

func abs(n int) int {
	return max(n, -n)
}

func endsOf(text, mark string) []int {
	var ends []int
	for at := 0; ; {
		i := strings.Index(text[at:], mark)
		if i < 0 {
			return ends
		}
		at += i + len(mark)
		ends = append(ends, at)
	}
}

func sentenceEnds(text string) []int {
	var ends []int
	for _, s := range analysis.Sentences(text) {
		ends = append(ends, s.End)
	}
	return ends
}

func blanks(text string) []int {
	var places []int
	for i, r := range text {
		if unicode.IsSpace(r) {
			places = append(places, i)
		}
	}
	return places
}

// characters gives where characters begin; a byte that is not UTF-8 is one.
func characters(text string) []int {
	var places []int
	for i := range text {
		places = append(places, i)
	}
	return places
}
