package storetest

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand"
	"slices"
	"testing"

	"docent"
)

// unitVector brings v to length 1, as embedding providers give vectors.
func unitVector(v []float32) []float32 {
	length := math.Sqrt(product(v, v))
	for i := range v {
		v[i] = float32(float64(v[i]) / length)
	}
	return v
}

func product(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// around gives a vector that is at most spread from each number of centre.
func around(rng *rand.Rand, centre []float32, spread float64) []float32 {
	v := make([]float32, Dimensions)
	for i := range v {
		v[i] = float32(rng.NormFloat64() * spread)
		if centre != nil {
			v[i] += centre[i]
		}
	}
	return unitVector(v)
}

// vectorOf gives each text a vector of its own, in any direction.
func vectorOf(text string) []float32 {
	sum := fnv.New64a()
	fmt.Fprint(sum, text)
	return around(rand.New(rand.NewSource(int64(sum.Sum64()))), nil, 1)
}

// wide is documentation with n chunks whose texts differ.
func wide(n int) corpus {
	docs := corpus{}
	for i := range n {
		path := fmt.Sprintf("part%d/p%d.md", i%7, i/5)
		docs[path] = append(docs[path], fmt.Sprintf("text %d", i))
	}
	return docs
}

// byHand gives the limit texts of docs nearest to v, best first, with their
// similarities.
func byHand(docs corpus, vector func(string) []float32, v []float32, limit int) (texts []string, cosines []float64) {
	type scored struct {
		text   string
		cosine float64
	}
	var all []scored
	for _, page := range docs {
		for _, text := range page {
			all = append(all, scored{text, product(vector(text), v)})
		}
	}
	slices.SortFunc(all, func(a, b scored) int { return cmp.Or(cmp.Compare(b.cosine, a.cosine), cmp.Compare(a.text, b.text)) })
	for _, s := range all[:min(limit, len(all))] {
		texts, cosines = append(texts, s.text), append(cosines, s.cosine)
	}
	return texts, cosines
}

// nearTo asks for the chunks nearest to v alone, and holds that their places
// count from 1 by similarity.
func nearTo(t *testing.T, s IndexStore, v []float32, prefix string, limit int, releases ...docent.Release) (texts []string) {
	t.Helper()
	found, err := s.Candidates(t.Context(), docent.CandidateQuery{Releases: releases, Vector: v, PathPrefix: prefix, Limit: limit})
	must(t, err)
	texts, err = textsOf(t.Context(), s, found)
	must(t, err)
	last := math.Inf(1)
	for i, c := range found {
		if c.Dense != i+1 || c.Lexical != 0 || c.Cosine > last {
			t.Errorf("place %d holds dense %d, lexical %d, similarity %v after %v", i+1, c.Dense, c.Lexical, c.Cosine, last)
		}
		last = c.Cosine
	}
	return texts
}
