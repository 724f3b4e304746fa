package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"docent/embedding"
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
	if err := b.builtin(ctx, src); err != nil {
		return err
	}
	return b.embed(ctx, src)
}

// builtin measures the built-in model: alone, on one core, and in a whole ingest.
func (b *bench) builtin(ctx context.Context, src ingest.Source) error {
	texts := passages(10_000)
	began := time.Now()
	if _, err := embedding.Builtin().Embed(ctx, texts); err != nil {
		return err
	}
	b.add("ingest: the built-in model alone", float64(len(texts))/time.Since(began).Seconds(), "chunks/s a core", "at least 5000")
	whole, err := b.whole(ctx, b.config("builtin"), src)
	if err != nil {
		return err
	}
	b.add("ingest: parse, split, embed by the built-in model and write", whole, "chunks/s a core", "at least 1000")
	return nil
}

// passages are texts of a chunk's size.
func passages(n int) []string {
	corpus, texts := newCorpus(1), make([]string, n)
	for i := range texts {
		texts[i] = corpus.paragraph() + "\n\n" + corpus.paragraph()
	}
	return texts
}

// whole gives the chunks a second a core of an ingest into a new index.
func (b *bench) whole(ctx context.Context, c server.Config, src ingest.Source) (float64, error) {
	in, err := server.OpenIngester(ctx, c)
	if err != nil {
		return 0, err
	}
	report, err := in.Run(ctx, src, nil)
	err = errors.Join(err, in.Close())
	return float64(report.Release.Chunks) / report.Duration.Seconds() / float64(runtime.GOMAXPROCS(0)), err
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
	texts := passages(10_000)
	began := time.Now()
	if err := embedder.Passages(ctx, texts, func(int, []float32) error { return nil }); err != nil {
		return err
	}
	cores := float64(runtime.GOMAXPROCS(0))
	b.add("ingest: embed, stand-in's time included", float64(len(texts))/time.Since(began).Seconds()/cores, "chunks/s a core", "")
	whole, err := b.whole(ctx, c, src)
	if err != nil {
		return err
	}
	b.add("ingest: parse, split, embed and write", whole, "chunks/s a core", "")
	return nil
}
