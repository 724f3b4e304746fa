package analysis

// Field is a part of a chunk that is weighted on its own.
type Field int

// The fields of a chunk.
const (
	FieldTitle    Field = iota // the page's title
	FieldHeadings              // the heading path
	FieldText                  // everything but code blocks
	FieldCode                  // code blocks
	NumFields
)

// Stats are what BM25 needs to know of a release as a whole: how many chunks,
// how long each field is in sum, and how many chunks hold each term in any
// field. Added and removed chunk by chunk, they come out the same whatever the
// order of ingests. The zero value is of an empty release.
type Stats struct {
	Chunks int
	Length [NumFields]int64
	DF     map[string]int
}
