package retrieval

import (
	"slices"
	"strings"
	"unicode"

	"docent/analysis"
)

// namesIn gives the first term of each name in a question: of words with a
// capital inside a sentence, or behind their first letter (GraphQL, API), and
// of identifiers with an underscore. In German every noun has a capital, in a
// line of capitals every word: there it finds none of the first kind.
func namesIn(text, lang string) map[string]bool {
	words := strings.Fields(text)
	capitals := 0
	for _, w := range words {
		if startsUpper(w) {
			capitals++
		}
	}
	if strings.ToUpper(text) == text {
		text = strings.ToLower(text)
		words = strings.Fields(text)
	}
	many := baseLang(lang) == "de" || len(words) > 2 && 2*capitals > len(words)
	names := make(map[string]bool)
	begins := true // a sentence
	for _, w := range words {
		if isName(w, begins || many) {
			for _, word := range analysis.QueryWords(w, lang) {
				names[word[0]] = true
			}
		}
		begins = strings.ContainsAny(w[len(w)-1:], ".?!:")
	}
	return names
}

// isName reports whether a word is written as a name is; plain says that a
// capital at its beginning means nothing.
func isName(w string, plain bool) bool {
	letters := strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if letters == "" || letters == "I" || strings.HasPrefix(letters, "I'") || strings.HasPrefix(letters, "I’") {
		return false
	}
	inner := strings.IndexFunc(letters, unicode.IsUpper) > 0 || strings.IndexFunc(strings.TrimLeftFunc(letters, unicode.IsUpper), unicode.IsUpper) >= 0
	return strings.Contains(letters, "_") || inner || startsUpper(letters) && (!plain || strings.ToUpper(letters) == letters && len(letters) > 1)
}

func startsUpper(w string) bool {
	w = strings.TrimLeftFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })
	for _, r := range w {
		return unicode.IsUpper(r)
	}
	return false
}

// measures follow "how" in questions for a number, which the text then gives
// without them: "How big may a file be?"
var measures = []string{"big", "large", "long", "small", "old", "fast", "far", "high", "often", "deep"}

// measured leaves the measure out of words, where text asks for one and
// for something else, too.
func measured(words []analysis.Word, text string) []analysis.Word {
	asked := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	at := slices.Index(asked, "how")
	if at < 0 || at+1 >= len(asked) || !slices.Contains(measures, asked[at+1]) || len(words) < 2 {
		return words
	}
	return slices.DeleteFunc(slices.Clone(words), func(w analysis.Word) bool { return w[0] == asked[at+1] })
}
