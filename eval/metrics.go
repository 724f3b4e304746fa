package eval

import (
	"math"
	"slices"

	"docent"
)

// depth is how many passages are asked for and looked at.
const depth = 10

// Scores say how well a list of places holds what is relevant: of one question,
// or the means over several. All are 0..1, more is better. A place is relevant
// or not; there are no degrees.
//
// At the level of pages the list is the passages' pages, each where it stands
// first; at that of sections it is their sections. Questions whose targets name
// no section are not among those that are measured at that level. The
// definitions are those of Manning, Raghavan and Schütze, Introduction to
// Information Retrieval, chapter 8, where nothing else is said.
type Scores struct {
	// Hit1, Hit5 and Hit10 are 1 where any of the first 1, 5, 10 places is
	// relevant: the share of questions with something to read (success at k).
	Hit1  float64 `json:"hit_1"`
	Hit5  float64 `json:"hit_5"`
	Hit10 float64 `json:"hit_10"`
	// Recall1, Recall5 and Recall10 are the share of what is relevant that
	// stands among the first 1, 5, 10 places.
	Recall1  float64 `json:"recall_1"`
	Recall5  float64 `json:"recall_5"`
	Recall10 float64 `json:"recall_10"`
	// MRR is 1/r for the first relevant place r, 0 where none is among the
	// first 10 (mean reciprocal rank, TREC-8's question answering track, Voorhees 1999).
	MRR float64 `json:"mrr_10"`
	// NDCG is the sum of 1/log2(1+r) over the relevant places r of the first
	// 10, divided by the greatest that it could be (Järvelin and Kekäläinen 2002).
	NDCG float64 `json:"ndcg_10"`
}

// score measures one list: relevant says which places are, and of is how many
// there are to be found, at least 1.
func score(relevant []bool, of int) Scores {
	relevant = relevant[:min(len(relevant), depth)]
	first := slices.Index(relevant, true) + 1
	within := func(k int) float64 {
		if first > 0 && first <= k {
			return 1
		}
		return 0
	}
	recall := func(k int) float64 {
		n := 0
		for _, is := range relevant[:min(k, len(relevant))] {
			if is {
				n++
			}
		}
		return float64(n) / float64(of)
	}
	s := Scores{
		Hit1: within(1), Hit5: within(5), Hit10: within(10),
		Recall1: recall(1), Recall5: recall(5), Recall10: recall(10),
	}
	if first > 0 {
		s.MRR = 1 / float64(first)
	}
	var gain, ideal float64
	for i := range depth {
		if i < len(relevant) && relevant[i] {
			gain += discount(i + 1)
		}
		if i < of {
			ideal += discount(i + 1)
		}
	}
	s.NDCG = gain / ideal
	return s
}

func discount(rank int) float64 { return 1 / math.Log2(1+float64(rank)) }

// mean gives the means of scores; zeros of none.
func mean(all []Scores) Scores {
	var sum Scores
	for _, s := range all {
		for i, v := range s.values() {
			*sum.values()[i] += *v / float64(len(all))
		}
	}
	return sum
}

// values gives the scores in the order of scoreNames.
func (s *Scores) values() []*float64 {
	return []*float64{&s.Hit1, &s.Hit5, &s.Hit10, &s.Recall1, &s.Recall5, &s.Recall10, &s.MRR, &s.NDCG}
}

var scoreNames = []string{"hit@1", "hit@5", "hit@10", "recall@1", "recall@5", "recall@10", "MRR@10", "nDCG@10"}

// pages gives the pages of passages and which of them are among the targets,
// each where it stands first, and how many pages the targets are of.
func pages(passages []docent.Passage, targets []Target) (relevant []bool, of int) {
	wanted := map[string]bool{}
	for _, t := range targets {
		wanted[t.Path] = true
	}
	type page struct {
		unit docent.Unit
		path string
	}
	seen, found := map[page]bool{}, map[string]bool{}
	for _, p := range passages[:min(len(passages), depth)] {
		if at := (page{p.Unit, p.Path}); !seen[at] {
			seen[at] = true
			relevant = append(relevant, wanted[p.Path] && !found[p.Path])
			found[p.Path] = true
		}
	}
	return relevant, len(wanted)
}

// sections is pages for the targets that name a section.
func sections(passages []docent.Passage, targets []Target) (relevant []bool, of int) {
	wanted := map[string]bool{}
	for _, t := range targets {
		if t.Anchor != nil {
			wanted[t.String()] = true
		}
	}
	type section struct {
		unit   docent.Unit
		path   string
		number int
	}
	seen, found := map[section]bool{}, map[string]bool{}
	for _, p := range passages[:min(len(passages), depth)] {
		if at := (section{p.Unit, p.Path, p.Section}); !seen[at] {
			seen[at] = true
			name := place(p)
			relevant = append(relevant, wanted[name] && !found[name])
			found[name] = true
		}
	}
	return relevant, len(wanted)
}

// place names a passage's section as a target does.
func place(p docent.Passage) string { return Target{p.Path, &p.Anchor}.String() }
