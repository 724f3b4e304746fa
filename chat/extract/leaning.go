package extract

import (
	"slices"
	"strings"
)

// backWords begin sentences that lean on what stands before them.
var backWords = map[string]bool{
	"it": true, "its": true, "this": true, "that": true, "these": true, "those": true, "they": true, "both": true,
	"neither": true, "either": true, "then": true, "otherwise": true, "also": true, "such": true, "there": true,
}

func refersBack(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	return backWords[strings.ToLower(strings.Trim(word, ",.;:"))]
}

// pointsBack reports whether a sentence has a word that stands for something
// before it.
func pointsBack(text string) bool {
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		if pronouns[strings.Trim(word, ",.;:()")] {
			return true
		}
	}
	return false
}

var pronouns = wordSet(`it its they them their this these those both`)

// backPhrases make a sentence of one thing only with what stands before it.
var backPhrases = []string{"does the same", "do the same", "in the same way", "as above", "likewise", "the above", "example above", "shown above"}

// backBeginnings are of sentences that turn on the one before.
var backBeginnings = []string{"however", "instead", "otherwise", "but ", "therefore", "in that case", "in this case", "for example",
	"for instance", "in addition", "additionally", "on the other hand", "similarly", "as a result", "alternatively", "or, ", "also ", "also, ", "then ", "if you did", "if so", "if not", "in both cases", "in either case"}

// leans reports whether a sentence says nothing without the one before it.
func leans(text string) bool {
	text = strings.ToLower(text)
	if slices.ContainsFunc(backBeginnings, func(p string) bool { return strings.HasPrefix(text, p) }) {
		return true
	}
	return slices.ContainsFunc(backPhrases, func(p string) bool { return strings.Contains(text, p) })
}
