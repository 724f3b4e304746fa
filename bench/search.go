package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"docent"
	"docent/bench/qdrant"
	"docent/retrieval"
	"docent/server"
)

// queries is how many questions each size is asked.
const queries = 300

// embeddedBounds are what DESIGN.md allows a question to take in the embedded
// store, by number of chunks.
var embeddedBounds = map[int]string{10_000: "at most 15", 100_000: "at most 60"}

// place is a store to measure.
type place struct {
	in       string // in the figures' names, behind what was done
	embedded bool
	bounds   map[int]string
	config   func(c *server.Config, size int)
	settle   func(context.Context) error // waits until all is indexed
}

// search measures retrieval in an index of each size, in both stores.
func (b *bench) search(ctx context.Context) error {
	files := place{embedded: true, bounds: embeddedBounds, config: func(*server.Config, int) {}, settle: func(context.Context) error { return nil }}
	if err := b.searchIn(ctx, files); err != nil {
		return err
	}
	prefix := fmt.Sprint("docent-bench-", os.Getpid())
	q, why, err := qdrant.Open(ctx, b.qdrant, filepath.Join(b.dir, "qdrant"), prefix)
	if err != nil {
		return err
	}
	if why != "" {
		b.skip("search in Qdrant", why)
		return nil
	}
	err = b.searchIn(ctx, place{in: " in Qdrant", settle: q.Settle, config: func(c *server.Config, size int) {
		c.Qdrant.URL, c.Qdrant.APIKey, c.Qdrant.Prefix = q.URL, q.Key, fmt.Sprint(prefix, "-", size)
	}})
	return errors.Join(err, q.Close())
}

func (b *bench) searchIn(ctx context.Context, p place) error {
	for _, size := range b.sizes {
		if err := b.searchAt(ctx, p, size); err != nil {
			return fmt.Errorf("%d chunks%s: %w", size, p.in, err)
		}
	}
	return nil
}

// searchAt fills an index and searches it: by words, by words and meaning, and by
// vectors alone. Questions' vectors cost nothing here: they are made up.
func (b *bench) searchAt(ctx context.Context, p place, size int) error {
	c := b.config(fmt.Sprint("search-", size))
	c.Embedding.Provider, c.Embedding.Model, c.Embedding.Dimensions = "openai", "made up", dimensions
	p.config(&c, size)
	defer os.RemoveAll(c.DataDir) // a million chunks are some gigabytes
	index, err := server.OpenIndex(ctx, c)
	if err != nil {
		return err
	}
	defer index.Close()
	writing, err := fill(ctx, index, size, true)
	if err != nil {
		return err
	}
	chunks := fmt.Sprintf("%s: %d chunks", p.in, size)
	b.add("ingest: write with vectors"+chunks, float64(size)/writing.Seconds(), "chunks/s", "")
	if err := p.settle(ctx); err != nil {
		return err
	}
	words, random := newCorpus(2), rand.New(rand.NewPCG(2, 2))
	search := func(s *retrieval.Searcher) func(int) error {
		return func(i int) error {
			_, err := s.Search(ctx, docent.Query{Site: docent.DefaultSite, Text: "How do I " + words.sentence(3+i%5)})
			return err
		}
	}
	if err := b.timed("search"+chunks, p.bounds[size], search(retrieval.New(index, c.Retrieval))); err != nil {
		return err
	}
	if p.embedded {
		if err := b.load(ctx, index, size); err != nil {
			return err
		}
	}
	vector := func(context.Context, string) ([]float32, error) { return direction(random, nil), nil }
	if err := b.timed("search by words and meaning"+chunks, "", search(retrieval.New(index, c.Retrieval, retrieval.WithEmbed(vector)))); err != nil {
		return err
	}
	releases, err := index.Releases(ctx, docent.DefaultSite)
	if err != nil {
		return err
	}
	return b.timed("vectors alone"+chunks, "", func(int) error {
		_, err := index.Candidates(ctx, docent.CandidateQuery{Releases: releases, Vector: direction(random, nil), Limit: c.Retrieval.Candidates})
		return err
	})
}

// load measures what the vectors of an index take in memory, and how long it
// takes to read them. All else that questions need was read before.
func (b *bench) load(ctx context.Context, index server.Index, size int) error {
	before, began := heap(), time.Now()
	if err := index.Warm(ctx); err != nil {
		return err
	}
	took := time.Since(began)
	b.add(fmt.Sprintf("vectors: %d chunks, read", size), float64(took.Milliseconds()), "ms", "")
	b.add(fmt.Sprintf("vectors: %d chunks, in memory", size), float64(heap()-before)/1e6, "MB", "")
	return nil
}

// heap is what is alive in memory, in bytes. Pools are emptied by the second
// collection.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// timed asks and adds the median and the 95th percentile.
func (b *bench) timed(name, bound string, ask func(i int) error) error {
	times := make([]float64, queries)
	for i := range times {
		began := time.Now()
		if err := ask(i); err != nil {
			return err
		}
		times[i] = float64(time.Since(began).Microseconds()) / 1000
	}
	slices.Sort(times)
	b.add(name+", p50", times[queries/2], "ms", "")
	b.add(name+", p95", times[queries*95/100], "ms", bound)
	return nil
}
