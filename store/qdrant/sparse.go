package qdrant

import (
	"maps"
	"slices"

	"docent/analysis"
)

// hash names a term by 32 bits, as sparse vectors need (FNV-1a). Of 100,000
// terms about one pair collides: each then counts as the other.
func hash[T string | []byte](term T) uint32 {
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
	weighted, total := map[uint32]float32{}, 0
	err = analysis.EachWeight(encoded, func(term []byte, weight float32, length int) {
		weighted[hash(term)] += weight
		total = length
	})
	if err != nil {
		return nil, nil, err
	}
	for _, h := range slices.Sorted(maps.Keys(weighted)) {
		indices, values = append(indices, h), append(values, analysis.Impact(weighted[h], total))
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
