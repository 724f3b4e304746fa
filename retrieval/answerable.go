package retrieval

import (
	"math"
	"slices"
	"strings"

	"docent/analysis"
)

// Answerable is a logistic estimate from what one passage holds of a question.
// Its factors were fitted to 510 questions over the manuals of four projects,
// 187 of them beside the subject ("How do I delete a user in Jira?" to a manual
// that has users, but no Jira); at 0.35 it refuses 9 of 10 of these and 1 of 20
// of the others.
const (
	// forScore weighs the lexical score: the share of what a passage made of the
	// question would have.
	forScore = 3.2
	// forTold weighs how much of the question the passage tells: the words it
	// holds by their rarity, where 1 is one word as rare as can be. A share
	// alone would be high for a question of one common word.
	forTold = 2.6
	maxTold = 1.5
	// forHeaded weighs the share of the question in the passage's title and
	// headings: these say what it is about, a text names things in passing.
	forHeaded = 3.6
	// againstLacking weighs the rarest word that the passage lacks: that word
	// told the question from all others. Rarity is not relative here: to be
	// missing from a large manual says more than from a small one.
	againstLacking = 0.35
	// againstNames weighs the names that the passage lacks, by their rarity:
	// what is true of one product isn't of another.
	againstNames = 3.0
	maxNames     = 2
	// against is what has to be outweighed.
	against = 2.1

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
// as the rarest.
func answerable(r *ranker, groups []*group, text string) float64 {
	best := math.Inf(-1)
	for _, g := range groups[:min(len(groups), deepest)] {
		best = max(best, r.weigh(g, text))
	}
	return 1 / (1 + math.Exp(-best))
}

// weigh adds up what speaks for and against a group's holding the answer.
func (r *ranker) weigh(g *group, text string) float64 {
	q := g.first().question
	names := namesIn(text, g.first().Unit.Lang)
	var score, all, told, headed, lacking float64
	var nameless []float64 // how much of each name is lacking
	for _, h := range g.hits {
		score = max(score, h.lexical)
	}
	for _, w := range measured(q.words, text) {
		var in, head float64
		for _, h := range g.hits {
			in = max(in, h.holds(w, counts))
			head = max(head, h.holds(w, countsHeaded))
		}
		weight := r.weight(w)
		all += weight
		told += weight * in
		headed += weight * head
		lack := weight * max(0, 1-in/countCode)
		if !names[w[0]] {
			lacking = max(lacking, lack)
		} else {
			nameless = append(nameless, lack)
		}
	}
	if all > 0 {
		headed /= all
	}
	without, most := lackingNames(nameless, text)
	lacking = max(lacking, most)
	return forScore*score + forTold*min(told/r.rarest(), maxTold) + forHeaded*headed -
		againstLacking*lacking - againstNames*min(without/r.rarest(), maxNames) - against
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
