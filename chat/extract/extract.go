package extract

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"docent"
	"docent/analysis"
	"docent/chat"
)

// Shares that decide which sections are quoted, found by reading answers.
const (
	minFit      = 0.15 // below it the best section does not fit
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
	"for instance", "in addition", "additionally", "on the other hand", "similarly", "as a result", "alternatively", "or, ", "also ", "also, ", "then "}

// leans reports whether a sentence says nothing without the one before it.
func leans(text string) bool {
	text = strings.ToLower(text)
	if slices.ContainsFunc(backBeginnings, func(p string) bool { return strings.HasPrefix(text, p) }) {
		return true
	}
	return slices.ContainsFunc(backPhrases, func(p string) bool { return strings.Contains(text, p) })
}

// render writes quotes as blocks of Markdown with their citations; titled puts
// the section's heading first. What belongs together is cited once, behind its
// last prose; code and tables without any by what stands above them, which may
// be the heading.
func (x *extractor) render(q *quotable, quotes []quote, titled bool) []string {
	var parts []string
	if line := headingLine(q.Heading()); titled && line != "" {
		parts = append(parts, line)
	}
	for len(quotes) > 0 {
		n := q.together(quotes)
		cited := -1 // by its place in parts
		for _, quote := range quotes[:n] {
			parts = append(parts, quote.words(q.Text))
			if !ownLine(parts[len(parts)-1], quote.kind) {
				cited = len(parts) - 1
			}
		}
		first := len(parts) == n || titled && len(parts) == n+1
		switch {
		case cited >= 0:
			parts[cited] += " " + chat.CiteMarker(q.N)
		case first && len(parts) > n:
			parts[0] += " " + chat.CiteMarker(q.N)
		case first:
			parts = append(parts, chat.CiteMarker(q.N))
		}
		quotes = quotes[n:]
	}
	return parts
}

// together is how many of the quotes need one citation: what introduces others
// goes with them, as do the steps of a list and the two halves of a sentence.
func (q *quotable) together(quotes []quote) int {
	for n := 1; n < len(quotes); n++ {
		b, next := quotes[n-1], quotes[n]
		steps := next.number > 1 || b.number > 0 && next.kind == docent.BlockCode
		if !steps && !q.introduces(b, next.quoteBlock) && !(b.kind == docent.BlockCode && continues(next.text(q.Text))) {
			return n
		}
	}
	return len(quotes)
}

// escapeHeading keeps a heading's characters from being Markdown.
var escapeHeading = strings.NewReplacer("*", `\*`, "`", "\\`", "[", `\[`, "<", `\<`, `\`, `\\`)

// headingLine is a heading as a line in bold, "" where it can't be one.
func headingLine(heading string) string {
	line := "**" + escapeHeading.Replace(strings.Join(strings.Fields(heading), " ")) + "**"
	if line == "****" || !citable(line, docent.BlockParagraph) {
		return ""
	}
	return line
}

// announces reports whether text, the end of the block, is nothing without what
// follows it: prose that ends with a colon, an item that does or is only a label.
func (b *quoteBlock) announces(text string) bool {
	switch b.kind {
	case docent.BlockParagraph, docent.BlockAdmonition:
		r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text, "*_)\"'”’»」"))
		return strings.ContainsRune(":：", r)
	case docent.BlockList:
		label, ok := strings.CutPrefix(text[strings.LastIndexByte(text, '\n')+1:], "- **")
		return strings.HasSuffix(text, ":") || ok && strings.Index(label, "**") == len(label)-2
	}
	return false
}

// introduces reports whether next belongs to what is quoted before it: it is
// announced, or stands directly behind prose without an end.
func (q *quotable) introduces(b quote, next *quoteBlock) bool {
	text := q.part(b.quoteBlock, b.picked[len(b.picked)-1])
	if b.announces(text) || b.kind != docent.BlockParagraph && b.kind != docent.BlockAdmonition {
		return b.announces(text)
	}
	return !ended(text) && (next.kind == docent.BlockList || next.kind == docent.BlockCode) &&
		b.end() <= next.start() && strings.TrimSpace(q.Text[b.end():next.start()]) == ""
}

// ended reports whether text ends as a sentence or as code in a line does.
func ended(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text, "*_)\"'”’»」"))
	return strings.ContainsRune(".!?…。！？｡`", r)
}

// continues reports whether text goes on with the sentence before it.
func continues(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLower(r)
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
