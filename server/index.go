package server

import (
	"context"
	"os"

	"docent"
	"docent/analysis"
	"docent/ingest"
	"docent/ingest/indexfile"
	"docent/retrieval"
	"docent/store/qdrant"
	"docent/store/sqlite"
)

// Index is an index of the configured store, as ingest writes it and retrieval
// reads it.
type Index struct {
	releases
	Stamp docent.Stamp
	begin func(context.Context, docent.Unit) (ingest.Build, error)
}

// releases is what every store's index can do beside building.
type releases interface {
	retrieval.Index
	indexfile.Source
	// AllReleases gives the kept releases of every unit, in order.
	AllReleases(ctx context.Context, site string) ([]docent.Release, error)
	// Pages gives all pages of a release by path.
	Pages(ctx context.Context, r docent.Release) ([]docent.Page, error)
	// Activate makes a kept release the one that is read.
	Activate(ctx context.Context, unit docent.Unit, number int) error
	// Retire takes a unit out of what is searched, until it is activated again.
	Retire(ctx context.Context, unit docent.Unit) error
	// Drop deletes a unit with all its releases.
	Drop(ctx context.Context, unit docent.Unit) error
	// GC removes the releases beyond keep of each unit of site and its previews,
	// and the retired units; site "" is all.
	GC(ctx context.Context, site string, keep int) error
	// Indexes gives the indexes that have a release, of this stamp and of
	// others, that which was published to last first.
	Indexes(ctx context.Context) ([]docent.IndexInfo, error)
	// Warm reads what the first question would wait for.
	Warm(ctx context.Context) error
	Close() error
}

// Begin starts a build; see ingest.Index.
func (x Index) Begin(ctx context.Context, unit docent.Unit) (ingest.Build, error) {
	return x.begin(ctx, unit)
}

// RemoveStale deletes the indexes of other stamps that are out of use, and
// gives their stamps; see sqlite.Index. In Qdrant nothing tells who reads a
// collection, so there all stay.
func (x Index) RemoveStale(ctx context.Context) ([]docent.Stamp, error) {
	files, are := x.releases.(*sqlite.Index)
	if !are {
		return nil, nil
	}
	return files.RemoveStale(ctx)
}

// OpenIndex opens the index for reading, listing and rolling back: in Qdrant
// where its address is configured, else in the data folder. Of several that
// questions can be put to it is the one that a server answers from, see fitting.
// That there is none yet is no error: reading then gives docent.CodeNoIndex.
func OpenIndex(ctx context.Context, cfg Config) (Index, error) {
	s, err := openServing(ctx, cfg)
	if err != nil {
		return Index{}, err
	}
	return s.index, nil
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
