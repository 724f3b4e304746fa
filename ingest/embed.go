package ingest

import (
	"context"
	"strings"

	"docent"
)

// Embedder makes vectors of passages. It buys embedding models that can be
// exchanged, and tests without one.
type Embedder interface {
	// Passages gives the vector of each text to each, with the text's place, as
	// they come: in any order, each once, one call at a time. An error of each
	// stops it and comes back. What each has seen before an error counts. A nil
	// vector is of a text that the model can say nothing of.
	Passages(ctx context.Context, texts []string, each func(i int, vector []float32) error) error
	// Estimate tells what Passages would take; 0 dollars where no price is known.
	Estimate(texts []string) (tokens int, usd float64)
}

// VectorCache remembers the vectors of one model's passages. It buys that no
// embedding is paid for twice, whatever became of the run that paid.
type VectorCache interface {
	// Get gives the vectors that are known, by the texts' places.
	Get(ctx context.Context, texts []string) (map[int][]float32, error)
	// Put stores the vectors of texts; they outlive the process once it returns.
	Put(ctx context.Context, texts []string, vectors [][]float32) error
}

// embedAll gives each chunk its vector: from the cache, or else from e, whose
// vectors are cached one by one as they come, so that a run that is killed
// leaves all of them to the next. Equal texts are embedded once. With a nil
// cache nothing is remembered. On an error some chunks have no vector.
func embedAll(ctx context.Context, e Embedder, cache VectorCache, chunks []docent.IndexedChunk) error {
	texts, users := distinctTexts(chunks)
	fill := func(text string, vector []float32) {
		for _, i := range users[text] {
			chunks[i].Vector = vector
		}
	}
	missing, err := fromCache(ctx, cache, texts, fill)
	if err != nil || len(missing) == 0 {
		return err
	}
	given := 0
	err = e.Passages(ctx, missing, func(i int, vector []float32) error {
		fill(missing[i], vector)
		given++
		if cache == nil {
			return nil
		}
		// It is paid for: whoever interrupts the run wants it kept.
		return cache.Put(context.WithoutCancel(ctx), missing[i:i+1], [][]float32{vector})
	})
	if err != nil {
		return err
	}
	if given != len(missing) { // some would never be found
		return docent.Errorf(docent.CodeInternal, "the embedding gave %d vectors for %d texts", given, len(missing))
	}
	return nil
}

// fromCache gives known vectors to fill, and the texts that have none.
func fromCache(ctx context.Context, cache VectorCache, texts []string, fill func(string, []float32)) (missing []string, err error) {
	if cache == nil || len(texts) == 0 {
		return texts, nil
	}
	known, err := cache.Get(ctx, texts)
	if err != nil {
		return nil, err
	}
	for i, text := range texts {
		if vector := known[i]; vector != nil {
			fill(text, vector)
		} else {
			missing = append(missing, text)
		}
	}
	return missing, nil
}

// distinctTexts gives the texts to embed, each once and in the chunks' order, and the
// places of the chunks that have each.
func distinctTexts(chunks []docent.IndexedChunk) (texts []string, users map[string][]int) {
	users = make(map[string][]int, len(chunks))
	for i := range chunks {
		text := embeddedText(&chunks[i].Chunk)
		if users[text] == nil {
			texts = append(texts, text)
		}
		users[text] = append(users[text], i)
	}
	return texts, users
}

// embeddedText is what a chunk's vector is made of: the page's title and the
// path of headings, since a section's words often leave out what they are
// about, and the text. A change here needs a new SplitterVersion.
func embeddedText(c *docent.Chunk) string {
	path := append([]string{c.Title}, c.Headings...)
	return strings.Join(path, " > ") + "\n" + c.Text
}
