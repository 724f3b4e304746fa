package extract

import (
	"math"
	"math/bits"
	"slices"
	"strings"

	"docent"
	"docent/analysis"
)

// What counts how much, found by reading answers.
const (
	headingShare   = 0.5  // a word that only a part's heading has
	pathShare      = 0.6  // a word that only the page's title or a heading above has
	keyBonus       = 0.5  // what a row is about, as far as the row has the question
	firstBonus     = 0.3  // the section's first paragraph, where the heading fits
	howBonus       = 0.3  // code and steps, for one who asks how
	fragmentShare  = 0.6  // a paragraph that is no sentence: a caption, a label
	apartShare     = 0.8  // words of the question that stand far from each other
	headingApart   = 0.5  // and in a heading
	placeBonus     = 0.45 // what names a place, for one who asks where
	defineBonus    = 0.8  // what defines that which is asked after
	decideBonus    = 0.3  // what says yes or no, for one who asks that
	decidedShare   = 0.6  // and of a section, as far as that has the question
	subjectBonus   = 0.8  // a section with that as its heading
	titleShare     = 0.15 // the title of the page
	wordPartsShare = 0.7  // all parts of an identifier
	sizeShare      = 0.7  // what stands for a word of measure
	opposedShare   = 0.2  // what is about the opposite

	nearWords     = 2    // how far close words are from each other, at most
	contextWeight = 0.35 // a word of what was asked before in the same question
	askingWeight  = 0.12 // a word that says more of the asking than of the matter
)

// measure notes how much of each word of the question stands where in q.
func (x *extractor) measure(q *quotable, lang string) {
	q.heading = x.cover(q.Heading(), lang)
	q.title = x.cover(q.Title, lang)
	for i, c := range x.cover(q.Title+"\n"+strings.Join(q.Headings, "\n"), lang) {
		q.heading[i] = max(q.heading[i], pathShare*c)
	}
	q.near = x.near(q.Heading(), lang)
	q.all = x.cover(q.Text, lang)
	if x.what {
		q.subject = x.headed(q.Heading(), lang)
	}
	for i := range q.blocks {
		b := &q.blocks[i]
		b.value = 0
		head := x.cover(q.Text[b.head.Start:b.head.End], lang)
		for j := range b.parts {
			part := &b.parts[j]
			text := q.Text[part.Start:part.End]
			part.cover = x.cover(text, lang)
			part.near = x.near(text, lang)
			part.place = x.where && x.has(text, lang, places)
			part.fragment = b.kind == docent.BlockParagraph && !ended(text) && (i+1 == len(q.blocks) || !q.introduces(quote{b, b.every()}, &q.blocks[i+1]))
			part.decides = x.whether && b.kind == docent.BlockParagraph && decides(text)
			if x.what {
				part.defines = x.defines(text, lang)
			}
			if b.kind == docent.BlockTable {
				key, _, _ := strings.Cut(strings.TrimPrefix(text, "|"), "|")
				part.key = x.cover(key, lang)
			}
			for w, c := range head { // a row is read with its table's header
				part.cover[w] = max(part.cover[w], c)
			}
		}
	}
	x.heed(q, lang)
}

// has reports whether text has one of the terms.
func (x *extractor) has(text, lang string, terms map[string]bool) bool {
	return slices.ContainsFunc(x.termsOf(text, lang), func(t string) bool { return terms[t] })
}

// near is the share of the question's neighbouring words that are neighbours
// in text, too, 1 where text has no two of them.
func (x *extractor) near(text, lang string) float64 {
	last := make([]int, len(x.matter)) // the last place of each, from 1 on
	close := make([]bool, len(x.matter))
	for at, t := range x.termsOf(text, lang) {
		if len(x.parts[t]) == 0 {
			continue
		}
		for i, m := range x.matter {
			if m != t {
				continue
			}
			last[i] = at + 1
			close[i] = close[i] || i > 0 && last[i-1] > 0 && last[i]-last[i-1] <= nearWords
			if i+1 < len(last) {
				close[i+1] = close[i+1] || last[i+1] > 0 && last[i]-last[i+1] <= nearWords
			}
		}
	}
	pairs, near := 0, 0
	for i := 1; i < len(last); i++ {
		if last[i-1] > 0 && last[i] > 0 {
			pairs++
			if close[i] {
				near++
			}
		}
	}
	if pairs == 0 {
		return 1
	}
	return float64(near) / float64(pairs)
}

// askingWords say more of the asking than of the matter.
var askingWords = termSet(`mean means happen happens want wants need needs get gets put know explain tell show find way possible
	able work works thing something anything like try make sure end ends one go goes give use using used look see say says come
	difference differ compare comparison versus vs
	write create set setup configure`)

func termSet(words string) map[string]bool {
	set := make(map[string]bool)
	for _, t := range analysis.Terms(words, "en") {
		set[t] = true
	}
	return set
}

// wordPart is what a term of a text says of a word of the question: 0 is the
// word, others its parts by their places, and sizePart what stands for it.
type wordPart struct{ word, part int }

// sizePart is more than any word has parts that count.
const sizePart = 63

// partsOf leads from terms to the words of the question that they say something of.
func (x *extractor) partsOf() map[string][]wordPart {
	of := make(map[string][]wordPart)
	for i, w := range x.words {
		for part, t := range w[:min(len(w), sizePart)] {
			of[t] = append(of[t], wordPart{i, part})
		}
		for t := range x.sizes[w[0]] {
			of[t] = append(of[t], wordPart{i, sizePart})
		}
	}
	return of
}

// cover tells for each word of the question how much of it text has, 0 to 1:
// of an identifier that is not there as a whole, its parts count less.
func (x *extractor) cover(text, lang string) []float64 {
	has := make([]uint64, len(x.words)) // the parts of each that are there, a bit for each
	for _, t := range x.termsOf(text, lang) {
		for _, of := range x.parts[t] {
			has[of.word] |= 1 << of.part
		}
	}
	cover := make([]float64, len(x.words))
	for i, w := range x.words {
		switch parts := bits.OnesCount64(has[i] &^ (1 | 1<<sizePart)); {
		case has[i]&1 != 0:
			cover[i] = 1
		case has[i]>>sizePart != 0:
			cover[i] = sizeShare
		case parts > 0:
			cover[i] = wordPartsShare * float64(parts) / float64(len(w)-1)
		}
	}
	return cover
}

// weigh gives the words their weights: a word that few parts have tells more
// about where the answer is.
func (x *extractor) weigh() {
	x.weights = make([]float64, len(x.words))
	total, sum := 0.0, 0.0
	for _, q := range x.sections {
		for _, b := range q.blocks {
			for _, part := range b.parts {
				total++
				for i, c := range part.cover {
					x.weights[i] += c
				}
			}
		}
	}
	for i, df := range x.weights {
		x.weights[i] = math.Log(1 + (total+1)/(df+1))
		if askingWords[x.words[i][0]] {
			x.weights[i] *= askingWeight
		}
		if i >= x.own {
			x.weights[i] *= contextWeight
		}
		sum += x.weights[i]
	}
	for i := range x.weights {
		x.weights[i] /= sum
	}
}

// sum adds up by weight.
func (x *extractor) sum(cover []float64) float64 {
	s := 0.0
	for i, c := range cover {
		s += c * x.weights[i]
	}
	return s
}

// partValue is how well a part fits, with its headings' words counted in.
func (x *extractor) partValue(q *quotable, part quotePart) float64 {
	s := 0.0
	for i, c := range part.cover {
		s += x.weights[i] * max(c, headingShare*q.heading[i])
	}
	s *= apartShare + (1-apartShare)*part.near
	s += keyBonus*x.sum(part.key)*x.sum(part.cover) + defineBonus*part.defines
	if part.place {
		s += placeBonus * part.near * x.sum(part.cover)
	}
	if part.fragment {
		s *= fragmentShare
	}
	if part.decides {
		s *= 1 + decideBonus
	}
	if part.opposed {
		s *= opposedShare
	}
	return s
}

// value sets how well each block of q fits: as its best part does, and better
// for what begins the section or shows how.
func (x *extractor) value(q *quotable) {
	prose := false
	for i := range q.blocks {
		b := &q.blocks[i]
		for _, part := range b.parts {
			b.value = max(b.value, x.partValue(q, part))
		}
		if !prose && b.kind == docent.BlockParagraph {
			prose = true
			b.value += firstBonus * x.about(q)
		}
		if x.practical && (b.kind == docent.BlockCode || b.number > 0) {
			b.value *= 1 + howBonus
		}
	}
}

// fit is how well a section fits: by its best block, its headings, all of it,
// and by the score that retrieval gave it. The shares were fitted to which
// section readers of six manuals were answered by.
func (x *extractor) fit(q *quotable) float64 {
	best, defines, decides := 0.0, 0.0, 0.0
	opposed := q.opposed
	for _, b := range q.blocks {
		best = max(best, b.value)
		for _, part := range b.parts {
			defines = max(defines, part.defines)
			if part.decides {
				decides = max(decides, x.sum(part.cover))
			}
			opposed = opposed && part.opposed
		}
	}
	all := 0.0
	for i, c := range q.all {
		all += x.weights[i] * max(c, q.heading[i])
	}
	if all == 0 || opposed {
		return 0
	}
	rank := max(0, q.Score) / max(x.sections[0].Score, 1e-9)
	page := titleShare * x.sum(q.title)
	if x.what {
		page = subjectBonus * q.subject * (1 + defines) / 2
	}
	if x.where {
		best *= 2
	}
	fit := 0.45*best + 0.9*all + 0.25*x.about(q) + 0.5*page + decidedShare*decides
	switch {
	case len(x.things) > 0:
		return (fit + x.about(q)) * (0.4 + 0.6*rank)
	case x.part, x.what, x.where, x.whether: // signs say more than the score, which is for all of the question
		return fit * (0.4 + 0.6*rank)
	}
	return (fit + 0.25*x.about(q)) * rank * rank * rank * rank
}

// about is how much of the question the headings say; less where its words
// stand apart in them.
func (x *extractor) about(q *quotable) float64 {
	return x.sum(q.heading) * (headingApart + (1-headingApart)*q.near)
}

// gain is how much of the question quotes of q would add to what was said.
func (x *extractor) gain(q *quotable, quotes []quote) float64 {
	s := 0.0
	for i, c := range coverOf(q, quotes) {
		s += x.weights[i] * max(0, c-x.said[i])
	}
	return s
}

// coverOf is how much of each word quotes have under their section's heading.
func coverOf(q *quotable, quotes []quote) []float64 {
	all := slices.Clone(q.heading)
	for _, quote := range quotes {
		for _, i := range quote.picked {
			for w, c := range quote.parts[i].cover {
				all[w] = max(all[w], c)
			}
		}
	}
	return all
}
