package retrieval

import (
	"context"

	"docent"
)

// Explained is how a question was searched, for people who ask why, and for
// learning the weights.
type Explained struct {
	Ranked []Ranked // every candidate, best first
	// Signs are what Answerable was estimated from, by their names: of each of
	// the first passages, best first.
	Signs []map[string]float64
}

// Ranked is a candidate with what it was ranked by.
type Ranked struct {
	docent.Candidate
	Score    float64
	Features map[string]float64 // by Feature's names
}

// Explain searches as Search does, and gives what decided the order. Errors are
// Search's, and docent.CodeNotFound where a release was deleted meanwhile.
func (s *Searcher) Explain(ctx context.Context, q docent.Query) (Explained, error) {
	var out Explained
	releases, _, err := s.choose(ctx, q.Site, q.Filters)
	if err != nil {
		return out, err
	}
	a, err := s.asked(ctx, q)
	if err != nil {
		return out, err
	}
	stats, err := s.merged.of(ctx, s.index, releases)
	if err != nil {
		return out, err
	}
	r := newRanker(s.config, stats)
	hits, err := s.hits(ctx, r, a, releases)
	if err != nil {
		return out, err
	}
	hits = s.rank(hits, q.Text)
	for _, h := range hits {
		ranked := Ranked{Candidate: h.Candidate, Score: h.score, Features: map[string]float64{}}
		for f, x := range h.features {
			ranked.Features[Feature(f).String()] = x
		}
		out.Ranked = append(out.Ranked, ranked)
	}
	for _, g := range pick(hits, deepest, s.config.MaxPerPage) {
		named := map[string]float64{}
		for i, x := range r.signsOf(g, a.together()) {
			named[SignNames[i]] = x
		}
		out.Signs = append(out.Signs, named)
	}
	return out, nil
}
