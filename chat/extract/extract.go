// Package extract composes an answer of the passages' own words, without a model.
//
//	question -> the things that it asks, or that it compares (asked.go, several.go)
//	each     -> words with weights, and what kind of question it is (subject.go)
//	passages -> blocks -> parts: sentences, items, rows (quotable.go)
//	parts    -> how much of the question each has, and under which heading (value.go)
//	best section -> its best blocks with what they need around them (compose.go)
//	block    -> all of it, or the parts that answer (pick.go, leaning.go)
//	quotes   -> Markdown with citations (render.go)
//
// What is quoted stands in a passage to the letter, and is never cut where its
// sense would be: code and its sentence, a table's rows and its header, steps
// from the first one on. An answer begins with what defines, decides or shows
// what is asked, as its kind is.
//
// What it doubts: the passages' Markdown, of which a part may leave code open or
// look like a citation; such parts are not quoted. And sentences that stand for
// nothing without the one before, which come with that or not at all.
package extract

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"docent"
	"docent/analysis"
)

// Shares that decide which sections are quoted, found by reading answers.
const (
	minFit      = 0.05 // below it the best section does not fit
	minGain     = 0.2  // of the question, by weight, that a second section adds
	secondFit   = 0.28 // below it a second section is rather noise
	secondShare = 0.6  // and below this share of the first one's fit
	nearShare   = 0.8  // what is nearly as good
	showsShare  = 0.6  // of the best one's fit, that one with code or steps has
	begunShare  = 0.9  // of the best one's fit, that a section before it on its page has
	asGoodShare = 0.9  // of what the best section has of the question, in another's quotes
)

// Answer composes an answer to question out of passages, in their own words,
// with [n] behind what is taken from passage n. lang is the question's and of
// passages that name none; "" is unknown. ok is false when nothing fits.
//
// It takes the section that fits best, and of it the blocks that fit best:
// paragraphs down to neighbouring sentences, lists, code and tables with what
// introduces them. A second section follows under its heading when it speaks of
// words of the question that the first leaves out. A question that asks several
// things has each of them answered.
func Answer(question, lang string, passages []docent.Passage) (text string, ok bool) {
	r := read(lang, passages)
	if parts := divided(question); len(parts) > 1 {
		if text, ok = r.answerEach(parts); ok {
			return text, true
		}
	}
	x := r.extractor(asked{text: question})
	if len(x.things) > 0 && !x.saysOfBoth() {
		if text, ok = r.answerEach(x.things); ok {
			return text, true
		}
		x = r.extractor(asked{text: question})
	}
	first, quotes := x.first()
	if len(quotes) == 0 {
		return "", false
	}
	parts := x.render(first, quotes, x.needsHeading(first, quotes))
	x.note(first, quotes)
	spent := len(strings.Fields(strings.Join(parts, " ")))
	if second, quotes := x.second(first, secondBounds.within(wordsAtMost-spent)); len(quotes) > 0 {
		sameHeading := second.Path == first.Path && second.Heading() == first.Heading()
		parts = append(parts, x.render(second, quotes, !sameHeading)...)
	}
	return strings.Join(parts, "\n\n"), true
}

// reading is what answers to one question are made of.
type reading struct {
	lang     string
	sections []*quotable
	quoted   map[string]bool        // parts that the answer has
	terms    map[[2]string][]string // of texts, by language and text
}

func read(lang string, passages []docent.Passage) *reading {
	r := &reading{lang: lang, quoted: make(map[string]bool), terms: make(map[[2]string][]string)}
	for _, p := range passages {
		r.sections = append(r.sections, takeApart(p))
	}
	return r
}

// again begins anew, as if nothing had been quoted.
func (r *reading) again() {
	clear(r.quoted)
	for _, q := range r.sections {
		q.blocks = q.whole
	}
}

// termsOf gives the terms of a text.
func (r *reading) termsOf(text, lang string) []string {
	key := [2]string{lang, text}
	terms, known := r.terms[key]
	if !known {
		terms = analysis.Terms(text, lang)
		r.terms[key] = terms
	}
	return terms
}

// extractor composes an answer to one question.
type extractor struct {
	*reading
	words     []analysis.Word
	matter    []string // the words that say what it is about, by their first terms
	parts     map[string][]wordPart
	own       int                        // how many of the words are not only what came before
	weights   []float64                  // of words; they sum to 1, rare ones count more
	practical bool                       // asks how to do something
	where     bool                       // asks where something is
	what      bool                       // asks what something is
	whether   bool                       // asks for a yes or a no
	things    []asked                    // that are to be compared
	part      bool                       // is one of several things that are asked
	sizes     map[string]map[string]bool // what stands for a word of measure
	said      []float64                  // how much of each word the answer has so far
}

func (r *reading) extractor(a asked) *extractor {
	x := &extractor{
		reading:   r,
		words:     analysis.QueryWords(a.text, r.lang),
		practical: asks(a.text, howWords),
		where:     asks(a.text, whereWords),
		whether:   asksWhether(a.text),
		things:    compared(a.text),
		part:      a.part,
		sizes:     measured(a.text),
	}
	x.what = a.what || asksWhat(a.text, x.words)
	x.own = len(x.words)
	if !x.what {
		x.lean(a.context)
	}
	for _, w := range x.words {
		if !askingWords[w[0]] {
			x.matter = append(x.matter, w[0])
		}
	}
	x.parts = x.partsOf()
	x.said = make([]float64, len(x.words))
	for _, q := range r.sections {
		x.measure(q, cmp.Or(q.Unit.Lang, r.lang))
	}
	x.weigh()
	for _, q := range r.sections {
		x.value(q)
	}
	return x
}

// lean adds the words that stand before a part of a question and not in it.
func (x *extractor) lean(context string) {
	for _, w := range analysis.QueryWords(context, x.lang) {
		if !askingWords[w[0]] && !slices.ContainsFunc(x.words, func(own analysis.Word) bool { return own[0] == w[0] }) {
			x.words = append(x.words, w)
		}
	}
}

// howWords begin questions for a way to do something, in a few languages.
var howWords = []string{"how", "wie", "comment", "cómo", "como", "come", "hoe", "jak", "hur"}

// whereWords begin questions for a place, and places are words that name one.
var (
	whereWords = []string{"where", "wo", "où", "dónde", "dove", "onde", "waar"}
	places     = termSet("where folder directory file path database disk")
)

func asks(question string, by []string) bool {
	for word := range strings.FieldsFuncSeq(strings.ToLower(question), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if slices.Contains(by, word) {
			return true
		}
	}
	return false
}

// note remembers what was said.
func (x *extractor) note(q *quotable, quotes []quote) {
	for i, h := range q.heading {
		x.said[i] = max(x.said[i], h)
	}
	for _, quote := range quotes {
		for _, i := range quote.picked {
			part := quote.parts[i]
			x.quoted[q.Text[part.Start:part.End]] = true
			for w, c := range part.cover {
				x.said[w] = max(x.said[w], c)
			}
		}
	}
}

// first gives the section that fits the question best, and what to quote of it.
// Where nothing of it can be quoted, another one answers only if it fits about as
// well and what is quoted says as much: something else is no answer.
func (x *extractor) first() (*quotable, []quote) { return x.firstWithin(firstBounds) }

func (x *extractor) firstWithin(most bounds) (*quotable, []quote) {
	var best *quotable
	fits := minFit
	for _, q := range x.sections {
		if fit := x.fit(q); fit > fits {
			best, fits = q, fit
		}
	}
	if best == nil {
		return nil, nil
	}
	best = x.ofPage(best, fits)
	if quotes := x.compose(best, most); len(quotes) > 0 {
		return best, quotes
	}
	for _, q := range x.byFit() {
		if q == best || x.fit(q) < nearShare*fits {
			continue
		}
		if quotes := x.compose(q, most); len(quotes) > 0 && x.sum(coverOf(q, quotes)) >= asGoodShare*x.sum(best.all) {
			return q, quotes
		}
	}
	return best, best.pointer()
}

// ofPage gives the section to answer from, of a page that is on the question: the
// one before where that fits as well, or the one that shows how to do what the
// best one only speaks of.
func (x *extractor) ofPage(best *quotable, fits float64) *quotable {
	if x.what {
		return best
	}
	page := best
	for _, q := range x.sections {
		switch {
		case q == best || !x.samePage(page, q):
		case x.practical && !best.shows() && q.shows() && x.fit(q) >= showsShare*fits:
			best = q
		case q.Ordinal < best.Ordinal && x.fit(q) >= begunShare*fits && (!x.practical || q.shows() || !best.shows()):
			best = q
		}
	}
	return best
}

// shows reports whether a section has code or steps.
func (q *quotable) shows() bool {
	return slices.ContainsFunc(q.blocks, func(b quoteBlock) bool { return b.kind == docent.BlockCode || b.number > 0 })
}

// pointer gives the best paragraph of a section that has only sentences which
// point elsewhere.
func (q *quotable) pointer() []quote {
	for _, at := range byValue(q.blocks) {
		b := &q.blocks[at]
		if b.kind != docent.BlockParagraph {
			return nil
		}
		whole := quote{b, b.every()}
		if text := whole.words(q.Text); analysis.Tokens(text) <= paragraphTokens && citable(text, b.kind) && !b.announces(text) && len(q.unpointed(b, whole.picked)) == 0 {
			return []quote{whole}
		}
	}
	return nil
}

// byFit gives the sections, the best first, equals as they were found.
func (x *extractor) byFit() []*quotable {
	sections := slices.Clone(x.sections)
	slices.SortStableFunc(sections, func(a, b *quotable) int { return cmp.Compare(x.fit(b), x.fit(a)) })
	return sections
}

// second gives a section that adds to what the first one said, if there is one:
// words of the question that were left out, or the next of a page on it.
func (x *extractor) second(first *quotable, most bounds) (best *quotable, quotes []quote) {
	adds := 0.0
	for _, q := range x.sections {
		fit := x.fit(q) / x.fit(first)
		if q == first || x.fit(q) < secondFit || fit < secondShare {
			continue
		}
		q.drop(x.quoted)
		chosen := x.compose(q, most)
		gain := x.gain(q, chosen)
		if x.samePage(first, q) && q.Ordinal > first.Ordinal && fit >= nearShare {
			gain = max(gain, minGain)
		}
		if len(chosen) > 0 && gain >= minGain && gain*fit > adds {
			best, quotes, adds = q, chosen, gain*fit
		}
	}
	return best, quotes
}

// samePage reports whether two sections are of one page whose title says as
// much of the question as a's headings do.
func (x *extractor) samePage(a, b *quotable) bool {
	return a.Unit == b.Unit && a.Path == b.Path && x.sum(a.title) > 0 && x.sum(a.title) >= nearShare*x.sum(a.heading)
}

// needsHeading reports whether the answer's first quote is not understood
// without its heading: it is no prose, refers to something before it, or lacks
// words of the question that the heading has.
func (x *extractor) needsHeading(q *quotable, quotes []quote) bool {
	first := quotes[0]
	if first.kind != docent.BlockParagraph && first.kind != docent.BlockAdmonition && first.kind != docent.BlockDefinition {
		return true
	}
	if first.picked[0] == 0 && refersBack(first.text(q.Text)) {
		return true
	}
	lacks := 0.0
	for i, c := range first.parts[first.picked[0]].cover {
		lacks += x.weights[i] * max(0, q.heading[i]-c)
	}
	return lacks >= minGain
}

// byValue orders the places of blocks, best first, equals as they stand.
func byValue(blocks []quoteBlock) []int {
	order := make([]int, len(blocks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(blocks[b].value, blocks[a].value) })
	return order
}
