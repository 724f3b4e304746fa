package analysis

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// mostQuestions is how many questions one text asks at most, so that each is worth
// an answer.
const mostQuestions = 3

// questionJoins stand between two questions in one sentence, before a word that begins
// a question, in a few languages.
var (
	questionJoins = regexp.MustCompile(`(?i)(?:\s*[,;]\s*|\s+)(?:and|und|et|y|e|en)\s+(?:also\s+|then\s+)?`)
	questionEnds  = regexp.MustCompile(`[?？]+\s*`)
	askWords      = set(`how what what's which where when why who whose can could does do did is are should must may will
		wie was wo wann warum wer welche welcher welches kann können darf muss ist gibt
		comment où quand pourquoi quel quelle quels quelles puis-je peut-on qu'est-ce est-ce
		cómo qué dónde cuándo cuál por puedo hay come cosa dove quando perché`)
)

// Questions gives the questions that a text asks one after the other ("How do I
// install it and where is the log?"), in its own words; nil where it asks one
// thing, or so many that none is meant.
func Questions(text string) []string {
	var parts []string
	for _, sentence := range questionEnds.Split(text, -1) {
		at := 0
		for _, join := range questionJoins.FindAllStringIndex(sentence, -1) {
			if next := sentence[join[1]:]; beginsQuestion(next) && !indirect.MatchString(next) && beginsQuestion(sentence[at:join[0]]) {
				parts = append(parts, sentence[at:join[0]])
				at = join[1]
			}
		}
		if strings.TrimSpace(sentence[at:]) != "" {
			parts = append(parts, sentence[at:])
		}
	}
	if len(parts) < 2 || len(parts) > mostQuestions || slices.ContainsFunc(parts, func(p string) bool { return !beginsQuestion(p) }) {
		return nil
	}
	return parts
}

// indirect are words that begin no question of their own but a part of one ("which
// value is used and where it comes from").
var indirect = regexp.MustCompile(`(?i)^\W*(?:how|what|which|where|when|why|who|wie|was|wo|wann|warum|où|comment|quand|dónde|cómo|cuándo)\s+(?:it|this|that|they|these|i|you|we|es|er|ich|man|wir|il|elle|on|je)\s`)

// beginsQuestion reports whether text begins with a word that questions begin with.
func beginsQuestion(text string) bool {
	word, _, _ := strings.Cut(strings.TrimLeftFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }), " ")
	return askWords[strings.TrimRight(word, ",")]
}
