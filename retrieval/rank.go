package retrieval

import (
	"cmp"
	"math"
	"slices"

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
	lexical  float64                   // 0..1
	dense    float64                   // what the dense list adds; 0 outside of it
	score    float64                   // what counts: lexical, or fused with the dense list
}

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
		s.idf[i] = r.idf(term)
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
	h.score = h.lexical
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

// fuse combines the lexical ranking with the dense one, where there is one, by
// weighted reciprocal ranks: a chunk gets weight/(k+rank) from each list that it
// is in, ranks counting from 1. After G. Cormack, C. Clarke and S. Büttcher,
// "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
// Methods", SIGIR 2009. Scores are shares of what the first place in both lists
// gives.
func fuse(hits []*hit, f Fusion) {
	if !slices.ContainsFunc(hits, func(h *hit) bool { return h.Dense > 0 }) {
		return
	}
	most := (f.Lexical + f.Dense) / (f.K + 1)
	if most <= 0 {
		return
	}
	slices.SortFunc(hits, byCosine)
	for i := range hits {
		if hits[i].Dense > 0 {
			hits[i].dense = f.Dense / (f.K + float64(i+1)) / most
		}
	}
	slices.SortFunc(hits, byScore)
	for i, h := range hits {
		h.score = h.dense
		if h.lexical > 0 {
			h.score += f.Lexical / (f.K + float64(i+1)) / most
		}
	}
}

// byCosine orders hits by the dense list, those in it first. Lists of several
// languages, each with ranks of its own, become one.
func byCosine(a, b *hit) int {
	return cmp.Or(
		cmp.Compare(min(b.Dense, 1), min(a.Dense, 1)),
		cmp.Compare(b.Cosine, a.Cosine),
		comparePlace(&a.Candidate, &b.Candidate),
	)
}
