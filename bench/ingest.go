package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"docent/ingest"
	"docent/llm"
	"docent/llm/llmtest"
	"docent/server"
)

// pages is how many pages the ingest part reads: about 7,000 chunks.
const pages = 1000

// config is the default one, with a data folder of the bench's own.
func (b *bench) config(name string) server.Config {
	c := server.Defaults()
	c.DataDir = filepath.Join(b.dir, name)
	return c
}

// ingest measures reading a folder: parsing and splitting alone, everything
// into a new index, again with nothing changed, and with embeddings.
func (b *bench) ingest(ctx context.Context) error {
	docs := filepath.Join(b.dir, "docs")
	size, err := newCorpus(1).write(docs, pages)
	if err != nil {
		return err
	}
	c := b.config("ingest")
	src := ingest.Source{Name: "docs", Dir: docs}
	began := time.Now()
	if _, err := ingest.DryRun(ctx, nil, src, c.Ingest.Config, ingest.Options{}); err != nil {
		return err
	}
	parsed := time.Since(began).Seconds()
	index, err := server.OpenIndex(ctx, c)
	if err != nil {
		return err
	}
	defer index.Close()
	first, err := ingest.Run(ctx, index, src, c.Ingest.Config, ingest.Options{})
	if err != nil {
		return err
	}
	again, err := ingest.Run(ctx, index, src, c.Ingest.Config, ingest.Options{})
	if err != nil {
		return err
	}
	cores := float64(runtime.GOMAXPROCS(0))
	b.add("ingest: parse and split", float64(size)/1e6/parsed/cores, "MB/s a core", "at least 20")
	b.add("ingest: parse and split, chunks", float64(first.Release.Chunks)/parsed/cores, "chunks/s a core", "")
	b.add("ingest: parse, split and write", float64(first.Release.Chunks)/first.Duration.Seconds()/cores, "chunks/s a core", "at least 1000")
	b.add("ingest: 1,000 pages, nothing changed", again.Duration.Seconds()*1000, "ms", "at most 500")
	return b.embed(ctx, src)
}

// embed measures what embedding costs beside the model: texts go to a stand-in
// on this machine, which answers at once with the same vector for each, so half
// of the processor time is its.
func (b *bench) embed(ctx context.Context, src ingest.Source) error {
	model, err := llmtest.New()
	if err != nil {
		return err
	}
	defer model.Close()
	vector := direction(rand.New(rand.NewPCG(1, 1)), nil)
	model.AnswerEmbeddings(func(r llmtest.EmbeddingRequest) llmtest.Reply {
		return llmtest.Vectors(r, slices.Repeat([][]float32{vector}, len(r.Input))...)
	})
	c := b.config("embed")
	c.Embedding.Provider, c.Embedding.BaseURL, c.Embedding.Model, c.Embedding.Dimensions = "openai", model.URL, "stand-in", dimensions
	embedder, err := llm.NewEmbedder(c.Embedding)
	if err != nil {
		return err
	}
	corpus, texts := newCorpus(1), make([]string, 10_000)
	for i := range texts {
		texts[i] = corpus.paragraph() + "\n\n" + corpus.paragraph()
	}
	began := time.Now()
	if err := embedder.Passages(ctx, texts, func(int, []float32) error { return nil }); err != nil {
		return err
	}
	cores := float64(runtime.GOMAXPROCS(0))
	b.add("ingest: embed, stand-in's time included", float64(len(texts))/time.Since(began).Seconds()/cores, "chunks/s a core", "")
	in, err := server.OpenIngester(ctx, c)
	if err != nil {
		return err
	}
	whole, err := in.Run(ctx, src, nil)
	if err = errors.Join(err, in.Close()); err != nil {
		return err
	}
	b.add("ingest: parse, split, embed and write", float64(whole.Release.Chunks)/whole.Duration.Seconds()/cores, "chunks/s a core", "")
	return nil
}
