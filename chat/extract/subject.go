package extract

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

// Words around what a sentence defines, by language.
var (
	articles = wordSet(`a an ein eine un une una uno um uma een the der die das le la el il o de`)
	kinds    = wordSet(`a an ein eine un une una uno um uma een`) // of the articles those that speak of any
	defining = wordSet(`is are means refers describes denotes ist sind bedeutet est sont es son è sono é são zijn`)
	modals   = wordSet(`must should can may might will would has have`)
)

func wordSet(words string) map[string]bool {
	set := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// defines tells, 0 to 1, how much a sentence looks like the definition of what
// is asked after: "A gauge is ..." and "Gauges are ..." most, "A gauge samples ..."
// less, "A steam gauge is ..." least.
func (x *extractor) defines(sentence, lang string) float64 {
	words := strings.Fields(sentence)
	article := ""
	if len(words) > 0 {
		article = strings.ToLower(strings.Trim(words[0], "*_`>"))
	}
	if articles[article] {
		words = words[1:]
	}
	verb := slices.IndexFunc(words[:min(len(words), len(x.words)+2)], func(w string) bool { return defining[strings.ToLower(w)] })
	end := len(x.words)
	if verb > 0 {
		end = verb
	}
	if end >= len(words) || x.share(strings.Join(words[:end], " "), lang) < 0.7 {
		return 0
	}
	next := words[end]
	switch exact := end == len(x.words); {
	case verb > 0 && exact:
		return 1
	case verb > 0:
		return 0.25
	case exact && kinds[article] && !modals[next] && next == strings.ToLower(next):
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
