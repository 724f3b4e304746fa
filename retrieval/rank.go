package retrieval

import (
	"cmp"
	"math"

	"docent"
	"docent/analysis"
)

// ranker scores chunks by BM25F: a term's occurrences are weighted and
// corrected for length in each field, summed over the fields, and saturate
// together. After S. Robertson and H. Zaragoza, "The Probabilistic Relevance
// Framework: BM25 and Beyond", 2009, section 3.6.
type ranker struct {
	k1      float64
	b       float64
	weights [analysis.NumFields]float64
	average [analysis.NumFields]float64 // length; 0 where the field is always empty
	stats   *analysis.Stats
}

func newRanker(c Config, stats *analysis.Stats) *ranker {
	r := &ranker{k1: c.K1, b: c.B, weights: c.Weights.byField(), stats: stats}
	for f, n := range stats.Length {
		r.average[f] = float64(n) / float64(max(stats.Chunks, 1))
	}
	return r
}

// idf is how much a term tells: high for rare ones, and highest for one that no
// chunk holds. Never negative.
func (r *ranker) idf(term string) float64 { return r.idfOf(r.stats.DF[term]) }

// rarest is the idf of a term that no chunk holds.
func (r *ranker) rarest() float64 { return r.idfOf(0) }

func (r *ranker) idfOf(df int) float64 {
	n, k := float64(r.stats.Chunks), float64(df)
	return math.Log(1 + (max(n-k, 0)+0.5)/(k+0.5))
}

// hit is a candidate with its scores.
type hit struct {
	docent.Candidate
	question *question
	found    [][analysis.NumFields]int // of each of the question's terms, its frequencies
	lexical  float64                   // by BM25F, 0..1
	features Features
	score    float64 // what counts, 0..1
}

// pageKey names a page among those of all units.
type pageKey struct {
	unit docent.Unit
	path string
}

func (h *hit) page() pageKey { return pageKey{h.Unit, h.Path} }

// scorer scores the candidates for one question.
type scorer struct {
	*ranker
	question *question
	idf      []float64                 // of its terms
	most     float64                   // their sum: what a perfect chunk would have
	found    [][analysis.NumFields]int // of the terms in their order, in one candidate
}

func (r *ranker) scorer(q *question) *scorer {
	s := &scorer{ranker: r, question: q, idf: make([]float64, len(q.terms)), found: make([][analysis.NumFields]int, len(q.terms))}
	for i, term := range q.terms {
		s.idf[i] = r.idf(term) * q.weight[i]
		s.most += s.idf[i]
	}
	return s
}

// score finds the question's terms in a candidate. The score is the share of
// what a perfect chunk would have, so it lies between 0 and 1.
func (s *scorer) score(c docent.Candidate) (*hit, error) {
	h := &hit{Candidate: c, question: s.question, found: make([][analysis.NumFields]int, len(s.idf))}
	clear(s.found)
	length, err := analysis.Lookup(c.Terms, s.question.order, s.found)
	if err != nil {
		return nil, staleIndex(err)
	}
	for i, term := range s.question.order {
		h.found[s.question.place[term]] = s.found[i]
	}
	var sum float64
	for i, idf := range s.idf {
		sum += idf * s.saturated(h.found[i], length)
	}
	if s.most > 0 {
		h.lexical = sum / s.most
	}
	return h, nil
}

// saturated gives 0 for a term that is not there, and nears 1 with its
// frequency.
func (r *ranker) saturated(tf, length [analysis.NumFields]int) float64 {
	var sum float64
	for f, n := range tf {
		if n > 0 && r.average[f] > 0 {
			sum += r.weights[f] * float64(n) / (1 - r.b + r.b*float64(length[f])/r.average[f])
		}
	}
	if sum == 0 {
		return 0
	}
	return sum / (r.k1 + sum)
}

func staleIndex(err error) error {
	return &docent.Error{Code: docent.CodeIndexStamp, Message: "the index holds terms that this version cannot read", Hint: "run: docent ingest", Err: err}
}

// byScore orders hits best first, and equal ones by their place in the
// documentation.
func byScore(a, b *hit) int {
	return cmp.Or(cmp.Compare(b.score, a.score), comparePlace(&a.Candidate, &b.Candidate))
}

// comparePlace orders chunks by path and ordinal, and then by unit.
func comparePlace(a, b *docent.Candidate) int {
	return cmp.Or(
		cmp.Compare(a.Path, b.Path),
		cmp.Compare(a.Ordinal, b.Ordinal),
		cmp.Compare(a.Unit.Source, b.Unit.Source),
		cmp.Compare(a.Unit.Version, b.Unit.Version),
		cmp.Compare(a.Unit.Lang, b.Unit.Lang),
		cmp.Compare(a.ID, b.ID),
	)
}
