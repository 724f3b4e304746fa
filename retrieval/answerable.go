package retrieval

import (
	"math"
	"slices"
	"strings"

	"docent/analysis"
)

// sign is one thing that speaks for or against a passage's holding the answer.
// Their weights are in weights.json, learned from questions over several
// projects' documentation; DESIGN.md has the figures.
type sign int

const (
	// signTold is how much of the question the passage tells: the words it holds
	// by their rarity, where 1 is one word as rare as can be; at most maxTold. A
	// share alone would be high for a question of one common word.
	signTold sign = iota
	// signHeaded is the share of the question in the passage's title and headings:
	// these say what it is about, a text names things in passing.
	signHeaded
	// signLacking is the rarity of the rarest word that the passage lacks: that
	// word told the question from all others. It is not relative here: to be
	// missing from a large manual says more than from a small one.
	signLacking
	// signNames is how much rarity there is in names that the passage lacks: what
	// is true of one product isn't of another. At most maxNames.
	signNames
	// signSimilar is the highest cosine of the passage's chunks; 0 by words alone.
	signSimilar
	numSigns
)

// SignNames are what weights.json calls the signs that Answerable is estimated
// from, in their order; the first SignsOfWords need no vectors.
var SignNames = []string{"told", "headed", "lacking", "names", "similar"}

// SignsOfWords is the number of signs that need no vectors.
const SignsOfWords = int(signSimilar)

// signs are a passage's.
type signs [numSigns]float64

const (
	maxTold  = 1.5
	maxNames = 2

	// What a word counts by where it stands in the passage.
	countHeading = 1.0
	countText    = 0.85
	countCode    = 0.7
	// partShare is what an identifier counts whose parts are there, but not
	// the whole as it was written.
	partShare = 0.8
	// deepest is how many passages are looked at.
	deepest = 5
)

// answerable estimates, 0..1, how likely one of the groups' passages answers
// what text asks; 0 without any. The best one counts: what several hold of a
// question only together is mostly no answer. Words that no chunk holds count
// as the rarest. What has no vectors, as pages in other languages than the
// model's, is judged by words.
func (r *ranker) answerable(groups []*group, text string, kind vectorKind) float64 {
	best := math.Inf(-1)
	for _, g := range groups[:min(len(groups), deepest)] {
		weights := &parsed.answerable[byWords]
		if slices.ContainsFunc(g.hits, func(h *hit) bool { return h.Cosine != 0 }) {
			weights = &parsed.answerable[kind]
		}
		odds := weights.bias
		for i, x := range r.signsOf(g, text) {
			odds += weights.signs[i] * x
		}
		best = max(best, odds)
	}
	return 1 / (1 + math.Exp(-best))
}

// signsOf looks for the signs in a group.
func (r *ranker) signsOf(g *group, text string) (s signs) {
	q := g.first().question
	names := namesIn(text, g.first().Unit.Lang)
	var all, told, headed float64
	var nameless []float64 // how much of each name is lacking
	for _, h := range g.hits {
		s[signSimilar] = max(s[signSimilar], h.Cosine)
	}
	for _, w := range measured(q.words, text) {
		var in, head float64
		for _, h := range g.hits {
			in = max(in, h.holds(w, counts))
			head = max(head, h.holds(w, countsHeaded))
		}
		weight := q.share(w) * r.weight(w)
		all += weight
		told += weight * in
		headed += weight * head
		lack := weight * max(0, 1-in/countCode)
		if !names[w[0]] {
			s[signLacking] = max(s[signLacking], lack)
		} else {
			nameless = append(nameless, lack)
		}
	}
	if all > 0 {
		s[signHeaded] = headed / all
	}
	without, most := lackingNames(nameless, text)
	s[signLacking] = max(s[signLacking], most)
	s[signTold] = min(told/r.rarest(), maxTold)
	s[signNames] = min(without/r.rarest(), maxNames)
	return s
}

// lackingNames adds up what of the names is lacking, and gives the most that one
// of them lacks. Where text says "or", one of several will do.
func lackingNames(nameless []float64, text string) (sum, most float64) {
	if len(nameless) > 1 && slices.Contains(strings.Fields(text), "or") {
		nameless = []float64{slices.Min(nameless)}
	}
	for _, lack := range nameless {
		sum += lack
		most = max(most, lack)
	}
	return sum, most
}

// weight is a word's rarity: of the whole where it is known, else of its parts.
func (r *ranker) weight(w analysis.Word) float64 {
	if r.stats.DF[w[0]] > 0 || len(w) == 1 {
		return r.idf(w[0])
	}
	sum := 0.0
	for _, part := range w[1:] {
		sum += r.idf(part)
	}
	return sum / float64(len(w)-1)
}

// holds says, 0..1, how well a hit holds a word: as a whole or by its parts.
func (h *hit) holds(w analysis.Word, count func(tf [analysis.NumFields]int) float64) float64 {
	of := func(term string) float64 {
		if place, asked := h.question.place[term]; asked {
			return count(h.found[place])
		}
		return 0
	}
	full := of(w[0])
	if len(w) == 1 {
		return full
	}
	sum := 0.0
	for _, part := range w[1:] {
		sum += of(part)
	}
	return max(full, partShare*sum/float64(len(w)-1))
}

func counts(tf [analysis.NumFields]int) float64 {
	switch {
	case countsHeaded(tf) > 0:
		return countHeading
	case tf[analysis.FieldText] > 0:
		return countText
	case tf[analysis.FieldCode] > 0:
		return countCode
	}
	return 0
}

func countsHeaded(tf [analysis.NumFields]int) float64 {
	if tf[analysis.FieldTitle] > 0 || tf[analysis.FieldHeadings] > 0 {
		return countHeading
	}
	return 0
}
