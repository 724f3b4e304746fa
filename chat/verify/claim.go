package verify

import (
	"regexp"
	"strings"

	"docent/analysis"
)

// claim is a sentence taken apart.
type claim struct {
	words   []word
	weights map[string]float64 // of its content words, by their terms
	facts   []fact
	counts  []amount
}

// amount is a quantity with the terms that say it: they are there where the
// quantity is, in whatever words.
type amount struct {
	fact
	terms []string
}

// word is a word of a text in its order.
type word struct {
	raw     string // in lower case, without punctuation
	term    string
	clause  int
	content bool // says something: no stop word
}

func claimOf(text, lang string) *claim {
	c := &claim{facts: factsOf(text), weights: make(map[string]float64)}
	c.words = read(text, lang)
	for i, w := range c.words {
		if w.content && !vague[w.raw] {
			c.weights[w.term] = 1
		}
		next := word{}
		if i+1 < len(c.words) {
			next = c.words[i+1]
		}
		if q, ok := quantity(w.raw, next.raw); ok {
			said := []string{w.term}
			if _, counts := unitOf(next.raw); counts {
				said = append(said, next.term)
			}
			c.counts = append(c.counts, amount{q, said})
		}
	}
	return c
}

// vague words carry a sentence without claiming: their absence says little.
var vague = words(`need needs needed want use uses used using make makes get gets set sets put way following example
	also simply just however therefore instead called means via allow allows let lets add specific sure please note
	ensure provide provides default option value
	careful remember forget roughly approximately about typically usually basically entirely completely case mind hand`)

func words(list string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}

// bounds of clauses, beside punctuation.
var conjunctions = words("and but while unless whereas although und aber et mais y pero")

// read gives the words of Markdown.
func read(text, lang string) []word {
	plain := analysis.PlainWords(text)
	out := make([]word, 0, len(plain)+len(plain)/4)
	clause := 0
	raws := make([]string, len(plain))
	for i, w := range plain {
		raws[i] = strings.ToLower(strings.Trim(w, ".,;:!?()[]{}\"'“”‘’«»*…"))
	}
	analysis.EachWord(raws, lang, func(i int, terms []string) {
		raw, w := raws[i], plain[i]
		if conjunctions[raw] {
			clause++
		}
		content := !analysis.IsStop(raw, lang)
		for _, t := range terms {
			if len(terms) == 1 || t != raw { // an identifier's parts stand for it
				out = append(out, word{raw: raw, term: t, clause: clause, content: content && len(t) > 1})
			}
		}
		if strings.ContainsAny(w[max(len(w)-2, 0):], ",;:.!?)") {
			clause++
		}
	})
	return out
}

var citation = regexp.MustCompile(`\s*\[\d+\]`)

// withoutCitations takes [1] out, which claims nothing.
func withoutCitations(s string) string { return strings.TrimSpace(citation.ReplaceAllString(s, "")) }

// phatic sentences are about the conversation, or say what is not known.
var phatic = regexp.MustCompile(`(?i)^(hello|hi|hey|sure|thanks|thank you|you'?re welcome|of course|certainly|great|good (question|morning|day)|here (is|are|'s)|` +
	`let me know|i hope|i can('|no)?t|i could(n't| not)|i do(n't| not) know|feel free|if you have (any )?(other|more|further)|` +
	`the (documentation|docs|passages|sources) (do|does)(n't| not)|in summary|to summari[sz]e|hallo|gern|danke|bonjour|merci|hola|gracias)\b`)

// claimsNothing reports whether a sentence is a question, a greeting or what
// leads to the next: nothing to be borne out.
func claimsNothing(text string, cites bool) bool {
	switch {
	case strings.Trim(text, " |-:*_#>.") == "", isHeading(text), strings.HasSuffix(text, "?"), strings.HasSuffix(text, "？"):
		return true
	case cites:
		return false
	}
	return strings.HasSuffix(text, ":") || phatic.MatchString(text)
}

// isHeading reports whether all of a line is bold: it stands for a heading.
func isHeading(text string) bool {
	inner, bold := strings.CutPrefix(text, "**")
	return bold && strings.Index(inner, "**") == len(inner)-2
}
