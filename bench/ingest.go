package main

import (
	"context"
	"path/filepath"
	"runtime"
	"time"

	"docent/ingest"
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
// into a new index, and again with nothing changed.
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
	b.add("ingest: parse, split and write", float64(first.Release.Chunks)/first.Duration.Seconds()/cores, "chunks/s a core", "at least 1000")
	b.add("ingest: 1,000 pages, nothing changed", again.Duration.Seconds()*1000, "ms", "at most 500")
	return nil
}
