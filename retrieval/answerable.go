package retrieval

import (
	"math"

	"docent/analysis"
)

// Answerable is a logistic estimate from what the best passages hold of a
// question. Its factors were fitted to 194 questions over the manuals of
// three projects, 78 of them beside the subject ("What is the capital of
// France?" to a manual of software); at 0.35 it refuses few of the others.
const (
	// forScore weighs the best lexical score: the share of what a passage made
	// of the question would have.
	forScore = 8
	// forTold weighs how much of the question a passage tells: the words it
	// holds by their rarity, where 1 is one word as rare as can be. A share
	// alone would be high for a question of one common word.
	forTold = 4.5
	maxTold = 1.5
	// forHeaded weighs the share of the question in the passage's title and
	// headings: these say what it is about, a text names things in passing.
	forHeaded = 6.5
	// against is what has to be outweighed.
	against = 7

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

// answerable estimates, 0..1, how likely the groups' passages hold the answer;
// 0 without any. Words that no chunk holds count as the rarest.
func answerable(r *ranker, groups []*group) float64 {
	if len(groups) == 0 {
		return 0
	}
	var score, told, headed float64
	for _, g := range groups[:min(len(groups), deepest)] {
		for i := range g.hits {
			score = max(score, g.hits[i].lexical)
		}
		t, h := r.holds(g)
		told, headed = max(told, t), max(headed, h)
	}
	z := forScore*score + forTold*min(told, maxTold) + forHeaded*headed - against
	return 1 / (1 + math.Exp(-z))
}

// holds gives how much of its question a group tells, and the share of it in
// title and headings.
func (r *ranker) holds(g *group) (told, headed float64) {
	var all, heads float64
	for _, w := range g.first().question.words {
		var in, head float64
		for i := range g.hits {
			in = max(in, g.hits[i].holds(w, counts))
			head = max(head, g.hits[i].holds(w, countsHeaded))
		}
		weight := r.weight(w)
		all += weight
		told += weight * in
		heads += weight * head
	}
	if all > 0 {
		headed = heads / all
	}
	return told / r.rarest(), headed
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
