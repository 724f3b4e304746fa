package extract

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"docent/analysis"
)

// asked is one of the things that a question asks.
type asked struct {
	text    string
	context string // of the same question, what a pronoun may mean
	what    bool   // what it is, in whatever words that is asked
	part    bool   // one of several things
}

// divided gives the things that a question asks, each as a question of its own;
// one of them is the question itself.
func divided(question string) []asked {
	texts := analysis.Questions(question)
	if texts == nil {
		return []asked{{text: question}}
	}
	parts := make([]asked, len(texts))
	for i, text := range texts {
		parts[i] = asked{text: text, part: true}
		if i > 0 {
			parts[i].context = texts[0]
		}
	}
	return parts
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
