package server

import (
	"context"
	"os"

	"docent"
	"docent/analysis"
	"docent/ingest"
	"docent/retrieval"
	"docent/store/qdrant"
	"docent/store/sqlite"
)

// Index is the configured index: one of the stores, as ingest writes it and
// retrieval reads it.
type Index struct {
	releases
	Stamp docent.Stamp
	begin func(context.Context, docent.Unit) (ingest.Build, error)
}

// releases is what every store's index can do beside building.
type releases interface {
	retrieval.Index
	// AllReleases gives the kept releases of every unit, in order.
	AllReleases(ctx context.Context, site string) ([]docent.Release, error)
	// Activate makes a kept release the one that is read.
	Activate(ctx context.Context, unit docent.Unit, number int) error
	// GC removes the releases beyond keep of each unit.
	GC(ctx context.Context, keep int) error
	Close() error
}

// Begin starts a build; see ingest.Index.
func (x Index) Begin(ctx context.Context, unit docent.Unit) (ingest.Build, error) {
	return x.begin(ctx, unit)
}

// OpenIndex opens the index for reading, listing and rolling back: in Qdrant
// where its address is configured, else in the data folder. That there is none
// yet is no error: reading then gives docent.CodeNoIndex. Where the embedding
// model's dimensions are left to it, they are what its index on disk has.
func OpenIndex(ctx context.Context, cfg Config) (Index, error) {
	e, err := newEmbedder(ctx, cfg, false)
	if err != nil {
		return Index{}, err
	}
	return openIndex(ctx, cfg, e.stamp())
}

// openIndex opens the index of a stamp.
func openIndex(ctx context.Context, cfg Config, stamp docent.Stamp) (Index, error) {
	if cfg.Qdrant.URL != "" {
		x, err := qdrant.OpenIndex(ctx, cfg.Qdrant, stamp, qdrant.IndexOptions{KeepReleases: cfg.Ingest.KeepReleases})
		if err != nil {
			return Index{}, err // not a nil *qdrant.Index in an interface
		}
		return Index{x, stamp, func(ctx context.Context, unit docent.Unit) (ingest.Build, error) {
			return widened(x.Begin(ctx, unit))
		}}, nil
	}
	x, err := sqlite.OpenIndex(cfg.DataDir, stamp, sqlite.IndexOptions{KeepReleases: cfg.Ingest.KeepReleases})
	if err != nil {
		return Index{}, err
	}
	return Index{x, stamp, func(ctx context.Context, unit docent.Unit) (ingest.Build, error) {
		if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
			return nil, &docent.Error{
				Code: docent.CodeStore, Message: "the data folder can't be made", Hint: "choose another one with --data-dir", Err: err,
			}
		}
		return widened(x.Begin(ctx, unit))
	}}, nil
}

// widened makes a store's own type of build what ingest asks for, and of an
// error no build at all.
func widened[B ingest.Build](b B, err error) (ingest.Build, error) {
	if err != nil {
		return nil, err
	}
	return b, nil
}

// lexicalStamp is what an index without vectors is built with.
func lexicalStamp() docent.Stamp {
	return docent.Stamp{Embedding: "none", Analyzer: analysis.Version, Splitter: ingest.SplitterVersion}
}
