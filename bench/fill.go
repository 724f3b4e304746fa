package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"docent"
	"docent/analysis"
	"docent/server"
)

// dimensions of the vectors: those of a small embedding model.
const dimensions = 256

// fill publishes a release of size chunks, ten a page, and gives the time that
// the store took.
func fill(ctx context.Context, index server.Index, size int, vectors bool) (writing time.Duration, err error) {
	unit := docent.Unit{Site: docent.DefaultSite, Source: "docs"}
	began := time.Now()
	build, err := index.Begin(ctx, unit)
	if err != nil {
		return 0, err
	}
	defer build.Close()
	_, _, stats := build.Base()
	if stats == nil {
		stats = &analysis.Stats{}
	}
	writing += time.Since(began)
	c := newCorpus(1)
	for page := range size / 10 {
		p, chunks := c.indexed(unit, page, vectors)
		for i := range chunks {
			if err := stats.Add(chunks[i].Terms); err != nil {
				return 0, err
			}
		}
		began := time.Now()
		if err := build.Put(ctx, p, chunks, nil); err != nil {
			return 0, err
		}
		writing += time.Since(began)
	}
	began = time.Now()
	_, err = build.Publish(ctx, stats)
	return writing + time.Since(began), err
}

// indexed makes a page of ten chunks. Their vectors lie around the page's.
func (c *corpus) indexed(unit docent.Unit, number int, vectors bool) (docent.Page, []docent.IndexedChunk) {
	path := fmt.Sprintf("part-%02d/page-%06d.md", number%20, number)
	title := c.word() + " " + c.word()
	chunks := make([]docent.IndexedChunk, 10)
	random := rand.New(rand.NewPCG(uint64(number), 1)) // the words stay as they are without vectors
	centre := direction(random, nil)
	for i := range chunks {
		chunks[i] = c.chunk(unit, path, title, i)
		if vectors {
			chunks[i].Vector = direction(random, centre)
		}
	}
	return docent.Page{Path: path, Title: title, URL: "/docs/" + path, Hash: path, Chunks: len(chunks)}, chunks
}

func (c *corpus) chunk(unit docent.Unit, path, title string, i int) docent.IndexedChunk {
	text := strings.Join([]string{c.paragraph(), c.paragraph(), c.paragraph()}, "\n\n")
	chunk := docent.Chunk{
		ID: fmt.Sprintf("%s#%d", path, i), Unit: unit, Path: path, Title: title, Headings: []string{c.word() + " " + c.word()},
		Anchor: fmt.Sprint("s", i), URL: fmt.Sprintf("/docs/%s#s%d", path, i), Text: text, Ordinal: i, Section: i, Tokens: analysis.Tokens(text),
		Blocks: []docent.Block{{Kind: docent.BlockParagraph, End: len(text)}},
	}
	return docent.IndexedChunk{Chunk: chunk, Terms: analysis.ChunkTerms(&chunk)}
}

// direction is a vector of length 1, near another one where that is not nil.
func direction(random *rand.Rand, near []float32) []float32 {
	v := make([]float32, dimensions)
	square := 0.0
	for i := range v {
		v[i] = float32(random.NormFloat64()) / 16
		if near != nil {
			v[i] = v[i]*0.7 + near[i]
		}
		square += float64(v[i]) * float64(v[i])
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(square))
	}
	return v
}
