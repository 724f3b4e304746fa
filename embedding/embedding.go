// Package embedding is the built-in embedding model: vectors of English texts
// with no key, no network and no other program, at thousands of texts a second.
//
// The model is a table with one row of numbers for each of some 28,000 pieces of
// words. A text is taken apart into pieces (tokenize.go: BERT's uncased WordPiece,
// to the letter), their rows are added, each times the root of how often the piece
// is there, and the sum is brought to length 1. How much a piece counts is the
// length of its row: that of "the" is short. The rows were learned from a
// transformer's vectors of technical documentation, so that the sum comes near to
// what the transformer says of the whole text; train/ does it again, and MODEL.md
// says from what, how well, and where it fails.
//
// The table (table.go) is read in place, from the program's own file: nothing is
// decoded at the start, and only the pages of it that texts need become resident.
//
// What it can't do: word order is lost, so "A before B" is "B before A", and
// other languages than English have nearly no pieces. Search therefore never
// relies on it alone.
package embedding

import (
	"context"
	"math"
	"slices"
)

// Name names the model in stamps of indexes: vectors of another name must not
// be compared with its own.
const Name = "docent-static-1"

// Language is the one that the model knows.
const Language = "en"

// Model makes vectors of texts. It is safe for use by many goroutines.
type Model struct{ table }

// Model is Name.
func (m *Model) Model() string { return Name }

// Dimensions is how many numbers a vector has.
func (m *Model) Dimensions() int { return m.dimensions }

// Embed gives the vector of each text, in their order: of length 1, or nil where
// no piece of the text has a row, as with "" or words of another script. An
// error is ctx's alone; some have no vector then.
func (m *Model) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	err := m.Passages(ctx, texts, func(i int, vector []float32) error {
		vectors[i] = vector
		return nil
	})
	return vectors, err
}

// Query gives the vector of a question; nil where it has none. It has no errors.
func (m *Model) Query(_ context.Context, text string) ([]float32, error) {
	return m.vector(new(pieces), text), nil
}

// Passages gives the vector of each text to each, in their order; nil where it
// has none. An error is that of each, or ctx's.
func (m *Model) Passages(ctx context.Context, texts []string, each func(i int, vector []float32) error) error {
	var p pieces
	for i, text := range texts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := each(i, m.vector(&p, text)); err != nil {
			return err
		}
	}
	return nil
}

// Estimate says that nothing is paid for.
func (m *Model) Estimate([]string) (tokens int, usd float64) { return 0, 0 }

// vector gives a text's vector, nil where it has none. p is scratch.
func (m *Model) vector(p *pieces, text string) []float32 {
	sum := make([]float32, m.dimensions)
	found := p.of(&m.table, text)
	slices.Sort(found)
	for len(found) > 0 {
		piece, times := found[0], 1
		for times < len(found) && found[times] == piece {
			times++
		}
		m.add(sum, piece, math.Sqrt(float64(times)))
		found = found[times:]
	}
	square := 0.0
	for _, x := range sum {
		square += float64(x) * float64(x)
	}
	if square == 0 {
		return nil
	}
	length := float32(math.Sqrt(square))
	for i := range sum {
		sum[i] /= length
	}
	return sum
}
