package qdrant

import (
	"maps"
	"slices"

	"docent/analysis"
)

// What a term counts in each field, and how fast repetition stops to count:
// near to what config.yaml has for ranking. Here they only decide which chunks
// retrieval gets to rank.
var fieldWeights = [analysis.NumFields]float32{
	analysis.FieldTitle: 3, analysis.FieldHeadings: 2.5, analysis.FieldText: 1, analysis.FieldCode: 0.6,
}

const (
	saturation  = 1.2
	lengthShare = 0.3
	// usualLength is a chunk's terms, all fields together. BM25 takes the
	// average, which moves with every release; a written value can't.
	usualLength = 120
)

// hash names a term by 32 bits, as sparse vectors need (FNV-1a). Of 100,000
// terms about one pair collides: each then counts as the other.
func hash(term string) uint32 {
	h := uint32(2166136261)
	for i := range len(term) {
		h = (h ^ uint32(term[i])) * 16777619
	}
	return h
}

// sparse gives a chunk's terms as a sparse vector: BM25's part for the term in
// the chunk. The part for the term in the index, IDF, is the server's. Terms
// of one hash are one term, since a vector must not name an index twice.
func sparse(encoded []byte) (indices []uint32, values []float32, err error) {
	length, err := analysis.FieldLengths(encoded)
	if err != nil {
		return nil, nil, err
	}
	total := 0
	for _, n := range length {
		total += n
	}
	weighted := map[uint32]float32{}
	err = analysis.EachTerm(encoded, func(term string, tf [analysis.NumFields]int) error {
		for f, n := range tf {
			weighted[hash(term)] += fieldWeights[f] * float32(n)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	slow := float32(saturation * (1 - lengthShare + lengthShare*float64(total)/usualLength))
	for _, h := range slices.Sorted(maps.Keys(weighted)) {
		w := weighted[h]
		indices, values = append(indices, h), append(values, w/(w+slow))
	}
	return indices, values, nil
}

// sparseQuery gives the terms of a question as a sparse vector.
func sparseQuery(terms []string) (indices []uint32, values []float32) {
	for _, t := range terms {
		indices = append(indices, hash(t))
	}
	slices.Sort(indices)
	indices = slices.Compact(indices)
	values = make([]float32, len(indices))
	for i := range values {
		values[i] = 1
	}
	return indices, values
}
