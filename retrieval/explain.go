package retrieval

import (
	"context"

	"docent"
)

// Explained is how a question was searched, for people who ask why, and for
// learning the weights.
type Explained struct {
	Ranked []Ranked // every candidate, best first
	// Weights are what the features counted, by their names: shares of 1, or all 0
	// where nothing counts.
	Weights docent.Features
	// Signs are what Answerable was estimated from, by their names: of each of
	// the first passages, best first.
	Signs []docent.Features
}

// Ranked is a candidate with what it was ranked by.
type Ranked struct {
	docent.Candidate
	Score    float64
	Features docent.Features // by Feature's names
}

// Explain searches as Search does, and gives what decided the order. Errors are
// Search's, and docent.CodeNotFound where a release was deleted meanwhile.
func (s *Searcher) Explain(ctx context.Context, q docent.Query) (Explained, error) {
	var out Explained
	releases, on, _, err := s.choose(ctx, q)
	if err != nil {
		return out, err
	}
	a, err := s.asked(ctx, q)
	a.on = on
	if err != nil {
		return out, err
	}
	stats, err := s.merged.of(ctx, s.index, releases)
	if err != nil {
		return out, err
	}
	r := newRanker(s.config, stats)
	hits, _, err := s.ordered(ctx, r, a, releases)
	if err != nil {
		return out, err
	}
	weights, all := parsed.counting(hits, s.semanticWeight())
	out.Weights = docent.Features{}
	for f, w := range weights {
		out.Weights[Feature(f).String()] = w / max(all, leastWeight)
	}
	for _, h := range hits {
		out.Ranked = append(out.Ranked, Ranked{h.Candidate, h.score, h.named()})
	}
	out.Signs = r.namedSigns(pick(hits, deepest, s.config.MaxPerPage), a.together())
	return out, nil
}

// leastWeight is below any sum of weights that is not 0.
const leastWeight = 1e-9

// Mean is the score that a candidate's features give, before rules for its page.
func (e *Explained) Mean(r Ranked) (mean float64) {
	for name, w := range e.Weights {
		mean += w * r.Features[name]
	}
	return mean
}

// explained is how many candidates a search tells of that is asked to.
const explained = 20

// ranked gives hits as docent.Found has them.
func ranked(hits []*hit) []docent.Ranked {
	list := make([]docent.Ranked, len(hits))
	for i, h := range hits {
		list[i] = docent.Ranked{
			Source: h.Unit.Source, Version: h.Unit.Version, Lang: h.Unit.Lang, ID: h.ID, Path: h.Path, Section: h.Section,
			Lexical: h.Lexical, Dense: h.Dense, Score: h.score, Features: h.named(),
		}
	}
	return list
}

// named gives a hit's features by their names.
func (h *hit) named() docent.Features {
	named := make(docent.Features, NumFeatures)
	for f, x := range h.features {
		named[Feature(f).String()] = x
	}
	return named
}

// namedSigns gives the signs of the first groups by their names.
func (r *ranker) namedSigns(groups []*group, text string) []docent.Features {
	var list []docent.Features
	for _, g := range groups[:min(len(groups), deepest)] {
		named := make(docent.Features, numSigns)
		for i, x := range r.signsOf(g, text) {
			named[SignNames[i]] = x
		}
		list = append(list, named)
	}
	return list
}
