package retrieval

// Feature is one thing that ranking looks at in a candidate. Each lies between
// 0 and 1, and more is better.
type Feature int

// The features.
const (
	// LexicalRatio is the BM25F score as a share of the best candidate's.
	LexicalRatio Feature = iota
	// Similarity is the vectors' cosine, from the least similar candidate's 0 to
	// the most similar one's 1: models differ in where theirs lie.
	Similarity
	// PageSimilarity is the mean of the two highest cosines of the candidate's
	// page, scaled alike: a page about the subject has several.
	PageSimilarity
	NumFeatures
)

// String is the feature's name, as in weights.json.
func (f Feature) String() string { return FeatureNames[f] }

// FeatureNames are the features' names, in their order.
var FeatureNames = []string{"lexical_ratio", "similarity", "page_similarity"}

// ofMeaning are the features that need vectors: without them they say nothing.
var ofMeaning = [NumFeatures]bool{Similarity: true, PageSimilarity: true}

// Features are a candidate's.
type Features [NumFeatures]float64

// leastSpread is the difference of two cosines that is taken for none and all:
// where all candidates are alike, their order by similarity is noise.
const leastSpread = 0.1

// measure fills in the hits' features.
func measure(hits []*hit) {
	best := 0.0
	for _, h := range hits {
		best = max(best, h.lexical)
	}
	similar := scaleOf(hits, func(h *hit) float64 { return h.Cosine })
	pages := byPage(hits)
	paged := scaleOf(hits, func(h *hit) float64 { return pages[h.page()].mean() })
	for _, h := range hits {
		if best > 0 {
			h.features[LexicalRatio] = h.lexical / best
		}
		h.features[Similarity] = similar.of(h.Cosine)
		h.features[PageSimilarity] = paged.of(pages[h.page()].mean())
	}
}

// scale leads a range of numbers to 0..1.
type scale struct{ low, high float64 }

func scaleOf(hits []*hit, of func(*hit) float64) scale {
	if len(hits) == 0 {
		return scale{}
	}
	s := scale{of(hits[0]), of(hits[0])}
	for _, h := range hits[1:] {
		s.low, s.high = min(s.low, of(h)), max(s.high, of(h))
	}
	s.low = min(s.low, s.high-leastSpread)
	return s
}

func (s scale) of(x float64) float64 { return (x - s.low) / (s.high - s.low) }

// topTwo are the two highest of some cosines.
type topTwo struct{ first, second float64 }

func (t *topTwo) add(x float64) {
	if x > t.first {
		t.first, x = x, t.first
	}
	t.second = max(t.second, x)
}

func (t *topTwo) mean() float64 { return (t.first + t.second) / 2 }

// byPage gives the highest cosines of each page's candidates.
func byPage(hits []*hit) map[pageKey]*topTwo {
	pages := make(map[pageKey]*topTwo)
	for _, h := range hits {
		t := pages[h.page()]
		if t == nil {
			t = new(topTwo)
			pages[h.page()] = t
		}
		t.add(h.Cosine)
	}
	return pages
}
