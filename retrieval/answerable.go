package retrieval

import (
	"math"

	"docent/analysis"
)

const (
	// absentWeight multiplies the weight of a word that no searched page
	// holds: what the documentation never mentions, it hardly answers.
	absentWeight = 1.5
	// Evidence of a word in a passage, by where it stands: a title or heading
	// says what a passage is about, a text may name something in passing.
	evidenceHeading = 1.0
	evidenceText    = 0.85
	evidenceCode    = 0.7
	// partShare is what an identifier counts whose parts are there, but not
	// the whole as it was written.
	partShare = 0.8
	// deepest is how many passages are looked at.
	deepest = 5
	// togetherShare is what coverage counts that no single passage has, but
	// the best ones together.
	togetherShare = 0.8
	// sharpness bends coverage so that half of a question found is little:
	// "capital of France" finds capital letters.
	sharpness = 1.5
)

// answerable estimates how likely the groups' passages hold the answer: the
// share of the question's words that they cover, each weighted by its
// rarity. It is a heuristic of this package's own, tuned on documentation of
// several projects with questions in and beside their subject, and stands
// until a calibrated model takes its place.
func answerable(r *ranker, groups []*group) float64 {
	best := 0.0
	together := make(map[*question][]float64)
	for _, g := range groups[:min(len(groups), deepest)] {
		q := g.first().question
		if together[q] == nil {
			together[q] = make([]float64, len(q.words))
		}
		covered := make([]float64, len(q.words))
		for i, w := range q.words {
			for _, h := range g.hits {
				covered[i] = max(covered[i], r.evidence(w, &h))
			}
			together[q][i] = max(together[q][i], covered[i])
		}
		best = max(best, r.coverage(q, covered), togetherShare*r.coverage(q, together[q]))
	}
	return math.Pow(best, sharpness)
}

// coverage weighs what is covered of each of the question's words.
func (r *ranker) coverage(q *question, covered []float64) float64 {
	var sum, all float64
	for i, w := range q.words {
		weight := r.weight(w)
		all += weight
		sum += weight * covered[i]
	}
	if all == 0 {
		return 0
	}
	return sum / all
}

// weight is a word's rarity: of the whole where it is known, else of its parts.
func (r *ranker) weight(w analysis.Word) float64 {
	if r.stats.DF[w[0]] > 0 || len(w) == 1 {
		return r.termWeight(w[0])
	}
	sum := 0.0
	for _, part := range w[1:] {
		sum += r.termWeight(part)
	}
	return sum / float64(len(w)-1)
}

func (r *ranker) termWeight(term string) float64 {
	if r.stats.DF[term] == 0 {
		return absentWeight * r.idf(term)
	}
	return r.idf(term)
}

// evidence says, 0..1, how well a hit holds a word: as a whole, or by its
// parts.
func (r *ranker) evidence(w analysis.Word, h *hit) float64 {
	full := evidenceOf(h, w[0])
	if len(w) == 1 {
		return full
	}
	sum := 0.0
	for _, part := range w[1:] {
		sum += evidenceOf(h, part)
	}
	return max(full, partShare*sum/float64(len(w)-1))
}

func evidenceOf(h *hit, term string) float64 {
	place, asked := h.question.place[term]
	if !asked {
		return 0
	}
	switch tf := h.found[place]; {
	case tf[analysis.FieldHeadings] > 0, tf[analysis.FieldTitle] > 0:
		return evidenceHeading
	case tf[analysis.FieldText] > 0:
		return evidenceText
	case tf[analysis.FieldCode] > 0:
		return evidenceCode
	}
	return 0
}
