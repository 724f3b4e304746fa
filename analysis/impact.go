package analysis

// What an occurrence of a term counts in each field, and how fast repetition
// stops to count: near to what config.yaml has for ranking. Stores keep impacts
// to decide which chunks are ranked, and can't follow each change of settings.
var fieldWeights = [NumFields]float32{FieldTitle: 3, FieldHeadings: 2.5, FieldText: 1, FieldCode: 0.6, FieldLinks: 1, FieldAbout: 0.5}

const (
	saturation  = 1.2
	lengthShare = 0.3
	// usualLength is a chunk's own terms, all fields of them together. BM25 takes
	// the average, which moves with every release; a stored impact can't.
	usualLength = 120
)

// EachWeight calls fn for each term of an encoded chunk, in ascending order,
// with the sum of its occurrences as they count by field, and with the chunk's
// length in terms, without what is said of it elsewhere. term is valid during the call. Bytes that ChunkTerms did not
// write are an error.
func EachWeight(encoded []byte, fn func(term []byte, weight float32, length int)) error {
	w := walkOf(encoded)
	length := 0
	for _, n := range w.length[:FieldLinks] {
		length += n
	}
	for w.next() {
		var weight float32
		for f, n := range w.tf {
			weight += fieldWeights[f] * float32(n)
		}
		fn(w.term(), weight, length)
	}
	if !w.complete() {
		return errBad
	}
	return nil
}

// Impact is the part of BM25 that is a term's in one chunk, between 0 and 1. The
// other part, how rare the term is, depends on the release.
func Impact(weight float32, length int) float32 {
	return weight / (weight + float32(saturation*(1-lengthShare+lengthShare*float64(length)/usualLength)))
}
