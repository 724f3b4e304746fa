package chat

import (
	"slices"
	"strings"
	"unicode"

	"docent/analysis"
)

// whatPhrases begin questions for what something is, in a few languages.
var whatPhrases = []string{"what is ", "what are ", "what's ", "whats ", "was ist ", "was sind ", "qu'est-ce que ",
	"qué es ", "que es ", "qué son ", "che cos'è ", "cos'è ", "o que é ", "wat is ", "wat zijn "}

// subjectWords is how many words what is asked after has at most: longer
// questions ask for more than a definition.
const subjectWords = 3

func asksWhat(question string, words []analysis.Word) bool {
	question = strings.ToLower(strings.TrimLeftFunc(question, func(r rune) bool { return !unicode.IsLetter(r) }))
	return len(words) > 0 && len(words) <= subjectWords &&
		slices.ContainsFunc(whatPhrases, func(p string) bool { return strings.HasPrefix(question, p) })
}

// articles and verbs stand before and after what a sentence defines.
var (
	articles = map[string]bool{"a": true, "an": true, "the": true, "ein": true, "eine": true, "der": true, "die": true, "das": true,
		"un": true, "une": true, "una": true, "uno": true, "le": true, "la": true, "el": true, "il": true, "o": true, "um": true, "uma": true, "een": true, "de": true}
	defining = map[string]bool{"is": true, "are": true, "means": true, "refers": true, "describes": true, "denotes": true,
		"ist": true, "sind": true, "est": true, "sont": true, "es": true, "son": true, "è": true, "sono": true, "é": true, "são": true, "zijn": true}
)

// defines tells, 0 to 1, how much a sentence looks like the definition of what
// is asked after: "A gauge is ..." most, "A gauge samples ..." less, and so does
// "The gauge of a boiler is ...".
func (x *extractor) defines(sentence, lang string) float64 {
	words := strings.Fields(sentence)
	withArticle := false
	if len(words) > 0 && articles[strings.ToLower(strings.Trim(words[0], "*_`>"))] {
		words, withArticle = words[1:], true
	}
	verb := slices.IndexFunc(words[:min(len(words), subjectWords+2)], func(w string) bool { return defining[strings.ToLower(w)] })
	end := verb
	if verb < 0 {
		end = min(len(x.words), len(words))
	}
	subject := strings.Join(words[:end], " ")
	if end == 0 || x.share(subject, lang) < 0.7 {
		return 0
	}
	exact := len(analysis.QueryWords(subject, lang)) == len(x.words)
	switch {
	case verb > 0 && exact:
		return 1
	case verb > 0, exact && withArticle:
		return 0.5
	}
	return 0
}

// share is how much of the words asked after a text has, each counting alike.
func (x *extractor) share(text, lang string) float64 {
	sum := 0.0
	for _, c := range x.cover(text, lang) {
		sum += c
	}
	return sum / float64(len(x.words))
}

// headed tells, 0 to 1, how far a heading is what is asked after and nothing
// else.
func (x *extractor) headed(heading, lang string) float64 {
	n := len(analysis.QueryWords(heading, lang))
	if n == 0 || len(x.words) == 0 {
		return 0
	}
	return x.share(heading, lang) * float64(len(x.words)) / float64(max(n, len(x.words)))
}

// sizes are what texts say where a question has a word of measure behind "how":
// "How big may a file be?"
var sizes = map[string]map[string]bool{
	"big":   termSet("size large larger bytes maximum max"),
	"large": termSet("size big bigger bytes maximum max"),
	"small": termSet("size smaller bytes minimum min"),
	"long":  termSet("duration timeout seconds minutes hours days"),
	"old":   termSet("age days keep kept"),
	"often": termSet("interval every frequency"),
	"fast":  termSet("speed seconds milliseconds"),
}

// measured gives what stands for the words of measure in a question, by term.
func measured(question string) map[string]map[string]bool {
	words := strings.FieldsFunc(strings.ToLower(question), func(r rune) bool { return !unicode.IsLetter(r) })
	at := slices.Index(words, "how")
	if at < 0 || at+1 == len(words) || sizes[words[at+1]] == nil {
		return nil
	}
	term := analysis.Terms(words[at+1], "en")[0]
	return map[string]map[string]bool{term: sizes[words[at+1]]}
}
