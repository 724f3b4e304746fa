package chat

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"docent"
)

// errLeak stops a model that recites what it was told.
var errLeak = errors.New("the model repeats its instructions")

// secrets are the texts that no answer repeats at length: the system prompt and
// what is configured. They are compared word by word, whatever stands between
// the words and however these are written. Nothing of them changes once made.
type secrets struct {
	most  int // words of a run that is repeated at length; 0 keeps nothing
	words []string
	need  []int            // what a run that ends with a word needs; 0: nothing here is kept
	at    map[string][]int // the places of each word
}

// Runs are measured in halves of words, since a character of a script without
// blanks is about half of one.
const (
	wordWeight = 2
	// leastSecret is how many words a text has at least that is kept whole, being
	// shorter than answer.leak_words.
	leastSecret = 6
	// heldFrom is how many words of a run have passed when the next are held back.
	heldFrom = 3
)

// actions are what fillIn fills in.
var actions = regexp.MustCompile(`\{\{[^}]*\}\}`)

// newSecrets keeps texts from answers, in runs of so many words; a text of fewer
// words as a whole. 0 keeps nothing.
func newSecrets(most int, texts ...string) *secrets {
	s := &secrets{most: most, at: make(map[string][]int)}
	if most <= 0 {
		return s
	}
	for _, text := range texts {
		for _, part := range actions.Split(text, -1) {
			s.add(wordsOf(part), most*wordWeight)
		}
	}
	return s
}

// add keeps the words of one text.
func (s *secrets) add(words []string, most int) {
	total := 0
	for _, w := range words {
		total += weight(w)
	}
	need := min(most, total)
	if total < leastSecret*wordWeight {
		need = 0
	}
	for _, w := range append(words, "") { // nothing goes on behind a text
		s.at[w] = append(s.at[w], len(s.words))
		s.words, s.need = append(s.words, w), append(s.need, need)
	}
}

// secrets gives what the model is told in every answer of this service.
func (c Config) secrets() *secrets {
	texts := []string{render("system", promptData{Tools: true}), render("outside", promptData{}), render("chat", promptData{}), aboutNote, c.Instructions}
	for _, text := range c.OfSites {
		texts = append(texts, text)
	}
	for _, text := range c.OfSources {
		texts = append(texts, text)
	}
	return newSecrets(c.Answer.LeakWords, texts...)
}

// recital follows how much of the secrets a text has repeated up to here.
type recital struct {
	of   *secrets
	runs []secretRun
	free map[int]bool // the places where a run may end: the documentation says it, too
}

// secretRun is a run of words that stands in the secrets.
type secretRun struct {
	next  int // the place of the word that would continue it
	size  int // in halves of words
	from  int // where it began, in bytes of the text
	words int // of it
}

// step takes a word that begins at a byte of the text, and gives the places
// where what is long enough ends.
func (r *recital) step(word string, from int) (ends []int) {
	var runs []secretRun
	for _, run := range r.runs {
		if r.of.words[run.next] == word {
			runs = append(runs, run)
		}
	}
	for _, at := range r.of.at[word] {
		if !slices.ContainsFunc(runs, func(run secretRun) bool { return run.next == at }) {
			runs = append(runs, secretRun{next: at, from: from})
		}
	}
	for i := range runs {
		run := &runs[i]
		run.size += weight(word)
		run.words++
		if need := r.of.need[run.next]; need > 0 && run.size >= need && !r.free[run.next] {
			ends = append(ends, run.next)
		}
		run.next++
	}
	r.runs = runs
	return ends
}

// guarded puts guards of what the model was told before next: of what it is told in
// every answer, and of the instructions that a responder or a hook added to this one.
func (a *answering) guarded(next textFilter) textFilter {
	if a.added != "" {
		next = newLeakGuard(newSecrets(a.secrets.most, a.added), a.prompt.passages, next)
	}
	return newLeakGuard(a.secrets, a.prompt.passages, next)
}

// allow lets what stands in passages be said.
func (r *recital) allow(passages []docent.Passage) {
	free := map[int]bool{}
	for _, p := range passages {
		reading := recital{of: r.of}
		for _, w := range wordsOf(p.Text) {
			for _, end := range reading.step(w, 0) {
				free[end] = true
			}
		}
	}
	r.free = free
}

// leakGuard passes a model's text on until it repeats a long run of the secrets:
// then Write or Close give errLeak. The words of a run are held back until it
// breaks off.
type leakGuard struct {
	recital
	next  textFilter
	text  string // not passed on
	past  int    // bytes that were
	word  string // that is not complete
	began int    // where in the whole text it did
}

// newLeakGuard makes a guard for one answer; what stands in its passages may be
// said.
func newLeakGuard(of *secrets, passages []docent.Passage, next textFilter) *leakGuard {
	g := &leakGuard{recital: recital{of: of}, next: next}
	g.allow(passages)
	return g
}

// Write takes the next piece of the text. The error is next's, or errLeak.
func (g *leakGuard) Write(text string) error {
	for i, r := range text {
		alone := isSyllable(r)
		if alone || !isWord(r) {
			if err := g.complete(); err != nil {
				return err
			}
		}
		if alone || isWord(r) {
			if g.word == "" {
				g.began = g.past + len(g.text) + i
			}
			g.word += string(r)
		}
		if alone {
			if err := g.complete(); err != nil {
				return err
			}
		}
	}
	g.text += text
	return g.pass(g.passable())
}

// complete takes the word that ends here.
func (g *leakGuard) complete() error {
	if g.word == "" {
		return nil
	}
	ends := g.step(strings.ToLower(g.word), g.began)
	g.word = ""
	if ends != nil {
		return errLeak
	}
	return nil
}

// passable is how much of the text is in no run that matters.
func (g *leakGuard) passable() int {
	end := len(g.text)
	for _, run := range g.runs {
		if run.words >= heldFrom {
			end = min(end, max(run.from-g.past, 0))
		}
	}
	return end
}

func (g *leakGuard) pass(end int) error {
	text := g.text[:end]
	g.text, g.past = g.text[end:], g.past+end
	if text == "" {
		return nil
	}
	return g.next.Write(text)
}

// Close ends the text, and with it next.
func (g *leakGuard) Close() error {
	if err := g.complete(); err != nil {
		return err
	}
	if err := g.pass(len(g.text)); err != nil {
		return err
	}
	return g.next.Close()
}

// wordsOf gives the words of a text as they are compared.
func wordsOf(text string) []string {
	var words []string
	start := -1
	for i, r := range text {
		alone := isSyllable(r)
		if start >= 0 && (alone || !isWord(r)) {
			words = append(words, strings.ToLower(text[start:i]))
			start = -1
		}
		switch {
		case alone:
			words = append(words, text[i:i+utf8.RuneLen(r)])
		case start < 0 && isWord(r):
			start = i
		}
	}
	if start >= 0 {
		words = append(words, strings.ToLower(text[start:]))
	}
	return words
}

// weight is what a word counts in a run.
func weight(word string) int {
	if r, size := utf8.DecodeRuneInString(word); size == len(word) && isSyllable(r) {
		return 1
	}
	return wordWeight
}

// isSyllable reports whether a character is of a script that puts no blanks
// between words: it counts as a word of its own.
func isSyllable(r rune) bool {
	const first = '\u0e01' // of Thai, which comes first of them
	return r >= first && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// recited ends an answer that began to repeat what the model was told: what was
// said stays, and a sentence says why it ends.
func (a *answering) recited() error {
	a.trace.step("the answer was ended", errLeak.Error())
	a.done.FinishReason = docent.FinishRefused
	text := wordingIn(a.lang).recited
	if len(a.text) > 0 {
		text = "\n\n" + text
	}
	return a.say(text)
}
