package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"docent"
	"docent/analysis"
	"docent/retrieval"
	"docent/server"
)

// queries is how many questions each size is asked.
const queries = 300

// bounds are what DESIGN.md allows a question to take, by number of chunks.
var bounds = map[int]string{10_000: "at most 15", 100_000: "at most 60"}

// search measures retrieval in an index of each size.
func (b *bench) search(ctx context.Context) error {
	for _, size := range b.sizes {
		if err := b.searchAt(ctx, size); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) searchAt(ctx context.Context, size int) error {
	c := b.config(fmt.Sprint("search-", size))
	index, err := server.OpenIndex(ctx, c)
	if err != nil {
		return err
	}
	defer index.Close()
	if err := fill(ctx, index, size); err != nil {
		return err
	}
	searcher := retrieval.New(index, c.Retrieval)
	words := newCorpus(2)
	times := make([]float64, queries)
	for i := range times {
		q := docent.Query{Site: docent.DefaultSite, Text: "How do I " + words.sentence(3+i%5)}
		began := time.Now()
		if _, err := searcher.Search(ctx, q); err != nil {
			return err
		}
		times[i] = float64(time.Since(began).Microseconds()) / 1000
	}
	slices.Sort(times)
	b.add(fmt.Sprintf("search: %d chunks, p50", size), times[queries/2], "ms", "")
	b.add(fmt.Sprintf("search: %d chunks, p95", size), times[queries*95/100], "ms", bounds[size])
	return nil
}

// fill publishes a release of size chunks, ten a page.
func fill(ctx context.Context, index server.Index, size int) error {
	unit := docent.Unit{Site: docent.DefaultSite, Source: "docs"}
	build, err := index.Begin(ctx, unit)
	if err != nil {
		return err
	}
	defer build.Close()
	_, _, stats := build.Base()
	if stats == nil {
		stats = &analysis.Stats{}
	}
	c := newCorpus(1)
	for page := range size / 10 {
		path := fmt.Sprintf("part-%02d/page-%06d.md", page%20, page)
		title := c.word() + " " + c.word()
		chunks := make([]docent.IndexedChunk, 10)
		for i := range chunks {
			chunks[i] = c.chunk(unit, path, title, i)
			if err := stats.Add(chunks[i].Terms); err != nil {
				return err
			}
		}
		p := docent.Page{Path: path, Title: title, URL: "/docs/" + path, Hash: path, Chunks: len(chunks)}
		if err := build.Put(ctx, p, chunks, nil); err != nil {
			return err
		}
	}
	_, err = build.Publish(ctx, stats)
	return err
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
