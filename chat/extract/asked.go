package extract

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// asked is one of the things that a question asks.
type asked struct {
	text    string
	context string // of the same question, what a pronoun may mean
	what    bool   // what it is, in whatever words that is asked
	part    bool   // one of several things
}

// partsAtMost is how many things of one question are answered each.
const partsAtMost = 3

// joins stand between two questions in one sentence, before a word that begins
// a question, in a few languages.
var (
	joins    = regexp.MustCompile(`(?i)(?:\s*[,;]\s*|\s+)(?:and|und|et|y|e|en)\s+(?:also\s+|then\s+)?`)
	ends     = regexp.MustCompile(`[?？]+\s*`)
	askWords = wordSet(`how what what's which where when why who whose can could does do did is are should must may will
		wie was wo wann warum wer welche welcher welches kann können darf muss ist gibt
		comment où quand pourquoi quel quelle quels quelles puis-je peut-on qu'est-ce est-ce
		cómo qué dónde cuándo cuál por puedo hay come cosa dove quando perché`)
)

// divided gives the things that a question asks, each as a question of its own;
// one of them is the question itself.
func divided(question string) []asked {
	var parts []asked
	for _, sentence := range ends.Split(question, -1) {
		at := 0
		for _, join := range joins.FindAllStringIndex(sentence, -1) {
			if beginsQuestion(sentence[join[1]:]) && beginsQuestion(sentence[at:join[0]]) {
				parts = append(parts, asked{text: sentence[at:join[0]]})
				at = join[1]
			}
		}
		if strings.TrimSpace(sentence[at:]) != "" {
			parts = append(parts, asked{text: sentence[at:]})
		}
	}
	if len(parts) < 2 || len(parts) > partsAtMost || slices.ContainsFunc(parts, func(a asked) bool { return !beginsQuestion(a.text) }) {
		return []asked{{text: question}}
	}
	for i := range parts {
		parts[i].part = true
		if i > 0 {
			parts[i].context = parts[0].text
		}
	}
	return parts
}

// beginsQuestion reports whether text begins with a word that questions begin
// with.
func beginsQuestion(text string) bool {
	word, _, _ := strings.Cut(strings.TrimLeftFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }), " ")
	return askWords[strings.TrimRight(word, ",")]
}

// comparing are questions for what is different between two things.
var comparing = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b(?:differences?|unterschied|unterschiede|différence|diferencia|differenza)\s+(?:between|zwischen|entre|tra)\s+(.+?)\s+(?:and|und|et|y|e)\s+(.+)`),
	regexp.MustCompile(`(?i)^(?:.*\bcompare\s+)?(.+?)\s+(?:vs\.?|versus)\s+(.+)`),
	regexp.MustCompile(`(?i)\bcompare\s+(.+?)\s+(?:and|with|to)\s+(.+)`),
}

// comparedWords is how many words each of two things has at most.
const comparedWords = 4

// compared gives the two things whose difference is asked after; none where the
// question is another one.
func compared(question string) []asked {
	question = strings.TrimRight(strings.TrimSpace(question), "?.!")
	for _, re := range comparing {
		m := re.FindStringSubmatch(question)
		if m == nil {
			continue
		}
		a, b := strings.TrimSpace(m[1]), strings.TrimSpace(m[2])
		if len(strings.Fields(a)) <= comparedWords && len(strings.Fields(b)) <= comparedWords {
			return []asked{{text: a, context: b, what: true, part: true}, {text: b, context: a, what: true, part: true}}
		}
	}
	return nil
}

// whether are words that begin questions for a yes or a no.
var whether = wordSet(`can could may must should does do is are will would has have did
	kann können darf muss ist sind gibt hat puis-je peut-on est-ce puedo hay existe posso`)

// asksWhether reports whether a question is answered by a yes or a no.
func asksWhether(question string) bool {
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimLeftFunc(question, func(r rune) bool { return !unicode.IsLetter(r) })), " ")
	return whether[word]
}

// deciding are words of a sentence that says whether something is so.
var deciding = wordSet(`yes not never only can cannot can't don't doesn't isn't aren't won't must may need needs
	support supports supported works work possible impossible allowed required optional without instead
	ja nein nicht kein keine nie nur kann können muss oui non pas jamais peut sí no nunca puede`)

// conditional begin sentences that decide nothing by themselves.
var conditional = wordSet(`if when where unless wenn falls si quand cuando se quando`)

// decides reports whether a sentence looks as if it said yes or no.
func decides(sentence string) bool {
	first, _, _ := strings.Cut(strings.ToLower(sentence), " ")
	if conditional[strings.TrimRight(first, ",")] || strings.ContainsAny(sentence[max(0, len(sentence)-3):], "?？") {
		return false
	}
	for word := range strings.FieldsSeq(strings.ToLower(sentence)) {
		if deciding[strings.Trim(word, ".,;:!*_()")] {
			return true
		}
	}
	return false
}

// bare reports whether a paragraph's part has too few words of its own to be
// quoted: anchors, links by reference.
func bare(text string) bool {
	text = strings.TrimSpace(markup.ReplaceAllString(text, " "))
	r, _ := utf8.DecodeLastRuneInString(text)
	return !strings.ContainsRune(":：", r) && strings.IndexFunc(text, unicode.IsLetter) < 0
}

// markup is what readers do not read: anchors, and links by their names.
var markup = regexp.MustCompile(`\{[^{}]*\}|\[[^\[\]]*\]\[[^\[\]]*\]`)
